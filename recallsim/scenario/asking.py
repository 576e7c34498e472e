"""What was asked for beside a file, such as `--grid sender.hold=[0s, 30s]`, as the trees that the file would hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recallsim.errors import Problem, ScenarioError
from recallsim.scenario.nodes import Entry, Mark, Node, grown
from recallsim.scenario.yaml_text import parse_value

Asked = Iterable[str] | Mapping[str, object]
"""`path=value` texts with the value in YAML, or a mapping from path to value."""


class Typed(str):
    """An override `path=value` that was asked for in other words than `--set`, which messages then name.

    Attributes:
        typed: these words, as `--objective "least seen"`.
    """

    typed: str

    def __new__(cls, text: str, typed: str) -> "Typed":
        """Make the text, and remember the words."""
        made = super().__new__(cls, text)
        made.typed = typed
        return made


def typed(path: str, option: str, value: object) -> Typed:
    """The override of `path` that an option asked for; a list is an option given again and again."""
    each = value if isinstance(value, list) else [value]
    words = " ".join(f"{option} {json.dumps(one, ensure_ascii=False)}" for one in each)
    return Typed(f"{path}={json.dumps(value)}", words)


@dataclass(frozen=True, slots=True)
class SweepAsked:
    """A sweep that was asked for; what is empty was not.

    Attributes:
        grid: paths, and the values that each takes with each of the others.
        zip: paths whose values go in step.
        lhs: points of a Latin hypercube over `over`.
        sobol: points of a Sobol sequence over `over`.
        over: paths and their ranges.
        constraint: what must hold for a cell.
        repeat: how many times each cell is run.
    """

    grid: Asked = ()
    zip: Asked = ()
    lhs: int | None = None
    sobol: int | None = None
    over: Asked = ()
    constraint: Iterable[str] = ()
    repeat: int | None = None

    @property
    def overrides(self) -> list[str]:
        """What only adds to the sweep of the file, as overrides."""
        found: list[str] = []
        constraint = list(self.constraint)
        if constraint:
            found.append(typed("sweep.constraint", "--constraint", constraint))
        if self.repeat is not None:
            found.append(typed("sweep.repeat", "--repeat", self.repeat))
        return found

    def trees(self) -> dict[str, Node]:
        """The sweep that takes the place of the file's, by its key; nothing where no axis was asked for.

        Raises:
            ScenarioError: What was asked for cannot be read.
        """
        problems: list[Problem] = []
        mark = Mark("the sweep asked for")
        parts: dict[str, Entry] = {}
        for key, asked in (("grid", self.grid), ("zip", self.zip)):
            axes = _axes(asked, f"--{key}", problems)
            if axes:
                parts[key] = Entry(mark, Node(axes, mark))
        over = _axes(self.over, "--over", problems)
        for key, samples in (("lhs", self.lhs), ("sobol", self.sobol)):
            if samples is not None:
                at = Mark(f"--{key} {samples}")
                inside = {"samples": Entry(at, Node(samples, at)), "over": Entry(at, Node(over, at))}
                parts[key] = Entry(at, Node(inside, at))
        if over and self.lhs is None and self.sobol is None:
            what = "a range is drawn from by a design"
            problems.append(next(iter(over.values())).key.problem("", what, "add --lhs N or --sobol N"))
        if not over and (self.lhs is not None or self.sobol is not None):
            problems.append(
                mark.problem("", "a design needs ranges to draw from", "--over PATH={from: 1s, to: 1h}")
            )
        if problems:
            raise ScenarioError(problems)
        return {"sweep": Node(parts, mark)} if parts else {}


def _axes(asked: Asked, option: str, problems: list[Problem]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    if isinstance(asked, Mapping):
        for path, value in asked.items():
            mark = Mark(f"{option} {path}")
            found[str(path)] = Entry(mark, grown(value, mark))
        return found
    for text in asked:
        mark = Mark(f"{option} {text if text.isprintable() else ascii(text)}")
        path, equals, value = text.partition("=")
        if not equals:
            problems.append(mark.problem("", "there is no '=' in it", f"{option} 'sender.hold=[0s, 30s]'"))
            continue
        node = parse_value(value, mark, problems)
        if node is not None:
            found[path.strip()] = Entry(mark, node)
    return found


def asked_ranges(over: Asked, key: str) -> dict[str, Node]:
    """The value of a top key whose ranges were asked for beside the file; nothing where none were.

    Raises:
        ScenarioError: What was asked for cannot be read.
    """
    problems: list[Problem] = []
    axes = _axes(over, "--over", problems)
    if problems:
        raise ScenarioError(problems)
    mark = Mark("the ranges asked for")
    return {key: Node({"over": Entry(mark, Node(axes, mark))}, mark)} if axes else {}
