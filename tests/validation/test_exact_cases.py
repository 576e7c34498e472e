"""The simulator against exact values: each case runs until its standard error is small, then z tells.

The tolerance of the standard error is min(0.003, exact / 4), and min(0.0007, exact / 10) with RECALLSIM_PROVE=1; a
case in minutes has it in minutes. One seed for all, so that the numbers are the same everywhere. What was found is
printed below the run (tests/conftest.py).

The agents run what they can in reasonable time, the batch engine the rest: mean waits ask for some 600,000 independent
queues, and the proof for eighteen times as many of everything. Whatever it runs, the agents begin, and must agree.
"""

import math
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from agents.records import Plan
from recallsim.engines.agents import simulate
from recallsim.engines.batch import Batch
from recallsim.engines.observation import Observation
from recallsim.engines.refusals import refusal
from recallsim.estimate.estimates import measure
from recallsim.estimate.intervals import Interval, of_values
from recallsim.estimate.tally import tally, tally_names
from recallsim.plan import draw_up
from recallsim.scenario.loading import load

SEED = 20261120
PROVE = os.environ.get("RECALLSIM_PROVE") == "1"
FOLDER = Path(__file__).parent / "scenarios"
FIRST_RECIPIENTS = 4_000
MOST_RECIPIENTS = 20_000
"""Of one chunk: what a replication leaves behind is freed after the chunk only."""
FEWEST, MOST = 50, 1_000
COMPARED = 20
JACKKNIFED = ("success_variance", "icc", "design_effect")
ICC = 0.1484102078056182


@dataclass(frozen=True)
class Case:
    """An exact value, and the metric that has it for its mean.

    Attributes:
        unit: what the metric is divided by: 60 for seconds that are given in minutes.
        rest: one minus the metric is meant.
        scale: what the bounds 0.003 and 0.0007 of the standard error are multiplied by.
    """

    name: str
    metric: str
    exact: float
    unit: float = 1.0
    rest: bool = False
    scale: float = 1.0

    @property
    def tolerance(self) -> float:
        """The largest standard error that will do."""
        return self.bound(strict=PROVE)

    def bound(self, *, strict: bool) -> float:
        """The largest standard error of the proof, or of the short form."""
        bound, part = (0.0007, 10) if strict else (0.003, 4)
        return min(bound * self.scale, self.exact / part if self.exact else 1.0)


@dataclass(frozen=True)
class Run:
    """A scenario, what is set in it, and the cases that are read from it.

    Attributes:
        by_batch: the batch engine runs it once it has agreed with the agents: the agents could not in reasonable time, or it
            is about programs online in turns, as only these cases are.
    """

    scenario: str
    cases: tuple[Case, ...]
    settings: dict[str, object] = field(default_factory=dict)
    by_batch: bool = False

    @property
    def name(self) -> str:
        """The names of its cases."""
        return "+".join(case.name for case in self.cases)


