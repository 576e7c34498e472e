"""What `extends` names: files beside the scenario, then the presets that come with the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from recallsim.errors import Problem
from recallsim.scenario.base import Model, shown, suggestion
from recallsim.scenario.merging import merge
from recallsim.scenario.models import Scenario
from recallsim.scenario.models_people import Group, Person
from recallsim.scenario.models_stage import Hop
from recallsim.scenario.models_transport import STAGE_KEYS, Transport
from recallsim.scenario.nodes import Entry, Node, child, item_name, mapping, with_entry
from recallsim.scenario.samples import with_samples
from recallsim.scenario.yaml_text import MOST_BYTES, decode, parse

_MOST_FILES: Final = 50
_INSIDE: Final = {
    "scenario": {"transport": "transport"},
    "transport": dict.fromkeys(STAGE_KEYS, "stage"),
    "group": {"person": "person"},
}
"""Keys below a mapping of one role whose mappings may extend something themselves."""
_LISTED: Final = {"transport": {"stages": "stage", "hops": "stage"}, "recipients": {"groups": "group"}}
"""Keys of lists whose items may."""

_MODELS: Final[dict[str, type[Model]]] = {
    "scenario": Scenario,
    "transport": Transport,
    "stage": Hop,
    "group": Group,
    "person": Person,
}
_WORDS: Final = {
    "scenario": "a scenario",
    "transport": "servers",
    "stage": "a stage",
    "group": "recipients",
    "person": "a person",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file was found, so that what it extends is looked up beside it.

    Attributes:
        place: The folder, or None for the presets and for a text without a file.
        chain: The files that led here, outermost first.
    """

    place: Path | None
    chain: tuple[str, ...]


def preset_names() -> list[str]:
    """The presets that come with the package."""
    return sorted(item.name for item in _presets().iterdir() if item.name.endswith(".yaml"))


def _presets() -> Traversable:
    return files("recallsim").joinpath("presets")


