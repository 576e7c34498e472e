"""Ranking and selection: the constants, the guarantee, and what is done with a budget."""

import math

import numpy as np
import pytest

from recallsim.designs.feasibility import Verdict, verdicts
from recallsim.designs.kim_nelson import Eliminated, boundary, constants, select
from recallsim.designs.ocba import probability, shares, spend


class Normals:
    """Systems with normal values, the n-th of each the same however it is asked for."""

    def __init__(self, means, sd, seed, common=0.0):
        self.means, self.sd, self.common = means, sd, common
        self.seed = seed
        self.values = np.empty((len(means), 0))
        self.chance = np.random.default_rng(seed)
        self.asked = 0

    def table(self, n):
        while self.values.shape[1] < n:
            own = self.chance.normal(size=(len(self.means), 64))
            shared = self.chance.normal(size=(1, 64))
            mixed = np.sqrt(1 - self.common) * own + np.sqrt(self.common) * shared
            block = np.array(self.means)[:, None] + self.sd * mixed
            self.values = np.concatenate([self.values, block], axis=1)
        return self.values

    def __call__(self, systems, n):
        self.asked = max(self.asked, n)
        return self.table(n)[list(systems), :n]

    def one(self, system, n):
        return self.table(n)[system, :n]


@pytest.mark.parametrize(
    ("systems", "first", "eta", "h2"),
    [(4, 10, 0.5646801866, 10.1642433591), (10, 20, 0.3029338036, 11.5114845387)],
)
def test_kim_nelson_constants(systems, first, eta, h2):
    """The constants for c = 1 and an error of 5 % are those of the procedure's definition."""
    found = constants(systems, first, 0.05)
    assert (round(found.eta, 10), round(found.h2, 10)) == (eta, h2)


def test_the_triangle_closes():
    """The boundary falls to 0 at the replication after which a pair is decided at the latest."""
    h2 = constants(4, 20, 0.05).h2
    last = math.floor(h2 * 0.02 / 0.02**2) + 1
    observed = [boundary(n, 0.02, h2, 0.02) > 0.0 for n in (last - 1, last)]
    assert observed == [True, False]


def test_ocba_shares():
    """The shares of the budget for four systems, the largest mean being best."""
    observed = shares([0.62, 0.70, 0.66, 0.58], [0.10, 0.12, 0.11, 0.09])
    assert [round(share, 8) for share in observed] == [0.08594107, 0.46716539, 0.41595476, 0.03093878]


def pcs(runs, seed, common=0.0):
    """How often the best of four is found in the slippage configuration, and the replications a run."""
    right = used = 0
    for run in range(runs):
        normals = Normals([0.02, 0.0, 0.0, 0.0], 0.1, (seed, run), common)
        found = select(normals, range(4), indifference=0.02, alpha=0.05, first=20)
        right += found.best == 0 and found.settled
        used += found.n * len(found.left) + sum(each.after for each in found.eliminated)
    return right, used / runs


def test_kim_nelson_keeps_its_promise():
    """In the least favourable configuration the best is found in 95 % at least, 150 times with a fixed seed."""
    right, _ = pcs(150, 1)
    assert right >= 0.95 * 150


@pytest.mark.prove
def test_kim_nelson_keeps_its_promise_in_a_long_run():
    """As above 2,000 times: the 99 % band below 0.95 is not left, and common random numbers save replications."""
    right, used = pcs(2000, 2)
    _, shared = pcs(500, 3, common=0.8)
    assert right >= 2000 * 0.937
    assert shared < 0.35 * used


@pytest.mark.parametrize("ahead", [1, 7, 20, 500])
def test_the_answer_does_not_depend_on_how_many_are_asked_for_at_once(ahead):
    """The systems are compared after each replication, however many came at once."""
    normals = Normals([0.5, 0.53, 0.45, 0.52], 0.1, 5)
    observed = select(normals, range(4), indifference=0.02, first=10, ahead=ahead)
    assert observed == select(Normals([0.5, 0.53, 0.45, 0.52], 0.1, 5), range(4), indifference=0.02, first=10)


