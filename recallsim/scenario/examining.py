"""From a tree to a scenario, or to everything that is wrong with it.

The models stop at what they cannot read, so what they refuse is mended (a misspelt key takes the name meant,
a bad value is left out) and the tree is examined again: mistakes behind mistakes are reported too, except below
a key whose meaning was guessed.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from recallsim.errors import Problem
from recallsim.scenario.base import KINDS, shown, suggestion
from recallsim.scenario.checks import Finding, findings
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_kinds import ByKind
from recallsim.scenario.models_laws import LAW_KINDS, LawModel
from recallsim.scenario.models_people import Group, Person
from recallsim.scenario.models_retry import Retry
from recallsim.scenario.models_transport import Transport
from recallsim.scenario.nodes import Entry, Mark, Node, item_name, mapping, plain
from recallsim.scenario.systems import with_system

Location = tuple[int | str, ...]

_MOST_ROUNDS = 8
_EXTENDING = (Scenario, Transport, Group, Person)
_MAY_EXTEND = "extends may stand at the top, in transport, in a group and in a person"


def examine(tree: Node, problems: list[Problem]) -> Scenario | None:
    """The scenario of a tree; what is wrong with it is added to `problems`."""
    return _Examination(with_system(tree), problems).run()


class _Examination:
    """One tree on its way to a scenario.

    Attributes:
        spoilt: Locations whose values were refused, mended or never there: nothing is concluded from them.
        guessed: Locations of keys that were taken for another: what is wrong below them is not reported.
    """

    def __init__(self, tree: Node, problems: list[Problem]) -> None:
        self.tree = tree
        self.problems = problems
        self.spoilt: set[Location] = set()
        self.guessed: set[Location] = set()
        self.clean = True

    def run(self) -> Scenario | None:
        for _ in range(_MOST_ROUNDS):
            try:
                scenario = Scenario.model_validate(plain(self.tree))
            except ValidationError as error:
                self.clean = False
                before = self.tree
                for details in error.errors(include_url=False):
                    self._complain(details)
                if self.tree is before:
                    return None
                continue
            for finding in findings(scenario):
                self._report(finding)
            return scenario if self.clean else None
        return None

    def _report(self, finding: Finding) -> None:
        needs = finding.needs if finding.apart else (finding.location, *finding.needs)
        if any(bad[: len(need)] == need[: len(bad)] for need in needs for bad in self.spoilt):
            return
        _, path, node, _ = _locate(self.tree, finding.location)
        self.problems.append(node.mark.problem(".".join(path), finding.what, finding.help))
        self.clean = False

    def _complain(self, details: ErrorDetails) -> None:
        """Report one refusal of the models, unless it follows from an earlier one, and mend its cause."""
        kind, location = details["type"], details["loc"]
        if kind == "missing":
            self._missing(location)
        elif kind == "extra_forbidden":
            self._unknown(location)
        else:
            self._refused(location, details)

    def _is_guess(self, location: Location) -> bool:
        return any(location[: len(guess)] == guess for guess in self.guessed)

    def _missing(self, location: Location) -> None:
        found, path, node, _ = _locate(self.tree, location)
        wanted = (*found, location[-1])
        if wanted not in self.spoilt and not self._is_guess(wanted):
            self.spoilt.add(wanted)
            what = f"the key {shown(location[-1])} is missing"
            self.problems.append(node.mark.problem(".".join(path), what, _missing_help(location)))

    def _refused(self, location: Location, details: ErrorDetails) -> None:
        found, path, node, key = _locate(self.tree, location)
        if not self._is_guess(found) and not any(bad[: len(found)] == found for bad in self.spoilt):
            what, hint = _what(details)
            mark = key if location[-1] == "[key]" and key is not None else node.mark
            self.problems.append(mark.problem(".".join(path), what, hint))
        self._leave_out(found)

    def _unknown(self, location: Location) -> None:
        found, path, node, key = _locate(self.tree, location)
        name = str(location[-1])
        parent = found[:-1] if found and found[-1] == name else found
        model = model_at(location[:-1])
        known = [*_known(model), *(["extends"] if model in _EXTENDING else [])]
        is_law = model is not None and issubclass(model, LawModel) and isinstance(node.value, dict)
        hint = _MAY_EXTEND if name == "extends" else suggestion(name, known)
        what = f"unknown {'distribution' if is_law else 'key'} {shown(name)}"
        if not self._is_guess(parent):
            self.problems.append((key or node.mark).problem(".".join(path), what, hint))
        there = mapping(_locate(self.tree, parent)[2]) or {}
        close = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
        if close and close[0] not in there and name in there and close[0] != "extends":
            self.tree = _renamed(self.tree, parent, name, close[0])
            self.spoilt.add((*parent, close[0]))
            self.guessed.add((*parent, close[0]))
            return
        self.spoilt.add(parent)
        if name in there:
            self.tree = _without(self.tree, parent, name)

    def _leave_out(self, location: Location) -> None:
        self.spoilt.add(location)
        while location and isinstance(location[-1], int):
            location = location[:-1]
        self.spoilt.add(location)
        if location:
            self.tree = _without(self.tree, location[:-1], str(location[-1]))


def _known(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    if issubclass(model, LawModel):
        return [*LAW_KINDS, "per", *KINDS]
    names = [field.alias or name for name, field in model.model_fields.items()]
    if issubclass(model, Retry):
        return [*names, *KINDS, "default"]
    return [*names, "default"] if issubclass(model, ByKind) and "default" not in names else names


def model_at(location: Location) -> type[BaseModel] | None:
    """The model of the mapping at a location of the scenario, or None where there is none."""
    model: type[BaseModel] | None = Scenario
    for segment in location:
        if isinstance(segment, int):
            continue
        if model is None:
            return None
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if segment in fields:
            model = next(_models(fields[segment].annotation), None)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _missing_help(location: Location) -> str:
    examples = {
        "recipients": "recipients: {count: 100, groups: [{name: everyone, share: 1}]}",
        "groups": "groups: [{name: everyone, share: 1}]",
        "gap": "gap: {exponential: {mean: 7min}}",
        "name": "every item of this list has a name",
    }
    return examples.get(str(location[-1]), "")


def _what(details: ErrorDetails) -> tuple[str, str]:
    error = details.get("ctx", {}).get("error")
    if isinstance(error, ValueError):
        return str(error), getattr(error, "help", "")
    found = shown(details["input"])
    kind = details["type"]
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"expected a mapping of keys and values, found {found}", ""
    if kind in ("tuple_type", "list_type"):
        return f"expected a list, found {found}", ""
    if kind == "literal_error":
        return f"expected true, found {found}", ""
    message = details["msg"]
    return message[:1].lower() + message[1:], ""


def _locate(tree: Node, location: Location) -> tuple[Location, list[str], Node, Mark | None]:
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


def _replaced(tree: Node, location: Location, change: Callable[[Node], Node]) -> Node:
    if not location:
        return change(tree)
    segment, rest = location[0], location[1:]
    entries = mapping(tree)
    if entries is not None and isinstance(segment, str):
        entry = entries[segment]
        return Node({**entries, segment: Entry(entry.key, _replaced(entry.node, rest, change))}, tree.mark)
    assert isinstance(tree.value, list)
    assert isinstance(segment, int)
    items = list(tree.value)
    items[segment] = _replaced(items[segment], rest, change)
    return Node(items, tree.mark)


def _without(tree: Node, parent: Location, key: str) -> Node:
    def drop(node: Node) -> Node:
        return Node({name: entry for name, entry in (mapping(node) or {}).items() if name != key}, node.mark)

    return _replaced(tree, parent, drop)


def _renamed(tree: Node, parent: Location, old: str, new: str) -> Node:
    def rename(node: Node) -> Node:
        return Node(
            {new if key == old else key: entry for key, entry in (mapping(node) or {}).items()}, node.mark
        )

    return _replaced(tree, parent, rename)
