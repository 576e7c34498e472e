"""A bench for relays: settings in ticks, submissions at given ticks, and what came out, in order."""

from typing import Any

from transport.clock.loop import NEVER, VirtualLoop
from transport.clock.ranks import Rank, order
from transport.relay.relay import Relay
from transport.relay.settings import Grain, Link, MailingList, Stage
from transport.streams.draws import Draws
from transport.streams.law_rows import constant
from transport.streams.laws import LawRow, sample_ticks
from transport.streams.purposes import QUEUE_ORDER, SERVICE
from transport.streams.times import Times

ORIGINAL, REQUEST, REPLACEMENT, REPORT = range(4)
SEED = 20261120
AT_ONCE = constant(0)
OF_ATTEMPTS = frozenset({"gaps", "attempts", "give_up", "jitter", "delay_notice"})
"""Settings by kind that a test may give once for all kinds."""


def stage(number: int = 0, service: LawRow = AT_ONCE, **changes: Any) -> Stage:
    """A stage with neutral settings, but for the changes; one tick is a second."""
    settings: dict[str, Any] = {
        "name": f"s{number}",
        "number": number,
        "grain": Grain.RECIPIENT,
        "batch": 1000,
        "workers": 0,
        "serves": (True,) * 4,
        "service": (service,) * 4,
        "shared": (False,) * 4,
        "failure": (0.0,) * 4,
        "lanes": (0,) * 4,
        "background_lane": 0,
        "gaps": ((),) * 4,
        "attempts": (0,) * 4,
        "give_up": (-1,) * 4,
        "jitter": (0.0,) * 4,
        "background": None,
        "outages": (),
    }
    of_all = {key: for_all(key, changes[key]) for key in OF_ATTEMPTS & changes.keys()}
    return Stage(**(settings | changes | of_all))


def for_all(key: str, value: Any) -> Any:
    """A setting by kind: the value itself where it is one by kind, else the same for all kinds."""
    by_kind = isinstance(value, tuple) and (key != "gaps" or any(isinstance(row, tuple) for row in value))
    return value if by_kind else (value,) * 4


class Bench:
    """A relay with nobody around it.

    Attributes:
        log: (tick, what, recipient, kind or ordinal), as it happened.
    """

    def __init__(
        self,
        *stages: Stage,
        count: int = 1,
        replication: int = 0,
        latency: LawRow = AT_ONCE,
        loss: float = 0.0,
        duplicate: float = 0.0,
        lists: tuple[MailingList, ...] = (),
        intercepts: bool = False,
        reports_shared: bool = False,
        horizon: int = NEVER,
        plain: bool = True,
    ) -> None:
        self.clock = VirtualLoop(strict=True)
        self.draws = Draws(SEED, replication, count=count)
        self.count = count
        link = Link((latency,) * 4, (False,) * 4, (loss,) * 4, (duplicate,) * 4)
        self.relay = Relay(
            self.clock,
            Times(self.draws, 1.0),
            stages,
            link,
            lists,
            intercepts=intercepts,
            reports_shared=reports_shared,
            horizon=horizon,
            plain=plain,
        )
        if horizon < NEVER:
            self.clock.at(horizon, order(Rank.HORIZON), lambda a, b: self.clock.call_soon(self.clock.stop))
        self.log: list[tuple[int, str, int, int]] = []
        for what in ("delivered", "bounced", "rejected", "lost", "intercepted", "delayed", "returned"):
            setattr(self.relay, what, self._noting(what))
        self.relay.stripped = lambda number: self._noting("stripped")(number, REQUEST)
        self.relay.moderation.submitted = self._noting("submitted")
        for number, settings in enumerate(stages):
            for begins, ends in settings.outages:
                at = order(Rank.SWITCH, number)
                self.clock.at(begins, at, lambda a, b: self.relay.stages[a].halt(), number)
                self.clock.at(ends, at, lambda a, b: self.relay.stages[a].resume(), number)

    def _noting(self, what: str) -> Any:
        def note(number: int, kind: int) -> None:
            self.log.append((self.clock.now, what, number, kind))

        return note

    def submit(self, kind: int, tick: int = 0) -> "Bench":
        """Submit a message to everybody at a tick."""
        self.clock.at(tick, order(Rank.SENDER, 0, kind), lambda a, b: self.relay.submit(a), kind)
        return self

    def run(self) -> "Bench":
        """Let everything happen."""
        self.clock.run_forever()
        return self

    def ticks(self, what: str, kind: int) -> dict[int, int]:
        """By recipient: the tick at which that happened to their copy."""
        return {number: tick for tick, event, number, of in self.log if event == what and of == kind}

    def waits(self, place: int, kind: int) -> list[int]:
        """The recipients' waits in a stage."""
        return self.relay.stages[place].waits[kind].tolist()[1:]

    def sojourns(self, place: int, kind: int) -> list[int]:
        """The recipients' times in a stage."""
        return self.relay.stages[place].sojourns[kind].tolist()[1:]

    def service(self, law: LawRow, kind: int, place: int, number: int, attempt: int = 0) -> int:
        """The service time at its address."""
        return sample_ticks(law, 0, self.draws.uniform(SERVICE, kind, place, number, attempt), 1.0)

    def in_line(self, number: int) -> float:
        """The uniform that orders those who come at one tick."""
        return self.draws.uniform(QUEUE_ORDER, 0, 0, number)
