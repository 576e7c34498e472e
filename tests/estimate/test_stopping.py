"""When there are enough replications."""

import numpy as np
import pytest

from recallsim.estimate.estimates import measure
from recallsim.estimate.stopping import Rule, Target, fixed, precision
from recallsim.estimate.tally import tally, tally_names
from transport.recall.codes import Status


@pytest.fixture(scope="module")
def plan(make_plan):
    """Ten recipients."""
    return make_plan(10)


@pytest.fixture(scope="module")
def tallied(plan, observe):
    """Values of replications from their numbers of successes."""

    def make(*counts):
        rows = [
            {"status": Status.SUCCEEDED if i < count else Status.FAILED}
            for count in counts
            for i in range(10)
        ]
        return tally(observe(plan, rows), plan).values

    return make


def test_the_rule_is_asked_at_the_least_by_steps_and_at_the_most():
    """From 20 by 20, and at the largest number whatever the step."""
    rule = precision(0.02, minimum=20, maximum=90)
    assert [n for n in range(200) if rule.examined(n)] == [20, 40, 60, 80, 90]


def test_the_next_number_to_ask_at_follows_the_same_sequence():
    """Walking from one to the next visits what `examined` says, and stays at the end."""
    rule = precision(0.02, minimum=25, maximum=90)
    walk = [0]
    while walk[-1] < 90:
        walk.append(rule.next_examined(walk[-1]))
    assert (walk[1:], rule.next_examined(90)) == ([n for n in range(91) if rule.examined(n)], 90)
    assert [rule.next_examined(n) for n in range(24, 46)] == [25] + [45] * 20 + [65]


def test_a_fixed_number_is_asked_about_once(plan, tallied):
    """Exactly n replications, whatever they say."""
    rule, values = fixed(30), tallied(*range(10)).repeat(4, axis=0)
    assert ([n for n in range(100) if rule.examined(n)], rule.stops_at(values, plan)) == ([30], 30)
    assert (rule.is_fixed, precision(0.1).is_fixed) == (True, False)


def test_it_stops_at_the_first_examined_number_that_holds(plan, tallied):
    """The number used is the first of 20, 40, ... at which the half-width is small enough, no other."""
    counts = np.random.default_rng(4).integers(0, 11, 400)
    values, rule = tallied(*counts), precision(0.05, maximum=400)
    widths = {n: measure(values[:n], plan, "success_rate").half_width for n in range(20, 401, 20)}
    assert rule.stops_at(values, plan) == min(n for n, width in widths.items() if width <= 0.05)


def test_what_comes_later_does_not_matter(plan, tallied):
    """More replications than needed change nothing, so workers that run ahead do no harm."""
    counts = np.random.default_rng(4).integers(0, 11, 400)
    rule = precision(0.05, maximum=400)
    n = rule.stops_at(tallied(*counts), plan)
    changed = [*counts[:n], *([0] * (400 - n))]
    assert rule.stops_at(tallied(*changed), plan) == n


def test_at_the_most_it_may_not_be_reached(plan, tallied):
    """Where the precision is never reached there is no number at which it holds."""
    values, rule = tallied(*([0, 10] * 30)), precision(0.01, maximum=60)
    assert (rule.stops_at(values, plan), rule.examined(60), rule.satisfied(values, plan)) == (
        None,
        True,
        False,
    )


@pytest.mark.parametrize("half_width, n", [(0.02, 160), (0.05, 60), (0.5, 20), (0.1, 40)])
def test_without_variance_three_over_the_half_width_are_needed(plan, tallied, half_width, n):
    """Successes throughout satisfy the rule at the first examined number from 3 / H on."""
    values = tallied(*([10] * 200))
    assert precision(half_width, maximum=200).stops_at(values, plan) == n


def test_all_targets_must_hold(plan, tallied):
    """The wider target alone would stop earlier."""
    values = tallied(*np.random.default_rng(4).integers(0, 11, 400))
    wide, narrow = Target(half_width=0.1), Target("all_succeeded", "a", 0.06)
    ends = [
        precision(targets, maximum=400).stops_at(values, plan)
        for targets in ([wide], [narrow], [wide, narrow])
    ]
    assert (ends[0] < ends[1], ends[1]) == (True, ends[2])


def test_a_relative_half_width_is_a_share_of_the_mean(plan, tallied):
    """Around a mean of 0.5, 10 % relative is 0.05 absolute."""
    values = tallied(*([4, 6, 5, 5] * 30))
    absolute = Rule((Target(half_width=0.005),), minimum=4, maximum=120, step=1)
    relative = Rule((Target(half_width=0.01, relative=True),), minimum=4, maximum=120, step=1)
    assert measure(values[:120], plan, "success_rate").mean == 0.5
    at = [n for n in range(4, 121, 4) if absolute.satisfied(values[:n], plan)]
    assert at == [n for n in range(4, 121, 4) if relative.satisfied(values[:n], plan)]


def test_what_does_not_exist_is_not_precise(plan, tallied):
    """A mean time of deliveries that never happened satisfies nothing, and neither does one replication."""
    values = tallied(*([5] * 100))
    nothing = Target("delivery_seconds:request", half_width=100.0)
    names = tally_names(plan)
    assert values[0, 0, names.index("delivered:request")] == 0
    assert [Rule((nothing,)).satisfied(values, plan), precision(5.0).satisfied(values[:1], plan)] == [
        False,
        False,
    ]


def test_targets_are_checked_before_anything_runs(plan):
    """An unknown metric or group is an error at once."""
    with pytest.raises(ValueError, match="did you mean 'success_rate'"):
        Rule((Target("succes_rate"),)).check(plan)
    with pytest.raises(ValueError, match="there is no group 'desk'"):
        Rule((Target(group="desk"),)).check(plan)
    assert Rule((Target(),)).check(plan) is None


@pytest.mark.parametrize(
    "make, text",
    [
        (
            lambda: precision(0.0),
            "the precision of 'success_rate' is 0.0; give the half-width of its interval, a number above 0 such as 0.02",
        ),
        (
            lambda: Rule((), minimum=30, maximum=20),
            "replications go from 30 to 20 by 20; the least must be 1 or more and not above the most, "
            "the step 1 or more",
        ),
        (
            lambda: Rule((), confidence=95.0),
            "the confidence is 95.0; it must lie between 0 and 1, such as 0.95",
        ),
        (
            lambda: precision([]),
            "a precision without targets stops nothing; give a half-width or name a metric",
        ),
    ],
)
def test_rules_without_sense_are_refused(make, text):
    """Widths of zero, reversed bounds, percentages and empty lists are errors that say what to do."""
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == text
