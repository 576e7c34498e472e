"""What the batch engine refuses, and how the engine is chosen."""

import sys
from dataclasses import dataclass, fields, make_dataclass, replace
from enum import IntEnum
from pathlib import Path

import pytest

from agents import attentive, habits, inbox, policy, records
from recallsim.engines import (
    batch,
    choose,
    kernel_layout,
    kernel_people_layout,
    kernel_servers_layout,
    kernel_systems_layout,
    refusals,
)
from recallsim.engines import compile as compiling
from recallsim.engines.effort import seconds_per_replication
from recallsim.engines.kernel_layout import COLUMNS
from recallsim.engines.observation import RECIPIENT_COLUMNS
from recallsim.extras import how_to_install
from recallsim.plan import draw_up
from recallsim.scenario.loading import load
from transport.clock.ranks import Rank
from transport.recall import codes
from transport.relay import mishaps, settings

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "configs" / "office.yaml"
RECORDS = (
    records.Plan,
    records.SenderPlan,
    records.Group,
    records.Device,
    records.Reading,
    records.Person,
    records.Habit,
    records.Rule,
    records.Turns,
    records.InboxMail,
    records.FolderClock,
    records.Absence,
    settings.Stage,
    settings.Background,
    settings.Link,
    policy.AgentPlan,
    policy.ReportPlan,
    policy.PurgePlan,
    settings.Greylist,
    settings.Fault,
    settings.MailingList,
    settings.Moderation,
)
CODES = (
    records.EarlyRequest,
    records.MailboxKind,
    records.Sync,
    records.MarksRead,
    records.Reads,
    records.HandlingOrder,
    records.TurnsStart,
    settings.Grain,
    settings.Start,
    policy.Alert,
    settings.Trouble,
)


@pytest.fixture(scope="module")
def plan():
    return draw_up(load(OFFICE, ["recipients.count=50"]))


def test_every_field_of_the_plan_is_known_or_refused():
    """A field that a record has and the kernel does not is one that `REFUSED` names; none is passed over."""
    found = {record.__name__: {field.name for field in fields(record)} for record in RECORDS}
    named = {name: set(known) | set(refusals.REFUSED.get(name, ())) for name, known in refusals.KNOWN.items()}
    assert found == named


def test_every_code_of_the_plan_is_known_or_refused():
    """The same for the codes: a new way of reading is not taken for an old one."""
    found = {code.__name__: set(code.__members__) for code in CODES}
    named = {name: set(known) | set(refusals.REFUSED.get(name, ())) for name, known in refusals.CODES.items()}
    assert found == named


def test_a_new_field_is_refused_unless_it_is_neutral(plan):
    """A record with a field that the kernel has never heard of is refused by its key, and taken where it changes nothing."""
    person = plan.groups[0].person
    names = [(field.name, field.type) for field in fields(person)]
    newer = make_dataclass("Person", [*names, ("moods", tuple, ())], frozen=True)
    values = {field.name: getattr(person, field.name) for field in fields(person)}

    def plan_with(moods):
        group = replace(plan.groups[0], person=newer(**values, moods=moods))
        return replace(plan, groups=(group, *plan.groups[1:]))

    assert refusals.refusal(plan_with(())) == ""
    wanted = "the batch engine does not do moods (recipients.groups.person.moods); use --engine agents"
    assert refusals.refusal(plan_with((1,))) == wanted


def test_a_new_code_is_refused(plan):
    """A code that is not in the kernel's list is refused by the key that says it."""

    class Sync(IntEnum):
        TELEPATHY = 9

    group = plan.groups[0]
    device = replace(group.devices[0], sync=Sync.TELEPATHY)
    strange = replace(plan, groups=(replace(group, devices=(device,)), *plan.groups[1:]))
    wanted = "the batch engine does not do telepathy (recipients.groups.client.sync); use --engine agents"
    assert refusals.refusal(strange) == wanted


def test_a_record_of_an_unknown_kind_is_refused(plan):
    """A record where the kernel expects none of that kind is refused by its name."""

    @dataclass(frozen=True)
    class Wormhole:
        length: int = 0

    wanted = "the batch engine does not do Wormhole (no key known); use --engine agents"
    assert refusals.refusal(replace(plan, link=Wormhole())) == wanted


def test_the_batch_engine_raises_what_it_refuses(plan):
    """Asked for something that it refuses, the engine says so and runs nothing."""
    strange = replace(plan, horizon=1 << 58)
    with pytest.raises(
        ValueError, match=r"does not do a horizon of 288230376151711744 ticks \(horizon, clock\)"
    ):
        batch.simulate(strange, 1, 0, 1)


