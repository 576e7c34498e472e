"""Results as pictures and small HTML tables, for notebooks; every text out of a scenario is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from recallsim.reporting.plain import UNICODE, plain
from recallsim.reporting.report import main_table

if TYPE_CHECKING:
    from recallsim.reporting.grid import Line
    from recallsim.reporting.page.render import Section
    from recallsim.result import Result


def as_html(result: "Result") -> str:
    """Gives the title, the picture of how it ended, the main table and the sentence."""
    headers, lines, _ = main_table(result, UNICODE)
    head = "".join(f"<th>{escape(header)}</th>" for header in ("", *headers))
    body = "".join(_row(line, len(headers)) for line in lines)
    return (
        f"<p><strong>{escape(plain(result.title or result.scenario))}</strong></p>"
        f"{_picture(result)}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{escape(result.sentence())}</p>"
    )


def pictures_as_html(title: str, sections: "Iterable[Section]", sentences: Sequence[str]) -> str:
    """Gives a title, pictures, and the answer in sentences."""
    from recallsim.reporting.pictures.svg import alone

    drawn = "".join(alone(picture.svg) for section in sections for picture in section.pictures)
    said = "".join(f"<p>{escape(plain(sentence, 2000))}</p>" for sentence in sentences)
    return f"<p><strong>{escape(plain(title))}</strong></p>{drawn}{said}"


def text_as_html(text: str) -> str:
    """Gives what the terminal shows, in letters of one width."""
    lines = "\n".join(plain(line, 10_000) for line in text.split("\n"))
    return f"<pre>{escape(lines)}</pre>"


def _picture(result: "Result") -> str:
    from recallsim.reporting.page.sections import endings
    from recallsim.reporting.pictures.svg import alone

    return alone(endings(result).svg) if result.find("unseen_success_rate") is not None else ""


def _row(line: "Line", columns: int) -> str:
    if not line.cells:
        return f'<tr><th colspan="{columns + 1}" style="text-align:left">{escape(line.label)}</th></tr>'
    cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in line.cells)
    style = f"text-align:left;padding-left:{line.depth + 1}em"
    return f'<tr><td style="{style}">{escape(line.label)}</td>{cells}</tr>'
