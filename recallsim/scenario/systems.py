"""What the name of a recall system stands for: a preset that lies below everything a scenario says of its sender."""

import functools
from importlib.resources import files
from typing import Final

from recallsim.errors import Problem
from recallsim.scenario.merging import merge
from recallsim.scenario.nodes import Node, child, grown, mapping, with_entry
from recallsim.scenario.values import RECALL_SYSTEMS
from recallsim.scenario.yaml_text import parse

DEFAULT: Final = "outlook"


def system_text(name: str) -> str:
    """The text of a system's preset.

    Raises:
        FileNotFoundError: There is no such system.
    """
    return files("recallsim").joinpath("presets", "systems", f"{name}.yaml").read_text(encoding="utf-8")


@functools.cache
def _preset(name: str) -> Node:
    problems: list[Problem] = []
    tree = parse(system_text(name), f"recallsim/presets/systems/{name}.yaml", problems)
    assert tree is not None, problems
    return tree


def with_system(tree: Node) -> Node:
    """The scenario with the preset of its recall system below it (S4: of the one it falls back to).

    The preset is looked up last, so that a variant may name another system; a name that nobody bears is left to the
    models to refuse.
    """
    sender = child(tree, "sender")
    if sender is not None and mapping(sender) is None:
        return tree
    recall = child(sender, "recall")
    named = child(recall, "system")
    name = DEFAULT if named is None else named.value
    if name not in RECALL_SYSTEMS or (recall is not None and mapping(recall) is None):
        return tree
    mark = tree.mark if sender is None else sender.mark
    over = Node({}, mark) if sender is None else sender
    whole = merge(_preset(str(name)), over)
    policies = child(whole, "recall")
    fallback = child(policies, "fallback")
    if fallback is not None and fallback.value in RECALL_SYSTEMS and _is_off(tree, policies):
        under = merge(
            _preset(str(fallback.value)), grown({"recall": {"fallback": fallback.value}}, fallback.mark)
        )
        whole = merge(under, over)
    place = (mapping(tree) or {}).get("sender")
    return with_entry(tree, "sender", mark if place is None else place.key, whole)


def _is_off(tree: Node, policies: Node | None) -> bool:
    """Whether recall is switched off, in the system (S4) or for the organisation (E2)."""
    switches = (child(policies, "enabled"), child(child(tree, "organisation"), "recall_enabled"))
    return any(switch is not None and switch.value is False for switch in switches)
