"""Other mail in the inbox: it takes picks and time, so that the order of handling matters (model.md 4)."""

from functools import cache
from itertools import accumulate, count, takewhile

import pytest
from scenes import automatic, by_checks, by_delay, late, plan_of, play, scene

from recallsim.engines.agents import simulate
from transport.streams.draws import Draws
from transport.streams.law_rows import exponential
from transport.streams.laws import sample_ticks
from transport.streams.purposes import INBOX_MAIL

DELETED = ("succeeded", "deleted_unread")
MEAN = 30


@cache
def arrivals(seed, until):
    """The ticks at which other mail comes to recipient 1, at 1/30 s."""
    draws, law = Draws(seed, 0), exponential(float(MEAN))
    gaps = (sample_ticks(law, 0, draws.uniform(INBOX_MAIL, 16, 0, 1, k), 1.0) for k in count())
    return list(takewhile(lambda tick: tick <= until, accumulate(gaps)))


def busy(order="newest", handling=10, **more):
    """A person who checks every 100 s, with other mail every 30 s."""
    mail = {"inbox_mail": {"rate": f"1/{MEAN}s", "handling": f"{handling}s"}}
    return by_checks(100, order=order, **mail, **more)


def opened_at(seed, order, arrives, handling, per_session=None):
    """When the original is opened, told anew by a loop: checks at 100, and 100 after the end of each."""
    now, done, other = 100, set(), arrivals(seed, 5000)
    while True:
        picks = 0
        while picks != per_session:
            waiting = [(tick, 16, n) for n, tick in enumerate(other) if tick <= now and n not in done]
            waiting += [(arrives, 0, -1)] if arrives <= now else []
            if not waiting:
                break
            pick = max(waiting) if order == "newest" else min(waiting)
            if pick[2] < 0:
                return now
            done.add(pick[2])
            picks += 1
            now += handling
        now += 100
        if now > 5000:
            return now


@pytest.mark.parametrize("arrives", [0, 50, 99, 100, 101, 115, 130, 250])
@pytest.mark.parametrize(
    ("order", "per_session"), [("oldest", None), ("newest", None), ("newest", 2), ("oldest", 1)]
)
def test_other_mail_is_handled_in_turn(order, per_session, arrives):
    """What is older (newer) goes first, and each costs 10 s; checks before ours comes are lived through all the same."""
    for seed in (1, 2, 3):
        more = {} if per_session is None else {"per_session": per_session}
        story = play(None, busy(order, **more), latency=late(original=arrives), seed=seed, horizon="5000s")
        opened = opened_at(seed, order, arrives, 10, per_session)
        assert story.of(1, "seen") == (opened if opened <= 5000 else -1)


def test_r1_a_check_of_other_mail_keeps_the_idle_worker_waiting():
    """R1, trigger: the request comes at 120, while other mail is handled until 150: it is processed when that ends."""
    seed = next(s for s in range(100) if len(arrivals(s, 100)) == 1 and len(arrivals(s, 150)) == 1)
    person = busy(handling=50, open_probability={"original": 0, "request": 0, "replacement": 0})
    assert play(120, person, automatic(0), seed=seed).outcome() == (*DELETED, 151)
    nothing = by_checks(100, open_probability=0)
    assert play(120, nothing, automatic(0), seed=seed).outcome() == (*DELETED, 120)


def test_other_mail_that_is_not_opened_costs_no_time():
    """`open_probability`: its default is that of other mail; each is looked at once."""
    closed = {"default": 0, "original": 1}
    story = play(None, busy("oldest", open_probability=closed), latency=late(original=99), seed=1)
    assert (len(arrivals(1, 99)) > 0, story.of(1, "seen")) == (True, 100)


def test_in_random_order_no_amount_of_other_mail_changes_who_is_first():
    """Case V06b: in checks like a Poisson stream, half of e^(-5/45) / (1 + 2/45), whatever else lies in the inbox."""
    exact, people, n = 0.42838052400687915, 400, 8
    gap = {"exponential": {"mean": "45min"}}
    mail = {"rate": "1/20min"}
    person = {"reads": {"sessions": {"gap": gap, "order": "random", "inbox_mail": mail}}}
    keys = {
        "latency": {"original": "0s", "request": {"exponential": {"mean": "2min"}}},
        "clock": "1us",
        "count": people,
    }
    plan = plan_of(scene(300, person, horizon="60d", recall={"tell_me": False}, **keys))
    found = simulate(plan, 20261120, 0, n).recipients["status"]
    share = float((found == 1).mean())
    assert abs(share - exact) < 4.4 * (exact * (1 - exact) / (people * n)) ** 0.5


def test_a_stationary_start_finds_the_mail_since_the_last_check():
    """`phase: stationary`: of gaps of 100 s on end, the mail of the time already passed lies in the inbox: on average 50 s'."""
    person = busy("oldest", handling=1)
    person["reads"]["sessions"] |= {"phase": "stationary"}
    seen = play(None, person, count=2000, horizon="20000s").all("seen")
    fresh_part = sum(seen) / 2000 - 50  # what was handled before ours, at 1 s each
    assert abs(fresh_part - 50 / MEAN) < 3.5


def test_without_other_mail_nothing_changes():
    """A rate of nothing is no other mail."""
    plain = play(None, by_checks(100), count=20).all("seen")
    assert play(None, by_checks(100, inbox_mail={"rate": "0/s"}), count=20).all("seen") == plain


def test_who_reads_by_delay_has_no_use_for_it():
    """Other mail belongs to checks."""
    assert play(None, by_delay(original=7)).of(1, "seen") == 7


@pytest.mark.parametrize(
    ("marks_read", "others", "outcome"),
    [
        ("on_leave", False, DELETED),
        ("on_leave", True, ("failed", "already_read")),
        ({"after": "5s"}, False, ("failed", "already_read")),
        ({"after": "5s"}, True, DELETED),
        ("never", True, DELETED),
    ],
)
def test_r1_3_the_selection_moves_on_to_other_mail(marks_read, others, outcome):
    """R1.2, R1.3: shown in the pane for 3 s, then other mail is opened: that is leaving it, and `after: 5s` is not reached."""
    mail = {"inbox_mail": {"rate": "1/s"}} if others else {}
    checks = by_checks(20, handling="3s", order="oldest", per_session=2, **mail)
    story = play(26, checks | {"preview": {"share": 1}}, automatic(0, marks_read=marks_read), horizon="40s")
    assert (story.outcome()[:2], story.of(1, "seen", "seen_level")) == (outcome, (20, 2))