def test_systems_that_do_not_vary_are_told_apart_at_once():
    """Without variance the largest wins after the first stage; among equals the first."""
    flat = np.array([[0.2], [0.7], [0.7]]) * np.ones((1, 50))
    observed = select(lambda systems, n: flat[list(systems), :n], range(3), indifference=0.01, first=10)
    assert (observed.best, observed.n, observed.settled) == (1, 10, True)
    assert observed.eliminated == (Eliminated(0, 10), Eliminated(2, 10))


def test_a_search_that_runs_out_says_so():
    """Where the replications end before the choice, the leader is named and nothing is promised."""
    observed = select(Normals([0.5, 0.5], 0.1, 7), range(2), indifference=0.001, first=10, most=40)
    assert (observed.settled, observed.n, len(observed.left)) == (False, 40, 2)


def test_limits_are_judged():
    """Well below, well above, and constant values: each is decided, a broken limit ends the questions."""

    def excess(systems, limit, n):
        table = Normals([-0.1, 0.1, -0.1], 0.05, 11).table(n)[list(systems), :n]
        return (
            table if limit == 0 else np.full_like(table, [1.0 if system == 2 else -1.0 for system in systems])
        )

    observed = verdicts(excess, range(3), [0.01, 0.01], first=10)
    assert [(each.system, each.limit, each.keeps, each.settled) for each in observed] == [
        (0, 0, True, True),
        (0, 1, True, True),
        (1, 0, False, True),
        (2, 0, True, True),
        (2, 1, False, True),
    ]


def test_limits_are_judged_rightly():
    """A mean one tolerance from its limit is judged rightly 19 times of 20, 200 times with a fixed seed."""
    right = 0
    for run in range(200):
        normals = Normals([-0.02, 0.02], 0.1, (13, run))
        found = verdicts(lambda systems, _, n, it=normals: it(systems, n), range(2), [0.02], first=20)
        right += [each.keeps for each in found] == [True, False]
    assert right >= 190


def test_the_limit_of_a_search_for_limits():
    """A question that the replications do not settle is answered by the mean, and said to be open."""
    observed = verdicts(
        lambda systems, _, n: Normals([0.0], 0.1, 3)(systems, n), [0], [0.0001], first=10, most=30
    )
    assert [(each.after, each.settled) for each in observed] == [(30, False)]
    assert isinstance(observed[0], Verdict)


def test_a_budget_goes_where_the_choice_hangs():
    """All of the budget is spent, most of it on the best and its nearest rival, and the best is found."""
    normals = Normals([0.62, 0.70, 0.66, 0.40], 0.1, 17)
    observed = spend(normals.one, range(4), budget=600, first=20, step=10)
    assert (observed.best, sum(observed.replications)) == (1, 600)
    assert sorted(range(4), key=lambda at: -observed.replications[at])[:2] == [1, 2]
    assert observed.confidence > 0.9


def test_ocba_beats_equal_shares():
    """With a small budget the best is found more often than by equal shares, 300 times with fixed seeds."""
    means, right, equal = [0.5, 0.53, 0.4, 0.4, 0.4, 0.4], 0, 0
    for run in range(300):
        normals = Normals(means, 0.1, (19, run))
        right += spend(normals.one, range(6), budget=180, first=10, step=10).best == 1
        equal += int(normals.table(30)[:, :30].mean(axis=1).argmax()) == 1
    assert right > equal


def test_the_probability_of_a_right_choice():
    """By Bonferroni: two rivals, each a standard error of 0.02 and 0.04 away."""
    one = np.array([0.1, -0.1] * 50)
    error = one.var(ddof=1) / 100
    gap = 2.0 * np.sqrt(2.0 * error)
    observed = probability([one + gap, one, one - 100.0])
    assert round(observed, 6) == round(1.0 - 0.0227501319, 6)


def test_a_budget_below_the_first_stage_is_refused():
    """The message says what is missing."""
    with pytest.raises(ValueError) as caught:
        spend(lambda *_: np.zeros(1), range(3), budget=50, first=20)
    assert str(caught.value) == "a budget of 50 replications does not give each of 3 systems its first 20"
