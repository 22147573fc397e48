"""LibreOffice Calc driven as a person would: open a workbook, type in its cells, save it as another, open that again.

Run by the Python that has the module `uno` (package python3-uno), with a JSON file: the address of LibreOffice, and for
each workbook `open`, `save` and `cells`: by sheet, rows of (row, column, text) counted from 0.
"""

import json
import os
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}


def option(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def desktop(address):
    """Return LibreOffice once it answers."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = resolver.resolve(f"uno:{address};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(0.2)
    raise TimeoutError(address)


def type_in(office, work):
    hidden = option("Hidden", True)
    document = office.loadComponentFromURL(Path(work["open"]).as_uri(), "_blank", 0, (hidden,))
    for name, cells in work["cells"].items():
        sheet = document.Sheets.getByName(name)
        for row, column, text in cells:
            sheet.getCellByPosition(column, row).FormulaLocal = text  # read as what is typed in a cell
    target = Path(work["save"])
    document.storeToURL(target.as_uri(), (option("FilterName", FILTERS[target.suffix]),))
    document.close(True)
    again = office.loadComponentFromURL(target.as_uri(), "_blank", 0, (hidden,))
    names = list(again.Sheets.ElementNames)
    again.close(True)
    return names


def main(path):
    asked = json.loads(Path(path).read_text(encoding="utf-8"))
    office = desktop(asked["address"])
    print(json.dumps([type_in(office, work) for work in asked["works"]]), flush=True)
    office.terminate()
    os._exit(0)  # its libraries, torn down beside those of Python, sometimes end in a segmentation fault


if __name__ == "__main__":
    main(sys.argv[1])
