"""Trying out what a scenario varies, value by value: variants, sweeps, and the ranges of an analysis."""

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Final

from recallsim.errors import Problem
from recallsim.scenario.base import Refusal, shown, suggestion
from recallsim.scenario.checks_designs import OF_ALL_VARIANTS
from recallsim.scenario.examining import examine
from recallsim.scenario.finding import Location
from recallsim.scenario.merging import assign
from recallsim.scenario.models_ranges import Range, axis_of, paths_of
from recallsim.scenario.nodes import Entry, Mark, Node, child, grown, mapping, marked, plain, with_entry

_MOST_VALUES: Final = 2_000
"""Values of a sweep that are checked one by one."""

_NO_VARIANT: Final = "expected a mapping from path to value"
_A_VARIANT: Final = "{sender.hold: 30s}"

Setting = tuple[str, Node, Mark]
"""A path, what is laid there, and what to point at."""

Row = tuple[Entry, list[Setting]]
"""The key of an axis, and one of the settings that it goes through."""


def laid(tree: Node, settings: Iterable[Setting], problems: list[Problem]) -> Node:
    """The tree with settings laid over it, one after the other."""
    for path, value, mark in settings:
        tree = assign(tree, path, value, mark, problems)
    return tree


def with_variants(
    tree: Node, settings: Iterable[Setting], problems: list[Problem]
) -> tuple[Node, list[Setting]]:
    """The tree with those settings laid over it that change what its variants set, and the other settings.

    `what_if.hold-30s.sender.hold` is a path within a variant; a variant that there is not yet comes whole.
    """
    others = []
    for setting in settings:
        path, value, mark = setting
        head, _, rest = path.partition(".")
        if head != "what_if":
            others.append(setting)
        elif not rest:
            tree = assign(tree, path, value, mark, problems)
        else:
            tree = _with_variant(tree, rest, value, mark, problems)
    return tree, others


def _with_variant(tree: Node, path: str, value: Node, mark: Mark, problems: list[Problem]) -> Node:
    what_if = child(tree, "what_if")
    variants = mapping(what_if) or {}
    name = max((each for each in variants if f"{path}.".startswith(f"{each}.")), key=len, default=None)
    if name is None and "." in path:
        unknown = path.partition(".")[0]
        hint = suggestion(unknown, list(variants))
        whole = f"a new one comes whole: --set 'what_if.NAME={_A_VARIANT}'"
        problems.append(
            mark.problem(
                "what_if", f"there is no variant {shown(unknown)}", f"{hint}; {whole}" if hint else whole
            )
        )
        return tree
    inside = "" if name is None else path[len(name) + 1 :]
    if not inside and value.value is not None and mapping(value) is None:
        problems.append(mark.problem(f"what_if.{path}", _NO_VARIANT, _A_VARIANT))
        return tree
    key, changes = mark, value
    if name is not None:
        known = variants[name]
        key = known.key
        if inside:
            changes = with_entry(known.node, inside, mark, value)
        elif mapping(value) is not None:
            changes = Node({**(mapping(known.node) or {}), **(mapping(value) or {})}, mark)
    place = (mapping(tree) or {}).get("what_if")
    varied = with_entry(what_if or Node({}, mark), name or path, key, changes)
    return with_entry(tree, "what_if", mark if place is None else place.key, varied)


def of_variant(name: str, entry: Entry, problems: list[Problem]) -> list[Setting]:
    """The settings of a variant, without those that are refused in any."""
    changes = mapping(entry.node)
    if changes is None:
        if entry.node.value is not None:
            problems.append(entry.node.mark.problem(f"what_if.{name}", _NO_VARIANT, _A_VARIANT))
        return []
    within = f"what_if.{name}."
    return [
        (path, marked(change.node, within), marked(Node(None, change.key), within).mark)
        for path, change in changes.items()
        if path.partition(".")[0] not in OF_ALL_VARIANTS
    ]


def try_variants(tree: Node, settings: list[Setting], problems: list[Problem], doubts: set[Location]) -> None:
    """Check every variant; what is wrong without it too has been said, and `doubts` are where."""
    for name, entry in (mapping(child(tree, "what_if")) or {}).items():
        changes = of_variant(name, entry, problems)
        if changes:
            _try(tree, changes, settings, f"what_if.{name}", entry.key, problems, doubts)