class Extender:
    """Lays every mapping over what it extends; reads each file once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.trees: dict[str, Node | None] = {}

    def extend(self, node: Node, role: str, origin: Origin, path: str = "") -> Node:
        """The tree with every `extends` in it resolved.

        Args:
            node: A mapping of the scenario language.
            role: What it describes: `scenario`, `transport`, `stage`, `group` or `person`.
            origin: The file it stands in.
            path: Its path there, ending in a dot if not empty.
        """
        entries = mapping(node)
        if entries is None:
            return node
        own = Node({key: entry for key, entry in entries.items() if key != "extends"}, node.mark)
        own = self._inner(own, role, origin, path)
        base: Node | None = None
        for name in self._named(entries.get("extends"), path):
            found = self._look_up(name, role, origin, f"{path}extends")
            if found is not None:
                base = found if base is None else merge(base, found)
        return own if base is None else merge(base, own, role if role == "transport" else "")

    def _inner(self, node: Node, role: str, origin: Origin, path: str) -> Node:
        for key, inner_role in _INSIDE.get(role, {}).items():
            inner = child(node, key)
            if inner is not None:
                mark = (mapping(node) or {})[key].key
                node = with_entry(node, key, mark, self.extend(inner, inner_role, origin, f"{path}{key}."))
        recipients = child(node, "recipients") if role == "scenario" else None
        if recipients is not None:
            mark = (mapping(node) or {})["recipients"].key
            node = with_entry(
                node, "recipients", mark, self._listed(recipients, "recipients", origin, f"{path}recipients.")
            )
        return self._listed(node, role, origin, path)

    def _listed(self, node: Node, role: str, origin: Origin, path: str) -> Node:
        """The mapping with the items of its lists extended."""
        for key, inner_role in _LISTED.get(role, {}).items():
            inner = child(node, key)
            if inner is not None and isinstance(inner.value, list):
                items = [
                    self.extend(item, inner_role, origin, f"{path}{key}.{item_name(item, index)}.")
                    for index, item in enumerate(inner.value)
                ]
                mark = (mapping(node) or {})[key].key
                node = with_entry(node, key, mark, Node(items, inner.mark))
        return node

    def _named(self, entry: Entry | None, path: str) -> list[Node]:
        if entry is None or entry.node.value is None:
            return []
        value = entry.node.value
        names = value if isinstance(value, list) else [entry.node]
        good = [node for node in names if isinstance(node.value, str) and node.value.strip()]
        for node in names:
            if node not in good:
                what = f"expected the name of a file or preset, found {shown(_bare(node))}"
                self.problems.append(node.mark.problem(f"{path}extends", what))
        return good

    def _look_up(self, name: Node, role: str, origin: Origin, path: str) -> Node | None:
        wanted = str(name.value)
        found = self._find(wanted, origin)
        if found is None:
            beside = _yaml_files(origin.place)
            hint = suggestion(wanted, [*beside, *preset_names()])
            where = (
                "beside the file or among the presets" if origin.place is not None else "among the presets"
            )
            what = f"{shown(wanted)} is not {where}"
            self.problems.append(name.mark.problem(path, what, hint))
            return None
        identity, shown_name, source = found
        if identity in origin.chain:
            loop = [*origin.chain[origin.chain.index(identity) :], identity]
            steps = " -> ".join(Path(step.removeprefix("preset:")).name for step in loop)
            self.problems.append(name.mark.problem(path, f"it goes round in a circle: {steps}"))
            return None
        if len(origin.chain) >= _MOST_FILES:
            self.problems.append(name.mark.problem(path, f"more than {_MOST_FILES} files extend one another"))
            return None
        tree = self._read(identity, shown_name, source, name, path)
        if tree is None:
            return None
        other = _described(tree, role)
        if other:
            what = f"{shown(wanted)} describes {_WORDS[other]}, it cannot be extended here"
            self.problems.append(name.mark.problem(path, what))
            return None
        place = source.parent if isinstance(source, Path) and not identity.startswith("preset:") else None
        return self.extend(tree, role, Origin(place, (*origin.chain, identity)))

    def _find(self, wanted: str, origin: Origin) -> tuple[str, str, "Path | Traversable"] | None:
        if origin.place is not None:
            path = origin.place / wanted
            try:
                if path.is_file():
                    return str(path.resolve()), str(path), path
            except (OSError, ValueError):
                return None
        if wanted in preset_names():
            return f"preset:{wanted}", f"recallsim/presets/{wanted}", _presets().joinpath(wanted)
        return None

    def _read(
        self, identity: str, file: str, source: "Path | Traversable", name: Node, path: str
    ) -> Node | None:
        if identity in self.trees:
            return self.trees[identity]
        self.trees[identity] = None
        found: list[Problem] = []
        try:
            with source.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except OSError as error:
            what = f"{shown(str(name.value))} cannot be read: {error.strerror}"
            self.problems.append(name.mark.problem(path, what))
            return None
        text = decode(data, file, found)
        tree = parse(text, file, found) if text is not None else None
        if tree is not None and mapping(tree) is None:
            found.append(tree.mark.problem("", f"expected keys and values, found {shown(_bare(tree))}"))
            tree = None
        elif tree is None and not found:
            found.append(Problem(file, 0, 0, "", "the file is empty"))
        if tree is not None:
            tree = with_samples(tree, source.parent if isinstance(source, Path) else None, found)
        self.problems.extend(found)
        self.trees[identity] = tree
        return tree


def _described(tree: Node, role: str) -> str:
    """The role whose keys all those of a file are, if they are not all keys of the role it is wanted in."""
    keys = set(mapping(tree) or {}) - {"extends"}
    fits = {
        each: keys <= {field.alias or name for name, field in model.model_fields.items()}
        for each, model in _MODELS.items()
    }
    return "" if fits[role] else next((each for each, fit in fits.items() if fit), "")


def _bare(node: Node) -> object:
    return {} if isinstance(node.value, dict) else [] if isinstance(node.value, list) else node.value


def _yaml_files(place: Path | None) -> Sequence[str]:
    if place is None:
        return []
    try:
        return sorted(path.name for path in place.iterdir() if path.suffix in (".yaml", ".yml"))[:200]
    except OSError:
        return []
