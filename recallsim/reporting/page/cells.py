"""The pictures of a sweep: lines and tiles where its cells form a grid, dots where they lie scattered.

Taken from tidy rows, the dictionaries that results turn into. However many cells there are, a page of them stays
below a megabyte: what is too much to draw is thinned out evenly, and said to be.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final, TypeVar

from recallsim.reporting.numbers import percent
from recallsim.reporting.page.render import Section
from recallsim.reporting.pictures.curves import STYLES, Series, steps
from recallsim.reporting.pictures.dots import Dot, dots
from recallsim.reporting.pictures.heat import heat_map
from recallsim.reporting.pictures.svg import Picture
from recallsim.reporting.plain import plain
from recallsim.reporting.words import label_of
from transport.units import parse_duration

Row = Mapping[str, Any]
Place = tuple[str, ...]
T = TypeVar("T")

MOST_POINTS: Final = 4_000
"""So many values of all lines together are drawn, and as many rows of all tables of dots together are written."""
MOST_TILES: Final = 10_000
MOST_DOTS: Final = 20_000
_MOST_PATHS: Final = 8  # of cells that are scattered, so many keys have a picture


def sweep(rows: Iterable[Row], paths: Sequence[str], metric: str = "unseen_success_rate") -> Section:
    """Gives the pictures of a sweep: over its first path, and of all cells.

    Args:
        rows: with a key for each path, and `group`, `metric`, `mean`, `low`, `high`; a cell that failed has no mean.
        paths: what was varied, in order.
        metric: what is drawn.
    """
    cells: dict[Place, Row] = {}
    order: list[dict[str, None]] = [{} for _ in paths]
    for row in rows:
        place = tuple(plain(str(row[path]), 60) for path in paths)
        for known, value in zip(order, place, strict=True):
            known.setdefault(value)
        if row["group"] == "all" and row["metric"] == metric and row["mean"] is not None:
            cells.setdefault(place, row)
    if not cells or not paths:
        return Section("The sweep", ())
    values = [list(each) for each in order]
    if 2 * len(cells) < math.prod(map(len, values)):
        shown = paths[:_MOST_PATHS]
        return Section("The sweep", tuple(_dots(cells.values(), path, shown, metric) for path in shown))
    pictures = [_lines(cells, values, paths, metric)]
    if len(paths) == 2:
        pictures.append(_heat(cells, values, paths, metric))
    return Section("The sweep", tuple(pictures))


def _lines(
    cells: Mapping[Place, Row], values: Sequence[Sequence[str]], paths: Sequence[str], metric: str
) -> Picture:
    there = {key[1:] for key in cells}
    others = [other for other in product(*values[1:]) if other in there]
    drawn = others[:STYLES]
    places = thinned(values[0], MOST_POINTS // len(drawn))
    series = []
    for other in drawn:
        found = [cells.get((place, *other)) for place in places]
        ends = {
            end: tuple(None if row is None else row[end] for row in found) for end in ("mean", "low", "high")
        }
        series.append(Series(", ".join(other) or label_of(metric), ends["mean"], ends["low"], ends["high"]))
    words = f"{label_of(metric)}, {_from_to(cells)}, over {plain(paths[0])}"
    rest = len(others) - len(series)
    words += f"; a line for each value of {', '.join(map(plain, paths[1:]))}." if paths[1:] else "."
    words += f" {rest} more lines are not drawn." if rest > 0 else ""
    words += _left_out(len(places), len(values[0]), "values")
    return steps("sweep-lines", f"Over {short(paths[0], paths)}", words, places, series, plain(paths[0], 60))


def _heat(
    cells: Mapping[Place, Row], values: Sequence[Sequence[str]], paths: Sequence[str], metric: str
) -> Picture:
    columns, lines = values
    kept_columns = thinned(columns, max(MOST_TILES // len(lines), math.isqrt(MOST_TILES)))
    kept_lines = thinned(lines, MOST_TILES // len(kept_columns))
    across, down = ({value: at for at, value in enumerate(each)} for each in (kept_columns, kept_lines))
    place = {
        (across[key[0]], down[key[1]]): row["mean"]
        for key, row in cells.items()
        if key[0] in across and key[1] in down
    }
    words = f"{label_of(metric)} in every cell, the darker the larger: {_from_to(cells)}."
    words += _left_out(len(kept_columns) * len(kept_lines), len(columns) * len(lines), "cells")
    across_name, down_name = paths
    axes = (short(across_name, paths), short(down_name, paths))
    return heat_map("sweep-cells", "Cell by cell", words, kept_columns, kept_lines, place, axes)


def _dots(rows: Iterable[Row], path: str, paths: Sequence[str], metric: str) -> Picture:
    found = [
        Dot(plain(str(row[path]), 60), number_of(row[path]), row["mean"], row["low"], row["high"])
        for row in rows
    ]
    if any(dot.place is None for dot in found):
        names = {name: float(at) for at, name in enumerate(dict.fromkeys(dot.label for dot in found))}
        found = [dot._replace(place=names[dot.label]) for dot in found]
    found.sort(key=lambda dot: dot.place or 0.0)
    shown, listed = thinned(found, MOST_DOTS // len(paths)), thinned(found, MOST_POINTS // len(paths))
    words = f"{label_of(metric)} over {plain(path)}: a dot for each cell."
    words += _left_out(len(shown), len(found), "cells")
    note = f"The table has {len(listed):,} of {len(found):,} cells." if len(listed) < len(found) else ""
    key = f"sweep-{paths.index(path)}"
    return dots(key, f"Over {short(path, paths)}", words, shown, listed, plain(path, 60), note)


def number_of(value: object) -> float | None:
    """Gives a value of a sweep as a number, a duration in seconds; None where it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return parse_duration(str(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def thinned(values: Sequence[T], most: int) -> list[T]:
    """Gives every value, or every second, third ... of them, so that there are `most` at most."""
    return list(values[:: max(1, -(-len(values) // max(most, 1)))])


def short(path: str, paths: Sequence[str]) -> str:
    """Gives the last key of a path, or the whole path where another one ends alike."""
    last = path.rpartition(".")[2]
    alike = sum(other.rpartition(".")[2] == last for other in paths)
    return plain(path if alike > 1 else last, 60)


def _from_to(cells: Mapping[Place, Row]) -> str:
    means = [row["mean"] for row in cells.values()]
    return f"from {percent(min(means))} to {percent(max(means))}"


def _left_out(kept: int, of: int, what: str) -> str:
    return f" {kept:,} of {of:,} {what} are shown, evenly thinned out." if kept < of else ""
