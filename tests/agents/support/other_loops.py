"""Two loops that turn one form of an actor into the other: entries into tasks, and tasks into entries."""

import asyncio
from collections.abc import Coroutine, Iterator
from heapq import heappush
from typing import Any

from transport.clock.event_list import Entry
from transport.clock.loop import VirtualLoop, _wake


class TaskLoop(VirtualLoop):
    """A virtual loop in which whatever waits is an asyncio task: each entry sleeps in a task of its own, then acts."""

    def __init__(self, *, strict: bool = True) -> None:
        super().__init__(strict=strict)
        self.waiting: dict[int, Entry] = {}
        self.turned = 0
        self.push = self.push_soon = self.push_late = self._push_as_task

    def _push_as_task(self, entry: Entry) -> None:
        if entry[2] is _wake:
            heappush(self.events.heap, entry)
            return
        self.turned += 1
        self.waiting[self.turned] = entry
        self.create_task(self._sleep_and_act(self.turned, entry), name=f"entry {self.turned}")

    async def _sleep_and_act(self, number: int, entry: Entry) -> None:
        tick, order, function, a, b = entry
        await self.sleep_until(tick, order)
        del self.waiting[number]
        function(a, b)

    def pending(self) -> Iterator[Entry]:
        """What the tasks wait to do."""
        return iter(self.waiting.values())


class Driven(asyncio.Future[Any]):
    """A coroutine that no task drives: each thing it waits for sends it on."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], loop: "EntryLoop") -> None:
        super().__init__(loop=loop)
        self.coroutine = coroutine
        self.loop = loop
        loop.call_soon(self._go_on, None)

    def _go_on(self, _: object) -> None:
        if self.done():
            return
        try:
            awaited = self.coroutine.send(None)
        except StopIteration as ended:
            self.set_result(ended.value)
        except BaseException as error:
            self.loop.call_exception_handler({"exception": error})
        else:
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self._go_on)

    def cancel(self, msg: Any = None) -> bool:
        """Drop the coroutine where it stands."""
        if not self.done():
            self.coroutine.close()
        return super().cancel(msg)


class EntryLoop(VirtualLoop):
    """A virtual loop without asyncio tasks: coroutines are driven by what they wait for."""

    def __init__(self, *, strict: bool = True) -> None:
        super().__init__(strict=strict)

    def create_task(self, coro: Any, *, name: str | None = None, **kwargs: Any) -> Any:
        """A coroutine driven by hand."""
        driven = Driven(coro, self)
        self.tasks.append(driven)
        return driven
