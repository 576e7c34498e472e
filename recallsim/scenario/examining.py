"""From a tree to a scenario, or to everything that is wrong with it.

The models stop at what they cannot read, so what they refuse is mended and the tree is examined again: a misspelt key
takes the name meant, another unknown key goes, a bad value is left out, and what is missing has a stand-in. So
everything that could be read is looked at, and nothing is concluded from what was mended.
"""

from difflib import get_close_matches
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from recallsim.errors import Problem
from recallsim.scenario.base import KINDS, TOLERATED, Refusal, shown, suggestion
from recallsim.scenario.checks import findings
from recallsim.scenario.fields import KEYS_BY_KIND, fields_of, model_at, stand_in, type_at
from recallsim.scenario.finding import Finding, Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_kinds import ByKind
from recallsim.scenario.models_laws import LAW_KINDS, LawModel
from recallsim.scenario.models_people import Group, Person
from recallsim.scenario.models_retry import Retry
from recallsim.scenario.models_transport import Transport
from recallsim.scenario.nodes import Node, grown, mapping, plain, with_entry
from recallsim.scenario.places import locate, renamed, replaced, without
from recallsim.scenario.systems import with_system

_MOST_ROUNDS: Final = 12
_EXTENDING = (Scenario, Transport, Group, Person)
_MAY_EXTEND = "extends may stand at the top, in transport, in a group and in a person"


def examine(tree: Node, problems: list[Problem], doubts: set[Location] | None = None) -> Scenario | None:
    """The scenario of a tree; what is wrong with it is added to `problems`.

    Args:
        tree: The tree.
        problems: Gets what is wrong.
        doubts: Locations that nothing is concluded from, as they were spoilt where the tree comes from; gets those of
            this tree.
    """
    examination = _Examination(with_system(tree), problems, frozenset(doubts or ()))
    scenario = examination.run()
    if doubts is not None:
        doubts |= examination.spoilt
    return scenario


