"""The batch engine gives the agents' very answers: every column of the observation, bit for bit."""

import weakref
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from equality import SEED, both, differences, interpreted
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenarios import QUIET, classic, constant, plan_of, queueing

import recallsim
from agents.records import Plan
from recallsim.engines import agents, kernel_sessions
from recallsim.engines.batch import Batch, FeedbackError, simulate, simulate_on
from recallsim.engines.refusals import refusal
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
from transport.recall.codes import Reason

pytest.importorskip("numba", reason="the batch engine needs numba")
pytestmark = pytest.mark.timeout(1200)  # the first of these may have to compile the kernel

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "configs").rglob("*.yaml"))
RACE = ROOT / "benchmarks" / "race.yaml"
VALIDATION = sorted((ROOT / "tests" / "validation" / "scenarios").glob("*.yaml"))
CLOCKS = ("1us", "10s", "60s")
"""A fine clock, and two so coarse that many things fall on one tick: 1 s hides a wrong rule for ties."""
REACHED = frozenset(Reason(code) for code in range(13))
"""Every reason but the refusals, which have a test of their own."""


def scenario_plan(path: Path, clock: str, count: int = 60, variant: str | None = None) -> Plan:
    """The plan of a scenario file with few recipients, on a clock."""
    whole = load(path)
    counted = any(group.count is not None for group in whole.groups)
    few = [] if counted or whole.count <= count else [f"recipients.count={count}"]
    return draw_up(load(path, [f"clock={clock}", *few], variant))


def files_and_variants():
    """Every scenario file, and every variant that one names."""
    for path in (*SHIPPED, *VALIDATION, RACE):
        yield path, None
        for variant in load(path).what_if:
            yield path, variant


# --- equality ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", CLOCKS)
def test_both_engines_agree_on_every_scenario_file(clock):
    """Shipped and validation scenarios give equal columns; outcomes, seen and unseen, and the rules' reasons all occur."""
    reasons: Counter[int] = Counter()
    seen = Counter[bool]()
    found = {}
    for path, variant in files_and_variants():
        if variant is not None and clock != "1us":
            continue
        plan = scenario_plan(path, clock, variant=variant)
        overloaded = clock != "1us" and any(
            stage.background for stage in plan.stages
        )  # services rounded up to a tick
        if refusal(plan) or overloaded:
            continue
        one, other = both(plan, 1)
        if unlike := differences(one, other):
            found[path.name, variant] = unlike
        reasons.update(one.recipients["reason"].tolist())
        seen.update((one.recipients["seen"] >= 0).tolist())
    assert found == {}
    assert all(seen[is_seen] > 200 for is_seen in (False, True))
    beyond_reach = (
        set() if clock == "1us" else {Reason.INTERCEPTED}
    )  # in whole minutes nothing is on its way for long
    assert REACHED - {Reason(code) for code in reasons} <= beyond_reach


@QUIET
@given(classic())
def test_both_engines_agree_on_random_scenarios(scenario):
    """Whatever the language can say, within what the batch engine takes, gives equal columns."""
    assert differences(*both(plan_of(scenario))) == []


@settings(QUIET, max_examples=30)
@given(classic(), st.sampled_from(["10s", "60s"]), st.sampled_from(["1min", "2min"]))
def test_both_engines_agree_where_all_is_constant(scenario, clock, latency):
    """With a coarse clock and constant laws nearly everything is a tie, and ties are decided alike."""
    scenario["clock"] = clock
    scenario["transport"]["link"]["latency"] = latency
    scenario["sender"] |= {"notices": "3min", "acts": "0s"}
    for group in scenario["recipients"]["groups"]:
        group["client"] |= {"idle": "1min"}
        group["person"] |= {"reads": {"delay": {"original": "4min", "request": "1min", "replacement": "0s"}}}
    assert differences(*both(plan_of(scenario))) == []


@settings(QUIET, max_examples=100)
@given(classic(), st.sampled_from(["1s", "10s", "60s"]), st.sampled_from(["1min", "5min"]))
def test_both_engines_agree_where_no_time_varies(scenario, clock, ticks):
    """The same with every way of reading and being online: no law of people varies, and what they do falls on the same ticks."""
    still = constant(scenario, ticks) | {"clock": clock}
    still["transport"]["stages"] = scenario["transport"]["stages"]
    assert differences(*both(plan_of(still))) == []


