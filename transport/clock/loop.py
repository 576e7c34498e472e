"""Virtual time: an asyncio loop that lives on an event list, and the same loop paced by the wall clock.

Time is an integer, `now`, in ticks; it moves only when everything that is ready has run. Stock asyncio timers do not
fire in order at equal deadlines, so `call_later`, `call_at`, and with them `asyncio.sleep(1)` and `asyncio.timeout`,
raise: agents sleep on the clock, `await clock.sleep_until(tick, order)`. Nothing in here may do I/O: whatever answers
from another thread would answer at an arbitrary virtual time.
"""

import asyncio
import contextvars
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterator
from functools import partial
from heapq import heappop, heappush
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

from transport.clock.event_list import Entry, EventList
from transport.clock.ranks import RANK_SHIFT
from transport.errors import ClockError, Stalled

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

NEVER: Final = 1 << 60
"""A tick that no horizon reaches."""
NO_TIMERS: Final = "asyncio timers have no rank; sleep on the clock: await clock.sleep_until(tick, order)"


class Signal(asyncio.Future[Any]):
    """A future that says what its waiter waits for."""

    def __init__(self, what: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.what = what


def _wake(future: "asyncio.Future[None]", _: object) -> None:
    if not future.done():
        future.set_result(None)


class VirtualLoop(asyncio.AbstractEventLoop):
    """An asyncio loop whose time is a tick, moved by its event list alone.

    Attributes:
        now: the present tick.
        order: the packed order (ranks.py) of the event that is happening.
        events: the events to come.
        push: adds an entry `(tick, order, function, a, b)` without a look at its tick; for the paths that are hot.
        push_soon: the same for one that is about to be the next: it costs less if it is, and changes nothing.
        push_late: the same for an entry at tick `events.bound` or later, which costs less while it waits.
        tasks: the tasks of this loop, in the order in which they came.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.now = 0
        self.order = 0
        self.events = EventList(strict=strict)
        self.push: Callable[[Entry], None] = (
            self.events.add if strict else partial(heappush, self.events.heap)
        )
        self.push_late: Callable[[Entry], None] = self.events.add if strict else self.events.late.append
        self.push_soon: Callable[[Entry], None] = (
            self.events.add if strict else partial(heappush, self.events.soon)
        )
        self._ready: deque[asyncio.Handle] = deque()
        self._running = False
        self._stopping = False
        self._closed = False
        self._debug = False
        self._exception: BaseException | None = None
        self.tasks: list[asyncio.Task[Any]] = []

    # --- the clock -----------------------------------------------------------------------------------------------

    def at(
        self, tick: int, order: int, function: Callable[[Any, Any], object], a: Any = None, b: Any = None
    ) -> None:
        """Let `function(a, b)` happen at `(tick, order)`.

        Raises:
            ClockError: the tick lies in the past.
        """
        if tick < self.now:
            raise ClockError(f"an event was set for tick {tick}, but it is already tick {self.now}")
        self.push((tick, order, function, a, b))

    def push_all(self, entries: list[Entry]) -> None:
        """Add many entries, without a look at their ticks."""
        if self.events.strict:
            for entry in entries:
                self.push(entry)
        else:
            self.events.add_all(entries)

    def due(self, ticks: int, rank: int) -> int:
        """The tick of an effect `ticks` from now: one whose rank is not above its cause's waits for the next tick."""
        if ticks <= 0 and rank <= self.order >> RANK_SHIFT:
            return self.now + 1
        return self.now + ticks

    def sleep_until(self, tick: int, order: int) -> "asyncio.Future[None]":
        """An awaitable that is done when the event `(tick, order)` happens."""
        if tick < self.now:
            raise ClockError(f"an agent would sleep until tick {tick}, but it is already tick {self.now}")
        future: asyncio.Future[None] = asyncio.Future(loop=self)
        self.events.add((tick, order, _wake, future, None))
        return future

    def signal(self, what: str) -> Signal:
        """A future that some other agent will set; `what` is named if nobody ever does."""
        return Signal(what, self)

    def pending(self) -> Iterator[Entry]:
        """Everything that is set to happen, in no particular order."""
        return iter(self.events)

    # --- running -------------------------------------------------------------------------------------------------

    def run_until_complete(self, future: Any) -> Any:
        """Run until `future` is done, and return its result.

        Raises:
            Stalled: nothing is left to happen, and `future` is not done.
        """
        self._check_closed()
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(self._stop_when_done)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(self._stop_when_done)
        if not task.done():
            if self._stopping_by_request:
                raise RuntimeError("the loop was stopped before its future was done")
            raise Stalled(self.now, self._waiting())
        return task.result()

    def run_forever(self) -> None:
        """Run until `stop`, or until nothing is left to happen."""
        self._check_closed()
        if self._running or events._get_running_loop() is not None:
            raise RuntimeError("a virtual loop cannot run inside another loop")
        self._running, self._stopping, self._stopping_by_request = True, False, False
        events._set_running_loop(self)
        try:
            self._spin()
        finally:
            self._running = False
            events._set_running_loop(None)

    _stopping_by_request = False

    def _spin(self) -> None:
        events, ready, near, line, soon = (
            self.events,
            self._ready,
            self.events.heap,
            self.events.line,
            self.events.soon,
        )
        pop, take, paced = events.pop if events.strict else partial(heappop, near), line.pop, self._paced
        while True:
            while ready:
                handle = ready.popleft()
                if not handle._cancelled:
                    handle._run()
            if self._exception is not None:
                exception, self._exception = self._exception, None
                raise exception
            if self._stopping or not events:
                return
            while True:
                if line:
                    if soon and soon[0] < line[-1]:
                        entry = pop() if near and near[0] < soon[0] else heappop(soon)
                    else:
                        entry = pop() if near and near[0] < line[-1] else take()
                elif near and near[0][0] < events.bound:
                    entry = heappop(soon) if soon and soon[0] < near[0] else pop()
                elif events.bring_near():
                    continue
                elif near:
                    events.bound = near[0][0] + 1
                    continue
                elif soon:
                    entry = heappop(soon)
                else:
                    break
                tick, self.order, function, a, b = entry
                if paced:
                    self._wait_for(tick)
                self.now = tick
                function(a, b)
                if ready:
                    break

    _paced = False

    def _wait_for(self, tick: int) -> None:
        """Let the wall clock catch up with `tick`; virtual time does not wait."""

    def drain(self) -> None:
        """Run what is ready and let no time pass."""
        events._set_running_loop(self)
        try:
            while self._ready:
                handle = self._ready.popleft()
                if not handle._cancelled:
                    handle._run()
        finally:
            events._set_running_loop(None)

    def _stop_when_done(self, _: object) -> None:
        self._stopping = True

    def stop(self) -> None:
        """Stop when what is ready has run."""
        self._stopping = self._stopping_by_request = True

    def _waiting(self) -> list[str]:
        lines = []
        for task in asyncio.all_tasks(self):
            what = getattr(getattr(task, "_fut_waiter", None), "what", None)
            lines.append(f"{task.get_name()} waits for {what or 'something without a name'}")
        return sorted(lines)

    # --- what asyncio asks of a loop -----------------------------------------------------------------------------

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Run `callback` within this very event."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Refuse: an answer from another thread would come at an arbitrary virtual time."""
        raise ClockError(
            "nothing may come into virtual time from another thread; do I/O outside, in a real loop"
        )

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Refuse: timers of asyncio do not fire in order at equal deadlines."""
        raise ClockError(NO_TIMERS)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Refuse, as `call_later`."""
        raise ClockError(NO_TIMERS)

    def time(self) -> float:
        """The present tick, as asyncio wants it."""
        return float(self.now)

    def create_future(self) -> "asyncio.Future[Any]":
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> "asyncio.Task[T]":
        """A task of this loop."""
        task = asyncio.Task(coro, loop=self, name=name, **kwargs)
        task.add_done_callback(self._look_after)
        self.tasks.append(task)
        return task

    def _look_after(self, task: "asyncio.Task[Any]") -> None:
        """See to it that a failure which nobody awaits ends the run; who awaits the task hears of it first."""
        if not task.cancelled() and task._log_traceback:
            self.call_soon(self._raise_unheard, task)

    def _raise_unheard(self, task: "asyncio.Task[Any]") -> None:
        if task._log_traceback and self._exception is None:
            self._exception = task.exception()

    def is_running(self) -> bool:
        """Whether the loop runs now."""
        return self._running

    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Forget everything that was to come."""
        if self._running:
            raise RuntimeError("a running loop cannot be closed")
        self._closed = True
        self._ready.clear()
        self.events.clear()

    def _check_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the loop is closed")

    def get_debug(self) -> bool:
        """Whether asyncio's debug mode is on."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Switch asyncio's debug mode."""
        self._debug = enabled

    async def shutdown_asyncgens(self) -> None:
        """Nothing to do: agents are coroutines, not generators."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Nothing to do: there are no threads in virtual time."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """An agent's failure ends the replication: it is raised from the loop, not logged."""
        exception = context.get("exception")
        if isinstance(exception, BaseException) and self._exception is None:
            self._exception = exception

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """As `call_exception_handler`."""
        self.call_exception_handler(context)

    def get_exception_handler(self) -> None:
        """There is none to set."""
        return None

    def set_exception_handler(self, handler: object) -> None:
        """Ignored: failures are raised."""