class _Examination:
    """One tree on its way to a scenario.

    Attributes:
        doubts: What was spoilt in the tree that this one comes from: no more is concluded from it, but it is read.
        written: The tree as it came; paths in messages are its.
        tree: The tree as far as it is mended.
        spoilt: Locations whose values were refused, mended or never there: nothing is concluded from them. An empty
            key at the end means the mapping as such: its keys do not go together, but could be read.
        guessed: Locations of keys that were taken for another: what is wrong below them is not reported.
        poorer: Locations of mappings that lost an unknown key: what they lack now may have been meant by it.
        tolerated: Refusals between keys that were reported.
    """

    def __init__(self, tree: Node, problems: list[Problem], doubts: frozenset[Location]) -> None:
        self.doubts = doubts
        self.written = self.tree = tree
        self.problems = problems
        self.spoilt: set[Location] = set()
        self.guessed: set[Location] = set()
        self.poorer: set[Location] = set()
        self.tolerated: frozenset[str] = frozenset()
        self.clean = True

    def run(self) -> Scenario | None:
        for _ in range(_MOST_ROUNDS):
            before = self.tree, self.tolerated
            token = TOLERATED.set(self.tolerated)
            try:
                scenario = Scenario.model_validate(plain(self.tree))
            except ValidationError as error:
                self.clean = False
                self._complain(before[0], error.errors(include_url=False))
                if self.tree is before[0] and self.tolerated == before[1]:
                    return None
                continue
            finally:
                TOLERATED.reset(token)
            for finding in findings(scenario):
                self._report(finding)
            return scenario if self.clean else None
        return None

    def _path(self, location: Location) -> str:
        return ".".join(locate(self.written, location)[1])

    def _report(self, finding: Finding) -> None:
        needs = finding.needs if finding.apart else (finding.location, *finding.needs)
        doubtful = self.spoilt | self.doubts
        if any(bad[: len(need)] == need[: len(bad)] for need in needs for bad in doubtful):
            return
        if finding.misses:
            self.spoilt.add((*finding.location, finding.misses))
        node = locate(self.tree, finding.location)[2]
        self.problems.append(node.mark.problem(self._path(finding.location), finding.what, finding.help))
        self.clean = False

    def _complain(self, tree: Node, refusals: list[ErrorDetails]) -> None:
        """Report what the models refuse, unless it follows from something earlier, and mend its cause.

        Args:
            tree: The tree that was refused; `self.tree` is mended step by step.
            refusals: What they refuse of it.
        """
        absent: dict[Location, list[str]] = {}
        for details in refusals:
            if details["type"] == "extra_forbidden":
                self._unknown(tree, details["loc"])
            elif details["type"] == "missing":
                absent.setdefault(details["loc"][:-1], []).append(str(details["loc"][-1]))
            else:
                self._refused(tree, details["loc"], details)
        for place, keys in absent.items():  # last, for one may stand there under a misspelt name
            self._missing(tree, place, keys)

    def _is_there(self, location: Location) -> bool:
        return locate(self.tree, location)[0] == location

    def _is_below(self, location: Location) -> bool:
        return any(location[: len(bad)] == bad for bad in self.spoilt)

    def _is_guess(self, location: Location) -> bool:
        return any(location[: len(guess)] == guess for guess in self.guessed)

    def _missing(self, tree: Node, place: Location, keys: list[str]) -> None:
        found, _, node, _ = locate(tree, place)
        absent = [key for key in keys if not self._is_there((*found, key))]
        told = [key for key in absent if not self._is_below((*found, key)) and not self._is_guess(found)]
        if told:
            words = f"{'keys' if told[1:] else 'key'} {' and '.join(map(shown, told))}"
            what = f"the {words} {'are' if told[1:] else 'is'} missing"
            self.problems.append(node.mark.problem(self._path(found), what, _missing_help(told[0])))
        for key in absent:
            self.spoilt.add((*found, key))
            value = stand_in(type_at((*place, key)))
            if value is None or mapping(node) is None:
                self._leave_out(tree, found, place)
            elif self._is_there(found):
                self._put(found, key, grown(value, node.mark))

    def _put(self, parent: Location, key: str, value: Node) -> None:
        self.tree = replaced(self.tree, parent, lambda there: with_entry(there, key, there.mark, value))

    def _refused(self, tree: Node, location: Location, details: ErrorDetails) -> None:
        found, _, node, key = locate(tree, location)
        follows = found in self.poorer or any(bad[: len(found)] == found for bad in self.spoilt)
        if not (follows or self._is_below(found) or self._is_guess(found)):
            what, hint = _what(details)
            mark = key if location[-1] == "[key]" and key is not None else node.mark
            self.problems.append(mark.problem(self._path(found), what, hint))
        refusal = details.get("ctx", {}).get("error")
        if isinstance(refusal, Refusal) and refusal.between and str(refusal) not in self.tolerated:
            self.tolerated |= {str(refusal)}
            self.spoilt.add((*found, ""))
        else:
            self._leave_out(tree, found, location)

    def _unknown(self, tree: Node, location: Location) -> None:
        found, _, node, key = locate(tree, location)
        name = str(location[-1])
        parent = found[:-1] if found and found[-1] == name else found
        model = model_at(location[:-1])
        known = [*_known(model, parent), *(["extends"] if model in _EXTENDING else [])]
        is_law = model is not None and issubclass(model, LawModel) and isinstance(node.value, dict)
        close = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
        hint = _MAY_EXTEND if name == "extends" else suggestion(name, known)
        if not (hint.startswith("did") or is_law or name == "extends"):
            hint = _elsewhere(name, location[:-1]) or hint
        what = f"unknown {'distribution' if is_law else 'key'} {shown(name)}"
        if not self._is_guess(parent):
            self.problems.append((key or node.mark).problem(self._path(found), what, hint))
        if not self._is_there(parent):
            return
        there = mapping(locate(self.tree, parent)[2]) or {}
        if close and close[0] not in there and name in there and close[0] != "extends":
            self.tree = renamed(self.tree, parent, name, close[0])
            self.spoilt.add((*parent, close[0]))
            self.guessed.add((*parent, close[0]))
            return
        (self.spoilt if is_law else self.poorer).add(parent)
        if name in there:
            self.tree = without(self.tree, parent, name)
        else:
            self._leave_out(tree, parent, location[:-1])

    def _leave_out(self, tree: Node, found: Location, location: Location) -> None:
        """Take what was refused out of the tree; an item of a list has a stand-in, so that the others keep their numbers.

        Args:
            tree: The tree that was refused.
            found: What the tree has of `location`.
            location: The location by the models.
        """
        self.spoilt.add(found)
        if found and isinstance(found[-1], int):
            place = next(n for n in range(len(location) + 1) if locate(tree, location[:n])[0] == found)
            node, value = locate(tree, found)[2], stand_in(type_at(location[:place]))
            if value is not None and value != plain(node):
                if self._is_there(found):
                    self.tree = replaced(self.tree, found, lambda there: grown(value, there.mark))
                return
        while found and isinstance(found[-1], int):
            found = found[:-1]
        self.spoilt.add(found)
        if found and self._is_there(found):
            self.tree = without(self.tree, found[:-1], str(found[-1]))


def _elsewhere(name: str, location: Location) -> str:
    """Where a key belongs that is one of a mapping further out."""
    above = [key for key in location if isinstance(key, str)]
    for length in range(len(above) - 1, -1, -1):
        model = model_at(tuple(above[:length]))
        if model is not None and name in fields_of(model):
            path = ".".join((*above[:length], name))
            return f"it belongs further out: {path}" if length else f"it belongs at the top: {name}"
    return ""


def _known(model: type[BaseModel] | None, parent: Location) -> list[str]:
    """The keys of a mapping; where a law may be given by kind, kinds too."""
    if model is None:
        return []
    if issubclass(model, LawModel):
        return [*LAW_KINDS, "per", *(KINDS if parent and parent[-1] in KEYS_BY_KIND else ())]
    names = list(fields_of(model))
    if issubclass(model, Retry):
        return [*names, *KINDS, "default"]
    return [*names, "default"] if issubclass(model, ByKind) and "default" not in names else names


def _missing_help(key: str) -> str:
    examples = {
        "recipients": "recipients: {count: 100, groups: [{name: everyone, share: 1}]}",
        "groups": "groups: [{name: everyone, share: 1}]",
        "gap": "gap: {exponential: {mean: 7min}}",
        "name": "every item of this list has a name",
    }
    return examples.get(key, "")


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
