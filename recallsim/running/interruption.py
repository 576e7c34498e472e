"""Ctrl-C and SIGTERM while an experiment runs: the first asks for an orderly end, the second ends at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """Raised out of a piece of work that the user does not want to wait for; never leaves this package.

    A KeyboardInterrupt, because an asyncio task lets nothing else out.
    """


class Interruption:
    """The wish to stop, listened for as long as the `with` block lasts.

    Handlers are set in the main thread only, and not over a SIGINT that is ignored or a SIGTERM that the host
    program handles itself.

    Attributes:
        signal: The number of the first signal, or None.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._open = False
        self._main = threading.current_thread() is threading.main_thread()
        self._before: dict[int, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether a signal has come."""
        return self.signal is not None

    def __enter__(self) -> Self:
        if self._main:
            for number in _SIGNALS:
                current = signal.getsignal(number)
                ours = current is signal.SIG_DFL or (
                    number == signal.SIGINT and current not in (None, signal.SIG_IGN)
                )
                if ours:
                    self._before[number] = current
                    signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.signal = number
        if self._open:
            self._open = False
            raise Interrupted

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Let a signal break into what is done inside, by raising Interrupted there (main thread only)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._open = True
        try:
            if self.requested:
                raise Interrupted
            yield
        finally:
            self._open = False
