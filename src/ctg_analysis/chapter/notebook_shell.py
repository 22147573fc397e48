"""What a notebook gets when it opens a chapter: ids that complete within quotes, tables as a page shows them."""

import re
import sys
from collections.abc import Mapping
from functools import cache

import pandas as pd

from ctg_analysis.chapter.asked import FAMILIES
from ctg_analysis.chapter.own import frame
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.markup import ABOUT, PAGE
from ctg_analysis.model.catalogue import CATALOGUE

CALL = re.compile(r"""(\w+)\.(\w+)\([^()]*["'](\w*)$""")  # up to the cursor, within the quotes of an argument of a verb
OF_FAMILIES = {"members", "answers", "scores", "criteria"}
OF_WORDS = {"find", "reference", "norms", "essential", "debate"}  # verbs whose texts are no ids


def prepare_shell() -> None:
    """Prepare the IPython that runs this notebook; nothing elsewhere.

    Within the quotes of a verb, Tab gives ids. A DataFrame looks as pandas makes it, and has beside it what a page
    shows in its place (`markup.PAGE`), which Jupyter passes over.
    """
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    for kind in (pd.DataFrame, pd.Series):
        shell.display_formatter.mimebundle_formatter.for_type(kind, _on_page)
    if _matcher() not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(_matcher())


def _on_page(table: pd.DataFrame | pd.Series) -> dict[str, object]:
    piece = frame(table)
    return {PAGE: piece.html, ABOUT: dict(piece.about)}


def ids_for(code: str, names: Mapping[str, object]) -> list[str]:
    """The ids that may stand at the end of a code, within the quotes of a verb: those that begin so, else hold it.

    names: what the variables of the notebook hold, a chapter among them.
    """
    call = CALL.search(code)
    if not call or call[2] in OF_WORDS or not isinstance(getattr(names.get(call[1]), "territory", None), Territory):
        return []
    known = FAMILIES if call[2] in OF_FAMILIES else CATALOGUE
    begun = [name for name in known if name.startswith(call[3])]
    return sorted(begun or [name for name in known if call[3] in name])


@cache
def _matcher():
    from IPython import get_ipython
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher(identifier="ctg_analysis.ids")
    def ids(context):
        above = context.full_text.split("\n")[: context.cursor_line]
        found = ids_for("\n".join([*above, context.text_until_cursor]), get_ipython().user_ns)
        return {"completions": [SimpleCompletion(name, type="indicator") for name in found], "suppress": bool(found)}

    return ids