def test_more_folder_clocks_than_there_is_room_for_are_refused(plan):
    """The kernel counts the folders with a clock of their own of a device up to 255."""

    def plan_with(count):
        clocks = tuple(records.FolderClock(16 + number, 2.0) for number in range(count))
        group = plan.groups[0]
        device = replace(group.devices[0], reading=replace(group.devices[0].reading, clocks=clocks))
        return replace(plan, groups=(replace(group, devices=(device,)), *plan.groups[1:]))

    what = "more than 255 folders with a clock of their own (recipients.groups.person.reads.folders)"
    assert refusals.refusal(plan_with(255)) == ""
    assert refusals.refusal(plan_with(256)) == f"the batch engine does not do {what}; use --engine agents"


# --- choosing --------------------------------------------------------------------------------------------------------


def test_auto_takes_the_agents_for_small_runs(plan):
    """What the agents have done before the kernel is loaded, the agents do."""
    found = choose.choose("auto", plan, 20, 1)
    assert (found.name, found.why) == ("agents", "so small a run is done before the batch engine is loaded")


def test_auto_takes_the_batch_engine_for_large_runs(plan, monkeypatch):
    """A large run that the batch engine can do is done by it, on all processors asked for."""
    monkeypatch.setattr(compiling, "missing", lambda: "")
    monkeypatch.setattr(compiling, "is_compiled", lambda: True)
    monkeypatch.setattr(compiling, "failure", lambda: "")
    found = choose.choose("auto", plan, 100_000, 2)
    assert found == ("batch", batch.Batch(2, falls_back=True), "the quickest that can run this scenario")


def test_auto_does_not_compile_for_less(plan, monkeypatch):
    """Where the kernel would have to be compiled first, only a run that takes longer than that is worth it."""
    monkeypatch.setattr(compiling, "missing", lambda: "")
    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    monkeypatch.setattr(compiling, "failure", lambda: "")
    assert choose.choose("auto", plan, 1000, 1).name == "agents"
    assert choose.choose("auto", plan, 100_000, 1).name == "batch"


def test_auto_expects_of_a_plan_what_is_told_before_a_run(plan, monkeypatch):
    """The agents are taken as long as the guess of their time, which `check` tells, is below that of loading the kernel."""
    monkeypatch.setattr(compiling, "missing", lambda: "")
    monkeypatch.setattr(compiling, "is_compiled", lambda: True)
    monkeypatch.setattr(compiling, "failure", lambda: "")
    enough = int(2 * choose.LOAD_SECONDS / seconds_per_replication(plan))
    assert [choose.choose("auto", plan, enough + more, 2).name for more in (-1, 2)] == ["agents", "batch"]


def test_other_mail_is_expected_as_long_as_reports_pass_the_servers():
    """Where reports queue too, servers are busy to the horizon, and a replication is guessed to take so much longer."""
    text = "name: long\nhorizon: 1d\ntransport: {reports: REPORTS, delivery: {workers: 2, service: 1s, background: {rate: 1/s}}}\n"
    text += "recipients: {groups: [{name: a, count: 4}]}\n"
    took = [
        seconds_per_replication(draw_up(load(text.replace("REPORTS", reports))))
        for reports in ("own", "shared")
    ]
    assert round(took[1] / took[0]) == 24


def test_auto_says_what_the_batch_engine_refuses(plan):
    """A refused plan goes to the agents, and the choice says why; asked for by name, the engine is an error."""
    strange = replace(plan, horizon=1 << 58)
    why = "the batch engine does not do a horizon of 288230376151711744 ticks (horizon, clock); use --engine agents"
    assert choose.choose("auto", strange, 100_000, 1)[::2] == ("agents", why)
    with pytest.raises(ValueError) as caught:
        choose.choose("batch", strange)
    assert str(caught.value) == why


def test_without_numba_everything_runs_on_the_agents(plan, monkeypatch):
    """Without numba `auto` takes the agents and one line says what is missing; `batch` is that line as an error."""
    monkeypatch.setitem(sys.modules, "numba", None)
    why = f"the batch engine needs numba, which is not installed: {how_to_install('batch')}"
    assert choose.choose("auto", plan, 100_000, 1)[::2] == ("agents", why)
    with pytest.raises(ValueError) as caught:
        choose.choose("batch", plan)
    assert str(caught.value) == why


# --- the kernel's numbers ---------------------------------------------------------------------------------------------


