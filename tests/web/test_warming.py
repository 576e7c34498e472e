"""The batch engine is made ready while the page is already open."""

import asyncio
import sys

import pytest

from recallsim.engines import compile as compiling
from recallsim.web import warming
from recallsim.web.estimating import answer, question
from recallsim.web.warming import Warming

COMPILES = 600  # seconds; the first of all tests that need the kernel may have to compile it


@pytest.fixture
def engine(monkeypatch):
    """What is asked of the engine, in place of compiling and loading; a test says what there is."""
    asked = []
    monkeypatch.setattr(compiling, "missing", lambda: "")
    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    monkeypatch.setattr(warming, "warm", lambda: asked.append("load"))

    async def compiled():
        asked.append("compile")
        return True

    monkeypatch.setattr(warming, "_compiled", compiled)
    return asked


async def test_it_is_compiled_and_loaded_once(engine, monkeypatch):
    """Where there is no kernel it is compiled, then loaded; where there is one it is only loaded."""
    found = Warming()
    assert (found.state, found.wanting) == ("waiting", "the batch engine is not loaded yet")
    await found.run()
    assert (engine, found.told()["state"], found.wanting) == (["compile", "load"], "ready", "")
    monkeypatch.setattr(compiling, "is_compiled", lambda: True)
    await Warming().run()
    assert engine == ["compile", "load", "load"]


async def test_while_it_is_compiled_the_page_hears_for_how_long(engine, monkeypatch, client):
    """The state is told together with its seconds, and is a reason for the agents to answer."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def compiled():
        begun.set()
        return await go_on.wait()

    monkeypatch.setattr(warming, "_compiled", compiled)
    found = Warming()
    async with found.during():
        await begun.wait()
        told = found.told()
        assert (told["state"], told["seconds"] >= 0, engine) == ("compiling", True, [])
        assert found.wanting == "the batch engine is being compiled"
    assert (found.state, engine) == ("compiling", [])
    assert (await client("/engine")).text.startswith('{"state":"waiting"')


@pytest.mark.parametrize(
    ("what", "state", "wanting"),
    [("missing", "absent", ""), ("failing", "failed", "the batch engine could not be compiled")],
)
async def test_without_the_engine_the_agents_go_on(engine, monkeypatch, what, state, wanting):
    """Where numba is not installed, or cannot compile, nothing is loaded."""
    monkeypatch.setattr(compiling, "missing", lambda: "no numba" if what == "missing" else "")

    async def compiled():
        return False

    monkeypatch.setattr(warming, "_compiled", compiled)
    found = Warming()
    await found.run()
    assert (found.state, found.wanting, engine) == (state, wanting, [])


async def test_agents_alone_compile_nothing(engine):
    """`serve --engine agents` neither compiles nor loads."""
    found = Warming(wanted=False)
    await found.run()
    assert (found.state, found.wanting, engine) == ("unwanted", "asked for", [])


async def test_the_compiling_process_ends_with_the_page(monkeypatch):
    """When the page is closed before the kernel is there, nobody goes on compiling."""
    started = []
    start = asyncio.create_subprocess_exec

    async def watched(*command, **how):
        started.append(await start(*command, **how))
        return started[0]

    forever = (sys.executable, "-c", "import threading; threading.Event().wait()")
    monkeypatch.setattr(compiling, "command", lambda folder: forever)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    work = asyncio.create_task(warming._compiled())
    while not started:
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert started[0].returncode is not None


@pytest.mark.timeout(COMPILES)
def test_the_batch_engine_answers_as_the_agents(one):
    """Once it is loaded it takes any size, and its estimates are the very same."""
    pytest.importorskip("numba")
    asked = question(one, {"notices": "1h"}, full=False)
    assert (asked.choice.name, asked.replications, asked.note) == ("batch", 50, "")
    heard = []
    found = answer(asked, lambda progress: heard.append(progress.done) or True)
    agents = question(one, {"notices": "1h"}, full=True, wanting="there is no kernel")
    assert found.result.estimates == answer(agents, lambda _: True).result.estimates
    assert sorted(heard) == list(range(50))
