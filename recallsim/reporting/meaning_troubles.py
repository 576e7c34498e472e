"""What may befall mail on its way, in words for `recallsim check`: limits, greylists, faults, hops, lists, duplicates."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from recallsim.reporting.numbers import duration, plural
from recallsim.reporting.plain import plain
from recallsim.scenario.models_stage import Hop
from transport.streams.residuals import mean_of

if TYPE_CHECKING:
    from agents.records import Plan
    from recallsim.scenario.models import Scenario
    from recallsim.scenario.models_kinds import LimitByKind, ShareByKind
    from recallsim.scenario.models_lists import MailingList
    from recallsim.scenario.models_obstacles import Fault
    from recallsim.scenario.models_stage import Stage
    from recallsim.scenario.models_transport import Link

_DOES = {
    "reject": "refuses an attempt for good",
    "defer": "refuses an attempt for now",
    "disconnect": "breaks the connection",
    "rate_limit": "refuses for now what is more than",
    "delay": "makes an attempt longer",
}


_MAIL = ("original", "request", "replacement")


def _by_kind(words: Callable[[str], str], kinds: Iterable[str] = _MAIL) -> str:
    """What holds for some kinds of message: one text where it is the same, else `1 h (request), 2 d (original)`.

    An empty text says that there is nothing to say of a kind.
    """
    told: dict[str, list[str]] = {}
    for kind in kinds:
        told.setdefault(words(kind), []).append(kind)
    if len(told) == 1:
        return next(iter(told))
    return ", ".join(f"{text} ({', '.join(those)})" for text, those in told.items() if text)


def _lines(words: Callable[[str], str], kinds: Iterable[str] = _MAIL) -> Iterator[str]:
    """The same as whole lines, one for each text."""
    told: dict[str, list[str]] = {}
    for kind in kinds:
        told.setdefault(words(kind), []).append(kind)
    for text, those in told.items():
        if text:
            yield text if len(told) == 1 else f"{', '.join(those)}: {text}"


def _limit(limits: "LimitByKind") -> str:
    def words(kind: str) -> str:
        found = limits.of(kind)
        return "" if found is None else duration(found)

    return _by_kind(words)


def attempts(stage: "Stage") -> Iterator[str]:
    """Says how attempts fail in a stage, what follows, and when it gives up; for some kinds only, these are named."""

    def fails(kind: str) -> str:
        if not stage.failure.of(kind):
            return ""
        follows = "tried again" if stage.retry.of(kind) else "the message bounces at once"
        return f"an attempt fails with probability {stage.failure.of(kind):g}; {follows}"

    def ends(kind: str) -> str:
        limit = stage.give_up.of(kind)
        return "" if limit is None else f"gives a message up {duration(limit)} after it came"

    yield from _lines(fails)
    yield from _lines(ends)


def losses(link: "Link", kinds: Iterable[str]) -> Iterator[str]:
    """Says how copies are lost or doubled on the link; for some kinds only, these are named."""
    kinds = tuple(kinds)
    for share, what in ((link.loss, "is lost"), (link.duplicate, "comes twice, of which one is dropped,")):

        def words(kind: str, share: "ShareByKind" = share, what: str = what) -> str:
            return f"a copy {what} with probability {share.of(kind):g}" if share.of(kind) else ""

        yield from _lines(words, kinds)


def obstacles(scenario: "Scenario", stage: "Stage") -> Iterator[str]:
    """Says what attempts meet in a stage besides workers and odds of failure."""
    if isinstance(stage, Hop):
        groups = [
            plain(name)
            for route in scenario.transport.routes
            if stage.name in route.hops
            for name in route.groups
        ]
        yield f"a hop that the mail of {', '.join(groups)} takes"
        if stage.tnef == "stripped":
            if "request" in stage.exempt:
                yield "would make ordinary mail of recall requests (S9), but requests are exempt and go round it"
            else:
                exempt = f"; exempt: {', '.join(stage.exempt)}" if stage.exempt else ""
                yield f"makes ordinary mail of recall requests (S9){exempt}"
    if stage.limit.rate is not None:
        yield f"begins at most one service every {duration(1 / stage.limit.rate)}"
    if stage.greylist is not None:
        delay = stage.greylist.delay
        first = _by_kind(lambda kind: duration(delay.of(kind)))
        yield f"its next hop greylists: an attempt passes from {first} after the first one on"
    notice = _limit(stage.delay_notice)
    if notice:
        yield f"tells the sender of a delay after {notice}"
    for outage in scenario.transport.outages:
        if outage.stage == stage.name:
            yield f"stands still from {duration(outage.from_)} on for {duration(outage.for_)}"
    for fault in scenario.transport.faults:
        if fault.stage == stage.name:
            yield _fault(fault)


def _fault(fault: "Fault") -> str:
    words = _DOES[fault.fault]
    if fault.rate is not None:
        words += f" one every {duration(1 / fault.rate)}"
    by, odds, asked = fault.by, fault.odds, fault.kinds or _MAIL
    kinds = [kind for kind in asked if odds.of(kind) > 0 and (by is None or not by.of(kind).is_zero)]
    if not kinds:
        return "fault: changes nothing, since it never comes about or adds no time"
    if by is not None:
        words += f" by {_by_kind(lambda kind: by.of(kind).words(), kinds)}"
    if any(odds.of(kind) < 1 for kind in kinds):
        words += f", with probability {_by_kind(lambda kind: f'{odds.of(kind):g}', kinds)}"
    if fault.for_ is not None:
        words += f", from {duration(fault.from_)} on for {duration(fault.for_)}"
    elif fault.from_:
        words += f", from {duration(fault.from_)} on"
    whose = f" ({', '.join(kinds)})" if set(_MAIL) - set(kinds) else ""
    return f"fault{whose}: {words}"


def list_words(each: "MailingList") -> Iterator[str]:
    """Says who is on a list, and what its mail waits for."""
    yield f"members: {', '.join(map(plain, each.members))}; expanded in batches of their own"
    moderation = each.moderation
    if moderation is not None:
        who = plural(moderation.moderators, "moderator")
        waits = (
            "mail and recall requests wait" if moderation.moderate_recall else "mail waits, requests do not,"
        )
        held = [kind for kind in _MAIL if moderation.moderate_recall or kind != "request"]
        expires = _by_kind(lambda kind: duration(moderation.expires.of(kind)), held)
        yield f"{waits} for {who}; undecided after {expires} it goes back"
    if each.reports_to == "none":
        yield "no report on its members reaches the sender (R9.3)"


def coarse_clock_warnings(plan: "Plan") -> Iterator[str]:
    """Names the times of servers that a tick of the clock is longer than."""
    longer = []
    for stage in plan.stages:
        laws = [(f"a service of server {plain(stage.name)}", law) for law in dict.fromkeys(stage.service)]
        if stage.background is not None:
            laws += [
                (f"the gap between other mail at server {plain(stage.name)}", stage.background.gap),
                (f"a service of other mail at server {plain(stage.name)}", stage.background.service),
            ]
        short = [
            f"{what} ({duration(mean_of(law))})" for what, law in laws if 0.0 < mean_of(law) < plan.clock
        ]
        longer += short[:1]
    if longer:
        yield (
            f"a tick of the clock, {duration(plan.clock)}, is longer than {', '.join(longer)}: times are rounded to whole"
            " ticks, many of them to none, and queues are not what they would be; take a finer clock"
        )


_FAILING = ("failure", "retry", "give_up", "delay_notice")
"""Keys of a stage that tell what happens to attempts that fail."""


def trouble_warnings(scenario: "Scenario") -> Iterator[str]:
    """Names what is probably not meant."""
    for stage in scenario.transport.passage():
        greylist, retry = stage.greylist, stage.retry
        lost = [
            kind
            for kind in _MAIL
            if greylist is not None and retry.of(kind) is None and greylist.known.of(kind) < 1
        ]
        if lost:
            whose = "" if len(lost) == len(_MAIL) else f" ({', '.join(lost)})"
            yield (
                f"server {plain(stage.name)} is greylisted and never tries again{whose}: whatever meets it "
                "bounces; give it a retry"
            )
        if scenario.transport.reports == "own":
            idle = [key for key in _FAILING if "report" in getattr(stage, key).named]
            if idle:
                keys = " and ".join(filter(None, (", ".join(idle[:-1]), idle[-1])))
                yield (
                    f"{keys} of reports at server {plain(stage.name)} change nothing: reports travel in lanes of their own, "
                    "where nothing fails (transport.reports: shared)"
                )
    for what, troubles in (("outage", scenario.transport.outages), ("fault", scenario.transport.faults)):
        for trouble in troubles:
            if trouble.from_ > scenario.horizon:
                yield (
                    f"the {what} of server {plain(trouble.stage)} begins at {duration(trouble.from_)}, after the "
                    "horizon: it changes nothing"
                )
