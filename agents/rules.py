"""Inbox rules at work: which folder a message falls into, and whether it arrives marked read.

Which rules match a kind of message follows from their conditions and is in the plan; who has which rule is drawn.
"""

from agents.observer import name_of
from agents.records import Group
from agents.world import ORIGINAL, World
from transport.mail.mailbox import Copy
from transport.streams.purposes import RULE


def apply_rules(world: World, group: Group, number: int, copy: Copy) -> None:
    """Run the rules that recipient `number` has on a message that has just come.

    They run in order; the first that moves decides the folder (a second move would make a copy, not a move), and one
    that stops ends the list.
    """
    moved = False
    for rule in group.rules[copy.kind]:
        if not world.happens(rule.share, RULE, 0, rule.number, number):
            continue
        if rule.folder >= 0 and not moved:
            copy.folder = rule.folder
            moved = True
        if rule.mark_read:
            copy.read = True
        if rule.forward and copy.kind == ORIGINAL:
            world.forwarding.send(number, rule.forward, "rule")
        if rule.stop:
            break
    if world.observer is not None and (moved or copy.read):
        agent, flag = "client" if group.rules_at_client else "servers", "read" if copy.read else "unread"
        world.observer.note(
            agent, "applies rules", number, message=name_of(copy.kind), folder=copy.folder, flag=flag
        )
