"""Small scenarios side by side, and engines that fail or are interrupted; workers import them by name."""

import hashlib
import os
import signal

from recallsim.engines.agents import simulate
from recallsim.plan import draw_up
from recallsim.running.lanes import Cell
from recallsim.running.several import Several, run_several
from recallsim.scenario import load

TEXT = """\
name: side
horizon: 1d
sender: {notices: 5min, recall: {system: outlook, tell_me: true}}
transport: {link: {latency: {exponential: {mean: 20s}}}}
recipients:
  count: 11
  groups:
    - name: desk
      share: 1
      client: {kind: outlook-desktop, auto_process: 1, idle: 30s}
      person: {reads: {delay: {original: {exponential: {mean: 20min}}}}}
what_if:
  sooner: {sender.notices: 1min}
  same: {seen_level: 2}
"""


def failing(plan, seed, first, count):
    """An engine that cannot do replication 3."""
    if first <= 3 < first + count:
        raise RuntimeError("a copy got lost")
    return simulate(plan, seed, first, count)


def slow(plan, seed, first, count):
    """An engine that takes its time, so that it can be killed."""
    for _ in range(count * 20_000):
        hashlib.sha256(b"work").digest()
    return simulate(plan, seed, first, count)


def interrupting(plan, seed, first, count):
    """An engine during whose replication 3 somebody presses Ctrl-C."""
    if first <= 3 < first + count:
        os.kill(os.getpid(), signal.SIGINT)
    return simulate(plan, seed, first, count)


def cells(**engines):
    """The base and its variants."""
    found = []
    for name in ("base", "sooner", "same"):
        scenario = load(TEXT, (), None if name == "base" else name)
        found.append(Cell(name, scenario, draw_up(scenario), engines.get(name, simulate)))
    return found


def side_by_side(folder=None, n=6, given=None, **rest) -> Several:
    """The base and its variants, run together."""
    return run_several(
        given or cells(), seed=7, **{"rule": n, "workers": 1, "folder": folder, "bits": True, **rest}
    )
