"""What one reader or device does, and what it means at the others (R5.4, R5.5, R6.4, R7.1, R9.3)."""

import textwrap

import recallsim
from recallsim.engines.agents import simulate, trace
from recallsim.plan import draw_up
from transport.recall.codes import Reason, Status


def plan_of(group: str, sender: str = "", rest: str = ""):
    """The plan of one group; times in whole seconds."""
    text = f"""
name: readers
clock: 1s
horizon: 1h
replications: 1
sender: {{notices: 1000s, recall: {{{sender or "tell_me: true"}}}}}
{textwrap.dedent(rest)}
recipients:
  count: 1
  groups:
{textwrap.indent(textwrap.dedent(group), "    ")}
"""
    return draw_up(recallsim.load(text))


def ends(plan):
    """Status, reason and how many persons saw it."""
    found = simulate(plan, 1, 0, 1).recipients
    return Status(found["status"][0]).name, Reason(found["reason"][0]).name, int(found["seen_people"][0])


FOLDER = """
- name: folder
  share: 1
  client: {kind: web}
  mailbox: {kind: public, readers: 3}
  person:
    reads: {delay: {original: {uniform: {low: 5s, high: 50s}}, request: never}}
"""


def test_r5_5_a_reader_who_marks_unread_keeps_nobody_else_from_reading():
    """R5.5: flags of a public folder are each reader's own, and so is marking unread."""
    marking = FOLDER + "    mark_unread: {share: 1, after: 0s}\n"
    assert ends(plan_of(FOLDER))[2] == 3
    assert ends(plan_of(marking))[2] == 3


def test_r5_4_each_reader_marks_unread_as_often_as_she_does():
    """`repeat: 2` is every reader's own: three readers mark unread six times."""
    marking = FOLDER + "    mark_unread: {share: 1, after: 1s, repeat: 2}\n"
    events, _ = trace(plan_of(marking), 1, 0)
    assert [event.event for event in events].count("marks unread") == 6


def test_r7_1_a_request_does_not_wait_for_what_another_device_deleted():
    """R7.1, R7.3: the phone deletes the original for good before the desktop ever shows it; the request is processed."""
    group = """
    - name: desk
      share: 1
      client: {kind: outlook-desktop, auto_process: 1, sync: {poll: 50min}}
      devices: [{name: phone, client: {kind: mobile}, reads: {delay: {original: 5s, request: never}}}]
      person: {reads: never, deletes: {share: 1, after: 0s, hard: true}}
    """
    assert ends(plan_of(group, rest="transport: {link: {latency: {original: 0s, request: 0s}}}"))[:2] == (
        "FAILED",
        "NOT_FOUND",
    )


def test_curiosity_leaves_deleted_items_alone():
    """Model 4: a person handles unread mail of every folder except Junk and Deleted Items, curious or not."""
    group = """
    - name: desk
      share: 1
      client: {kind: outlook-desktop}
      person: {reads: {delay: {original: never, request: 10s}}, curiosity: 1}
      rules: [{when: {class: IPM.Note}, delete: true}]
    """
    assert ends(plan_of(group)) == ("FAILED", "DIFFERENT_FOLDERS", 0)


def test_a_refused_recall_changes_nothing_in_a_mailbox():
    """Model 2: marking unread and deleting go on as if nobody had asked."""
    group = """
    - name: desk
      share: 1
      client: {kind: outlook-desktop}
      person:
        reads: {delay: {original: 2s}}
        mark_unread: {share: 1, after: 3s, repeat: unlimited}
        deletes: {share: 0.2, after: 100s, hard: true}
    """
    removed = [
        simulate(draw_up(recallsim.load(_refused(group, notices))), 1, 0, 40)
        .recipients["original_removed"]
        .tolist()
        for notices in ("1s", "never")
    ]
    assert removed[0] == removed[1]
    assert -1 in removed[0]
    assert max(removed[0]) > 0


def _refused(group: str, notices: str) -> str:
    return f"""
name: refused
clock: 1s
horizon: 1h
replications: 1
sender: {{notices: {notices}, account: other}}
recipients:
  count: 1
  groups:
{textwrap.indent(textwrap.dedent(group), "    ")}
"""


def test_r9_3_a_group_may_keep_its_reports_to_itself():
    """R9.3: with `reports_to: none` the recall ends the same, and the sender hears nothing."""
    group = """
    - name: list
      share: 1
      reports_to: {to}
      client: {{kind: outlook-desktop, auto_process: 1}}
    """
    told = [
        simulate(plan_of(group.format(to=to)), 1, 0, 1).recipients[column][0]
        for to in ("originator", "none")
        for column in ("status", "told")
    ]
    assert told == [Status.SUCCEEDED, 1, Status.SUCCEEDED, 0]
