"""Files of measured times, named by `empirical: {file: …}`: a time on each line, or `probability, time`."""

from pathlib import Path
from typing import Final

from recallsim.errors import Problem
from recallsim.scenario.nodes import Entry, Node, child, mapping
from recallsim.scenario.yaml_text import decode
from transport.errors import UnitError
from transport.units import parse_duration

_MOST_LINES: Final = 20_000
_MOST_BYTES: Final = 1_000_000


def with_samples(node: Node, place: Path | None, problems: list[Problem]) -> Node:
    """The tree with every file of samples read in; files are looked up in the folder `place`."""
    if isinstance(node.value, list):
        return Node([with_samples(item, place, problems) for item in node.value], node.mark)
    entries = mapping(node)
    if entries is None:
        return node
    read: dict[str, Entry] = {}
    for key, entry in entries.items():
        inner = with_samples(entry.node, place, problems)
        name = child(inner, "file") if key == "empirical" else None
        if name is not None:
            inner = _with_file(inner, name, place, problems)
        read[key] = Entry(entry.key, inner)
    return Node(read, node.mark)


def _with_file(node: Node, name: Node, place: Path | None, problems: list[Problem]) -> Node:
    entries = dict(mapping(node) or {})
    del entries["file"]
    folder = Path() if place is None else place
    path = folder / str(name.value)
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not the name of a file"
        problems.append(name.mark.problem("empirical.file", f"{str(name.value)!r} cannot be read: {reason}"))
        data = b"1s\n"
    found: list[Problem] = []
    text = decode(data, str(path), found) or ""
    key, items = _times(text, str(path), name, found) if not found else ("samples", [Node("1s", name.mark)])
    problems.extend(found)
    entries[key] = Entry(name.mark, Node([*items], name.mark))
    return Node(entries, node.mark)


def _times(text: str, file: str, name: Node, problems: list[Problem]) -> tuple[str, list[Node]]:
    samples: list[Node] = []
    quantiles: list[Node] = []
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        problems.append(
            Problem(file, 0, 0, "", f"the file has {len(lines):,} lines; at most {_MOST_LINES:,} are read")
        )
        lines = lines[:1]
    for number, line in enumerate(lines, start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        probability, comma, time = content.partition(",")
        try:
            parse_duration(time if comma else content)
            if comma:
                pair = [Node(float(probability), name.mark), Node(time.strip(), name.mark)]
                quantiles.append(Node([*pair], name.mark))
            else:
                samples.append(Node(content, name.mark))
        except UnitError as error:
            problems.append(Problem(file, number, 1, "", str(error), error.help, line, len(line)))
        except ValueError:
            what = f"{probability.strip()!r} is not a probability"
            problems.append(Problem(file, number, 1, "", what, "", line, len(probability)))
    if samples and quantiles:
        problems.append(
            Problem(file, 0, 0, "", "some lines are times, others `probability, time`; write one form")
        )
    if not samples and not quantiles and not problems:
        problems.append(Problem(file, 0, 0, "", "the file holds no times"))
    if not samples and not quantiles:
        samples = [Node("1s", name.mark)]
    return ("quantiles", quantiles) if quantiles else ("samples", samples)
