"""The race model in salabim: components as generators, stores between them."""

import salabim
from race_draws import ASKED, ORIGINAL, REPORT, REQUEST, WORKERS, Draws


def race(draws: Draws, count: int) -> int:
    """Run one replication and count the recipients whose recall succeeded."""
    salabim.yieldless(False)
    env = salabim.Environment(trace=False, random_seed=None)
    server, reports = salabim.Store("server"), salabim.Store("reports")
    mailboxes = [salabim.Store() for _ in range(count)]
    opened, deleted, succeeded = [False] * count, [False] * count, [False] * count

    class Letter(salabim.Component):
        def setup(self, kind, i):
            self.kind, self.i = kind, i

    class Worker(salabim.Component):
        def process(self):
            while True:
                letter = yield self.from_store(server)
                yield self.hold(draws.service[letter.kind][letter.i])
                Travel(letter=letter)

    class Travel(salabim.Component):
        def setup(self, letter):
            self.letter = letter

        def process(self):
            kind, i = self.letter.kind, self.letter.i
            yield self.hold(draws.latency[kind][i])
            yield self.to_store(reports if kind == REPORT else mailboxes[i], self.letter)

    class User(salabim.Component):
        def setup(self, i):
            self.i = i

        def process(self):
            yield self.hold(draws.open_after[self.i])
            if not deleted[self.i]:
                opened[self.i] = True

    class Recipient(salabim.Component):
        def setup(self, i):
            self.i = i

        def process(self):
            i = self.i
            letter = yield self.from_store(mailboxes[i])
            if letter.kind == ORIGINAL:
                User(i=i)
                yield self.from_store(mailboxes[i])
                if not draws.automatic[i]:
                    yield self.hold(draws.request_after[i])
                if not opened[i] and not draws.has_rule[i]:
                    deleted[i] = succeeded[i] = True
            yield self.to_store(server, Letter(kind=REPORT, i=i))

    class Sender(salabim.Component):
        def process(self):
            for i in draws.order:
                yield self.to_store(server, Letter(kind=ORIGINAL, i=i))
            yield self.hold(ASKED)
            for i in draws.order:
                yield self.to_store(server, Letter(kind=REQUEST, i=i))
            for _ in range(count):
                yield self.from_store(reports)
            env.main().activate()

    for _ in range(WORKERS):
        Worker()
    for i in range(count):
        Recipient(i=i)
    Sender()
    env.run(till=salabim.inf)
    return sum(succeeded)
