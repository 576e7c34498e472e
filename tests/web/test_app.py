"""What the page's server answers: estimates that are the command line's, limits, and the newest question."""

import asyncio
import json
import re
import shlex
import sqlite3
from itertools import pairwise

import pytest

import recallsim
from recallsim.scenario import load
from recallsim.web.app import Desk
from recallsim.web.estimating import answer, question
from recallsim.web.simulating import Superseded
from recallsim.web.warming import Warming

NO_KERNEL = "there is no kernel"
ASKED = {"client": "c", "scenario": "0", "values": {"notices": "1h", "auto": "0"}, "pinned": {"hold": "10s"}}


@pytest.fixture
def talkative(monkeypatch):
    """Progress is told at every replication."""
    monkeypatch.setattr("recallsim.web.desk._TELLS_EVERY", 0.0)


async def test_an_answer_is_the_command_lines(client, file):
    """The command that is shown, and the file that is copied, give the very numbers of the page."""
    shown = (await client.lines("/estimate", ASKED))[-1]["answer"]
    words = shlex.split(shown["command"])
    options = {key: value for key, value in pairwise(words) if key.startswith("--")}
    settings = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
    replications = int(options["--replications"])
    again = recallsim.run(str(file), seed=7, replications=replications, overrides=settings, workers=1)
    text = (await client("/yaml", ASKED)).text
    copied = recallsim.run(text, workers=1)
    for metric, numbers in shown["estimates"].items():
        if numbers is not None:
            for result in (again, copied):
                found = result.estimate(metric)
                assert numbers == {"mean": found.mean, "low": found.low, "high": found.high}
    assert shown["fingerprint"] == again.fingerprint == copied.fingerprint
    assert shown["columns"] == ["now", "base", "pinned"]


async def test_what_is_refused_on_the_spot_has_no_moment_of_decision(client):
    """Where all recalls are refused nothing is decided after any time; the base keeps its number."""
    asked = {"client": "c", "scenario": "0", "values": {"system": "none"}}
    shown = (await client.lines("/estimate", asked))[-1]["answer"]
    rows = {row["metric"]: [cell["number"] for cell in row["cells"]] for row in shown["rows"]}
    assert rows["refused_rate"][0] == "100 %"
    assert [number != "" for number in rows["decision_seconds_p50"]] == [False, True]


async def test_progress_comes_before_the_answer(client, talkative):
    """Replications are counted from 0 on, for each of the questions in turn; then come the numbers, then all."""
    lines = await client.lines("/estimate", {**ASKED, "values": {"notices": "2min"}})
    told = [(line["progress"]["part"], line["progress"]["done"]) for line in lines if "progress" in line]
    assert (told[0], told == sorted(told), {part for part, _ in told}) == ((1, 0), True, {1, 2, 3})
    assert [kind for line in lines[-2:] for kind in line] == ["numbers", "answer"]


async def test_the_numbers_that_come_first_are_the_answers(client):
    """What is told before the curves and pictures are made stands in the answer just so."""
    lines = await client.lines("/estimate", {**ASKED, "values": {"notices": "7min"}})
    again = await client.lines("/estimate", {**ASKED, "values": {"notices": "7min"}})
    for told in (lines, again):
        *_, first, whole = told
        early, answer = first["numbers"], whole["answer"]
        assert {key: answer[key] for key in early} | {"seconds": 0} == early | {"seconds": 0}
        assert sorted(answer.keys() - early.keys()) == ["command", "curves", "pictures"]


async def test_what_is_asked_ahead_is_there_when_it_is_asked(client):
    """A question ahead is answered with nothing; the same question then is answered at once."""
    asked = {"client": "c", "scenario": "0", "values": {"notices": "3min"}}
    assert await client.lines("/estimate", {**asked, "ahead": True}) == []
    assert [[*line] for line in await client.lines("/estimate", asked)] == [["numbers"], ["answer"]]


def test_a_question_is_drawn_up_once(one):
    """The base is asked for with every move of a slider; its scenario is not read anew."""
    desk = Desk({"0": one}, Warming())
    assert desk.known("0", {"hold": "10s"}, full=False) is None
    first = desk.question("0", {"hold": "10s"}, full=False)
    assert desk.question("0", {"hold": "10s"}, full=False) is first
    assert desk.known("0", {"hold": "10s"}, full=False) is first
    assert desk.question("0", {"hold": "10s"}, full=True) is not first


