"""A table of shares as tiles: the cells of a sweep over two keys."""

from collections.abc import Mapping, Sequence

from recallsim.reporting.numbers import percent
from recallsim.reporting.pictures.svg import WIDTH, Picture, cut, drawing, element, hint, number, text

_LABEL, _TOP = 120.0, 26.0
_SHADES = 7
_MANY = 900  # tiles beyond which each shade is one path, without words for whoever points


def heat_map(
    key: str,
    title: str,
    words: str,
    columns: Sequence[str],
    lines: Sequence[str],
    cells: Mapping[tuple[int, int], float],
    axes: tuple[str, str],
) -> Picture:
    """Draws a tile for each cell, the darker the larger its share, with the share in it where there is room.

    Args:
        key, title, words: as of any picture.
        columns, lines: the values along the two axes.
        cells: shares by (column, line); what is missing stays empty.
        axes: what the columns and the lines are.
    """
    wide = (WIDTH - _LABEL - 8) / max(len(columns), 1)
    high = min(max(240.0 / max(len(lines), 1), 4.0), 44.0)
    low, top = min(cells.values(), default=0.0), max(cells.values(), default=1.0)
    body = [text(axes[0], _LABEL + (WIDTH - _LABEL) / 2, 12, "soft small", "middle")]
    bottom = _TOP + len(lines) * high
    every = max(1, -(-len(columns) * 36 // int(WIDTH - _LABEL)))
    for at, label in enumerate(columns):
        if at % every == 0:
            x = _LABEL + (at + 0.5) * wide
            body.append(text(cut(label, max(wide * every, 30)), x, bottom + 16, "soft small", "middle"))
    many = len(cells) > _MANY
    if many:
        body += _shades(cells, (low, top), wide, high)
    for row, label in enumerate(lines):
        if row % -(-len(lines) * 16 // int(bottom - _TOP + 1)):
            continue  # labels that would run into one another
        y = _TOP + row * high
        body.append(text(cut(label, _LABEL - 14), _LABEL - 8, y + high / 2 + 4, "small", "end"))
    for row, label in enumerate(lines):
        y = _TOP + row * high
        for at, column in enumerate(columns):
            if not many and (at, row) in cells:
                body += _tile(
                    cells[at, row], (low, top), (_LABEL + at * wide, y, wide, high), f"{column}, {label}"
                )
    body.append(text(cut(axes[1], _LABEL - 14), _LABEL - 8, 12, "soft small", "end"))
    rows = tuple(
        (label, *(percent(cells[at, row]) if (at, row) in cells else "" for at in range(len(columns))))
        for row, label in enumerate(lines)
    )
    svg = drawing(key, title, words, bottom + 24, body)
    return Picture(key, title, words, svg, (f"{axes[1]} \\ {axes[0]}", *columns), rows)


def _shades(
    cells: Mapping[tuple[int, int], float], reach: tuple[float, float], wide: float, high: float
) -> list[str]:
    outlines: dict[int, list[str]] = {}
    for (at, row), share in cells.items():
        corner = f"M{number(_LABEL + at * wide)} {number(_TOP + row * high)}"
        outline = f"{corner}h{number(wide)}v{number(high)}h{number(-wide)}z"
        outlines.setdefault(_shade(share, reach), []).append(outline)
    return [
        element("path", d="".join(found), class_="fill-unseen", fill_opacity=_strength(shade))
        for shade, found in sorted(outlines.items())
    ]


def _shade(share: float, reach: tuple[float, float]) -> int:
    low, top = reach
    return round(_SHADES * (1.0 if top <= low else (share - low) / (top - low)))


def _strength(shade: int) -> float:
    # A tile's strength is its opacity over the paper, so that dark pages need no colours of their own.
    return 0.08 + 0.92 * shade / _SHADES


def _tile(
    share: float, reach: tuple[float, float], place: tuple[float, float, float, float], where: str
) -> list[str]:
    x, y, wide, high = place
    shade = _shade(share, reach)
    told = hint(f"{where}: {percent(share)}")
    drawn = [
        element(
            "rect",
            told,
            x=x,
            y=y,
            width=wide,
            height=high,
            class_="fill-unseen edge",
            fill_opacity=_strength(shade),
        )
    ]
    if wide >= 40 and high >= 14:
        look = "small on-unseen" if shade > 5 else "small"
        drawn.append(text(percent(share), x + wide / 2, y + high / 2 + 4, look, "middle"))
    return drawn
