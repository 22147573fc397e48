"""What files of a report tell, each read with the library of its format: lines of words and a text.

A line is a text in which a figure may stand, and the words around it: of a table its heads, its row, its caption.
"""

import io
import json
import re
import subprocess
from functools import cache
from zipfile import ZipFile

import lxml.html
import pandas as pd
from pptx import Presentation

HERE = "Ici"  # the head of a column: of the EPCI, or of the commune whose name is above
YEAR = re.compile(r"\b(20\d\d)\b")
NUMBER = r"[−-]?\d+(?: \d{3})*(?:,\d+)?"
TOLD = re.compile(
    rf"(?:(?P<year>20\d\d) : )?"
    rf"(?:entre (?P<low>{NUMBER}) et (?P<high>{NUMBER})|moins de (?P<under>{NUMBER})|(?P<about>≈ )?(?P<alone>{NUMBER}))"
    r"(?: %)?(?: [^\d(]*(?:pour [\d ]+[^(]*)?)?(?: ?\(?(?P<of>20\d\d)\)?)?"
)


def plain(text):
    """Return a text on one line, with plain spaces and apostrophes."""
    return " ".join(str(text or "").replace("’", "'").split())


def of_alternative(text, words=()):
    """Lines of an alternative text: « Jeunes suivis, 2024 : Bourg 12 ; Val 15 »."""
    text = plain(text)
    about, _, told = ("", "", text) if YEAR.match(text) else text.rpartition(" : ")
    yield from (((about, *words), one.strip(" .")) for one in told.split(";"))


def of_page(content):
    """Lines of cells and of their attributes, titles of marks, alternative texts, what the search finds."""
    page = lxml.html.fromstring(content.decode())
    for table in page.iter("table"):
        about = plain(table.findtext("caption/span")), plain(table.getparent().get("aria-label"))
        heads = [plain(one.text_content()) for one in table.xpath("(thead/tr)[last()]/*")]
        commune = plain(table.xpath("string(ancestor::section[@class='sheet']/h2)"))
        for row in table.xpath("tbody/tr"):
            name, *cells = row
            under = {head: plain(cell.text_content()) for head, cell in zip(heads[1:], cells, strict=False)}
            of_row = plain(name.text_content()), under.get("Territoire", ""), under.get("Période", ""), *about
            for head, cell in zip(heads[1:], cells, strict=False):
                told = [under[head]] if cell.find(".//{*}title") is None else []
                told += [plain(value) for one in cell.iter() for key, value in one.items() if key.startswith("data-")]
                if head == "Maintenant" or heads[-1] != "Maintenant":  # the edition before has files of its own
                    yield from (((*of_row, head, commune if head == HERE else ""), text) for text in told)
    for drawing in page.xpath("//*[local-name()='svg']"):
        row = drawing.xpath("ancestor::tr/th")
        around = [*row, *drawing.xpath("ancestor::figure//figcaption/*")]
        words = (*(plain(one.text_content()) for one in around), *([HERE] if row else []))
        yield from ((words, plain(one.text)) for one in drawing.iter("{*}title"))
        yield from of_alternative(drawing.get("aria-label"), words)
    for script in page.xpath("//script[starts-with(normalize-space(), '[')]"):
        for _, label, *several in json.loads(script.text):
            yield from (((plain(label), HERE), plain(text)) for text in several)


def of_table(table):
    """Lines of a table of values: bounds where there are some, else the value."""
    french = {"code": "territory", "periode": "period", "indicateur": "indicator", "valeur": "value"}
    table = table.rename(columns=french | {"borne_basse": "low", "borne_haute": "high"})
    if {*french.values()} <= {*table}:
        for row in table.astype(object).fillna("").astype(str).itertuples():
            words = row.indicator, row.territory, row.period
            yield words, (f"entre {row.low} et {row.high}" if row.low else row.value).replace(".", ",")


