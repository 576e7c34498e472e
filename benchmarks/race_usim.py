"""The race model in usim: scopes, queues and `time + delay`."""

from race_draws import ASKED, ORIGINAL, REPORT, REQUEST, WORKERS, Draws
from usim import Queue, Scope, run, time


def race(draws: Draws, count: int) -> int:
    """Run one replication and count the recipients whose recall succeeded."""
    opened, deleted, succeeded = [False] * count, [False] * count, [False] * count

    async def society() -> None:
        server, reports = Queue(), Queue()
        mailboxes = [Queue() for _ in range(count)]

        async def worker(scope) -> None:
            async for kind, i in server:
                await (time + draws.service[kind][i])
                scope.do(travel(kind, i), volatile=True)

        async def travel(kind: int, i: int) -> None:
            await (time + draws.latency[kind][i])
            await (reports.put(i) if kind == REPORT else mailboxes[i].put(kind))

        async def user(i: int) -> None:
            await (time + draws.open_after[i])
            if not deleted[i]:
                opened[i] = True

        async def recipient(scope, i: int) -> None:
            if await mailboxes[i] == ORIGINAL:
                scope.do(user(i), volatile=True)
                await mailboxes[i]
                if not draws.automatic[i]:
                    await (time + draws.request_after[i])
                if not opened[i] and not draws.has_rule[i]:
                    deleted[i] = succeeded[i] = True
            await server.put((REPORT, i))

        async with Scope() as scope:
            for _ in range(WORKERS):
                scope.do(worker(scope), volatile=True)
            for i in range(count):
                scope.do(recipient(scope, i), volatile=True)
            for i in draws.order:
                await server.put((ORIGINAL, i))
            await (time + ASKED)
            for i in draws.order:
                await server.put((REQUEST, i))
            for _ in range(count):
                await reports

    run(society())
    return sum(succeeded)