READS = "recipients.groups.staff.person.reads"
ORIGINAL = f"{READS}.delay.original"
RUNS = (
    Run("v01", (Case("V01", "success_rate", 0.7631704821810055),)),
    Run(
        "v02",
        (Case("V02", "overtaken_rate", 0.4299187863442736), Case("V02a", "success_rate", 0.8393238756967714)),
    ),
    Run(
        "v02",
        (Case("V02b", "success_rate", 0.47082205883025113),),
        {"sender.recall.recall_before_original": "drop_on_arrival"},
    ),
    Run("v03", (Case("V03", "success_rate", 0.8051133227306226),)),
    Run("v04", (Case("V04a", "success_rate", 0.809172717932973),)),
    Run(
        "v04",
        (Case("V04b", "success_rate", 0.7874589104942951),),
        {ORIGINAL: {"lognormal": {"mean": "30min", "cv": 1.5}}},
    ),
    Run(
        "v04",
        (Case("V04d", "success_rate", 0.696934647840714),),
        {ORIGINAL: {"weibull": {"shape": 0.7, "scale": "30min"}}},
    ),
    Run("v05", (Case("V05a", "success_rate", 0.6486949098538546),)),
    Run("v06", (Case("V06a", "success_rate", 0.8567610480137583),)),
    Run("v06", (Case("V06b", "success_rate", 0.42838052400687915),), {f"{READS}.sessions.order": "random"}),
    Run("v06", (Case("V06c", "success_rate", 0.0),), {f"{READS}.sessions.order": "oldest"}),
    Run(
        "v06",
        (Case("V06d", "success_rate", 0.6508629302168029),),
        {f"{READS}.sessions.open_probability": 0.6},
    ),
    Run(
        "v07",
        (Case("V07a", "wait", 2.0, unit=60.0), Case("V07b", "over", 0.24095536952976163)),
        by_batch=True,
    ),
    Run("v07c", (Case("V07c", "success_rate", 0.8832426380441504),)),
    Run(
        "v08",
        (Case("V08a", "over", 0.5964324717874046), Case("V08b", "wait", 1.4910811794685117, unit=60.0)),
        by_batch=True,
    ),
    Run("v08d", (Case("V08d", "success_rate", 0.8691238452139942),)),
    Run("v10a", (Case("V10a", "sojourn", 6.405, unit=60.0),), by_batch=True),
    Run("v10", (Case("V10c", "success_rate", 0.828608309183374),)),
    Run("v11", (Case("V11a", "success_rate", 0.8464817248906141),)),
    Run(
        "v13",
        (
            Case("V13a", "success_rate", 0.9096531394849066),
            Case("V13b", "delivery_seconds:request", 0.6695691158854806, unit=60.0),
        ),
    ),
    Run(
        "v14",
        (Case("V14a", "success_rate", 0.00043798174202401915),),
        {"sender.notices": "65h", "transport.link.latency.request": "0s"},
    ),
    Run("v14", (Case("V14b", "success_rate", 0.5403553773607702),)),
    Run(
        "v15",
        (
            Case("V15a", "success_rate", 0.5497683115722332),
            Case("V15c", "seen_before_notice_rate", 0.4723665527410147, rest=True),
        ),
    ),
    Run("v16", (Case("V16", "success_rate", 0.7139445191738665),)),
    Run(
        "v17",
        (
            Case("V17a", "success_rate", 0.8604567597389333),
            Case("V17b", "unseen_success_rate", 0.7094609872620626),
        ),
    ),
    Run(
        "v19",
        (
            Case("V19a", "success_rate", 0.6900333109719925),
            Case("V19b", "success_variance", 0.03265378606358606),
            Case("V19c", "icc", ICC),
            # 1 + 199 icc: its tolerance is that of the icc, on its own scale.
            Case("V19d", "design_effect", 30.53363135331802, scale=199.0),
        ),
    ),
    Run(
        "v19",
        (Case("V19i", "success_variance", 0.00106943670360511),),
        {"transport.link.latency.request.per": "recipient"},
    ),
    Run("v21a", (Case("V21a", "success_rate", 0.69106697848462),), by_batch=True),
    Run("v21b", (Case("V21b", "success_rate", 0.5053740516944334),), by_batch=True),
    Run("v22", (Case("V22a", "failed_rate", 9.99915284846109e-05),)),
)


class Evidence:
    """What the replications so far say about one case.

    Means are pooled chunk by chunk; a variance is taken anew over all replications, which are then kept.
    """

    def __init__(self, case: Case, plan: Plan, *, strict: bool) -> None:
        self.case = case
        self.strict = strict
        self.plan = plan
        self.n = 0
        self._sum = self._variance = 0.0
        self._kept: list[np.ndarray] = []

    def add(self, values: np.ndarray) -> None:
        """Take in the tallies of further replications."""
        if self.case.metric in JACKKNIFED:
            self._kept.append(values)
            found = measure(np.concatenate(self._kept), self.plan, self.case.metric)
            self.n = self._sum = self._variance = 0
        elif self.case.metric in ("wait", "sojourn", "over"):
            found = over_all_stages(values, self.plan, self.case.metric)
        else:
            found = measure(values, self.plan, self.case.metric)
        assert found.mean is not None
        assert found.error is not None
        n = found.replications
        self.n += n
        self._sum += n * found.mean
        self._variance += (n * found.error) ** 2

    @property
    def mean(self) -> float:
        """The estimate, in the unit of the case."""
        mean = self._sum / self.n / self.case.unit
        return 1.0 - mean if self.case.rest else mean

    @property
    def error(self) -> float:
        """Its standard error."""
        return math.sqrt(self._variance) / self.n / self.case.unit

    @property
    def z(self) -> float:
        """How many standard errors lie between the estimate and the exact value."""
        if self.mean == self.case.exact:
            return 0.0
        return (self.mean - self.case.exact) / self.error if self.error else math.inf

    def wanted(self) -> int:
        """How many replications more the tolerance seems to ask for.

        Of a share never fewer than independent recipients with the exact value would need: an estimate that is too
        small by chance has a standard error that is too small as well, and would end the run too soon.
        """
        exact, tolerance = self.case.exact, self.case.bound(strict=self.strict)
        if exact == 0.0:
            return max(100 - self.n, 0)
        ratio, least = self.error / tolerance, 0
        if self.case.metric.endswith("_rate"):
            least = math.ceil(exact * (1.0 - exact) / tolerance**2 / self.plan.count)
        return max(math.ceil(1.02 * self.n * (ratio * ratio - 1.0)) if ratio > 1.0 else 0, least - self.n)


