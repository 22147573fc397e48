"""What the fork server imports and makes, once for all jobs (see `pool`): nothing of any territory."""

import gc
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.processes import end_with_parent

sys.modules.setdefault("rfc3987_syntax", None)  # a second to read a grammar of addresses, which no notebook has
gc.disable()  # a fifth of the time of the imports, of which nothing is to be forgotten; see `collect_seldom`
end_with_parent()  # a command that is ended while this goes on leaves nothing that goes on importing
with suppress(UserError):  # a wrong declaration: each job that needs it finds it too, and tells it
    import babel.dates  # noqa: F401  as IPython's below: what uses them imports them late
    import IPython.core.completer
    import IPython.core.magics
    import IPython.core.oinspect  # noqa: F401

    from ctg_analysis.chapter import demarche
    from ctg_analysis.display import markup
    from ctg_analysis.display.quantities import number
    from ctg_analysis.publish import (
        contents,  # noqa: F401
        tasks,  # noqa: F401
    )
    from ctg_analysis.publish.execution import CONFIG, CellShell
    from ctg_analysis.publish.site import templates

    for module in iter_modules(demarche.__path__, f"{demarche.__name__}."):
        import_module(module.name)
    _ = CellShell.instance(config=CONFIG).display_formatter.formatters  # made when first asked for
    for environment in (markup.TEMPLATES, templates()):
        for name in environment.list_templates(["j2"]):
            environment.get_template(name)
    number(1234.5, 1)  # reads how French writes them
