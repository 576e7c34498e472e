"""Conditional Monte Carlo: the chance of a failure, given everything but when the original is opened.

Where a person opens the original after a delay of its own and nothing else depends on that delay, the moment
at which the request is processed is known without it. Whether the copy has been opened by then has a chance
that follows from the delay's distribution; it stands in place of the 0 or 1 that happened. The mean is the
same, the variance smaller, and a failure of one in a million shows without having occurred (S. Asmussen,
P. W. Glynn, Stochastic Simulation, 2007, V.4).

It is exact for the plans that `refusal` lets through, and for these only.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.records import ALWAYS_OPEN, MailboxKind, Plan, Reads, Sync
from recallsim.engines.observation import Observation
from recallsim.estimate.names import EXPECTED
from recallsim.estimate.shape import PlanLike
from transport.recall.codes import Kind, Reason, Status
from transport.streams.laws import (
    CONSTANT,
    EMPIRICAL,
    EXPONENTIAL,
    LOGNORMAL,
    LOMAX,
    MIXTURE,
    NEVER,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
)

Floats = NDArray[np.float64]

_CLOSED: Final = (NEVER, CONSTANT, UNIFORM, EXPONENTIAL, LOGNORMAL, WEIBULL, LOMAX, TRIANGULAR, EMPIRICAL)
_GROUP: Final = {
    "name", "domain", "number", "first", "size", "same_organisation", "on_exchange", "processes", "mailbox",
    "readers", "full_rights", "devices", "person", "rules", "rules_at_client", "reports",
}  # fmt: skip
_DEVICE: Final = {
    "number", "executes", "level", "sync", "period", "auto_process", "idle", "online", "marks_read",
    "marks_after", "preview", "preview_kinds", "reading",
}  # fmt: skip
_READING: Final = {
    "kind", "calendar", "delay", "gap", "first_gap", "stationary", "per_session", "open_probability", "handling",
    "order", "inside", "outside",
}  # fmt: skip
_PERSON: Final = {"never", "curiosity", "marks_unread", "moves", "deletes"}


def refusal(plan: PlanLike) -> str:
    """Why the expected rates are not exact for a plan; empty where they are."""
    if not isinstance(plan, Plan):
        return ""  # an outline, which knows no persons; the plan itself is asked before it runs
    return next((f"group {group.name!r}: {why}" for group in plan.groups for why in _against(group)), "")


def _against(group: Any) -> Iterator[str]:
    device, person = group.devices[0], group.person
    reading = device.reading
    if reading.kind not in (Reads.DELAY, Reads.NEVER):
        yield "the original is not opened after a delay (reads: {delay: …})"
    if len(group.devices) > 1 or group.readers != 1 or group.mailbox is not MailboxKind.USER:
        yield "there are several devices or readers"
    if person.never or person.curiosity or person.marks_unread or person.moves or person.deletes:
        yield "the person does more than open it after a delay"
    if device.preview:
        yield "there is a reading pane"
    if any(group.rules):
        yield "there are rules"
    if device.sync is not Sync.PUSH or {device.online, reading.calendar} != {ALWAYS_OPEN}:
        yield "the delay does not run from delivery, always"
    if reading.notified or reading.while_online or reading.clocks:
        yield "some mail is opened at another time than after its delay"
    if not _closed(reading.delay[Kind.ORIGINAL]):
        yield "the law of the delay has no closed form here"
    # Whatever is added to a plan later on is refused unless it is switched off.
    for thing, known in ((group, _GROUP), (device, _DEVICE), (reading, _READING), (person, _PERSON)):
        for each in dataclasses.fields(thing):
            if each.name not in known and getattr(thing, each.name) != each.default:
                yield f"{each.name} is not looked into"


def _closed(law: Sequence[float], at: int = 0) -> bool:
    if law[at] == MIXTURE:
        return all(_closed(law, inner) for _, inner in _components(law, at))
    return law[at] in _CLOSED


def expected(observation: Observation, plan: PlanLike, replications: int) -> dict[str, Floats]:
    """The expected failures and successes of each replication: [replication, group], the last is all.

    Sums are rounded once (`math.fsum`), so that they depend on no order.

    Raises:
        ValueError: the plan is none for which they are exact.
    """
    why = refusal(plan)
    if why or not isinstance(plan, Plan):
        raise ValueError(f"expected rates are not exact here: {why or 'there is no plan'}")
    table, shape = observation.recipients, (replications, plan.count)
    reason = table["reason"].reshape(shape)
    hangs = (reason == Reason.DELETED_UNREAD) | (reason == Reason.ALREADY_READ)
    waited = (table["decided"] - table["original_delivered"]).reshape(shape)
    status = table["status"].reshape(shape)
    failed, succeeded = np.empty((2, replications, len(plan.groups) + 1))
    begin = 0
    for at, group in enumerate(plan.groups):
        part = np.s_[:, begin : begin + group.size]
        begin += group.size
        law = group.devices[0].reading.delay[Kind.ORIGINAL]
        chance = np.zeros((replications, group.size))
        chance[hangs[part]] = [_opened_before(law, k, plan.clock) for k in waited[part][hangs[part]].tolist()]
        fails = np.where(hangs[part], chance, status[part] == Status.FAILED)
        succeeds = np.where(hangs[part], 1.0 - chance, status[part] == Status.SUCCEEDED)
        failed[:, at] = [math.fsum(row) for row in fails.tolist()]
        succeeded[:, at] = [math.fsum(row) for row in succeeds.tolist()]
    for sums in (failed, succeeded):
        sums[:, -1] = [math.fsum(row) for row in sums[:, :-1].tolist()]
    return dict(zip(EXPECTED, (failed, succeeded), strict=True))


def _opened_before(law: Sequence[float], ticks: int, clock: float) -> float:
    """The chance that the copy is opened before it has been there for so many ticks.

    A delay is rounded to ticks; at the same tick the request is processed first (rank 5 before 6).
    """
    return below(law, (ticks - 0.5) * clock) if ticks > 0 else 0.0


def below(law: Sequence[float], x: float, at: int = 0) -> float:
    """The probability that a law gives a value below `x`, exact in the small as well."""
    kind, a = law[at], law[at + 1] if at + 1 < len(law) else 0.0
    if x <= 0.0 or kind == NEVER:
        return 0.0
    if kind == EXPONENTIAL:
        return -math.expm1(-x / a)
    if kind == CONSTANT:
        return float(a < x)
    b = law[at + 2]
    if kind == UNIFORM:
        return min(max((x - a) / (b - a), 0.0), 1.0)
    if kind == LOGNORMAL:
        return 0.5 * math.erfc(-math.log(x / a) / (b * math.sqrt(2.0)))
    if kind == WEIBULL:
        return -math.expm1(-math.pow(x / b, a))
    if kind == LOMAX:
        return -math.expm1(-a * math.log1p(x / b))
    if kind == TRIANGULAR:
        return _triangular(a, b, law[at + 3], x)
    if kind == EMPIRICAL:
        nodes = int(a)
        return float(np.interp(x, law[at + 2 + nodes : at + 2 + 2 * nodes], law[at + 2 : at + 2 + nodes]))
    if kind == MIXTURE:
        return math.fsum(weight * below(law, x, inner) for weight, inner in _components(law, at))
    raise ValueError(f"the law of kind {kind:g} has no closed form here")


def _triangular(low: float, mode: float, high: float, x: float) -> float:
    if x <= low or x >= high:
        return float(x >= high)
    if x < mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))


def _components(law: Sequence[float], at: int) -> Iterator[tuple[float, int]]:
    """The weight of each component of a mixture, and the cell its row begins at."""
    before = 0.0
    for cell in range(at + 2, at + 2 + 2 * int(law[at + 1]), 2):
        yield law[cell] - before, at + int(law[cell + 1])
        before = law[cell]