@settings(QUIET, max_examples=100)
@given(queueing())
def test_both_engines_agree_where_stages_only_queue(scenario):
    """The quick way through stages that only queue, with reports behind the mail or not, gives equal columns."""
    plan = plan_of(scenario)
    if refusal(plan):
        assert (plan.reports_shared, plan.public) == (True, True)
        return
    try:
        found = simulate(plan, SEED, 0, 2)
    except FeedbackError:
        assert plan.reports_shared
        assert (
            differences(agents.simulate(plan, SEED, 0, 2), Batch(1, falls_back=True)(plan, SEED, 0, 2)) == []
        )
    else:
        assert differences(agents.simulate(plan, SEED, 0, 2), found) == []


@pytest.mark.parametrize(
    ("settings_", "reason"),
    [
        ("sender.account=other", Reason.SENDER_NOT_EXCHANGE),
        ("organisation.recall_enabled=false", Reason.DISABLED_FOR_ORGANISATION),
        ("message.protected=true", Reason.PROTECTED),
        ("sender.client=web", Reason.CLIENT_CANNOT_RECALL),
        ("sender.opened_in=pane", Reason.NOT_OPENED),
        ("sender.recall.max_age=1s", Reason.TOO_OLD),
        ("sender.sent_items=deleted", Reason.NOT_IN_SENT_ITEMS),
        ("sender.recall.system=undo-send", Reason.TOO_LATE),
    ],
)
def test_both_engines_agree_on_refusals(settings_, reason):
    """E1 to E7 and H1 refuse for everybody alike in both engines."""
    path = ROOT / "configs" / "office.yaml"
    plan = draw_up(load(path, ["recipients.count=40", "sender.notices=20s", settings_]))
    one, other = both(plan)
    assert set(one.recipients["reason"].tolist()) == {reason.value}
    assert differences(one, other) == []


def test_the_answer_is_the_same_but_for_the_engines_name():
    """A run gives the same JSON, byte for byte but for the field `engine`, and the same store would go on from either."""
    scenario = ROOT / "configs" / "office.yaml"
    asked = {"replications": 6, "overrides": ["recipients.count=60"], "workers": 2}
    slow, quick = (recallsim.run(scenario, engine=engine, **asked) for engine in ("agents", "batch"))
    assert (slow.engine, quick.engine) == ("agents", "batch")
    assert quick.to_json() == slow.to_json().replace('"engine": "agents"', '"engine": "batch"')


# --- how it is run -----------------------------------------------------------------------------------------------------


def test_threads_and_pieces_change_nothing():
    """Two threads, and replications cut into pieces, give what one thread gives."""
    plan = scenario_plan(ROOT / "configs" / "office.yaml", "1us", 200)
    whole = simulate(plan, SEED, 3, 6)
    assert differences(whole, Batch(2)(plan, SEED, 3, 6)) == []
    tail = simulate(plan, SEED, 5, 4)
    for name, column in tail.recipients.items():
        assert np.array_equal(column, whole.recipients[name][2 * plan.count :])


def test_rooms_are_left_for_the_next_run():
    """A run works in the rooms of the one before, broken off or not, with columns of its own."""
    plan, rooms = scenario_plan(ROOT / "configs" / "office.yaml", "1us", 200), []
    first = simulate_on(plan, SEED, 0, 3, threads=1, rooms=rooms)
    kept = list(rooms)
    with pytest.raises(StopIteration):
        simulate_on(plan, SEED, 0, 3, threads=1, rooms=rooms, before=partial(next, iter([None])))
    second = simulate_on(plan, SEED, 3, 3, threads=1, rooms=rooms)
    assert differences(first, simulate_on(plan, SEED, 0, 3, threads=1)) == []
    assert differences(second, simulate_on(plan, SEED, 3, 3, threads=1)) == []
    assert (len(kept), [id(room) for room in rooms]) == (1, [id(kept[0])])


def test_the_kernel_is_the_same_compiled_and_as_plain_python():
    """The interpreted kernel gives the compiled one's columns."""
    for name in ("office.yaml", "interception.yaml"):
        plan = scenario_plan(ROOT / "configs" / name, "10s", 40)
        slow = simulate_on(plan, SEED, 0, 1, threads=1, replicate=interpreted)
        assert differences(slow, simulate(plan, SEED, 0, 1)) == []


