"""The real loop: asyncio by the wall clock, in a thread of its own.

aiosqlite answers from a thread, which virtual time does not wait for; so all database work happens here, and
a synchronous function may be called from a notebook, where a loop is running already.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

T = TypeVar("T")


class RealLoop:
    """An asyncio loop in a thread of its own, for as long as the `with` block lasts."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="recallsim-real-loop", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._loop.shutdown_asyncgens())  # an error leaves them half read
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end over there and give its result; its exception is raised here."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


def run_in_real_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end by the wall clock, also when the calling thread has a running loop."""
    with RealLoop() as loop:
        return loop.run(work)
