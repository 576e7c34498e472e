"""Places in a tree: what is there, and the tree with something else there."""

from collections.abc import Callable

from recallsim.scenario.finding import Location
from recallsim.scenario.nodes import Entry, Mark, Node, item_name, mapping


def locate(tree: Node, location: Location) -> tuple[Location, list[str], Node, Mark | None]:
    """What the tree has of a location, its path in words, the node there and the place of its key."""
    node = tree
    key: Mark | None = None
    found: list[int | str] = []
    path: list[str] = []
    for segment in location:
        entries = mapping(node)
        if entries is not None and isinstance(segment, str) and segment in entries:
            if entries[segment].node.value is None:
                continue
            node, key = entries[segment].node, entries[segment].key
            path.append(segment)
        elif isinstance(node.value, list) and isinstance(segment, int) and segment < len(node.value):
            path.append(item_name(node.value[segment], segment))
            node, key = node.value[segment], None
        else:
            continue
        found.append(segment)
    return tuple(found), path, node, key


def replaced(tree: Node, location: Location, change: Callable[[Node], Node]) -> Node:
    """The tree with what is at a location changed."""
    if not location:
        return change(tree)
    segment, rest = location[0], location[1:]
    entries = mapping(tree)
    if entries is not None and isinstance(segment, str):
        entry = entries[segment]
        return Node({**entries, segment: Entry(entry.key, replaced(entry.node, rest, change))}, tree.mark)
    assert isinstance(tree.value, list)
    assert isinstance(segment, int)
    items = list(tree.value)
    items[segment] = replaced(items[segment], rest, change)
    return Node(items, tree.mark)


def without(tree: Node, parent: Location, key: str) -> Node:
    """The tree without a key of the mapping at a location."""

    def drop(node: Node) -> Node:
        return Node({name: entry for name, entry in (mapping(node) or {}).items() if name != key}, node.mark)

    return replaced(tree, parent, drop)


def renamed(tree: Node, parent: Location, old: str, new: str) -> Node:
    """The tree with a key of the mapping at a location under another name."""

    def rename(node: Node) -> Node:
        return Node(
            {new if key == old else key: entry for key, entry in (mapping(node) or {}).items()}, node.mark
        )

    return replaced(tree, parent, rename)
