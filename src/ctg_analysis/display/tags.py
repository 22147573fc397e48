"""Templates that a person writes, by Jinja's sandbox: what their tags may do, what is said of one that fails."""

import traceback

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment, SecurityError

FAULTS = (  # what a tag that is wrong raises as it is read or filled
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
OF_NUMBERS = frozenset({"+", "-", "*", "/"})
SIGNS = OF_NUMBERS | {"//", "%", "**"}
LONGEST = 200  # letters of what is quoted


class Tags(SandboxedEnvironment):
    """Jinja's sandbox, where nothing is undefined and only numbers are calculated with.

    signs: those that may be used, of numbers; none else, lest a text swell.
    """

    intercepted_binops = SIGNS

    def __init__(self, signs: frozenset[str] = frozenset(), **options: object):
        super().__init__(undefined=StrictUndefined, **options)
        self.globals.clear()
        self.signs = signs

    def call_binop(self, context, operator, left, right):
        """Calculate with numbers; refuse any other sign, and any text."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator not in self.signs:
            raise SecurityError(f"le signe {operator}")
        if not numbers:
            raise SecurityError(f"le signe {operator} ailleurs qu'entre deux nombres")
        if operator == "/" and not right:
            raise ZeroDivisionError  # numpy would make an infinity of it
        return super().call_binop(context, operator, left, right)


def what_is_wrong(error: Exception) -> str:
    """The fault of a tag, in one line; what only Jinja or Python can tell is in their words.

    >>> what_is_wrong(ZeroDivisionError("division by zero"))
    'une division par zéro'
    """
    message = (str(error).splitlines() or [type(error).__name__])[0][:LONGEST]
    match error:
        case ZeroDivisionError():
            return "une division par zéro"
        case RecursionError():
            return "des parties dans trop de parties"
        case UndefinedError():
            return f"un nom que rien ne définit ({message})"
        case SecurityError():
            return f"ce qu'une balise ne peut pas faire ({message})"
    return f"une balise qui ne va pas ({message})"


def line_of(error: Exception) -> int | None:
    """The line of a template at which reading or filling it failed."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == "<template>"]
    return lines[-1] if lines else None
