"""Sensitivity: known indices of known functions, and of a recall whose answer is known."""

import math
import sys

import pytest

import recallsim
from recallsim.designs.indices import morris_indices, morris_points, saltelli_points, sobol_indices
from recallsim.extras import MissingExtra

# The paths of V01 whose weight is asked for, with the reading rate's scale.
OVER = {
    "sender.notices": {"from": "1min", "to": "11min"},
    "recipients.groups.people.client.auto_process": {"from": 0, "to": 1},
}


def success(u):
    """Y = exp(-D/60) (R/100) (0.5 + 0.5 p) with D from 1 to 11, R from 30 to 90, p from 0 to 1."""
    d, r, p = 1.0 + 10.0 * u[0], 30.0 + 60.0 * u[1], u[2]
    return math.exp(-d / 60.0) * (r / 100.0) * (0.5 + 0.5 * p)


def test_sobol_indices_of_a_known_function():
    """First-order and total indices of a product of three factors, whose exact values are known."""
    paths = ["d", "r", "p"]
    points = saltelli_points(paths, 2048, 7)
    found = sobol_indices(paths, [success(point) for point in points], 0.95, 7)
    exact = {
        ("d", "S1"): 0.0183548623,
        ("d", "ST"): 0.0206208947,
        ("r", "S1"): 0.6610808961,
        ("r", "ST"): 0.6871515964,
        ("p", "S1"): 0.2938137316,
        ("p", "ST"): 0.3190346698,
    }
    assert len(points) == 2048 * 5
    assert {
        (each.parameter, each.measure): abs(each.value - exact[each.parameter, each.measure]) < 3e-3
        for each in found
    } == dict.fromkeys(exact, True)
    assert [each.low <= exact[each.parameter, each.measure] <= each.high for each in found] == [True] * 6


def test_sobol_indices_of_ishigami():
    """Ishigami's function (7, 0.1): the third parameter acts through the first only."""
    paths = ["x1", "x2", "x3"]
    points = saltelli_points(paths, 2048, 5)
    x = math.pi * (2.0 * points - 1.0)
    results = [math.sin(a) + 7.0 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a) for a, b, c in x]
    found = {(each.parameter, each.measure): each.value for each in sobol_indices(paths, results, 0.95, 5)}
    exact = {"S1": (0.3139051911, 0.4424111448, 0.0), "ST": (0.5575888552, 0.4424111448, 0.2436836641)}
    near = [
        abs(found[path, name] - exact[name][at]) < 0.02 for name in exact for at, path in enumerate(paths)
    ]
    assert near == [True] * 6


def test_morris_indices_of_a_known_function():
    """Of a linear function, the change along each range is its coefficient, without spread."""
    paths = ["a", "b", "c"]
    points = morris_points(paths, 6, 4, 3)
    found = morris_indices(paths, points, [2.0 * a - 3.0 * b + 1.0 for a, b, _ in points], 4, 0.95, 3)
    observed = {(each.parameter, each.measure): round(each.value, 9) for each in found}
    assert len(points) == 24
    assert [observed[path, "mu"] for path in paths] == [2.0, -3.0, 0.0]
    assert [observed[path, "mu_star"] for path in paths] == [2.0, 3.0, 0.0]
    assert [observed[path, "sigma"] for path in paths] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_result_that_does_not_vary_has_no_shares(v01, method):
    """Where nothing that is varied changes the result, no index is a number that means something else."""
    over = {"message.subject": ["a", "b"], "message.size": {"from": "1 kB", "to": "2 kB"}}
    found = recallsim.sensitivity(
        v01, over=over, method=method, trajectories=2, samples=2, replications=1, workers=1
    )
    main = [row["value"] for row in found.rows() if row["index"] in ("mu_star", "ST")]
    assert main in ([0.0, 0.0], [None, None])
    assert found.sentence() == "Nothing that was varied changes unseen_success_rate."


def test_what_carries_a_recall(v01):
    """Of the delay of the notice and the share of automatic processing, the exact V01 says what each is worth."""
    found = recallsim.sensitivity(
        v01.replace("count: 50", "count: 400"),
        over=OVER,
        trajectories=4,
        replications=10,
        workers=1,
        metrics=["success_rate"],
    )
    table = {(row["parameter"], row["index"]): row["value"] for row in found.rows()}
    # The request waits Exp(2 min) on its way; by hand Exp(10 min) more; so success is e^{-D/60} / (1 + 2/60) / (1 or 1 + 10/60).
    by_delay = (math.exp(-1 / 60) - math.exp(-11 / 60)) / (1 + 2 / 60)
    assert by_delay / (1 + 10 / 60) - 0.02 < -table["sender.notices", "mu"] < by_delay + 0.02
    assert table["recipients.groups.people.client.auto_process", "mu"] == pytest.approx(
        math.exp(-6 / 60) / (1 + 2 / 60) * (1 - 1 / (1 + 10 / 60)), abs=0.03
    )
    assert found.runs <= 4 * 3


def test_the_answer_does_not_depend_on_the_workers(v01):
    """The same JSON from one process and from two."""
    asked = {"over": OVER, "trajectories": 2, "replications": 3}
    one = recallsim.sensitivity(v01, **asked, workers=1).to_json()
    assert recallsim.sensitivity(v01, **asked, workers=2).to_json() == one


def test_a_missing_library_says_what_to_install(v01, monkeypatch):
    """Where SALib is not installed, one line says how to install it."""
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(MissingExtra) as caught:
        recallsim.sensitivity(v01, over=OVER)
    assert str(caught.value).startswith(
        "Morris screening needs SALib, which is not installed: pip install 'recallsim[designs]', or in a clone: make extras"
    )


def test_nothing_varied_says_so(v01):
    """A scenario without ranges is told how to name some."""
    with pytest.raises(recallsim.RecallsimError) as caught:
        recallsim.sensitivity(v01)
    assert str(caught.value).startswith("nothing is varied: give the scenario a sensitivity.over")
