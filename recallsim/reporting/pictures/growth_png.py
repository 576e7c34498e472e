"""The picture of `growth` as a PNG, for where SVG is not taken; drawn by matplotlib, an extra."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recallsim.extras import needed
from recallsim.reporting.plain import plain

if TYPE_CHECKING:
    from recallsim.running.stress import Measured

_STYLES = (("#0069a8", "-"), ("#b54a00", "--"), ("#8a3a73", ":"))
_INCHES, _DOTS = (6.4, 5.6), 150


class PngOfGrowth:
    """Draws time and memory against size, both logarithmic, a line for each engine.

    Raises:
        MissingExtra: matplotlib is not installed; raised at once, before there is anything to draw.
    """

    def __init__(self) -> None:
        self._figure: Any = needed("matplotlib.figure", "png", "a PNG").Figure

    def __call__(self, measured: "Sequence[Measured]", name: str) -> bytes:
        """Gives the file."""
        figure = self._figure(figsize=_INCHES, dpi=_DOTS, layout="constrained")
        figure.suptitle(_literal(f"What a recipient costs: {name}"))
        panels = figure.subplots(2, 1, sharex=True)
        engines = list(dict.fromkeys(each.engine for each in measured))
        for panel, heading in zip(
            panels,
            ("processor time each, microseconds", "memory each at the peak, bytes"),
            strict=True,
        ):
            panel.set_title(heading, loc="left", fontsize="medium")
            panel.set_xscale("log")
            panel.set_yscale("log")
            panel.grid(visible=True, color="#d9dee4")
        for at, engine in enumerate(engines):
            colour, line = _STYLES[at % len(_STYLES)]
            mine = [each for each in measured if each.engine == engine]
            known = [each for each in mine if each.peak > 0]
            style: dict[str, Any] = {"color": colour, "linestyle": line, "marker": "o", "label": engine}
            panels[0].plot([each.recipients for each in mine], [each.each * 1e6 for each in mine], **style)
            sizes = [each.recipients for each in known]
            panels[1].plot(sizes, [each.peak / each.recipients for each in known], **style)
        panels[0].legend(frameon=False)
        panels[1].set_xlabel("recipients")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()


def _literal(text: str) -> str:
    """The text as it is: between dollar signs matplotlib would see a formula."""
    return plain(text).replace("$", r"\$")