async def _heard(desk, client, questions, then=lambda: None):
    """What a client hears; after the first word something else is done."""
    heard = []
    async for told in desk.answers(client, desk.comes(client, questions[0]), questions):
        heard.append(told)
        if len(heard) == 1:
            then()
    return heard


async def test_progress_counts_what_is_left_to_compute(client, talkative):
    """What was answered before is no part of it."""
    await client.lines("/estimate", {"client": "c", "scenario": "0", "values": {}})
    lines = await client.lines("/estimate", {"client": "c", "scenario": "0", "values": {"hold": "5s"}})
    assert {(told["part"], told["parts"]) for line in lines for told in line.values() if "part" in told} == {
        (1, 1)
    }


async def test_a_long_answer_tells_its_estimate_so_far(one, monkeypatch, talkative):
    """What is tallied so far is estimated now and then, and told with the progress."""
    monkeypatch.setattr("recallsim.web.simulating._ESTIMATE_SECONDS", 0.0)
    asked = question(one, {}, full=False, wanting=NO_KERNEL)
    told = await _heard(Desk({"0": one}, Warming()), "c", [asked])
    assert told[0] == {"done": 0, "of": 20, "part": 1, "parts": 1, "so_far": None}
    assert all(re.fullmatch(r"\d+(\.\d)? %( .*)?", item["so_far"]) for item in told[1:-2])


async def test_the_newest_question_wins(one, talkative):
    """While one question is computed another one of the same client ends it; another client's does not."""
    desk = Desk({"0": one}, Warming())
    old, new, others = (
        [question(one, {"hold": hold}, full=False, wanting=NO_KERNEL)] for hold in ("5s", "10s", "20s")
    )
    newest = []

    def asks_anew():
        newest.append(asyncio.create_task(_heard(desk, "a", new)))

    with pytest.raises(Superseded):
        await asyncio.gather(_heard(desk, "a", old, asks_anew), _heard(desk, "b", others))
    assert [(await each)[-1][0].question for each in newest] == [new[0]]


def test_a_question_that_comes_makes_earlier_ones_void(one):
    """So it is from its arrival on, before it is drawn up; other clients' are not touched."""
    desk = Desk({"0": one}, Warming())
    first, second = desk.comes("a"), desk.comes("a")
    assert [desk.wanted(*each) for each in (("a", first), ("a", second), ("b", first))] == [False, True, True]


async def test_what_is_computed_already_is_waited_for(one, talkative, monkeypatch):
    """A question that is being computed for somebody, or for the same client's look ahead, is not begun anew."""
    begun = []
    monkeypatch.setattr(
        "recallsim.web.desk.answer", lambda asked, *heard: begun.append(asked) or answer(asked, *heard)
    )
    desk = Desk({"0": one}, Warming())
    asked = [question(one, {}, full=False, wanting=NO_KERNEL)]
    newer = []

    def asks_again():
        newer.append(asyncio.create_task(_heard(desk, "a", asked)))

    ahead = asyncio.create_task(_heard(desk, "a", asked, asks_again))
    other = await _heard(desk, "b", asked)
    with pytest.raises(Superseded):
        await ahead
    (again,) = [await each for each in newer]
    assert (begun, again[-1], other[-1][0].result.replications) == (asked, other[-1], 20)


async def test_an_answer_ends_when_its_client_has_gone(one, talkative, monkeypatch):
    """For who stops listening nothing is computed to its end."""
    ended = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def watched(*asked):
        try:
            return answer(*asked)
        except Superseded as error:
            loop.call_soon_threadsafe(ended.put_nowait, error)
            raise

    monkeypatch.setattr("recallsim.web.desk.answer", watched)
    desk = Desk({"0": one}, Warming())
    listening = desk.answers("a", desk.comes("a"), [question(one, {}, full=False, wanting=NO_KERNEL)])
    assert (await anext(listening))["done"] == 0
    await listening.aclose()
    assert isinstance(await ended.get(), Superseded)


