"""The race model in stock asyncio: queues and tasks on the standard loop, whose selector lets time pass at once."""

import asyncio
import selectors

from race_draws import ASKED, ORIGINAL, REPORT, REQUEST, WORKERS, Draws


class Leap(selectors.SelectSelector):
    """A selector that does not wait: it puts the clock forward."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list:
        """Let the time pass that the loop would have waited."""
        self.now += timeout or 0.0
        return super().select(0)


def race(draws: Draws, count: int) -> int:
    """Run one replication and count the recipients whose recall succeeded."""
    selector = Leap()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    try:
        return loop.run_until_complete(society(draws, count))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def society(draws: Draws, count: int) -> int:
    """The sender, the server, and everybody."""
    server, reports = asyncio.Queue(), asyncio.Queue()
    mailboxes = [asyncio.Queue() for _ in range(count)]
    opened, deleted, succeeded = [False] * count, [False] * count, [False] * count
    tasks = set()

    def begin(coroutine) -> None:
        task = asyncio.ensure_future(coroutine)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def worker() -> None:
        while True:
            kind, i = await server.get()
            await asyncio.sleep(draws.service[kind][i])
            begin(travel(kind, i))

    async def travel(kind: int, i: int) -> None:
        await asyncio.sleep(draws.latency[kind][i])
        if kind == REPORT:
            reports.put_nowait(i)
        else:
            mailboxes[i].put_nowait(kind)

    async def user(i: int) -> None:
        await asyncio.sleep(draws.open_after[i])
        if not deleted[i]:
            opened[i] = True

    async def recipient(i: int) -> None:
        if await mailboxes[i].get() == ORIGINAL:
            begin(user(i))
            await mailboxes[i].get()
            if not draws.automatic[i]:
                await asyncio.sleep(draws.request_after[i])
            if not opened[i] and not draws.has_rule[i]:
                deleted[i] = succeeded[i] = True
        server.put_nowait((REPORT, i))

    for _ in range(WORKERS):
        begin(worker())
    for i in range(count):
        begin(recipient(i))
    for i in draws.order:
        server.put_nowait((ORIGINAL, i))
    await asyncio.sleep(ASKED)
    for i in draws.order:
        server.put_nowait((REQUEST, i))
    for _ in range(count):
        await reports.get()
    return sum(succeeded)
