"""The page's script and style sheet, out of the package."""

from functools import cache
from importlib.resources import files
from typing import Final

_KINDS: Final = {".css": "text/css", ".js": "text/javascript"}


@cache
def asset(name: str) -> tuple[str, str]:
    """Gives a file that the page needs, and what it is; the style sheet brings those of the report along.

    Raises:
        KeyError: it is neither a script nor a style sheet.
    """
    from recallsim.reporting.page.render import page_styles

    kind = _KINDS[name[name.rfind(".") :]]
    text = files("recallsim.web").joinpath("static", name).read_text(encoding="utf-8")
    return (page_styles() + text if kind == "text/css" else text), kind
