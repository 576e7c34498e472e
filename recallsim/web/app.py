"""The page's server: what it answers, to whom, and how much of it at a time."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recallsim.errors import RecallsimError
from recallsim.reporting.numbers import plural
from recallsim.reporting.page.render import environment
from recallsim.reporting.plain import plain
from recallsim.store.growing import Growing, Watcher
from recallsim.web.assets import ASSETS, asset, packaged
from recallsim.web.controls import RequestRefused
from recallsim.web.desk import Desk, Early
from recallsim.web.estimating import Listed, Question, yaml_of
from recallsim.web.guard import Guard
from recallsim.web.simulating import Superseded
from recallsim.web.views import numbers, shown
from recallsim.web.warming import Warming

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp


def application(
    scenarios: Mapping[str, Listed],
    token: str,
    port: int,
    warming: Warming | None = None,
    results: Path = Path("results"),
) -> "ASGIApp":
    """Gives the application, with its guard before it; while it lives it warms the batch engine up.

    Args:
        scenarios: those that the page offers, by key.
        token: what every request must bring.
        port: where the server listens.
        warming: of the batch engine; a new one if there is none.
        results: the folder whose runs are watched.
    """
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
    from starlette.routing import Route

    desk = Desk(scenarios, warming or Warming())
    watcher, watching = Watcher(results), asyncio.Lock()

    async def page(_: "Request") -> "Response":
        return HTMLResponse(
            environment().get_template("what_if.html").render(token=token, licence=packaged("uPlot.LICENSE"))
        )

    async def static(request: "Request") -> "Response":
        text, kind = asset(request.url.path.removeprefix("/"))
        return Response(text, media_type=kind)

    async def engine(_: "Request") -> "Response":
        return JSONResponse(desk.warming.told())

    async def offered(_: "Request") -> "Response":
        return JSONResponse([_offer(each) for each in scenarios.values()])

    async def runs(_: "Request") -> "Response":
        async with watching:
            return JSONResponse([_run(each) for each in await asyncio.to_thread(watcher.look)])

    async def estimate(request: "Request") -> "Response":
        asked = await _read(request)
        client = plain(str(asked.get("client", "")), 64)
        try:
            number = desk.comes(client, desk.known(*_place(desk, asked, "values")))
            questions = await asyncio.to_thread(_questions, desk, asked)
        except (RequestRefused, RecallsimError) as error:
            return JSONResponse({"error": _said(error)}, status_code=422)
        ahead = asked.get("ahead") is True
        lines = _lines(desk, client, number, questions, ahead=ahead)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def as_yaml(request: "Request") -> "Response":
        asked = await _read(request)
        try:
            text = await asyncio.to_thread(lambda: yaml_of(_question(desk, asked, "values")))
        except (RequestRefused, RecallsimError) as error:
            return JSONResponse({"error": _said(error)}, status_code=422)
        return PlainTextResponse(text)

    async def play(request: "Request") -> "Response":
        from recallsim.web.playing import played

        asked = await _read(request)
        replication = asked.get("replication", 0)
        try:
            if not isinstance(replication, int) or not 0 <= replication < 10_000:
                raise RequestRefused("the replication must be a whole number from 0 to 9,999")
            shown = await asyncio.to_thread(lambda: played(_question(desk, asked, "values"), replication))
        except (RequestRefused, RecallsimError) as error:
            return JSONResponse({"error": _said(error)}, status_code=422)
        return JSONResponse(shown)

    routes = [
        Route("/", page),
        *(Route(f"/{name}", static) for name in ASSETS),
        Route("/engine", engine),
        Route("/scenarios", offered),
        Route("/runs", runs),
        Route("/estimate", estimate, methods=["POST"]),
        Route("/yaml", as_yaml, methods=["POST"]),
        Route("/play", play, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes, lifespan=lambda _: desk.warming.during()), token, port)


async def _read(request: "Request") -> dict[str, Any]:
    from recallsim.web.guard import MOST_BYTES

    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _place(desk: Desk, asked: Mapping[str, Any], which: str) -> tuple[str, dict[str, str], bool]:
    """Gives which scenario is asked for, the stops of its sliders, and whether in full."""
    key = asked.get("scenario")
    if not isinstance(key, str) or key not in desk.scenarios:
        raise RequestRefused("there is no such scenario on this page")
    values = asked.get(which) or {}
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise RequestRefused("the sliders' values must be texts by the slider's name")
    return key, values, asked.get("full") is True


def _question(desk: Desk, asked: Mapping[str, Any], which: str) -> Question:
    return desk.question(*_place(desk, asked, which))


def _questions(desk: Desk, asked: Mapping[str, Any]) -> list[Question]:
    """Gives what is asked, the base as large as that, and what is pinned where something is."""
    found = [_question(desk, asked, "values"), _question(desk, {**asked, "base": {}}, "base")]
    if isinstance(asked.get("pinned"), dict):
        found.append(_question(desk, asked, "pinned"))
    return found


async def _lines(
    desk: Desk, client: str, number: int, questions: Sequence[Question], *, ahead: bool
) -> AsyncIterator[bytes]:
    """Gives the lines of an answer, numbers first; what is asked ahead is only kept for the question that may come."""
    early = False
    try:
        async for told in desk.answers(client, number, questions):
            if ahead:
                continue
            if isinstance(told, dict):
                yield _line({"progress": told})
                continue
            if not early:
                yield _line({"numbers": numbers(*told.answers if isinstance(told, Early) else told)})
            early = True
            if not isinstance(told, Early):
                yield _line({"answer": await asyncio.to_thread(shown, *told)})
    except Superseded:
        yield _line({"superseded": True})
    except RecallsimError as error:
        yield _line({"error": _said(error)})


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, allow_nan=False).encode("utf-8") + b"\n"


def _said(error: Exception) -> str:
    return "\n".join(plain(line, 1000) for line in str(error).split("\n"))


def _offer(one: Listed) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": plain(one.title),
        "file": plain(one.file, 400),
        "left_out": one.draft.left_out,
        "controls": [
            {
                "key": control.key,
                "label": control.label,
                "listed": control.listed,
                "own": control.own,
                "start": control.start,
                "stops": [{"value": stop.value, "label": stop.label} for stop in control.stops],
            }
            for control in one.controls
        ],
    }


def _run(one: Growing) -> dict[str, Any]:
    standing = one.standing
    return {
        "file": plain(str(one.file), 400),
        "scenario": plain(one.scenario),
        "variant": plain(one.variant),
        "size": f"{plural(one.recipients, 'recipient')}, seed {plain(one.seed)}",
        "replications": standing.replications,
        "wanted": standing.wanted,
        "success": None if one.success is None else f"{100 * one.success:.1f} %",
        "state": standing.state,
    }