def try_designs(tree: Node, settings: list[Setting], problems: list[Problem], doubts: set[Location]) -> None:
    """Check every value that a sweep or an analysis gives a path, the others being as in the scenario.

    What only a combination of values breaks is seen when the cells are made.
    """
    parts = [*_parts(tree)]
    alone = sum(len(axes) for _, axes in parts) == 1
    tried = 0
    for where, axes in parts:
        within = f"{where}: "
        for path, entry in axes.items():
            if isinstance(entry.node.value, list) and not entry.node.value:
                problems.append(entry.node.mark.problem(f"{where}.{path}", "the list is empty"))
        rows = _in_step(axes, within) if where.startswith("sweep.zip") else _one_by_one(axes, within)
        for entry, changes in rows:
            tried += 1
            if tried > _MOST_VALUES:
                what = f"there are more than {_MOST_VALUES:,} values"
                problems.append(entry.key.problem(where, what))
                return
            _try(tree, changes, settings, where, entry.key, problems, doubts, inside_only=not alone)


def _parts(tree: Node) -> Iterator[tuple[str, dict[str, Entry]]]:
    sweep, analysis = child(tree, "sweep"), child(tree, "sensitivity")
    zipped = child(sweep, "zip")
    listed = zipped.value if zipped is not None and isinstance(zipped.value, list) else [zipped]
    for where, node in (
        ("sweep.grid", child(sweep, "grid")),
        *(("sweep.zip", each) for each in listed),
        ("sweep.lhs.over", child(child(sweep, "lhs"), "over")),
        ("sweep.sobol.over", child(child(sweep, "sobol"), "over")),
        ("sensitivity.over", child(analysis, "over")),
    ):
        axes = mapping(node)
        if axes:
            yield where, axes


def _one_by_one(axes: dict[str, Entry], within: str) -> Iterator[Row]:
    for path, entry in axes.items():
        for changes in _values(path, entry, within):
            yield entry, changes


def _in_step(axes: dict[str, Entry], within: str) -> Iterator[Row]:
    columns = [_values(path, entry, within) for path, entry in axes.items()]
    first = next(iter(axes.values()))
    for changes in zip_longest(*columns):
        yield first, [change for part in changes for change in part or ()]


def _values(key: str, entry: Entry, within: str) -> Iterator[list[Setting]]:
    """The settings of an axis; what the models refuse has none."""
    at = marked(Node(None, entry.key), within).mark
    paths = paths_of(key)
    for value in _nodes(entry.node):
        if len(paths) == 1:
            yield [(paths[0], marked(value, within), at)]
        elif isinstance(value.value, list) and len(value.value) == len(paths):
            yield [(path, marked(each, within), at) for path, each in zip(paths, value.value, strict=True)]


def _nodes(node: Node) -> Iterator[Node]:
    if isinstance(node.value, list):
        yield from node.value
    elif isinstance(node.value, dict):
        try:
            found = axis_of(plain(node))
        except Refusal:
            return
        assert isinstance(found, Range)
        values = found.values() if found.counted else [found.at(0.0), found.at(1.0)]
        yield from (grown(value, node.mark) for value in islice(values, _MOST_VALUES + 1))


def _try(
    tree: Node,
    changes: list[Setting],
    settings: list[Setting],
    what: str,
    at: Mark,
    problems: list[Problem],
    doubts: set[Location],
    *,
    inside_only: bool = False,
) -> None:
    found: list[Problem] = []
    varied = laid(laid(tree, changes, found), settings, [])
    found = [problem for problem in found if not _leads_to_doubt(problem.path, doubts)]
    examine(varied, found, set(doubts))
    if found and settings and not problems and _fits(tree, changes):
        first = found[0]
        help_ = "--set is laid on last, over each variant too; set what every variant has, or change the file"
        whole = f"no longer fits the --set: {first.path}: {first.what}"
        problems.append(at.problem(what, whole, help_))
        return
    known = {(problem.file, problem.line, problem.column, problem.path, problem.what) for problem in problems}
    said = {problem.what for problem in problems}
    for problem in found:
        if (problem.file, problem.line, problem.column, problem.path, problem.what) in known:
            continue
        if problem.path.startswith(("what_if.", "sweep.", "sensitivity.")):
            problems.append(problem)
        elif problem.what not in said and not inside_only:
            problems.append(at.problem(what, f"{problem.path}: {problem.what}", problem.help))


def _leads_to_doubt(path: str, doubts: set[Location]) -> bool:
    """Whether a path that leads nowhere goes through a list some of whose names could not be read."""
    items = [doubt[:-1] if doubt[-1:] == ("name",) else doubt for doubt in doubts]
    lists = [".".join(map(str, item[:-1])) for item in items if item and isinstance(item[-1], int)]
    return any(f".{each}." in f".{path}." for each in lists)


def _fits(tree: Node, changes: list[Setting]) -> bool:
    alone: list[Problem] = []
    examine(laid(tree, changes, alone), alone)
    return not alone
