"""From text to nodes: PyYAML's events, YAML 1.2 core scalars, and nothing that a scenario does not need.

Works on events, so nothing is built before its depth and number are known. Anchors, aliases, tags and several
documents are refused, duplicate keys too; scalars follow YAML 1.2 (`yes` and `12:30` are texts, 017 is 17).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from recallsim.errors import Problem
from recallsim.scenario.base import shown
from recallsim.scenario.nodes import Entry, Mark, Node, Scalar

MOST_BYTES: Final = 1_000_000
MOST_DEPTH: Final = 40
MOST_NODES: Final = 50_000

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INT: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE: Final = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")


class _Unreadable(Exception):  # noqa: N818
    """The text cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def parse(text: str, file: str, problems: list[Problem]) -> Node | None:
    """The tree of a YAML text; what is wrong is added to `problems`, and None means nothing could be read."""
    reader = _Reader(text, file, problems)
    try:
        return reader.document()
    except _Unreadable as error:
        problems.append(error.problem)
        return None


def decode(data: bytes, file: str, problems: list[Problem]) -> str | None:
    """The text of a file's bytes, if it is UTF-8 of a reasonable size."""
    if len(data) > MOST_BYTES:
        what = f"the file is too large; it may have {MOST_BYTES:,} bytes"
        problems.append(Problem(file, 0, 0, "", what))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"the file is not UTF-8 text (byte {data[error.start]:#04x} in line {line})"
        problems.append(Problem(file, 0, 0, "", what, "save it with the encoding UTF-8"))
        return None


def parse_value(text: str, mark: Mark, problems: list[Problem]) -> Node | None:
    """The tree of a value given on the command line; all of it stands at `mark`."""
    found: list[Problem] = []
    node = parse(text, mark.file, found) if text.strip() else Node(None, mark)
    if found:
        problems.extend(mark.problem("", problem.what, problem.help) for problem in found)
        return None
    return _moved(node, mark) if node is not None else Node(None, mark)


def _moved(node: Node, mark: Mark) -> Node:
    if isinstance(node.value, dict):
        return Node({key: Entry(mark, _moved(entry.node, mark)) for key, entry in node.value.items()}, mark)
    if isinstance(node.value, list):
        return Node([_moved(item, mark) for item in node.value], mark)
    return Node(node.value, mark)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _tag(tag: str) -> str:
    """A tag as it is written: YAML's own have a long name behind their two exclamation marks."""
    return shown(tag.replace("tag:yaml.org,2002:", "!!", 1))


class _Reader:
    def __init__(self, text: str, file: str, problems: list[Problem]) -> None:
        self.text = text
        self.lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
        self.file = file
        self.problems = problems
        self.nodes = 0

    def mark(self, start: Any, end: Any = None) -> Mark:
        text = self.lines[start.line] if start.line < len(self.lines) else ""
        width = (
            end.column - start.column
            if end is not None and end.line == start.line
            else len(text) - start.column
        )
        return Mark(self.file, start.line + 1, start.column + 1, text, max(1, width))

    def stop(self, start: Any, what: str, suggestion: str = "") -> _Unreadable:
        mark = self.mark(start)
        return _Unreadable(Problem(self.file, mark.line, mark.column, "", what, suggestion, mark.text, 1))

    def events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=yaml.SafeLoader)
        except yaml.reader.ReaderError as error:
            raise self._odd_character(error) from None
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except (ValueError, RecursionError, IndexError, AttributeError, TypeError) as error:
            what = f"this is not YAML ({type(error).__name__})"
            raise _Unreadable(Problem(self.file, 0, 0, "", what)) from None

    def _odd_character(self, error: yaml.reader.ReaderError) -> _Unreadable:
        before = re.split("\r\n|[\n\r\x85\u2028\u2029]", self.text[: error.position])
        line, column = len(before), len(before[-1]) + 1
        what = f"the character U+{ord(self.text[error.position]):04X} cannot stand in YAML"
        return _Unreadable(Problem(self.file, line, column, "", what))

    def _syntax(self, error: yaml.MarkedYAMLError) -> _Unreadable:
        mark = error.problem_mark or error.context_mark
        what = str(error.problem or error.context or "this is not YAML")
        if mark is None:
            return _Unreadable(Problem(self.file, 0, 0, "", what))
        text = self.lines[mark.line] if mark.line < len(self.lines) else ""
        if "\t" in text[: mark.column + 1]:
            return self.stop(mark, "a tab cannot indent in YAML", "use spaces")
        if what == "mapping values are not allowed here":
            hint = "is a line above indented differently, or does a text with ': ' lack its quotes?"
            return self.stop(mark, "a key cannot stand here", hint)
        return self.stop(mark, f"this is not YAML: {what}")

    def document(self) -> Node | None:
        events = self.events()
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self.stop(event.start_mark, "a second document begins; a file holds one scenario")
            elif isinstance(event, yaml.NodeEvent):
                root = self.node(event, events, 1, "")
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int, path: str) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.stop(event.start_mark, f"the file has more than {MOST_NODES:,} values")
        if depth > MOST_DEPTH:
            raise self.stop(event.start_mark, f"nested more than {MOST_DEPTH} deep")
        mark = self.mark(event.start_mark, event.end_mark)
        if isinstance(event, yaml.AliasEvent):
            raise self.stop(
                event.start_mark, f"the alias *{event.anchor} cannot stand here", "write the value out"
            )
        if event.anchor is not None:
            self.problems.append(
                mark.problem(
                    path, f"the anchor &{event.anchor} cannot stand here", "write the value out where needed"
                )
            )
        if event.tag is not None and event.tag != "!":
            raise self.stop(event.start_mark, f"the tag {_tag(event.tag)} cannot stand here", "leave it out")
        if isinstance(event, yaml.ScalarEvent):
            return Node(self.scalar(event, mark, path), mark)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                items.append(self.node(inner, events, depth + 1, _joined(path, str(len(items)))))
            return Node(items, mark)
        return self.entries(mark, events, depth, path)

    def entries(self, mark: Mark, events: Iterator[Any], depth: int, path: str) -> Node:
        found: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_mark = self.mark(event.start_mark, event.end_mark)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.tag is not None:
                raise self.stop(event.start_mark, "a key must be a plain word")
            key = event.value
            value = self.node(next(events), events, depth + 1, _joined(path, key))
            if key in found:
                first = found[key].key.line
                self.problems.append(
                    key_mark.problem(
                        _joined(path, key), f"the key {shown(key)} stands here twice (first in line {first})"
                    )
                )
                continue
            found[key] = Entry(key_mark, value)
        return Node(found, mark)

    def scalar(self, event: Any, mark: Mark, path: str) -> Scalar:
        text: str = event.value
        if not event.implicit[0] or event.style is not None:
            return text
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INFINITE.fullmatch(text):
            self.problems.append(mark.problem(path, f"{text} is not a number that can be simulated"))
            return text
        based = _BASED.fullmatch(text) is not None
        if based or _INT.fullmatch(text):
            if len(text) > 25:
                self.problems.append(
                    mark.problem(path, f"the number has {len(text)} digits; that is too large")
                )
                return text
            return int(text, 0) if based else int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self.problems.append(mark.problem(path, f"{shown(text)} is too large"))
                return text
            return number
        return text
