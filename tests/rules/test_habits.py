"""Habits: which people have them (model.md 3 and 4)."""

import pytest
from scenes import by_delay, play


@pytest.mark.parametrize("habit", [{"moves": {"to": "Later"}}, {"deletes": {}}, {"mark_unread": {}}])
def test_a_share_of_habits_is_one_of_persons(habit):
    """Shares: half of them do it, with each of three messages, the others with none; one draw a person."""
    ((name, keys),) = habit.items()
    person = by_delay(original=5, request=5, replacement=5)
    person |= {name: keys | {"share": 0.5, "after": "1s", "of": "any"}}
    replace = {"compose": "50s"}
    story = play(100, person, {"kind": "web"}, count=200, recall={"replace": replace})
    did = {"moves": "moves", "deletes": "deletes", "mark_unread": "marks unread"}[name]
    messages = {
        n: {e.facts["message"] for e in story.did(did) if e.facts["recipient"] == n} for n in range(1, 201)
    }
    assert {len(each) for each in messages.values()} == {0, 3}
    assert 75 < sum(len(each) == 3 for each in messages.values()) < 125