def over_all_stages(values: np.ndarray, plan: Plan, quantity: str) -> Interval:
    """A mean over the jobs of all stages, in seconds, or a share of them."""
    names = tally_names(plan)
    tops = {"wait": "wait_ticks:", "sojourn": "sojourn_ticks:", "over": "over:"}
    jobs = "served:" if quantity == "sojourn" else "jobs:"
    top = [place for place, name in enumerate(names) if name.startswith(tops[quantity])]
    bottom = [place for place, name in enumerate(names) if name.startswith(jobs)]
    totals = values[:, len(plan.groups)]
    means = totals[:, top].sum(axis=1) / totals[:, bottom].sum(axis=1)
    seconds = means if quantity == "over" else means * plan.clock
    return of_values(seconds, rate=quantity == "over", confidence=0.95)


def chunk(wanted: int, recipients: int) -> int:
    """How many replications are run at once."""
    return max(1, min(wanted, MOST, max(1, MOST_RECIPIENTS // recipients)))


def engine_for(run: Run, plan: Plan) -> Callable[[Plan, int, int, int], Observation]:
    """The agents, or the batch engine once it has shown that it gives the agents' answers to this very scenario."""
    if refusal(plan) or not (PROVE or run.by_batch):
        return simulate
    batch = Batch(1)
    expected, observed = (engine(plan, SEED, 0, COMPARED) for engine in (simulate, batch))
    for name, column in expected.recipients.items():
        assert (name, observed.recipients[name].tolist()) == (name, column.tolist())
    for key, column in expected.waits.items():
        assert (key, observed.waits[key].tolist()) == (key, column.tolist())
    return batch


def gather(run: Run, seed: int = SEED, *, strict: bool = PROVE) -> list[Evidence]:
    """Run replications until every case of a run is known well enough."""
    plan = draw_up(load(FOLDER / f"{run.scenario}.yaml", run.settings))
    evidence = [Evidence(case, plan, strict=strict) for case in run.cases]
    engine = engine_for(run, plan)
    first, wanted = 0, max(FEWEST, FIRST_RECIPIENTS // plan.count)
    while wanted:
        blocks = []
        while wanted:
            count = chunk(wanted, plan.count)
            blocks.append(tally(engine(plan, seed, first, count), plan).values)
            first, wanted = first + count, wanted - count
        values = np.concatenate(blocks)
        for each in evidence:
            each.add(values)
        wanted = min(max(each.wanted() for each in evidence), 2 * first)
        wanted = max(wanted, FEWEST) if wanted else 0
    return evidence


@pytest.mark.timeout(36_000 if PROVE else 1_200)
@pytest.mark.parametrize("run", RUNS, ids=[run.name for run in RUNS])
def test_estimates_meet_exact_values(run: Run, record_property):
    """Every case lies within 4.4 standard errors of its exact value, and the standard error within its tolerance."""
    evidence = gather(run)
    lines = [
        f"{each.case.name:<5} n={each.n:<7} exact={each.case.exact:<12.9g} estimate={each.mean:<12.9g} "
        f"error={each.error:<8.3g} (at most {each.case.tolerance:.3g}) z={each.z:+.2f}"
        for each in evidence
    ]
    if run.cases[-1].name == "V19d":
        lines.append(naive_coverage(evidence[-1]))
    for line in lines:
        record_property("exact case", line)
    assert [each.case.name for each in evidence if abs(each.z) > 4.4] == []
    assert [each.case.name for each in evidence if each.error > each.case.tolerance] == []


def naive_coverage(effect: Evidence) -> str:
    """V19e: how often an interval that takes recipients for independent holds the value, from the design effect."""
    normal = NormalDist()

    def coverage(design_effect: float) -> float:
        return 2.0 * normal.cdf(normal.inv_cdf(0.975) / math.sqrt(design_effect)) - 1.0

    exact, found = 0.27718422550002275, coverage(effect.mean)
    error = abs(coverage(effect.mean + effect.error) - coverage(effect.mean - effect.error)) / 2.0
    z = (found - exact) / error
    assert abs(z) <= 4.4
    return (
        f"V19e  n={effect.n:<7} exact={exact:<12.9g} estimate={found:<12.9g} error={error:<8.3g} z={z:+.2f}"
    )


@pytest.mark.prove
@pytest.mark.timeout(36_000)
def test_any_seed_meets_the_exact_values(record_property):
    """A random seed, printed (RECALLSIM_SEED repeats it): no case differs, with Holm's correction at 1 in 1,000."""
    seed = int(os.environ.get("RECALLSIM_SEED") or secrets.randbits(64))
    record_property("exact case", f"any seed: {seed}")
    evidence = [each for run in RUNS for each in gather(run, seed, strict=False)]
    found = sorted((2.0 * NormalDist().cdf(-abs(each.z)), each.case.name, each.z) for each in evidence)
    for p, name, z in found[:3]:
        record_property("exact case", f"any seed: {name:<5} z={z:+.2f}, p={p:.3g} of {len(found)} cases")
    differing = []
    for place, (p, name, _) in enumerate(found):
        if p * (len(found) - place) > 0.001:
            break
        differing.append(name)
    assert (seed, differing) == (seed, [])
