"""From a file, a variant and overrides to a scenario; or to everything that is wrong, at once."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml

from recallsim.errors import Problem, ScenarioError
from recallsim.scenario.asking import Typed
from recallsim.scenario.base import shown, suggestion
from recallsim.scenario.examining import examine
from recallsim.scenario.extending import Extender, Origin
from recallsim.scenario.families import Family
from recallsim.scenario.finding import Location
from recallsim.scenario.models import Scenario
from recallsim.scenario.nodes import Mark, Node, child, grown, mapping, plain, with_entry
from recallsim.scenario.samples import with_samples
from recallsim.scenario.trying import Setting, laid, of_variant, try_designs, try_variants, with_variants
from recallsim.scenario.yaml_text import MOST_BYTES, decode, parse, parse_value

_BESIDE: Final = ("what_if", "sweep", "sensitivity", "best")
"""Keys that ask something of a scenario and say nothing of it."""
_OF_A_DAY: Final = ("observe",)
"""Keys that tell of a certain day; a scenario that is written down anew with other settings is not of that day."""

TEXT: Final = "<text>"
"""What a scenario that came as a text is called in messages."""

Overrides = Iterable[str] | Mapping[str, object]


def load(source: str | Path, overrides: Overrides = (), variant: str | None = None) -> Scenario:
    """The scenario of a file, with a variant and overrides laid over it.

    Args:
        source: The file, or its text (a string with a line break in it).
        overrides: `path=value` texts with the value in YAML, or a mapping from path to value; laid on last.
        variant: The name of one of the scenario's `what_if`.

    Raises:
        ScenarioError: The scenario cannot be simulated; it holds every problem found.
    """
    return family(source, overrides, variant).scenario


def family(
    source: str | Path,
    overrides: Overrides = (),
    variant: str | None = None,
    asked: Mapping[str, Node] = MappingProxyType({}),
) -> Family:
    """The scenario of a file, ready to be varied; arguments and errors as for `load`.

    Args:
        asked: Keys of the top whose values were asked for beside the file, such as `sweep`; they replace it.
    """
    problems: list[Problem] = []
    text, file, place = _read(source, problems)
    tree = None if text is None else _tree(text, file, place, problems)
    if tree is None:
        raise ScenarioError(problems)
    for key, node in asked.items():
        tree = with_entry(tree, key, node.mark, node)
    tree, settings = with_variants(tree, _settings(overrides, problems), problems)
    base = tree
    if variant is not None:
        tree = _varied(tree, variant, file, problems)
    doubts: set[Location] = set()
    scenario = examine(laid(tree, settings, problems), problems, doubts)
    try_variants(base, settings, problems, doubts)
    try_designs(base, settings, problems, doubts)
    if problems or scenario is None:
        raise ScenarioError(_sorted(problems))
    return Family(_signed(scenario, text or "", file, place), tree, tuple(settings))


class Draft:
    """A scenario file that is read once, and on which overrides are then tried out, each time from the file anew.

    What is asked of it (`what_if`, `sweep` and the like) is left out; what it was told of a day (`observe`) is not
    in its text.

    Args:
        source: The file, or its text (a string with a line break in it).

    Attributes:
        left_out: The keys of the file that its text does not have.

    Raises:
        ScenarioError: The file cannot be read as a scenario.
    """

    def __init__(self, source: str | Path) -> None:
        problems: list[Problem] = []
        text, self._file, self._place = _read(source, problems)
        tree = None if text is None else _tree(text, self._file, self._place, problems)
        if tree is None or problems:
            raise ScenarioError(problems)
        there = mapping(tree) or {}
        told = plain(tree)
        self.left_out = tuple(key for key in (*_BESIDE, *_OF_A_DAY) if told.get(key) is not None)
        entries = {key: entry for key, entry in there.items() if key not in _BESIDE}
        self._tree, self._text = Node(entries, tree.mark), text or ""

    def scenario(self, overrides: Overrides = ()) -> Scenario:
        """The scenario with overrides laid over it.

        Raises:
            ScenarioError: It cannot be simulated so.
        """
        problems: list[Problem] = []
        scenario = examine(self._set(overrides, problems), problems)
        if problems or scenario is None:
            raise ScenarioError(_sorted(problems))
        return _signed(scenario, self._text, self._file, self._place)

    def text(self, overrides: Overrides = ()) -> str:
        """A scenario file with presets and overrides resolved: the same simulation, and nothing else to look up."""
        problems: list[Problem] = []
        tree = self._set(overrides, problems)
        if problems:
            raise ScenarioError(_sorted(problems))
        data = {key: value for key, value in plain(tree).items() if key not in _OF_A_DAY}
        data.setdefault("name", self.scenario(overrides).name)
        written: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
        return written

    def _set(self, overrides: Overrides, problems: list[Problem]) -> Node:
        return laid(self._tree, _settings(overrides, problems), problems)


def _signed(scenario: Scenario, text: str, file: str, place: Path | None) -> Scenario:
    if "name" not in scenario.model_fields_set and place is not None:
        scenario = scenario.model_copy(update={"name": _name_of(file)})
    scenario.remember(text, "" if place is None else file)
    return scenario


def _name_of(file: str) -> str:
    stem = "".join(c if c.isalnum() or c in "+-_. " else "-" for c in Path(file).stem)[:80].strip(" .")
    return stem or "scenario"


def _read(source: str | Path, problems: list[Problem]) -> tuple[str | None, str, Path | None]:
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        return decode(source.encode("utf-8", "surrogatepass"), TEXT, problems), TEXT, None
    file = str(source)
    path = Path(source)
    shown_file = file if file.isprintable() else ascii(file)
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a directory")
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        hint = "give the name of a scenario file, as configs/office.yaml"
        problems.append(Problem(shown_file or "''", 0, 0, "", "there is no such file", hint))
        return None, file, None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is not the name of a file"
        problems.append(Problem(shown_file, 0, 0, "", f"the file cannot be read: {reason}"))
        return None, file, None
    return decode(data, shown_file, problems), shown_file, path.parent


def _tree(text: str, file: str, place: Path | None, problems: list[Problem]) -> Node | None:
    root = parse(text, file, problems)
    if root is None or root.value is None:
        if not problems:
            problems.append(Problem(file, 0, 0, "", "the file is empty", "begin with `recallsim new FILE`"))
        return None
    if mapping(root) is None:
        found = "a list" if isinstance(root.value, list) else shown(root.value)
        problems.append(root.mark.problem("", f"expected keys and values, found {found}"))
        return None
    root = with_samples(root, place, problems)
    chain = () if place is None else (str(Path(file).resolve()),)
    return Extender(problems).extend(root, "scenario", Origin(place, chain))


def _settings(overrides: Overrides, problems: list[Problem]) -> list[Setting]:
    settings: list[Setting] = []
    if isinstance(overrides, Mapping):
        for path, value in overrides.items():
            mark = Mark(f"--set {path}={shown(value)}")
            settings.append((str(path), grown(value, mark), mark))
        return settings
    for text in [overrides] if isinstance(overrides, str) else overrides:
        words = text.typed if isinstance(text, Typed) else f"--set {text}"
        mark = Mark(words if words.isprintable() else ascii(words))
        path, equals, value = text.partition("=")
        if not equals:
            problems.append(mark.problem("", "there is no '=' in it", "write KEY=VALUE, as sender.hold=30s"))
            continue
        if not value.strip():
            problems.append(
                mark.problem("", "there is no value after the '='", "null removes what the file has")
            )
            continue
        node = parse_value(value, mark, problems)
        if node is not None:
            settings.append((path.strip(), node, mark))
    return settings


def _varied(tree: Node, variant: str, file: str, problems: list[Problem]) -> Node:
    variants = mapping(child(tree, "what_if")) or {}
    if variant not in variants:
        hint = suggestion(variant, list(variants)) if variants else "the scenario has no what_if"
        problems.append(Problem(file, 0, 0, "what_if", f"there is no variant {shown(variant)}", hint))
        return tree
    return laid(tree, of_variant(variant, variants[variant], []), [])


def _sorted(problems: list[Problem]) -> list[Problem]:
    """The problems in the order of their places, the first file's first; one for each place."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    kept: list[Problem] = []
    places: set[tuple[str, int, int, str]] = set()
    for problem in problems:
        place = (problem.file, problem.line, problem.column, problem.path if problem.line else problem.what)
        if place not in places:
            places.add(place)
            kept.append(problem)
    return sorted(kept, key=lambda problem: (files.index(problem.file), problem.line, problem.column))
