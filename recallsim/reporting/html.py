"""A result as a picture and a small HTML table, for notebooks; every text out of a scenario is escaped."""

from html import escape
from typing import TYPE_CHECKING

from recallsim.reporting.plain import UNICODE, plain
from recallsim.reporting.report import main_table

if TYPE_CHECKING:
    from recallsim.reporting.grid import Line
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