def of_slides(content):
    """Lines of the alternative texts of drawings: their charts show the same values."""
    shapes = (shape for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes)
    yield from (
        line for one in shapes for text in one.element.xpath(".//p:cNvPr/@descr") for line in of_alternative(text)
    )


def of_print(content):
    """Lines of a PDF by its structure, in which each cell names its heads."""
    told = subprocess.run(["pdfinfo", "-struct-text", "-"], input=content, capture_output=True, check=True).stdout
    heads, above = {}, ""
    for block in re.split(r"^ *(?=(?:T[HD]|P|LI|H\d|Caption)\b)", told.decode(), flags=re.M):
        text = plain(" ".join(re.findall(r'^ *"(.*)"$', block, re.M)))
        above = text if block.startswith("H2") else above
        heads |= dict.fromkeys(re.findall(r"<(\w+)>", block), text)
        words = [heads.get(one, "") for one in re.findall(r"\((node\w+)\)", block)]
        yield (*words, above if HERE in words else ""), text


READERS = {"html": of_page, "pptx": of_slides, "pdf": of_print}


def unpacked(files):
    """Return the files, what each zip of them holds, and the workbooks of the charts of slides: name → content."""
    held = {}
    for name, content in files.items():
        if name.endswith((".zip", ".pptx")):
            with ZipFile(io.BytesIO(content)) as parts:
                mine = [one for one in parts.namelist() if name.endswith(".zip") or one.endswith(".xlsx")]
                held |= {f"{name}/{one}": parts.read(one) for one in mine}
    return files | held


def lines_of(name, content):
    """Lines of a file, by its name."""
    kind = name.rpartition(".")[2]
    if kind in READERS:
        yield from READERS[kind](content)
    elif kind == "csv":
        yield from of_table(pd.read_csv(io.BytesIO(content), sep=";", decimal=",", dtype={"code": str, "periode": str}))
    elif kind == "parquet":
        yield from of_table(pd.read_parquet(io.BytesIO(content)))
    elif kind == "observations":
        yield from of_table(pd.read_csv(io.BytesIO(content), dtype={"territory": str, "period": str}))


def text_of(name, content):
    """Return all that is written in a file, marks and attributes too."""
    kind = name.rpartition(".")[2]
    if kind == "pdf":
        return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    if kind in ("xlsx", "pptx", "docx"):
        with ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(one).decode() for one in parts.namelist() if re.search(r"\.(xml|rels)$", one))
    return pd.read_parquet(io.BytesIO(content)).to_csv(index=False) if kind == "parquet" else content.decode()


def readings(lines, labels, places):
    """What lines tell of indicators: indicator, place, year, least and most, whether one figure alone is told.

    labels: label → indicator. places: name → code.
    """
    longest = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    indicators, label = {*labels.values()}, re.compile(rf"({longest})(?=$|, \d| \(| [A-ZÉ])")
    named = cache(lambda word: (found := label.match(word)) and labels[found[1]])
    place_first = re.compile(f"({'|'.join(map(re.escape, places))})(?: :)? ")
    for words, text in lines:
        if len(words) == 3 and words[0] in indicators:
            indicator, place, year = words
        else:
            indicator = next(filter(None, map(named, words)), None)
            first = place_first.match(text)
            said = [word for word in words if word in places]
            place = places[min(said, key=HERE.__eq__)] if said else first and places[first[1]]
            text = text.removeprefix(first[0]) if first else text
            year = next((found[1] for word in words if (found := YEAR.search(word))), None)
        found = TOLD.fullmatch(text) if indicator and place else None
        if found:
            whole = indicator.endswith("_count")
            low, high = found["low"] or found["alone"] or "0", found["high"] or found["alone"] or found["under"]
            least, most = (float(one.replace(" ", "").replace(",", ".").replace("−", "-")) for one in (low, high))
            half = 0 if whole else 0.5 / 10 ** len(high.partition(",")[2])
            least, most = least - half, most + half + (4 * whole if found["about"] else -whole if found["under"] else 0)
            yield indicator, place, found["year"] or found["of"] or year, least, most, bool(found["alone"])
