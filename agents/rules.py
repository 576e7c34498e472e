"""Inbox rules at work: which folder a message falls into, and whether it arrives marked read.

Which rules match a kind of message follows from their conditions and is in the plan; who has which rule is drawn.
"""

from collections.abc import Sequence
from typing import NamedTuple

from agents.observer import name_of
from agents.records import Group, Rule
from agents.world import ORIGINAL, World
from transport.mail.mailbox import Copy
from transport.streams.purposes import RULE


class Filing(NamedTuple):
    """What rules do with a message; `folder`: -1 leaves it where it is; `forwards`: to how many people, rule by rule."""

    folder: int
    read: bool
    forwards: tuple[int, ...]


def file_by(rules: Sequence[Rule], owned: int) -> Filing:
    """What those of the rules do whose bits are set in `owned`.

    They run in order; the first that moves decides the folder (a second move would make a copy, not a move), and one
    that stops ends the list.
    """
    folder, read, forwards = -1, False, []
    for place, rule in enumerate(rules):
        if not owned >> place & 1:
            continue
        if folder < 0:
            folder = rule.folder
        read = read or rule.mark_read
        if rule.forward:
            forwards.append(rule.forward)
        if rule.stop:
            break
    return Filing(folder, read, tuple(forwards))


def apply_rules(world: World, group: Group, number: int, copy: Copy) -> None:
    """Run the rules that recipient `number` has on a message that has just come."""
    rules, owned = group.rules[copy.kind], 0
    for place, rule in enumerate(rules):
        if world.happens(rule.share, RULE, 0, rule.number, number):
            owned |= 1 << place
    folder, read, forwards = file_by(rules, owned)
    if folder >= 0:
        copy.folder = folder
    copy.read = copy.read or read
    if copy.kind == ORIGINAL:
        for to in forwards:
            world.forwarding.send(number, to, "rule")
    if world.observer is not None and (folder >= 0 or copy.read):
        agent, flag = "client" if group.rules_at_client else "servers", "read" if copy.read else "unread"
        world.observer.note(
            agent, "applies rules", number, message=name_of(copy.kind), folder=copy.folder, flag=flag
        )


def expect_owners(world: World, group: Group, kind: int) -> None:
    """Say which draws `owners_of` will ask for."""
    for rule in group.rules[kind]:
        if 0.0 < rule.share < 1.0:
            world.draws.expect(RULE, 0, rule.number)


def owners_of(world: World, group: Group, kind: int) -> list[int]:
    """Which of its rules for a kind of message each recipient of a group has, as bits; the first of them at index 0."""
    owned = [0] * group.size
    for place, rule in enumerate(group.rules[kind]):
        if rule.share >= 1.0:
            owned = [bits | 1 << place for bits in owned]
        elif rule.share > 0.0:
            column = world.draws.column(RULE, 0, rule.number)[group.first : group.first + group.size]
            share = rule.share
            owned = [bits | (u < share) << place for bits, u in zip(owned, column, strict=True)]
    return owned
