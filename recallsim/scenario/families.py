"""A scenario that was read once, and what becomes of it under other settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recallsim.errors import Problem, ScenarioError
from recallsim.scenario.examining import examine
from recallsim.scenario.models import Scenario
from recallsim.scenario.nodes import Mark, Node, grown, mapping
from recallsim.scenario.trying import Setting, laid

Settings = Sequence[tuple[str, Any]]
"""Paths and the values that they take, as a scenario writes them."""

_MOST_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class Family:
    """A scenario with the tree that it was made from, so that others can be made from it as well.

    Attributes:
        scenario: the scenario itself.
    """

    scenario: Scenario
    _tree: Node
    _settings: Sequence[Setting]

    def member(self, settings: Settings, name: str) -> Scenario:
        """The scenario with some settings laid over it, below those of `--set`.

        Args:
            settings: paths and values.
            name: what the scenario is called; its store, too.

        Raises:
            ScenarioError: It cannot be simulated so.
        """
        problems: list[Problem] = []
        found = self._made(settings, problems)
        if found is None or problems:
            raise ScenarioError(problems)
        found = found.model_copy(update={"name": name, "title": self.scenario.title})
        found.remember(self.scenario.source, self.scenario.path)
        return found

    def check(self, cells: Mapping[str, Settings], key: str) -> None:
        """Make sure that every one of several cells can be simulated.

        Args:
            cells: their settings, by what they are called in messages.
            key: the key of the scenario that they come from.

        Raises:
            ScenarioError: Some cannot; it names the first cell for each thing that is wrong.
        """
        at = self._place(key)
        problems: list[Problem] = []
        said: set[tuple[str, str]] = set()
        for name, settings in cells.items():
            found: list[Problem] = []
            self._made(settings, found)
            for problem in found:
                if (problem.path, problem.what) not in said:
                    said.add((problem.path, problem.what))
                    inside = f"{problem.path}: {problem.what}" if problem.path else problem.what
                    problems.append(at.problem(key, f"{name}: {inside}", problem.help))
            if len(problems) >= _MOST_PROBLEMS:
                break
        if problems:
            raise ScenarioError(problems)

    def _made(self, settings: Settings, problems: list[Problem]) -> Scenario | None:
        mark = Mark("")
        changes = [(path, grown(value, mark), mark) for path, value in settings]
        return examine(laid(laid(self._tree, changes, problems), self._settings, problems), problems)

    def _place(self, key: str) -> Mark:
        entries = mapping(self._tree) or {}
        return entries[key].key if key in entries else Mark(self.scenario.path or "<text>")
