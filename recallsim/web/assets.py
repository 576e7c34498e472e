"""The page's scripts and style sheet, out of the package."""

from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple


class Asset(NamedTuple):
    """A file that the page needs: what it is, and the files of the package that it is made of."""

    kind: str
    parts: tuple[str, ...]


ASSETS: Final = {
    "what-if.css": Asset("text/css", ("uPlot.min.css", "what-if.css")),
    "uplot.js": Asset("text/javascript", ("uPlot.iife.min.js",)),
    "curves.js": Asset("text/javascript", ("curves.js",)),
    "what-if.js": Asset("text/javascript", ("what-if.js",)),
    "runs.js": Asset("text/javascript", ("runs.js",)),
    "play.js": Asset("text/javascript", ("play.js",)),
}
"""By the name under which the page asks for it."""


@cache
def asset(name: str) -> tuple[str, str]:
    """Gives the text of an asset and what it is; the style sheet brings those of the report along.

    Raises:
        KeyError: the page has no such asset.
    """
    from recallsim.reporting.page.render import page_styles

    kind, parts = ASSETS[name]
    text = "\n".join(packaged(part) for part in parts)
    return (page_styles() + text if kind == "text/css" else text), kind


def packaged(name: str) -> str:
    """Gives the text of a file that comes with the package."""
    return files("recallsim.web").joinpath("static", name).read_text(encoding="utf-8")
