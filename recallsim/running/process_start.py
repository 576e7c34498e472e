"""Processes that are begun so that Ctrl-C cannot break into their first steps.

A terminal sends Ctrl-C to all of its processes. A new one is not ready for it while it still imports, and would end with a
traceback of its own; whoever began it hears Ctrl-C too, and ends it in order.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let processes that this thread starts inside inherit a blocked SIGINT; its own waits until the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its beginning would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
