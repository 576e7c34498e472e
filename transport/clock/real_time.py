"""The virtual loop paced by the wall clock: the very same agents, in the very same order, for somebody who watches."""

import time
from collections.abc import Callable

from transport.clock.loop import VirtualLoop


class RealTimeLoop(VirtualLoop):
    """The same loop, the same order of events, but a tick lasts `seconds_per_tick` of the wall clock.

    Args:
        seconds_per_tick: real seconds that one tick takes; divide by ten to watch at ten times the speed.
        monotonic, sleep: the wall clock, to be replaced in tests.
    """

    def __init__(
        self,
        seconds_per_tick: float,
        *,
        strict: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(strict=strict)
        self._seconds_per_tick = seconds_per_tick
        self._monotonic = monotonic
        self._sleep = sleep
        self._zero: float | None = None

    _paced = True

    def _wait_for(self, tick: int) -> None:
        """Let the wall clock catch up with `tick`."""
        if self._zero is None:
            self._zero = self._monotonic() - self.now * self._seconds_per_tick
        ahead = self._zero + tick * self._seconds_per_tick - self._monotonic()
        if ahead > 0:
            self._sleep(ahead)
