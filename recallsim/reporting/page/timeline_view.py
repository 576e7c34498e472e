"""The timeline of one recipient as a page or a drawing: a sequence diagram, and why it ended so."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recallsim.reporting.page.render import LONG_TABLE, environment, page_styles
from recallsim.reporting.pictures.lanes import lanes
from recallsim.reporting.pictures.svg import Picture, alone
from recallsim.reporting.plain import plain
from recallsim.reporting.sequence import LANES, steps
from recallsim.reporting.timeline import End, story
from recallsim.reporting.why import Why

if TYPE_CHECKING:
    from agents.observer import TraceEvent
    from agents.records import Plan

FORMS = (".html", ".svg")
"""What a view can be written as, by the end of the file's name."""


def sequence_picture(events: "Sequence[TraceEvent]", end: End, reason: Why, plan: "Plan") -> Picture:
    """Gives the sequence diagram of one recipient."""
    told = steps(events, plan)
    title = f"Recipient {end.recipient} ({plain(end.group, 60)})"
    words = f"A sequence diagram of {len(told)} steps between {', '.join(LANES[:-1])} and {LANES[-1]}."
    return lanes("sequence", title, words, LANES, told, reason.words)


def view(
    form: str, picture: Picture, end: End, reason: Why, title: str, subtitle: str, command: Sequence[str]
) -> str:
    """Gives the file: an SVG drawing, or an HTML page with the steps as a table too.

    Args:
        form: one of `FORMS`.
        picture: the sequence diagram.
        end, reason: how it ended, and why.
        title, subtitle: of the page.
        command: the arguments of `recallsim` that make the file again.
    """
    if form == ".svg":
        return alone(picture.svg)
    return (
        environment()
        .get_template("trace.html")
        .render(
            title=plain(title),
            subtitle=plain(subtitle),
            recipient=end.recipient,
            verdict=reason.words,
            story=f"{story(end)}.",
            picture=picture,
            command=plain(shlex.join(("recallsim", *command)), 10_000),
            long_table=LONG_TABLE,
            styles=page_styles(),
        )
    )