def test_the_kernel_fills_every_column():
    """The columns that the kernel fills are those of an observation, but for the two that say which row it is."""
    assert set(COLUMNS) == set(RECIPIENT_COLUMNS) - {"replication", "group"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *[(code.name, code) for code in codes.Status],
        *[(code.name, code) for code in (codes.Place.NOT_SENT, codes.Place.IN_TRANSIT, codes.Place.PRESENT)],
        *[(code.name, code) for code in (codes.Place.REMOVED_BY_RECALL, codes.Place.REMOVED_BY_PERSON)],
        *[(code.name, code) for code in (codes.Place.INTERCEPTED, codes.Place.HELD, codes.Place.BOUNCED)],
        *[
            (code.name, code)
            for code in (
                codes.Place.LOST,
                codes.Place.REJECTED,
                codes.Place.FETCHED,
                codes.Place.REMOVED_BY_ADMIN,
            )
        ],
        ("STRIPPED_ON_PATH", codes.Reason.STRIPPED_ON_PATH),
        *[(code.name, code) for code in codes.SeenPhase],
        *[(f"TOLD_{code.name}", code) for code in codes.Told if code],
        *[(code.name, code) for code in (codes.Kind.ORIGINAL, codes.Kind.REQUEST, codes.Kind.REPLACEMENT)],
        ("REPORT", codes.Kind.REPORT),
        ("DSN", codes.Kind.DSN_ORIGINAL),
        *[(code.name, code) for code in (codes.Folder.INBOX, codes.Folder.DELETED_ITEMS, codes.Folder.JUNK)],
        ("NO_PERMISSION", codes.Reason.NO_PERMISSION),
        ("SENDER_RANK", Rank.SENDER),
        ("HORIZON_RANK", Rank.HORIZON),
        *[(rank.name, rank) for rank in Rank if rank.name not in ("SENDER", "HORIZON")],
        *[(code.name, code) for code in records.Sync],
        ("ON_LEAVE", records.MarksRead.ON_LEAVE),
        ("AFTER", records.MarksRead.AFTER),
        ("READS_NEVER", records.Reads.NEVER),
        ("BY_DELAY", records.Reads.DELAY),
        ("BY_CHECKS", records.Reads.SESSIONS),
        ("BY_HAZARD", records.Reads.HAZARD),
        ("NEWEST", records.HandlingOrder.NEWEST),
        ("OLDEST", records.HandlingOrder.OLDEST),
        ("RANDOM_ORDER", records.HandlingOrder.RANDOM),
        ("REQUEST_FIRST", records.HandlingOrder.REQUEST_FIRST),
        *[(code.name, code) for code in records.EarlyRequest],
        ("USER", records.MailboxKind.USER),
        ("SHARED_BOX", records.MailboxKind.SHARED),
        ("PUBLIC", records.MailboxKind.PUBLIC),
    ],
)
def test_the_kernels_codes_are_those_of_the_enumerations(name, code):
    """What the kernel calls by a plain number has the number of its enumeration."""
    assert getattr(kernel_layout, name) == code.value


@pytest.mark.parametrize("code", policy.Alert)
def test_the_kernels_alerts_are_those_of_the_policy(code):
    """The same for whom a removal is told."""
    assert getattr(kernel_systems_layout, f"ALERTS_{code.name}") == code.value


def test_the_kernels_codes_of_the_servers_are_those_of_the_enumerations():
    """So it is with faults, and with the ordinal of a copy that is sent again."""
    troubles = {code.name: getattr(kernel_servers_layout, code.name) for code in settings.Trouble}
    assert troubles == {code.name: code.value for code in settings.Trouble}
    assert kernel_layout.AGAIN == mishaps.AGAIN


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("STATIONARY_TURN", records.TurnsStart.STATIONARY),
        ("UP_TURN", records.TurnsStart.UP),
        ("DOWN_TURN", records.TurnsStart.DOWN),
        ("OTHER_MAIL", codes.Kind.BACKGROUND),
    ],
)
def test_the_codes_of_what_people_have_are_those_of_the_enumerations(name, code):
    """The same for turns online and the other mail of an inbox."""
    assert getattr(kernel_people_layout, name) == code.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FOLDER_PLACES", attentive.FOLDER_PLACES),
        ("REACTS", attentive.REACTS),
        ("GLIMPSED", attentive.GLIMPSED),
        ("ATTACHMENT", habits.ATTACHMENT),
        ("PICKS_IN_COMPANY", inbox.PICKS_A_CHECK),
    ],
)
def test_the_numbers_of_what_people_have_are_those_of_the_agents(name, value):
    """Places of draws, ordinals and levels are the agents' own."""
    assert getattr(kernel_people_layout, name) == value
