"""The race model as a SimPy user would write it: stores, and a process for whoever waits.

All chance is handed in as ready-made lists, so SimPy spends no time on it.
"""

from collections.abc import Generator
from typing import Any

import simpy
from race_draws import ASKED, ORIGINAL, REPORT, REQUEST, WORKERS, Draws

Steps = Generator[simpy.Event, Any, None]


def race(draws: Draws, count: int) -> int:
    """Run one replication and count the recipients whose recall succeeded."""
    env = simpy.Environment()
    server = simpy.Store(env)
    reports = simpy.Store(env)
    mailboxes = [simpy.Store(env) for _ in range(count)]
    opened = [False] * count
    deleted = [False] * count
    succeeded = [False] * count

    def worker() -> Steps:
        while True:
            kind, i = yield server.get()
            yield env.timeout(draws.service[kind][i])
            env.process(travel(kind, i))

    def travel(kind: int, i: int) -> Steps:
        yield env.timeout(draws.latency[kind][i])
        if kind == REPORT:
            yield reports.put(i)
        else:
            yield mailboxes[i].put(kind)

    def user(i: int) -> Steps:
        yield env.timeout(draws.open_after[i])
        if not deleted[i]:
            opened[i] = True

    def recipient(i: int) -> Steps:
        kind = yield mailboxes[i].get()
        early = kind == REQUEST
        if not early:
            env.process(user(i))
            yield mailboxes[i].get()
            if not draws.automatic[i]:
                yield env.timeout(draws.request_after[i])
            if not opened[i] and not draws.has_rule[i]:
                deleted[i] = succeeded[i] = True
        yield server.put((REPORT, i))

    def sender() -> Steps:
        for i in draws.order:
            yield server.put((ORIGINAL, i))
        yield env.timeout(ASKED)
        for i in draws.order:
            yield server.put((REQUEST, i))
        for _ in range(count):
            yield reports.get()

    for _ in range(WORKERS):
        env.process(worker())
    for i in range(count):
        env.process(recipient(i))
    env.run(until=env.process(sender()))
    return sum(succeeded)
