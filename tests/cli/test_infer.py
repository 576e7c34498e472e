"""`recallsim infer`, and `recallsim.infer`: how many saw it, given the reports."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

import recallsim
from recallsim.arguments import RequestError
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up

SHARED = """\
name: shared
horizon: 7d
sender: {notices: 5min, recall: {system: outlook, tell_me: true}}
transport: {link: {latency: {original: 0s, request: {exponential: {mean: 20min}, per: message}, report: 0s}}}
recipients:
  count: 3
  groups:
    - name: staff
      share: 1
      client: {kind: outlook-desktop, auto_process: 1, idle: 0s, sync: push}
      person: {reads: {delay: {original: {exponential: {mean: 60min}}, request: never}}}
observe: {at: 20min, reports: {success: 0, failure: 0}, exceeding: [0, 2]}
"""


def test_silence_leaves_the_exact_distribution():
    """No reports after 20 minutes: the request is still under way, and each has read with chance 1 - exp(-1/3)."""
    made = recallsim.infer(SHARED, replications=800, workers=1)
    read = 1 - math.exp(-1 / 3)
    late = math.exp(-15 / 20)
    n = made.agreeing
    assert abs(made.agreement.value - late) < 4.4 * math.sqrt(late * (1 - late) / 800)
    exact = {"mean": 3 * read, "above:0": 1 - (1 - read) ** 3, "above:2": read**3}
    deviation = {
        "mean": math.sqrt(3 * read * (1 - read) / n),
        **{name: math.sqrt(exact[name] * (1 - exact[name]) / n) for name in ("above:0", "above:2")},
    }
    for name, value in exact.items():
        assert abs(made.quantity(name).value - value) < 4.4 * deviation[name]


def test_with_all_reports_there_is_nothing_left_to_guess():
    """Every recipient has reported: as many saw it as reported failure."""
    made = recallsim.infer(
        SHARED,
        replications=200,
        workers=1,
        overrides=["observe={at: 2h, reports: {success: 2, failure: 1}}"],
    )
    assert made.agreeing > 0
    assert {made.quantity(name).value for name in ("mean", "p5", "p99")} == {1.0}


def test_the_time_of_counting_cuts_and_changes_nothing(small):
    """What is seen and told by then in a whole run is what the shorter observation ends with."""
    at = 1_500_000_000
    plans = [draw_up(recallsim.load(small, [f"horizon={end}"])) for end in ("1d", "25min")]
    whole, cut = (simulate(plan, 7, 0, 20).recipients for plan in plans)
    for column in ("seen", "told_first"):
        by_then = np.where(whole[column] <= at, whole[column], -1)
        assert np.array_equal(by_then, cut[column])
        assert (cut[column] >= 0).any()


def test_it_goes_on_until_enough_agree():
    """200 that agree are wanted unless another number is; it is looked after every 20 replications."""
    made = recallsim.infer(SHARED, agreeing=30, workers=1)
    assert (made.agreeing >= 30, made.wanted, made.replications % 20, made.enough) == (True, 30, 0, True)
    again = recallsim.infer(SHARED, replications=made.replications - 20, workers=1)
    assert again.agreeing < 30


def test_what_is_kept_is_counted_as_kept(here):
    """Asked again, it says how many replications were kept, and that none was simulated."""
    here.write(SHARED, "shared.yaml")
    first = here("infer", "shared.yaml", "--agreeing", "60", "--workers", "1")
    again = here("infer", "shared.yaml", "--agreeing", "60", "--workers", "1")
    more = here("infer", "shared.yaml", "--agreeing", "60", "--workers", "1", "--json")
    n = json.loads(more.out)["replications"]
    assert n > 40
    assert first.err.startswith(f"shared: {n} replications simulated in ")
    kept = Path("results/shared")
    assert again.err.splitlines()[:2] == [
        f"shared: going on after the {n} replications kept in {kept}",
        "shared: all were kept, nothing was simulated",
    ]


def test_a_small_sample_is_said_to_be_one():
    """With fewer than 30 that agree, sentence and document say so."""
    made = recallsim.infer(SHARED, replications=20, workers=1)
    assert made.enough is False
    assert "Too few to rely on: only " in made.sentence()
    assert json.loads(made.to_json())["enough"] is False


def test_rows_are_tidy():
    """Each quantity stands there without the reports and with them."""
    rows = recallsim.infer(SHARED, replications=40, workers=1).rows()
    assert {tuple(row) for row in rows} == {("given", "quantity", "value", "low", "high", "replications")}
    assert [row["quantity"] for row in rows[: len(rows) // 2]] == [
        row["quantity"] for row in rows[len(rows) // 2 :]
    ]


@pytest.mark.parametrize(
    "wish, message",
    [
        ({"agreeing": 0}, "agreeing is 0; it must be a whole number from 1"),
        (
            {"overrides": ["observe.reports.success=4"]},
            "observe.reports.success: at least 4 reports are said to have come, but there are 3 recipients",
        ),
    ],
)
def test_impossible_wishes(wish, message):
    """What cannot be is said at once."""
    with pytest.raises(RequestError) as error:
        recallsim.infer(SHARED, **wish)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "value, message",
    [
        ("{at: 8d, reports: {success: 1}}", "observe.at: 8 d is after the horizon (7 d)"),
        ("{at: 1h, reports: {success: null, failure: null}}", "observe.reports: no kind of report is named"),
        (
            "{at: 1h, reports: {success: {between: [3, 1]}}}",
            "observe.reports.success: the least (3) is above the most (1)",
        ),
        (
            "{at: 1h, reports: {success: {between: 3}}}",
            "observe.reports.success.between: expected the least and the most, found 3",
        ),
    ],
)
def test_wrong_observations(value, message):
    """A scenario says where its `observe` is wrong."""
    with pytest.raises(recallsim.ScenarioError) as error:
        recallsim.infer(SHARED, overrides=[f"observe={value}"])
    assert message in str(error.value)


def test_reports_that_were_never_asked_for(here):
    """Without `tell_me` nobody is told: the mistake is named."""
    here.write(SHARED, "shared.yaml")
    done = here("infer", "shared.yaml", "--set", "sender.recall.tell_me=false")
    assert (done.code, done.out) == (2, "")
    assert "observe.reports: the sender did not ask to be told" in done.err


def test_without_observations_there_is_nothing_to_infer_from(here, small):
    """The message says what to write; the exit code is that of a wrong command."""
    here.write(small)
    done = here("infer", "small.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("small: it does not say what the sender has been told; add for example\n")
    assert done.err.endswith("  observe: {at: 2h, reports: {success: {between: [4, 6]}}}\n")


def test_when_nothing_agrees_there_is_no_answer(here):
    """The exit code is 1, and what came instead is said."""
    here.write(SHARED, "shared.yaml")
    wish = (
        "--set",
        "observe={at: 5min, reports: {success: 3}}",
        "--replications",
        "20",
        "--no-store",
        "--quiet",
    )
    done = here("infer", "shared.yaml", *wish)
    assert done.code == 1
    assert done.out.startswith(
        "Not one of 20 replications agrees with the reports, so nothing can be inferred. In them, "
    )


def test_the_command_answers_and_goes_on(here):
    """Table and sentence; a second call finds the replications; JSON is the same whoever works."""
    here.write(SHARED, "shared.yaml")
    done = here("infer", "shared.yaml", "--replications", "60", "--no-progress", "--workers", "1")
    why = "agents engine: so small a run is done before the batch engine is loaded\n"
    assert (done.code, done.err, "\x1b" in done.out) == (0, why, False)
    assert done.out.endswith("Kept in results/shared/observed.sqlite\n")
    assert "agree with the reports; each counts alike, so the effective sample size is" in " ".join(
        done.out.split()
    )
    wish = ("infer", "shared.yaml", "--replications", "60", "--json", "--quiet")
    assert here(*wish).out == here(*wish, "--no-store", "--workers", "1").out


def test_more_reports_than_recipients_are_refused_before_anything_runs():
    """A recipient is reported once, so success of 2 and failure of 2 among 3 can never agree."""
    overrides = ["observe.reports={success: {between: [2, 3]}, failure: {between: [2, 3]}}"]
    with pytest.raises(RequestError) as caught:
        recallsim.infer(SHARED, overrides=overrides, workers=1)
    assert str(caught.value) == (
        "observe.reports: at least 4 reports of success and failure are said to have come, one a recipient, but "
        "there are 3 recipients"
    )


def test_it_gives_up_where_nothing_agrees():
    """All three told of success before the request can have come: it ends early, and says how little it has."""
    overrides = [
        "transport.link.latency.request={constant: 30min}",
        "observe={at: 20min, reports: {success: 3}}",
    ]
    made = recallsim.infer(SHARED, workers=1, overrides=overrides)
    assert (made.agreeing, made.gave_up, made.replications < 4_000) == (0, True, True)
    told = " ".join(str(made).split())
    assert (
        f"0 of {made.replications:,} replications agree with the reports; each counts alike, so the effective"
        in told
    )
    assert (
        "200 were wanted; given up here, since at this rate no number to rely on would come together." in told
    )
    document = json.loads(made.to_json())
    assert (document["effective_sample_size"], document["gave_up"]) == (0, True)


def test_it_does_not_give_up_what_was_asked_for_in_full():
    """A plain number of replications is simulated to the end, however few agree."""
    overrides = ["transport.link.latency.request={constant: 30min}", "observe.reports={success: 3}"]
    made = recallsim.infer(SHARED, workers=1, replications=3_000, overrides=overrides)
    assert (made.agreeing, made.gave_up, made.replications) == (0, False, 3_000)