def test_room_grows_where_it_is_too_small():
    """A reader with more in mind, and servers with more foreign mail, than there was room for at first."""
    path = ROOT / "tests" / "validation" / "scenarios" / "v15.yaml"
    busy = ["recipients.count=4", "recipients.groups.staff.person.mark_unread.after=1s", "horizon=1h"]
    late = 'recipients.groups.staff.person.deletes={"share": 1, "after": "2h"}'
    reads = 'recipients.groups.staff.person.reads={"delay": "1s"}'
    plan = draw_up(load(path, [*busy, late, reads]))
    group = plan.groups[0]
    deletes = replace(group.person.deletes, after=(1.0, 3000.0))
    plan = replace(plan, groups=(replace(group, person=replace(group.person, deletes=deletes)),))
    one, other = both(plan, 1)
    assert differences(one, other) == []


def test_reports_that_could_delay_mail_are_feedback():
    """A report that comes to a stage before the last mail is refused in that replication, by the key; `auto` falls back."""
    plan = draw_up(load(RACE, ["recipients.count=50", "sender.recall.replace={compose: 1h}"]))
    what = "in replication 0 a report comes to the servers before the last mail to a recipient has; the batch engine does not do"
    with pytest.raises(FeedbackError) as caught:
        simulate(plan, SEED, 0, 1)
    assert str(caught.value) == f"{what} such feedback (transport.reports: shared); use --engine agents"
    found = Batch(1, falls_back=True)(plan, SEED, 0, 1)
    assert differences(agents.simulate(plan, SEED, 0, 1), found) == []


# --- the tests' own teeth --------------------------------------------------------------------------------------------


def oldest_by_another_rule(p, s, seat, clock, ordinal, original=kernel_sessions.pick):
    """The pick of a check with its tie rule mutated: of equal deliveries, the other message."""
    kind = original(p, s, seat, clock, ordinal)
    mine = kernel_sessions.copy_of(kind) + kernel_sessions.C_DELIVERED
    for other in range(3):
        its = kernel_sessions.copy_of(other) + kernel_sessions.C_DELIVERED
        if kind >= 0 and other != kind and s[its] == s[mine]:
            handled = s[seat + kernel_sessions.S_HANDLED] >> other & 1
            if not handled and kernel_sessions.could_handle(p, s, seat, clock, other):
                return other
    return kind


def test_a_wrong_tie_rule_of_the_kernel_is_caught(monkeypatch):
    """On a coarse clock the comparison finds a kernel that breaks ties in another order."""
    path = ROOT / "configs" / "office.yaml"
    overrides = ["recipients.count=150", "clock=60s", "sender.notices=1s", "sender.acts=0s"]
    plan = draw_up(load(path, overrides))
    right = agents.simulate(plan, SEED, 0, 2)
    run = {"threads": 1, "replicate": interpreted}
    assert differences(right, simulate_on(plan, SEED, 0, 2, **run)) == []
    monkeypatch.setattr(kernel_sessions, "pick", oldest_by_another_rule)
    assert differences(right, simulate_on(plan, SEED, 0, 2, **run)) != []


def test_a_changed_rule_changes_both_engines_alike(monkeypatch):
    """The table of a recall is written once: whatever it says, both engines do."""
    from agents import effects
    from recallsim.engines import kernel_effects
    from transport.recall.decide import decide

    def lenient(facts):
        return decide(facts._replace(read=False))

    plan = scenario_plan(ROOT / "configs" / "office.yaml", "10s", 60)
    right = agents.simulate(plan, SEED, 0, 2)
    monkeypatch.setattr(effects, "decide", lenient)
    monkeypatch.setattr(kernel_effects, "decide", lenient)
    changed = agents.simulate(plan, SEED, 0, 2)
    assert differences(right, changed) != []
    assert differences(changed, simulate_on(plan, SEED, 0, 2, threads=1, replicate=interpreted)) == []


def test_columns_are_filled_again_when_nobody_looks_at_them():
    """Of an observation not a single column changes as long as it is held; what nobody holds is used again."""
    plan, engine = scenario_plan(RACE, "1us"), Batch(1)
    status = engine(plan, SEED, 0, 3).recipients["status"]
    expected, used = status.tolist(), []
    for turn in range(1, 5):
        engine(plan, SEED, 3 * turn, 3)
        used.append(weakref.ref(engine.columns[-1].ticks))
    assert status.tolist() == expected
    assert all(each() is not None and each() is used[0]() for each in used)
