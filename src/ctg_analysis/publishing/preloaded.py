"""What the fork server imports and makes, once for all jobs (see `running.pool`): nothing of any territory."""

from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.processes import end_with_parent

end_with_parent()  # a command that is ended while this goes on leaves nothing that goes on importing
with suppress(UserError):  # a wrong declaration: each job that needs it finds it too, and tells it
    import babel.dates  # noqa: F401  as IPython's below: what uses them imports them late
    import IPython.core.completer
    import IPython.core.magics
    import IPython.core.oinspect  # noqa: F401

    from ctg_analysis.chapter import demarche
    from ctg_analysis.display import markup
    from ctg_analysis.display.words.quantities import number
    from ctg_analysis.publishing import lacking  # noqa: F401
    from ctg_analysis.publishing.pages import around  # noqa: F401
    from ctg_analysis.publishing.pages.site import templates
    from ctg_analysis.publishing.running import tasks  # noqa: F401
    from ctg_analysis.publishing.running.cells import CONFIG, CellShell

    for module in iter_modules(demarche.__path__, f"{demarche.__name__}."):
        import_module(module.name)
    _ = CellShell.instance(config=CONFIG).display_formatter.formatters  # made when first asked for
    for environment in (markup.TEMPLATES, templates()):
        for name in environment.list_templates(["j2"]):
            environment.get_template(name)
    number(1234.5, 1)  # reads how French writes them
