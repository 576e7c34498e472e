"""`recallsim trace`: one replication, moment by moment."""

import json

from recallsim.reporting.timeline import (
    End,
    fact,
    moment,
    named_fact,
    on_the_clock,
    seconds_of,
    story,
    summary,
)


class Tuesday:
    """A plan that is sent on Tuesday at 23:59:30, with a tick of a millisecond."""

    clock = 0.001
    start = ((24 + 23) * 3600 + 59 * 60 + 30) * 1000
    start_calendar = -1


def test_moments_are_written_since_send_and_by_the_clock():
    """The time since Send goes beyond a day; the clock turns to the next weekday."""
    assert [moment(s) for s in (0.0, 603.25, 93784.0009)] == ["+0:00:00.000", "+0:10:03.250", "+26:03:04.001"]
    assert on_the_clock(Tuesday(), 45_500) == {"clock": "Wed 00:00:15"}


def test_ticks_become_seconds_without_noise():
    """A microsecond tick gives the decimal that it stands for."""
    assert (seconds_of(420_185_874, 1e-6), seconds_of(7, 60.0)) == (420.185874, 420.0)


def test_what_goes_without_saying_is_left_out():
    """The first device has no mention; what would move the cursor is written out."""
    assert [fact("device", 0), fact("device", 1), fact("folder", "inbox"), fact("x\n", "\x1b")] == [
        "",
        "device=1",
        "folder=inbox",
        "x\\n=\\x1b",
    ]


def test_folders_have_names_in_every_form():
    """A folder that a rule made up is told as the scenario wrote it; what is no folder stays as it is."""
    facts = ("folder", 1), ("original_folder", 17), ("folder", -1), ("tick", 1)
    assert [named_fact(key, value, ("Lists", "Boss")) for key, value in facts] == [
        "deleted_items",
        "Boss",
        -1,
        1,
    ]


def test_an_end_is_told_in_a_sentence():
    """Status, reason, when seen, where the message is, what the sender was told."""
    end = End(3, "desk", "failed", "already_read", 30.0, 5.0, "before_notice", "present", "failure")
    assert story(end) == (
        "recipient 3 (desk): failed, already_read at +0:00:30.000; seen at +0:00:05.000 (before notice); "
        "the message: present; the sender was told: failure"
    )
    assert list(summary([end, end])) == [
        "2 recipients, 2 of whom saw the message:",
        "          2  failed, already_read",
    ]


def test_a_trace_is_in_order_of_time_and_ends_with_everybody(here, small):
    """Every event has a time that never goes back; then comes one line for each recipient."""
    done = here("trace", here.write(small))
    log, ends = done.out.split("\n\n")
    times = [tuple(map(float, line.split()[0].lstrip("+").split(":"))) for line in log.splitlines()]
    assert (done.code, times == sorted(times), ends.count("\nrecipient") + 1) == (0, True, 10)
    assert log.startswith("+0:00:00.000  Mon 09:00:00  sender    submits                 message=original\n")


def test_one_recipient_alone(here, small):
    """With `--recipient` the log leaves the others out, one end is told, and why."""
    done = here("trace", here.write(small), "--recipient", "8")
    log, ends = done.out.split("\n\n")
    told = {part for line in log.splitlines() for part in line.split() if part.startswith("recipient=")}
    assert (told, ends.startswith("recipient 8 (web): "), ends.count("\n")) == ({"recipient=8"}, True, 2)


def test_json_lines_are_the_same_bytes_in_every_process(command, small):
    """Same seed, same trace, byte for byte, whatever the order of hashing."""
    command.write(small)
    one, other = (command("trace", "small.yaml", "--json", PYTHONHASHSEED=seed).out for seed in ("1", "2"))
    lines = [json.loads(line) for line in one.splitlines()]
    assert one == other
    assert {line["event"] for line in lines[-10:]} == {"end"}
    assert [line["tick"] for line in lines] == sorted(line["tick"] for line in lines)


def test_replications_and_seeds_differ(here, small):
    """Another replication, or another seed, is another story."""
    here.write(small)
    told = {
        here("trace", "small.yaml", "--json", *extra).out
        for extra in ((), ("--replication", "1"), ("--seed", "8"), ("--set", "sender.notices=6min"))
    }
    assert len(told) == 4


def test_many_recipients_get_a_summary(here, small):
    """Above twenty recipients the ends are counted, and a hint says how to see one."""
    done = here("trace", here.write(small.replace("count: 10", "count: 30")))
    assert "\n30 recipients, " in done.out
    assert done.out.endswith("One of them alone: add --recipient N\n")


def test_a_recipient_that_is_not_there(here, small):
    """The message says how many there are."""
    done = here("trace", here.write(small), "--recipient", "11")
    assert (done.code, "there is no recipient 11; there are 10" in done.err) == (2, True)
