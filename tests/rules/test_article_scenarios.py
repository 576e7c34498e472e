"""The vendor's articles as shipped scenarios: what they tell is what comes out."""

from pathlib import Path

from scenes import play_text

ARTICLES = Path(__file__).parents[2] / "configs" / "articles"
DAY = 86_400


def story_of(name: str):
    return play_text((ARTICLES / f"{name}.yaml").read_text(encoding="utf-8"), 20261120)


def outcomes(story) -> dict[str, set[tuple[str, str, str]]]:
    """By group: status, reason and where the original ended."""
    return {
        group.name: {
            story.of(number, "status", "reason", "original_place")
            for number in range(group.first, group.first + group.size)
        }
        for group in story.plan.groups
    }


def test_kb_185038():
    """R7.3, R7.4: recalled on the second day, hard-deleted, and the failure is reported on the thirty-second."""
    story = story_of("kb-185038")
    assert outcomes(story) == {"away": {("failed", "not_found", "removed_by_person")}}
    assert {(tick // DAY, news) for tick, news in story.told()} == {(31, "failure")}


def test_kb_2544448():
    """R3, R1.2, R6.2, R6.3, R1.1: each cause of failure by itself, and the recall that works."""
    pending = {("pending", "none", "present")}
    assert outcomes(story_of("kb-2544448")) == {
        "another program": pending,
        "not logged on": pending,
        "moved": {("failed", "different_folders", "present")},
        "read": {("failed", "already_read", "present")},
        "previewed": {("failed", "already_read", "present")},
        "web": pending,
        "pop": pending,
        "imap": pending,
        "unread in the Inbox": {("succeeded", "deleted_unread", "removed_by_recall")},
    }
