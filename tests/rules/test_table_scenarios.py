"""The shipped scenario of each row of the table, held against the row."""

from pathlib import Path

import pytest
from scenes import play_text

TABLE = Path(__file__).parents[2] / "configs" / "table"

FIRST_LINE = "# yaml-language-server: $schema=../recallsim.schema.json"
GONE, KEPT, LOST = "removed_by_recall", "present", "lost"
NEW_ONLY, BOTH = (GONE, GONE, KEPT), (KEPT, GONE, KEPT)
ALL_THREE = (KEPT, KEPT, KEPT)
SUCCESS = ("succeeded", "deleted_unread")
READ = ("failed", "already_read")

# By file and group: (status, reason), places of original, request, replacement; told; aware; seen by how many persons.
ROWS = {
    "r1-1-automatic-unread": [(SUCCESS, NEW_ONLY, "success", True, 0)],
    "r1-2-automatic-read": [(READ, BOTH, "failure", True, 1)],
    "r1-3-automatic-pane": [(SUCCESS, NEW_ONLY, "success", False, 1)],
    "r2-1-by-hand-request-first": [(SUCCESS, NEW_ONLY, "success", True, 0)],
    "r2-2-by-hand-original-first": [(READ, BOTH, "failure", True, 1)],
    "r2-3-by-hand-pane": [(SUCCESS, NEW_ONLY, "success", True, 1)],
    "r3-different-folders": [(("failed", "different_folders"), BOTH, "failure", True, 1)],
    "r4-1-same-folder": [(SUCCESS, NEW_ONLY, "success", True, 0)],
    "r4-2-same-folder-read": [(READ, BOTH, "failure", True, 1)],
    "r4-3-marked-unread": [(SUCCESS, NEW_ONLY, "success", True, 1)],
    "r4-4-same-folder-pane": [(SUCCESS, NEW_ONLY, "success", True, 1)],
    "r5-1-public-folder-unread": [(SUCCESS, NEW_ONLY, "success", True, 0)],
    "r5-2-public-folder-read": [(READ, BOTH, "failure", True, 3)],
    "r5-3-public-folder-no-permission": [(("failed", "no_permission"), ALL_THREE, "failure", True, 3)],
    "r5-4-public-folder-marked-unread": [(SUCCESS, NEW_ONLY, "success", True, 1)],
    "r5-5-public-folder-own-flags": [(SUCCESS, NEW_ONLY, "success", True, 0), (READ, BOTH, "failure", True, 2)],
    "r6-1-other-organisation": [
        (("failed", "other_organisation"), ALL_THREE, "nothing", True, 1),
        (("failed", "recipient_not_exchange"), ALL_THREE, "nothing", True, 1),
    ],
    "r6-2-no-desktop": [(("pending", "none"), ALL_THREE, "nothing", True, 1)] * 5,
    "r6-3-fetched": [(("failed", "out_of_reach"), ("fetched", GONE, KEPT), "failure", False, 1)],
    "r6-4-shared-mailbox": [(READ, BOTH, "failure", True, 1), (SUCCESS, NEW_ONLY, "success", True, 0)],
    "r7-1-request-before-original": [(SUCCESS, NEW_ONLY, "success", True, 0)],
    "r7-2-deleted-by-the-person": [(("failed", "different_folders"), BOTH, "failure", True, 1)],
    "r7-3-gone": [(("failed", "not_found"), ("removed_by_person", GONE, KEPT), "failure", True, 0)],
    "r7-3-never-arrived": [(("failed", "not_delivered"), (LOST, GONE, KEPT), "failure", True, 0)],
    "r7-4-no-time-limit": [
        (SUCCESS, NEW_ONLY, "success", True, 0),
        (("pending", "none"), ALL_THREE, "nothing", False, 0),
    ],
    "r7-5-request-bounced": [(("failed", "request_not_delivered"), (KEPT, "bounced", KEPT), "bounce", False, 1)],
    "r7-6-request-deleted": [(("pending", "none"), ALL_THREE, "nothing", False, 1)],
}  # fmt: skip

DECIDED = {
    "r1-1-automatic-unread": 300 + 2 + 120,
    "r2-1-by-hand-request-first": 300 + 2 + 600,
    "r4-1-same-folder": 300 + 2 + 600,
    "r6-1-other-organisation": 300 + 2,
    "r7-1-request-before-original": 1200 + 120,
    "r7-4-no-time-limit": 300 + 2 + 3 * 86_400,
}


def story_of(name, replication=0):
    return play_text((TABLE / f"{name}.yaml").read_text(encoding="utf-8"), 20261120, replication)


def found(story):
    """What every recipient of each group has in common: one line a group, or the differing lines."""
    lines = []
    for group in story.plan.groups:
        members = range(group.first, group.first + group.size)
        rows = {
            (
                story.of(number, "status", "reason"),
                story.places(number),
                story.of(number, "told"),
                story.of(number, "aware") >= 0,
                story.of(number, "seen_people"),
            )
            for number in members
        }
        lines += sorted(rows, key=repr)
    return lines


def test_every_row_has_its_scenario():
    """R1.1-R7.6: the folder holds a scenario for each row of the table, and no others."""
    assert sorted(path.stem for path in TABLE.glob("*.yaml")) == sorted(ROWS)


@pytest.mark.parametrize("replication", [0, 7])
@pytest.mark.parametrize("name", ROWS)
def test_the_scenario_of_a_row_ends_as_the_row_says(name, replication):
    """R1.1-R7.6: status, reason, what is left, who is told, who is aware and who has seen, of every recipient."""
    assert found(story_of(name, replication)) == ROWS[name]


@pytest.mark.parametrize("name", DECIDED)
def test_the_scenario_of_a_row_is_decided_at_its_tick(name):
    """R1.1-R7.6: the decision falls at the tick that the scenario's comment names."""
    assert story_of(name).of(1, "decided") == DECIDED[name]


@pytest.mark.parametrize("name", ROWS)
def test_the_scenario_of_a_row_names_its_schema_and_its_rule(name):
    """R1.1-R7.6: editors find the schema in the first line, readers the rule in the header."""
    lines = (TABLE / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    rule = name.split("-")[0].upper() + ("." + name.split("-")[1] if name.split("-")[1].isdigit() else "")
    assert (lines[0], any(line.startswith(f"# {rule}") for line in lines)) == (FIRST_LINE, True)
