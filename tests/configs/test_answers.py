"""The shipped scenarios answer to what they vary."""

from pathlib import Path

from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.scenario import load
from transport.recall.codes import Reason, Status

SUCCEEDED = Status.SUCCEEDED.value


def _share(file: Path, replications: int, variant: str | None = None, *overrides: str) -> float:
    scenario = load(file, overrides, variant)
    status = simulate(draw_up(scenario), scenario.seed, 0, replications).recipients["status"]
    return float((status == SUCCEEDED).mean())


def test_office_answers_to_automatic_processing(configs: Path) -> None:
    """In the office automatic processing everywhere saves at least five points more than nowhere."""
    office, few = configs / "office.yaml", "recipients.count=400"
    assert _share(office, 10, "all-auto", few) - _share(office, 10, "no-auto", few) >= 0.05


def test_a_longer_hold_saves_more_senders(configs: Path) -> None:
    """The shares of senders who press undo in time rise with the hold, from none without one."""
    undo, one = configs / "undo-send.yaml", "recipients.count=2"
    shares = [
        _share(undo, 400, variant, one)
        for variant in ("no-hold", "gmail-5s", None, "gmail-30s", "defer-2min")
    ]
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert shares[-1] > 0.3


def test_interception_removes_what_is_still_under_way(configs: Path) -> None:
    """With interception on, the reason `intercepted` occurs; switched off it does not."""
    file, few = configs / "interception.yaml", "recipients.count=200"
    found = []
    for variant in (None, "off"):
        scenario = load(file, [few], variant)
        reason = simulate(draw_up(scenario), scenario.seed, 0, 2).recipients["reason"]
        found.append(bool((reason == Reason.INTERCEPTED.value).any()))
    assert found == [True, False]
