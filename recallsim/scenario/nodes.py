"""A parsed file as a tree whose every key and value knows its place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from recallsim.errors import Problem

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, or the override that put a value there (line 0).

    Attributes:
        file: The file's name, or `--set key=value`.
        line: From 1, or 0.
        column: From 1, or 0.
        text: The line.
        width: Columns of the token.
        within: What stands before the path in messages about values from here, as `what_if.cloud: `.
    """

    file: str
    line: int = 0
    column: int = 0
    text: str = ""
    width: int = 1
    within: str = ""

    def problem(self, path: str, what: str, suggestion: str = "") -> Problem:
        """A problem at this place."""
        return Problem(
            self.file, self.line, self.column, self.within + path, what, suggestion, self.text, self.width
        )


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list of nodes, or a mapping from key to its place and a node; never changed in place."""

    value: Scalar | list["Node"] | dict[str, "Entry"]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a key, and where the key stands."""

    key: Mark
    node: Node


def mapping(node: Node | None) -> dict[str, Entry] | None:
    """The entries of a mapping, None for anything else."""
    return node.value if node is not None and isinstance(node.value, dict) else None


def child(node: Node | None, key: str) -> Node | None:
    """The value of a key that is there and not empty."""
    entries = mapping(node)
    if entries is None or key not in entries or entries[key].node.value is None:
        return None
    return entries[key].node


def with_entry(node: Node, key: str, mark: Mark, value: Node) -> Node:
    """The mapping with one more (or another) entry."""
    return Node({**(mapping(node) or {}), key: Entry(mark, value)}, node.mark)


def plain(node: Node) -> Any:
    """The tree as ordinary data; keys without a value are left out."""
    if isinstance(node.value, dict):
        return {key: plain(entry.node) for key, entry in node.value.items() if entry.node.value is not None}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def grown(data: object, mark: Mark) -> Node:
    """Ordinary data as a tree that stands at one place."""
    if isinstance(data, dict):
        return Node({str(key): Entry(mark, grown(value, mark)) for key, value in data.items()}, mark)
    if isinstance(data, list | tuple):
        return Node([grown(item, mark) for item in data], mark)
    if data is None or isinstance(data, str | int | float | bool):
        return Node(data, mark)
    return Node(str(data), mark)


def marked(node: Node, within: str) -> Node:
    """The tree with its places known as parts of a variant."""
    mark = replace(node.mark, within=within)
    if isinstance(node.value, dict):
        return Node(
            {
                key: Entry(replace(entry.key, within=within), marked(entry.node, within))
                for key, entry in node.value.items()
            },
            mark,
        )
    if isinstance(node.value, list):
        return Node([marked(item, within) for item in node.value], mark)
    return Node(node.value, mark)


def item_name(node: Node, index: int) -> str:
    """How a path calls an item of a list: by its name, else by its number."""
    name = child(node, "name")
    return name.value if name is not None and isinstance(name.value, str) and name.value else str(index)


def everywhere(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node.value, dict):
        for entry in node.value.values():
            yield from everywhere(entry.node)
    elif isinstance(node.value, list):
        for item in node.value:
            yield from everywhere(item)
