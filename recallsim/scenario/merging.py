"""How one tree lies over another, and how a path sets a value.

Mappings merge key by key; lists, laws and kinds of reading are replaced whole; an empty value removes a key.
A value for all kinds of message is a mapping of one key, `default`: kinds that are named above it come beside it.
"""

from typing import Final

from recallsim.errors import Problem
from recallsim.scenario.base import KINDS, either, shown, suggestion
from recallsim.scenario.fields import KEYS_BY_KIND
from recallsim.scenario.models_laws import LAW_KINDS
from recallsim.scenario.nodes import Entry, Mark, Node, grown, item_name, mapping

_LAWS: Final = frozenset(LAW_KINDS) - {"never"}
_BY_KIND: Final = frozenset({*KINDS, "default"})
# keys whose mapping holds one of several alternatives
_ONE_OF: Final = (
    ("reads", frozenset({"delay", "sessions", "hazard", "notified"})),
    ("sync", frozenset({"cached", "poll", "fetch"})),
    ("retry", frozenset({"gaps", "backoff"})),
)
# the key whose value is a mapping of its own, or one from kind to such values
_SCHEDULE: Final = "retry"
_STAGES: Final = ("submission", "categorizer", "delivery")


def _alternatives(key: str) -> frozenset[str]:
    return next((words for name, words in _ONE_OF if name == key), frozenset())


def is_law(node: Node) -> bool:
    """Whether a mapping is a distribution; `never` counts with the value true only, being a share too."""
    entries = mapping(node)
    if entries is None:
        return False
    return not _LAWS.isdisjoint(entries) or ("never" in entries and entries["never"].node.value is True)


def _is_by_kind(node: Node) -> bool:
    entries = mapping(node)
    return bool(entries) and not _BY_KIND.isdisjoint(entries or ())


def _is_for_all(node: Node, key: str) -> bool:
    """Whether a value of `key` is one for all kinds of message, where it could be given by kind."""
    if node.value is None or key not in KEYS_BY_KIND:
        return False
    return mapping(node) is None or is_law(node) or (key == _SCHEDULE and not _is_by_kind(node))


def _as_default(node: Node) -> Node:
    return Node({"default": Entry(node.mark, node)}, node.mark)


def merge(under: Node, over: Node, key: str = "") -> Node:
    """The tree `over` laid over `under`, both the value of `key`."""
    if _is_by_kind(over) and _is_for_all(under, key):
        under = _as_default(under)
    below, above = mapping(under), mapping(over)
    if below is None or above is None:
        return over
    if key == _SCHEDULE and _is_by_kind(over) != _is_by_kind(under):
        return over
    if is_law(over) or (is_law(under) and set(above) != {"per"}):
        return over
    words = _alternatives(key)
    chosen = {name for name in above if name in words and above[name].node.value is not None}
    if key == "transport" and "stages" in above:
        below = {name: entry for name, entry in below.items() if name not in _STAGES}
    if chosen:
        below = {name: entry for name, entry in below.items() if name not in words}
    merged = dict(below)
    for name, entry in above.items():
        whole = name not in below or name in words
        node = entry.node if whole else merge(below[name].node, entry.node, _within(key, name))
        merged[name] = Entry(entry.key, node)
    return Node(merged, over.mark)


def _within(key: str, name: str) -> str:
    """What a value of the mapping `key` is a value of: a schedule of a kind is one as `retry` itself is."""
    return key if key == _SCHEDULE and name in _BY_KIND else name


class PathError(Exception):
    """A path that leads nowhere."""

    def __init__(self, what: str, suggestion: str = "") -> None:
        self.what = what
        self.help = suggestion


def assign(root: Node, path: str, value: Node, mark: Mark, problems: list[Problem]) -> Node:
    """The tree with `value` laid over what is at `path`: keys, names, numbers, or `*` for every item."""
    segments = path.split(".")
    if not all(segment.strip() for segment in segments):
        problems.append(
            mark.problem("", f"{shown(path)} is not a path", "write keys joined by dots, as sender.hold")
        )
        return root
    if segments[-1] == "extends":
        problems.append(
            mark.problem(path, "extends is looked up when the file is read; it cannot be set afterwards")
        )
        return root
    try:
        return _assign(root, segments, 0, value, mark)
    except PathError as error:
        problems.append(mark.problem(path, error.what, error.help))
        return root


def _assign(node: Node, segments: list[str], depth: int, value: Node, mark: Mark) -> Node:
    before = segments[depth - 1] if depth else ""
    before = _within(segments[depth - 2], before) if depth > 1 else before
    if depth == len(segments):
        return merge(node, value, before)
    segment = segments[depth]
    is_kind = segment in _BY_KIND
    if isinstance(node.value, list) and not (is_kind and before == _SCHEDULE):
        return _into_list(node, node.value, segments, depth, value, mark)
    if segment == "*":
        raise PathError(
            f"'*' stands for every item of a list; {'.'.join(segments[:depth]) or 'the top'} is none"
        )
    entries = mapping(node)
    if is_kind and _is_for_all(node, before):
        entries = mapping(_as_default(node))
    entries = dict(entries or {})
    for words in (_alternatives(before), _LAWS):
        if segment in words:
            entries = {key: entry for key, entry in entries.items() if key == segment or key not in words}
    known = entries.get(segment)
    inner = known.node if known is not None else grown(None, mark)
    entries[segment] = Entry(
        mark if known is None else known.key, _assign(inner, segments, depth + 1, value, mark)
    )
    return Node(entries, node.mark if node.value is not None else mark)


def _into_list(
    node: Node, items: list[Node], segments: list[str], depth: int, value: Node, mark: Mark
) -> Node:
    segment = segments[depth]
    names = [item_name(item, index) for index, item in enumerate(items)]
    if segment == "*":
        chosen = range(len(items))
    elif segment in names:
        chosen = range(names.index(segment), names.index(segment) + 1)
    elif segment.isascii() and segment.isdecimal() and len(segment) < 7 and int(segment) < len(items):
        chosen = range(int(segment), int(segment) + 1)
    else:
        where = ".".join(segments[:depth])
        if not names:
            raise PathError(f"{where} is empty; there is no item {shown(segment)}")
        hint = suggestion(segment, names)
        what = f"{where} has no item {shown(segment)}; it has {either(names).replace(' or ', ' and ')}"
        raise PathError(what, hint if hint.startswith("did") else "")
    changed = list(items)
    for index in chosen:
        changed[index] = _assign(items[index], segments, depth + 1, value, mark)
    return Node(changed, node.mark)
