"""Each law is the law it is called: its quantiles and its samples, against scipy."""

import math

import pytest
import scipy.stats as st

from transport.streams import law_rows, laws
from transport.streams.laws import NEVER_TICK, LawKind, sample, sample_ticks, to_ticks
from transport.streams.philox import uniform
from transport.streams.residuals import mean_of

# name: (row, scipy's law, relative tolerance of a quantile)
CASES = {
    "uniform": (law_rows.uniform(2.0, 7.0), st.uniform(2.0, 5.0), 1e-15),
    "uniform from 0": (law_rows.uniform(0.0, 3.0), st.uniform(0.0, 3.0), 1e-15),
    "exponential": (law_rows.exponential(420.0), st.expon(scale=420.0), 1e-15),
    "lognormal": (law_rows.lognormal(900.0, 1.6), st.lognorm(1.6, scale=900.0), 5e-14),
    "lognormal, wide": (law_rows.lognormal(8.0, 6.0), st.lognorm(6.0, scale=8.0), 2e-13),
    "lognormal by mean and cv": (
        law_rows.lognormal_mean_cv(30.0, 1.5),
        st.lognorm(math.sqrt(math.log(3.25)), scale=30.0 / math.sqrt(3.25)),
        5e-14,
    ),
    "weibull 0.7": (law_rows.weibull(0.7, 30.0), st.weibull_min(0.7, scale=30.0), 1e-14),
    "weibull 3": (law_rows.weibull(3.0, 30.0), st.weibull_min(3.0, scale=30.0), 1e-14),
    "gamma 0.1": (law_rows.gamma(0.1, 5.0), st.gamma(0.1, scale=5.0), 1e-8),
    "gamma 0.5": (law_rows.gamma(0.5, 5.0), st.gamma(0.5, scale=5.0), 2e-9),
    "gamma 1": (law_rows.gamma(1.0, 60.0), st.expon(scale=60.0), 5e-10),
    "gamma 2.5": (law_rows.gamma(2.5, 4.0), st.gamma(2.5, scale=4.0), 1e-10),
    "gamma 30": (law_rows.gamma(30.0, 2.0), st.gamma(30.0, scale=2.0), 1e-12),
    "gamma 1000": (law_rows.gamma(1000.0, 0.5), st.gamma(1000.0, scale=0.5), 1e-12),
    "lomax 1.5": (law_rows.lomax(1.5, 60.0), st.lomax(1.5, scale=60.0), 1e-13),
    "lomax 0.8": (law_rows.lomax(0.8, 60.0), st.lomax(0.8, scale=60.0), 1e-13),
    "triangular": (law_rows.triangular(1.0, 2.0, 6.0), st.triang(0.2, 1.0, 5.0), 1e-15),
    "triangular, peak at low": (law_rows.triangular(0.0, 0.0, 6.0), st.triang(0.0, 0.0, 6.0), 1e-15),
    "triangular, peak at high": (law_rows.triangular(1.0, 6.0, 6.0), st.triang(1.0, 1.0, 5.0), 1e-15),
}

EXTREMES = (2.0**-53, 0.075, 0.5, 0.925, 1 - 2.0**-53)


def uniforms(count, stream=0):
    """The first uniforms of one stream."""
    return [uniform(20261120, 0, i, stream, 0, 0) for i in range(count)]


def far(case):
    """The extreme uniforms at which scipy itself is right: its Lomax quantile is 0 or worse at the least of them."""
    return EXTREMES[1:] if case.startswith("lomax") else EXTREMES


@pytest.mark.parametrize("case", CASES)
def test_quantiles_are_those_of_scipy(case):
    """A value is the quantile of its uniform, to the relative tolerance stated for the law, at the extremes too."""
    row, law, tolerance = CASES[case]
    at = [*uniforms(500), *far(case)]
    if case.startswith("lomax"):
        at = [u for u in at if u > 0.01]
    rounding = 2e-15 if case.startswith("triangular") else 0.0  # both subtract from the upper corner
    assert [sample(row, 0, u) for u in at] == pytest.approx(law.ppf(at), rel=tolerance, abs=rounding)


