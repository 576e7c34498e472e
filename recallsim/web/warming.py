"""Gets the batch engine ready while the page is already open: loads its kernel, after compiling it where there is none.

Compiling takes half a minute or so, once on a machine, and is done by a process of its own, so that it is in
nobody's way; until then the agents answer.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Final, Literal

State = Literal["waiting", "compiling", "loading", "ready", "absent", "failed", "unwanted"]

_LEAST: Final = (
    "name: least\nrecipients: {count: 1, groups: [{name: one, client: {kind: outlook-desktop}}]}\n"
)
_WANTING: Final[dict[State, str]] = {
    "waiting": "the batch engine is not loaded yet",
    "compiling": "the batch engine is being compiled",
    "loading": "the batch engine is being loaded",
    "failed": "the batch engine could not be compiled",
    "unwanted": "asked for",
}


def warm() -> None:
    """Runs the least of all scenarios through the kernel, which loads it."""
    from recallsim.engines import batch
    from recallsim.plan import draw_up
    from recallsim.scenario import load

    batch.simulate(draw_up(load(_LEAST)), 0, 0, 1)


class Warming:
    """How far the batch engine is.

    Args:
        wanted: whether it is to be used at all.

    Attributes:
        state: `absent` where numba is not installed, `failed` where the compiling process failed.
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self.state: State = "waiting" if wanted else "unwanted"
        self._since = time.monotonic()

    @property
    def wanting(self) -> str:
        """Why the batch engine does not answer; empty where it does, or says itself why not."""
        return _WANTING.get(self.state, "")

    def told(self) -> dict[str, Any]:
        """Gives the state, and for how many seconds it has been so, as the page hears it."""
        return {"state": self.state, "seconds": round(time.monotonic() - self._since, 1)}

    @contextlib.asynccontextmanager
    async def during(self) -> AsyncIterator[None]:
        """Warms up while something else is done, and gives up with it."""
        work = asyncio.create_task(self.run())
        try:
            yield
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def run(self) -> None:
        """Compiles where need be, and loads."""
        from recallsim.engines.compile import is_compiled, missing

        if self.state == "unwanted":
            return
        if missing():
            self._is("absent")
            return
        if not await asyncio.to_thread(is_compiled):
            self._is("compiling")
            if not await _compiled():
                self._is("failed")
                return
        self._is("loading")
        await asyncio.to_thread(warm)
        self._is("ready")

    def _is(self, state: State) -> None:
        self.state, self._since = state, time.monotonic()


async def _compiled() -> bool:
    """Whether a process of its own could compile the kernel; ends it if nobody waits any more."""
    from recallsim.engines.compile import cache_folder, command, numba_version

    folder = await asyncio.to_thread(cache_folder, numba_version())
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command(folder), stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        return await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
