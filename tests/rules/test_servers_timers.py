"""The documented timers of mail servers, to the tick: attempts, notices of delay, expiry, and what greylisting makes of them.

A tick is a second and attempts take no time. That an attempt is made at tick t is seen from outside: a fault that defers
everything until t lets exactly that one pass.
"""

import pytest
from scenes import automatic, play

MINUTE, HOUR, DAY = 60, 3600, 86_400

ATTEMPTS = {
    "retry-exchange.yaml": [
        *(MINUTE * k for k in range(5)),
        *(4 * MINUTE + 5 * MINUTE * k for k in range(1, 7)),
        *(34 * MINUTE + 10 * MINUTE * k for k in range(1, 4)),
    ],
    "retry-exchange-deferred.yaml": [15 * MINUTE * k for k in range(6)],
    "retry-exchange-online.yaml": [0, 30 * MINUTE, *(30 * MINUTE + HOUR * k for k in range(1, 5))],
    "retry-postfix.yaml": [0, 300, 900, 2100, 4500, 8500, 12_500, 16_500],
    "retry-rfc-5321.yaml": [0, 30 * MINUTE, *(30 * MINUTE + 2 * HOUR * k for k in range(1, 4))],
}
"""Ticks of the first attempts after the first one, by preset."""
EXPIRY = {
    "retry-exchange.yaml": 2 * DAY,
    "retry-exchange-deferred.yaml": 2 * DAY,
    "retry-exchange-online.yaml": DAY,
    "retry-postfix.yaml": 5 * DAY,
    "retry-rfc-5321.yaml": 5 * DAY,
}
DELAY_NOTICE = {"retry-exchange.yaml": 4 * HOUR, "retry-exchange-deferred.yaml": 4 * HOUR}


def fails_until(tick: int, preset: str) -> dict:
    """Servers with a preset's retries whose next hop defers everything until a tick."""
    faults = [{"stage": "delivery", "fault": "defer", "for": f"{tick}s"}] if tick else []
    return {"delivery": {"extends": preset}, "faults": faults}


def delivered(transport: dict, horizon: str = "7d") -> int:
    """The tick of the original's delivery."""
    return play(None, transport=transport, horizon=horizon).of(1, "original_delivered")


@pytest.mark.parametrize("preset", ATTEMPTS)
def test_attempts_are_made_when_the_documents_say(preset):
    """R7.3: each attempt falls on its tick; what fails until one tick later is delivered by the next."""
    attempts = ATTEMPTS[preset]
    observed = [delivered(fails_until(tick, preset)) for tick in attempts]
    assert observed == attempts
    following = [delivered(fails_until(tick + 1, preset)) for tick in attempts[:-1]]
    assert following == attempts[1:]


@pytest.mark.parametrize("preset", EXPIRY)
def test_messages_expire_when_the_documents_say(preset):
    """R7.3: given up at the end of its life, to the tick, and the sender has a DSN a tick later."""
    story = play(None, transport=fails_until(7 * DAY, preset), horizon="6d")
    assert story.ticks("bounced", message="original") == [EXPIRY[preset]]
    assert (story.of(1, "original_place"), story.told()) == ("bounced", [(EXPIRY[preset] + 1, "bounce")])


@pytest.mark.parametrize("preset", EXPIRY)
def test_notices_of_delay_come_when_the_documents_say(preset):
    """A notice after four hours from Exchange, none from the others; it decides nothing."""
    story = play(None, transport=fails_until(5 * HOUR, preset), horizon="1d")
    expected = [DELAY_NOTICE[preset]] if preset in DELAY_NOTICE else []
    assert story.ticks("is delayed", message="original") == expected
    assert (story.of(1, "original_place", "told"), story.told()) == (("present", "nothing"), [])


GREYLISTED = {
    "retry-exchange.yaml": 9 * MINUTE,  # attempts each minute until the fourth, then after five more
    "retry-exchange-deferred.yaml": 15 * MINUTE,
    "retry-exchange-online.yaml": 30 * MINUTE,
    "retry-postfix.yaml": 300,
    "retry-rfc-5321.yaml": 30 * MINUTE,
}


def greylisting(preset: str, **changes: object) -> dict:
    return {
        "delivery": {"extends": ["greylisting.yaml", preset], **({"greylist": changes} if changes else {})}
    }


@pytest.mark.parametrize("preset", GREYLISTED)
def test_greylisting_costs_what_the_retries_make_of_it(preset):
    """A greylist of 300 s: the first attempt at or after 300 s passes, and which that is the retries say."""
    assert delivered(greylisting(preset)) == GREYLISTED[preset]


@pytest.mark.parametrize("delay, expected", [("299s", 300), ("300s", 300), ("301s", 900)])
def test_race_greylist_delay_against_the_retry(delay, expected):
    """Postfix comes again after 300 s: at the tick at which the delay ends, it passes."""
    assert delivered(greylisting("retry-postfix.yaml", delay=delay)) == expected


@pytest.mark.parametrize("ask, arrives", [(10, 550), (299, 359), (300, 300), (301, 301)])
def test_race_r7_1_greylisting_lets_the_request_overtake(ask, arrives):
    """R7.1: asked before the 300 s are over the request is deferred too; from then on it passes its original."""
    story = play(ask, None, automatic(0), transport=greylisting("retry-exchange.yaml"), horizon="1d")
    assert story.of(1, "original_delivered", "request_delivered") == (540, arrives)
    assert story.of(1, "overtaken") == int(arrives < 540)
    assert story.outcome() == ("succeeded", "deleted_unread", max(540, arrives))