@pytest.mark.parametrize("case", CASES)
def test_samples_follow_the_law(case):
    """The values of 3,000 uniforms pass the test of Kolmogorov and Smirnov against scipy's law."""
    row, law, _ = CASES[case]
    values = [sample(row, 0, u) for u in uniforms(3000, stream=1)]
    assert st.kstest(values, law.cdf).pvalue > 0.01


@pytest.mark.parametrize("case", [case for case in CASES if case != "lomax 0.8"])
def test_means_are_those_of_scipy(case):
    """Every law with a mean has scipy's, to 12 figures."""
    row, law, _ = CASES[case]
    assert mean_of(row) == pytest.approx(law.mean(), rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_upper_tail_is_as_good_as_the_lower(case):
    """Quantiles of 1 - p agree with scipy's inverse survival function, down to p = 2^-53."""
    row, law, tolerance = CASES[case]
    tails = [2.0**-k for k in range(2, 54, 3)] + [2.0**-53]
    observed = [sample(row, 0, 1.0 - p) for p in tails]
    assert observed == pytest.approx(law.isf(tails), rel=10 * tolerance, abs=0.0)


@pytest.mark.parametrize("case", CASES)
def test_a_larger_uniform_never_gives_a_smaller_value(case):
    """Every law rises, over the whole of (0, 1)."""
    row = CASES[case][0]
    at = sorted(
        [*uniforms(2000), *EXTREMES, *(2.0**-k for k in range(3, 53)), *(1 - 2.0**-k for k in range(3, 53))]
    )
    values = [sample(row, 0, u) for u in at]
    assert values == sorted(values)
    assert all(0.0 <= value < math.inf for value in values)


def test_a_lomax_keeps_its_small_values():
    """Where 1 - u rounds, the value is still u * scale / shape to 15 figures."""
    row = law_rows.lomax(1.5, 60.0)
    assert sample(row, 0, 2.0**-53) == pytest.approx(2.0**-53 * 60.0 / 1.5, rel=1e-15)


def test_constant_and_never():
    """A constant is itself for every uniform, never is infinite."""
    assert [sample(law_rows.constant(12.5), 0, u) for u in EXTREMES] == [12.5] * 5
    assert [sample(law_rows.never(), 0, u) for u in EXTREMES] == [math.inf] * 5


def test_empirical_runs_straight_through_the_sorted_samples():
    """Samples 1 3 4 9 are the quantiles of 0, 1/3, 2/3 and 1, with straight lines between."""
    row = law_rows.empirical([9, 1, 4, 3])
    at = [2.0**-53, 1 / 6, 0.5, 5 / 6, 1 - 2.0**-53]
    assert [sample(row, 0, u) for u in at] == pytest.approx([1.0, 2.0, 3.5, 6.5, 9.0], rel=1e-15)


def test_empirical_is_the_quantile_of_many_samples():
    """With ties and 401 samples it is the interpolated order statistic."""
    data = sorted(round(60 * x, 1) for x in uniforms(401, stream=2))
    row = law_rows.empirical(data)
    at = uniforms(1000, stream=3)
    expected = []
    for u in at:
        node = int(u * 400)
        expected.append(data[node] + (u * 400 - node) * (data[node + 1] - data[node]))
    assert [sample(row, 0, u) for u in at] == pytest.approx(expected, rel=1e-12)


def test_empirical_by_quantiles():
    """Given quantiles come out at their probabilities, in whatever order they were given."""
    row = law_rows.empirical_quantiles([(1, 100), (0, 5), (0.5, 10), (0.9, 50), (0.95, 50)])
    at = [0.25, 0.5, 0.7, 0.9, 0.93, 0.95, 0.975]
    assert [sample(row, 0, u) for u in at] == pytest.approx(
        [7.5, 10.0, 30.0, 50.0, 50.0, 50.0, 75.0], rel=1e-15
    )


def test_one_sample_is_a_constant():
    """An empirical law of one sample is that constant; so is a triangle without width, and a mixture of one law."""
    assert law_rows.empirical([7]) == law_rows.constant(7)
    assert law_rows.triangular(7, 7, 7) == law_rows.constant(7)
    assert law_rows.mixture([(1.0, law_rows.constant(7)), (0.0, law_rows.never())]) == law_rows.constant(7)


PARTS = (
    (0.35, law_rows.lognormal(8.0, 0.8), st.lognorm(0.8, scale=8.0)),
    (0.15, law_rows.gamma(2.0, 30.0), st.gamma(2.0, scale=30.0)),
    (0.5, law_rows.exponential(900.0), st.expon(scale=900.0)),
)
MIXED = law_rows.mixture([(weight, row) for weight, row, _ in PARTS])


def test_a_mixture_follows_the_mixed_law():
    """Samples of a mixture pass the test of Kolmogorov and Smirnov against the weighted sum of distributions."""
    values = [sample(MIXED, 0, u) for u in uniforms(3000, stream=4)]
    assert st.kstest(values, lambda x: sum(weight * law.cdf(x) for weight, _, law in PARTS)).pvalue > 0.01


def test_a_mixture_chooses_by_u_and_stretches_it():
    """A uniform within a component's share is spread over (0, 1) for that component."""
    at = (0.07, 0.35 * 0.9, 0.35 + 0.15 * 0.25, 0.5 + 0.5 * 0.125, 0.5 + 0.5 * 0.75)
    expected = (
        PARTS[0][2].ppf(0.2),
        PARTS[0][2].ppf(0.9),
        PARTS[1][2].ppf(0.25),
        PARTS[2][2].ppf(0.125),
        PARTS[2][2].ppf(0.75),
    )
    assert [sample(MIXED, 0, u) for u in at] == pytest.approx(expected, rel=1e-9)


def test_the_borders_of_shares_give_finite_values():
    """A uniform exactly on a border, or next to it, does not become 0 or 1."""
    row = law_rows.mixture(
        [
            (0.25, law_rows.lognormal(8.0, 6.0)),
            (0.5, law_rows.exponential(1.0)),
            (0.25, law_rows.lognormal(1.0, 1.0)),
        ]
    )
    borders = [math.nextafter(c, side) for c in (0.25, 0.75) for side in (0.0, c, 1.0)]
    values = [sample(row, 0, u) for u in (*borders, *EXTREMES)]
    assert all(0.0 <= value < math.inf for value in values)


def test_never_may_be_a_component():
    """A mixture with never gives infinity for its share, and the tick that stands for it."""
    row = law_rows.mixture([(0.8, law_rows.constant(3.0)), (0.2, law_rows.never())])
    assert [sample(row, 0, u) for u in (0.1, 0.79, 0.81, 0.99)] == [3.0, 3.0, math.inf, math.inf]
    assert [sample_ticks(row, 0, u, 1.0) for u in (0.1, 0.9)] == [3, NEVER_TICK]


def test_a_mixture_in_a_mixture_is_taken_apart():
    """Nested, it gives the values of the flat mixture with the products of the weights."""
    inner = law_rows.mixture([(0.25, law_rows.constant(1.0)), (0.75, law_rows.exponential(60.0))])
    nested = law_rows.mixture([(0.5, law_rows.uniform(0, 9)), (0.25, inner), (0.25, law_rows.constant(5.0))])
    flat = law_rows.mixture(
        [
            (0.5, law_rows.uniform(0, 9)),
            (0.0625, law_rows.constant(1.0)),
            (0.1875, law_rows.exponential(60.0)),
            (0.25, law_rows.constant(5.0)),
        ]
    )
    assert nested == flat


@pytest.mark.parametrize("case", [*CASES, "mixture", "empirical"])
def test_a_row_may_start_anywhere(case):
    """Within a longer row, a list instead of a tuple, a law gives the same values."""
    row = {"mixture": MIXED, "empirical": law_rows.empirical([9, 1, 4])}.get(case) or CASES[case][0]
    longer = [7.5, -1.0, 3.0, *row, 2.0]
    assert [sample(longer, 3, u) for u in EXTREMES] == [sample(row, 0, u) for u in EXTREMES]


@pytest.mark.parametrize(
    ("seconds", "clock", "expected"),
    [
        (0.0, 1.0, 0),
        (0.49, 1.0, 0),
        (0.5, 1.0, 1),
        (1.5, 1.0, 2),
        (2.5, 1.0, 3),
        (90.0, 1e-6, 90_000_000),
        (29.9, 60.0, 0),
        (30.0, 60.0, 1),
        (1e15, 1e-6, NEVER_TICK),
        (2.0**60, 1.0, NEVER_TICK),
        (2.0**59, 1.0, 2**59),
        (math.inf, 1.0, NEVER_TICK),
    ],
)
def test_ticks_are_rounded_half_up_and_clamped(seconds, clock, expected):
    """A duration is floor(seconds / clock + 0.5) ticks, and at most the tick that stands for never."""
    assert to_ticks(seconds, clock) == expected
    if seconds <= law_rows.LARGEST:
        assert sample_ticks(law_rows.constant(seconds), 0, 0.3, clock) == expected


def test_ticks_are_plain_ints():
    """No float leaves, whatever the law."""
    rows = [row for row, _, _ in CASES.values()] + [MIXED, law_rows.never()]
    assert {type(sample_ticks(row, 0, u, 1e-6)) for row in rows for u in EXTREMES} == {int}


def test_the_widest_laws_stay_within_floats():
    """At the limits of the shapes no uniform raises, and every value is a number."""
    widest = [
        law_rows.lognormal(1e15, 20.0),
        law_rows.weibull(0.01, 1e15),
        law_rows.lomax(0.1, 1e15),
        law_rows.gamma(0.1, 1e15),
        law_rows.gamma(10_000.0, 1e15),
        law_rows.weibull(10_000.0, 1e15),
        law_rows.lognormal_mean_cv(1e15, 1e6),
    ]
    values = [sample(row, 0, u) for row in widest for u in EXTREMES]
    assert all(0.0 <= value <= math.inf for value in values)
    assert {sample_ticks(row, 0, EXTREMES[-1], 1e-6) for row in widest} == {NEVER_TICK}


def test_cells_and_members_of_the_kinds_are_equal():
    """Each kind stands as a float of the same name beside the enumeration."""
    assert {kind.name: float(kind) for kind in LawKind} == {
        kind.name: getattr(laws, kind.name) for kind in LawKind
    }


GOLDEN = {
    "uniform": "0x1.c90fdaa22168cp+1",
    "uniform from 0": "0x1.e28c731eb6950p-1",
    "exponential": "0x1.3cc5b3638041cp+7",
    "lognormal": "0x1.9ed1bc14c62a8p+8",
    "lognormal, wide": "0x1.c0b1ff07865aap-2",
    "lognormal by mean and cv": "0x1.3ad5601eeecd8p+3",
    "weibull 0.7": "0x1.dcb60f237eea6p+2",
    "weibull 3": "0x1.5ac9afdc476ecp+4",
    "gamma 0.1": "0x1.dd1647a8aae9ep-16",
    "gamma 0.5": "0x1.a2e14c92620cbp-2",
    "gamma 1": "0x1.6a0683e041827p+4",
    "gamma 2.5": "0x1.8bbef4be174b0p+2",
    "gamma 30": "0x1.b1c4ab49349c7p+5",
    "gamma 1000": "0x1.ec38397008d24p+8",
    "lomax 1.5": "0x1.126641a64ed25p+4",
    "lomax 0.8": "0x1.21103ad9b91e9p+5",
    "triangular": "0x1.25efb840154fap+1",
    "triangular, peak at low": "0x1.07f4323d8ba18p+0",
    "triangular, peak at high": "0x1.e6b82d1432f7ap+1",
    "mixture": "0x1.60fb51f3dee73p+4",
    "empirical": "0x1.7146398f5b4a8p+1",
    "empirical by quantiles": "0x1.0487ed5110b46p+3",
}


@pytest.mark.parametrize("case", GOLDEN)
def test_golden_samples(case):
    """One value of each law is frozen, but for last figures, in which platforms' logarithms differ."""
    rows = {name: row for name, (row, _, _) in CASES.items()} | {
        "mixture": MIXED,
        "empirical": law_rows.empirical([9, 1, 4, 3]),
        "empirical by quantiles": law_rows.empirical_quantiles([(0, 5), (0.5, 10), (1, 100)]),
    }
    assert sample(rows[case], 0, 0.3141592653589793) == pytest.approx(float.fromhex(GOLDEN[case]), rel=1e-13)