def test_an_answer_that_nobody_waits_for_is_given_up(one):
    """The computation asks before each piece whether it is still wanted."""
    asked, heard = question(one, {}, full=False, wanting=NO_KERNEL), []

    def going_on(progress):
        heard.append(progress.done)
        return len(heard) < 2

    with pytest.raises(Superseded):
        answer(asked, going_on)
    assert heard[0] == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"scenario": "1"}, "there is no such scenario on this page"),
        ({"scenario": "../../etc/passwd"}, "there is no such scenario on this page"),
        ({"scenario": "0", "values": {"auto": "55.5"}}, "Outlooks that process by themselves: there is no stop '55.5'"),
        ({"scenario": "0", "values": {"x\x1b": "1"}}, "there is no slider 'x\\x1b' for this scenario"),
        ({"scenario": "0", "values": "notices"}, "the sliders' values must be texts by the slider's name"),
        ({"scenario": "0", "values": {"count": "50000", "system": "exchange-online"}, "full": True}, "That would take about"),
    ],
    ids=["absent", "path", "stop", "slider", "kind", "too much"],
)  # fmt: skip
async def test_what_is_refused_is_said(client, asked, said):
    """Unknown scenarios, stops and sliders, and too large a computation, with a clear message."""
    told = await client("/estimate", {"client": "c", **asked})
    assert (told.status, said in json.loads(told.text)["error"]) == (422, True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"[" * 5000, b"\xff"], ids=["empty", "list", "broken", "deep", "bytes"]
)
async def test_bodies_that_are_no_question(client, body):
    """Whatever comes, the answer is a refusal and no failure."""
    assert (await client("/estimate", body, method="POST")).status == 422


async def test_a_replication_is_played_as_it_was_lived(client, one):
    """The moments are those of the engine, in seconds; too many recipients are refused."""
    from recallsim.engines.agents import simulate
    from recallsim.plan import draw_up

    shown = (await client("/play", {"scenario": "0", "values": {}, "replication": 3})).text
    told = json.loads(shown)
    plan = draw_up(one.scenario)
    table = (await asyncio.to_thread(simulate, plan, 7, 3, 1)).recipients
    decided = [None if tick < 0 else round(tick / 1e6, 3) for tick in table["decided"].tolist()]
    assert told["decided"] == decided
    assert (told["stages"], len(told["original_ends"]), told["status"]) == (
        ["delivery"],
        1,
        table["status"].tolist(),
    )
    ends = zip(told["original_ends"][0], told["original_delivered"], strict=True)
    assert all(told["released"] < end <= delivered for end, delivered in ends)
    much = await client("/play", {"scenario": "0", "values": {"count": "10000"}, "full": True})
    assert (much.status, "10,000 recipients are too many to be shown" in much.text) == (422, True)


def test_large_lists_are_made_smaller_on_the_agents_engine(one):
    """What was made smaller is said, and the settings say it too; in full, nothing is."""
    quick = question(one, {"count": "2000"}, full=False, wanting=NO_KERNEL)
    full = question(one, {"count": "2000"}, full=True, wanting=NO_KERNEL)
    assert (quick.plan.count, quick.replications, quick.choice.why) == (200, 20, NO_KERNEL)
    assert "recipients.count=200" in quick.settings
    assert quick.note.startswith("200 of 2,000 recipients and 20 of 50 replications")
    assert (full.plan.count, full.replications, full.note) == (2000, 50, "")


async def test_texts_of_scenarios_are_data(client):
    """A title with markup comes as JSON text; the page's own HTML holds nothing of scenarios."""
    offered = await client("/scenarios")
    page = await client("/")
    assert ("A small <b>one</b>" in offered.text, "small" in page.text) == (True, False)


def test_loading_a_scenario_text_keeps_its_numbers(one):
    """The copied file needs no other file."""
    assert load(one.draft.text()).name == "small"


async def test_runs_of_other_terminals_are_told(client_of, hostile, tmp_path):
    """Who watches sees a run that is under way, how far it is and what it says so far; hostile names stay text."""
    kept = tmp_path / "<b>" / "kept.sqlite"
    result = recallsim.run(str(hostile), workers=1, store=kept)
    with sqlite3.connect(kept) as database:
        database.execute("update attempt set ended = null")
    (told,) = json.loads((await client_of(tmp_path)("/runs")).text)
    assert (told["scenario"], told["state"]) == ("hostile", "running")
    assert (told["replications"], told["wanted"]) == (4, 4)
    assert told["success"] == f"{100 * result.estimate('success_rate').mean:.1f} %"


async def test_where_nothing_was_run_there_are_no_runs(client):
    """The folder of the results need not be there."""
    answer = await client("/runs")
    assert (answer.status, answer.text) == (200, "[]")
