"""Every error of a scenario: its place, its words and its suggestion."""

import pytest

from recallsim.errors import ScenarioError
from recallsim.scenario import load
from recallsim.scenario.base import either
from recallsim.scenario.values import RECALL_SYSTEMS

UNITS = "us, ms, s, min, h, d or w"


def test_a_misspelt_key_is_shown_with_a_caret_and_a_suggestion(written, complaint, small):
    """An unknown key stands with file, line, column, path, line, caret and what was probably meant."""
    file = written(x=small.replace("  notices: 5min", "  notises: 5min"))
    observed = complaint(file)
    expected = (
        "x.yaml:8:3: error: sender.notises: unknown key 'notises'\n"
        "  8 |   notises: 5min\n"
        "    |   ^^^^^^^ help: did you mean 'notices'?"
    )
    assert observed == expected


def test_a_misspelt_distribution_is_called_one(written, complaint, small):
    """An unknown distribution is named; what is inside a key that had to be guessed is not looked at."""
    file = written(x=small.replace("{lognormal: {median: 2s", "{lognormall: {median: 2 sek"))
    observed = complaint(file)
    expected = (
        "x.yaml:12:20: error: transport.link.latency.lognormall: unknown distribution 'lognormall'\n"
        " 12 |   link: {latency: {lognormall: {median: 2 sek, sigma: 1}}}\n"
        "    |                    ^^^^^^^^^^ help: did you mean 'lognormal'?"
    )
    assert observed == expected


def test_a_number_without_a_unit_says_which_there_are(written, complaint, small):
    """A bare number where a time is wanted names the units."""
    file = written(x=small.replace("hold: 0s", "hold: 30"))
    expected = (
        f"x.yaml:7:9: error: sender.hold: 30 has no unit; use {UNITS}\n"
        "  7 |   hold: 30\n"
        "    |         ^^ help: '30s' or '30min'?"
    )
    assert complaint(file) == expected


def test_every_error_is_reported_at_once_in_order(written, complaint, small):
    """Errors of several kinds come together, sorted by place; none at a place that was only guessed."""
    text = (
        small.replace("horizon: 1d", "horizon: -3 min")
        .replace("size: 2 MB", "size: 2 TBs")
        .replace("share: 0.7", "share: 0.9")
        .replace("auto_process: 0.9", "auto_proces: 9")
        .replace("failure: 0.1", "failure: 10 %")
    )
    observed = [line for line in complaint(written(x=text)).splitlines() if "error:" in line]
    assert observed == [
        "x.yaml:2:10: error: horizon: '-3 min' is negative; a duration is 0 or more",
        "x.yaml:5:36: error: message.size: '2 TBs' has the unknown unit 'TBs'; use B, kB, MB, GB, KiB, MiB or GiB",
        "x.yaml:11:71: error: transport.delivery.failure: expected a number from 0 to 1, found '10 %'",
        "x.yaml:16:5: error: recipients.groups: the shares add up to 1.2, not to 1",
        "x.yaml:18:39: error: recipients.groups.desk.client.auto_proces: unknown key 'auto_proces'",
    ]


CASES = [
    ('hold: 0s', 'hold: .inf', 'x.yaml:7:9: error: sender.hold: .inf is not a number that can be simulated'),
    ('hold: 0s', 'hold: .NaN', 'x.yaml:7:9: error: sender.hold: .NaN is not a number that can be simulated'),
    ('failure: 0.1', 'failure: 1e999', "x.yaml:11:71: error: transport.delivery.failure: '1e999' is too large"),
    ('count: 10', 'count: 99999999999999999999999999999999999', 'x.yaml:14:10: error: recipients.count: the number has 35 digits; that is too large'),
    ('count: 10', 'count: 10.5', 'x.yaml:14:10: error: recipients.count: expected a whole number, found 10.5'),
    ('count: 10', 'count: true', 'x.yaml:14:10: error: recipients.count: expected a whole number, found true'),
    ('count: 10', 'count: 0', 'x.yaml:14:10: error: recipients.count: 0 is outside 1 to 1,000,000,000'),
    ('tell_me: false', 'tell_me: no', "x.yaml:9:38: error: sender.recall.tell_me: expected true or false, found 'no'"),
    ('system: outlook', 'system: exchange-onlin', f"x.yaml:9:20: error: sender.recall.system: expected {either(RECALL_SYSTEMS)}, found 'exchange-onlin'"),
    ('hold: 0s', 'hold: 0s\n  hold: 1s', "x.yaml:8:3: error: sender.hold: the key 'hold' stands here twice (first in line 7)"),
    ('hold: 0s', 'hold: &h 0s', 'x.yaml:7:9: error: sender.hold: the anchor &h cannot stand here'),
    ('hold: 0s', 'hold: *h', 'x.yaml:7:9: error: the alias *h cannot stand here'),
    ('hold: 0s', 'hold: !!int 3', "x.yaml:7:9: error: the tag '!!int' cannot stand here"),
    ('hold: 0s', '\thold: 0s', 'x.yaml:7:3: error: a tab cannot indent in YAML'),
    ('retry: [1min, 5min]', 'retry: [1min, 0s]', "x.yaml:11:90: error: transport.delivery.retry.1: '0s' is 0; it must be longer"),
    ('retry: [1min, 5min]', 'retry: 1min', "x.yaml:11:83: error: transport.delivery.retry: expected a list of gaps or a backoff, found '1min'"),
    ('share: 0.3', 'shar: 0.3', "x.yaml:21:7: error: recipients.groups.web.shar: unknown key 'shar'"),
    ('share: 0.3', 'count: 3', 'x.yaml:16:7: error: recipients.groups.desk: the other groups have a count; this one has none'),
    ('name: web', 'name: desk', "x.yaml:20:13: error: recipients.groups.desk.name: the name 'desk' is taken by the group number 0"),
    ('name: web', 'name: all', "x.yaml:20:13: error: recipients.groups.all.name: 'all' means every group in the results; with several groups none can be called so"),
    ('name: web', 'name: ../../x', "x.yaml:20:13: error: recipients.groups.../../x.name: '../../x' cannot be a name"),
    ('order: random', 'order: randm', "x.yaml:19:76: error: recipients.groups.desk.person.reads.sessions.order: expected newest, oldest, random or request_first, found 'randm'"),
    ('order: random', 'hours: night', "x.yaml:19:76: error: recipients.groups.desk.person.reads.sessions.hours: there is no calendar 'night'"),
    ('days: Mon-Fri', 'days: Mon-Fry', "x.yaml:4:28: error: calendars.office.days: 'Fry' is not a weekday; use Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
    ('to: "16:30"', 'to: "24:01"', "x.yaml:4:56: error: calendars.office.to: '24:01' is not a time of day; write it as 08:30, from 00:00 to 24:00"),
    ('to: "16:30"', 'to: "07:00"', 'x.yaml:4:21: error: calendars.office: it closes before it opens'),
    ('workers: 4', 'workers: 0', 'x.yaml:11:23: error: transport.delivery.workers: 0 is outside 1 to 1,000,000,000'),
    ('workers: 4', 'workers: unlimted', "x.yaml:11:23: error: transport.delivery.workers: expected a whole number or unlimited, found 'unlimted'"),
    ('sync: cached', 'sync: {fetch: 5min}', 'x.yaml:18:64: error: recipients.groups.desk.client.sync: only pop fetches; outlook-desktop has push, cached or poll'),
    ('sync: cached', 'sync: poll', 'x.yaml:18:64: error: recipients.groups.desk.client.sync: poll needs a period'),
    ('mean: 7min', 'mean: 0s', "x.yaml:19:61: error: recipients.groups.desk.person.reads.sessions.gap.exponential.mean: '0s' is 0; it must be longer"),
    ('gap: {exponential: {mean: 7min}}', 'gap: never', 'x.yaml:19:40: error: recipients.groups.desk.person.reads.sessions.gap: never cannot stand here'),
    ('notices: 5min', 'notices: {lognormal: {median: 5min}}', 'x.yaml:8:24: error: sender.notices.lognormal: a lognormal takes either median and sigma or mean and cv'),
    ('notices: 5min', 'notices: [5min]', 'x.yaml:8:12: error: sender.notices: expected a duration or a distribution, found a list'),
    ('message: {subject: Salaries, size: 2 MB}', 'message: 5', 'x.yaml:5:10: error: message: expected a mapping of keys and values, found 5'),
    ('replications: 400', 'replications: {precision: 0.02, min: 50, max: 20}', 'x.yaml:3:15: error: replications: min (50) is above max (20)'),
    ('horizon: 1d', 'start: Tuesday', "x.yaml:2:8: error: start: expected a weekday and a time of day, found 'Tuesday'"),
    ('horizon: 1d', 'start: Tue 10:40 Europe/Olso', "x.yaml:2:8: error: start: 'Europe/Olso' is not a time zone"),
    ('horizon: 1d', 'start: {any: night}', "x.yaml:2:14: error: start.any: there is no calendar 'night'"),
    ('horizon: 1d', 'horizon: 100000000d', 'x.yaml:2:10: error: horizon: some 274,000 years is too long; with a clock of 1 us the longest horizon is some 18,300 years'),
    ('horizon: 1d', 'metrics: [wait_seconds:delivry]', "x.yaml:2:11: error: metrics.0: wait_seconds:delivry: the scenario has no stage 'delivry' (did you mean 'delivery'?); its stages are delivery"),
    ('horizon: 1d', 'extends: nowhere.yaml', "x.yaml:2:10: error: extends: 'nowhere.yaml' is not beside the file or among the presets"),
    ('hold: 0s', 'extends: desk.yaml', "x.yaml:7:3: error: sender.extends: unknown key 'extends'"),
    ('horizon: 1d', 'what_if: {later: {sender.hold: 3}}', 'x.yaml:2:32: error: what_if.later.sender.hold: 3 has no unit; use us, ms, s, min, h, d or w'),
    ('horizon: 1d', 'what_if: {later: {sendr.hold: 3s}}', "x.yaml:2:19: error: what_if.later.sendr: unknown key 'sendr'"),
    ('horizon: 1d', 'what_if: {more: {recipients.groups.web.share: 0.5}}', 'x.yaml:2:11: error: what_if.more: recipients.groups: the shares add up to 1.2, not to 1'),
    ('horizon: 1d', 'what_if: {base: {}}', "x.yaml:2:17: error: what_if.base: 'base' is the scenario without a variant"),
    ('horizon: 1d', 'sweep: {grid: {sender.hold: [1s, 2]}}', 'x.yaml:2:34: error: sweep.grid: sender.hold: 2 has no unit; use us, ms, s, min, h, d or w'),
    ('horizon: 1d', 'sweep: {grid: {recipients.groups.phone.share: [0.1]}}', "x.yaml:2:16: error: sweep.grid: recipients.groups.phone.share: recipients.groups has no item 'phone'; it has desk and web"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "expected"), CASES)
def test_one_bad_value_is_one_error(written, complaint, small, there, instead, expected):
    """One mistake gives one error, at its place and in plain words."""
    assert there in small
    observed = complaint(written(x=small.replace(there, instead, 1)))
    assert [line for line in observed.splitlines() if "error:" in line] == [expected]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "x.yaml: error: the file is empty\n  help: begin with `recallsim new FILE`"),
        (b"# only a comment\n", "x.yaml: error: the file is empty\n  help: begin with `recallsim new FILE`"),
        (b"- 1\n", "x.yaml:1:1: error: expected keys and values, found a list\n  1 | - 1\n    | ^"),
        (b"a: \xff\n", "x.yaml: error: the file is not UTF-8 text (byte 0xff in line 1)\n  help: save it with the encoding UTF-8"),
        (b"a: 1\n" * 250_000, "x.yaml: error: the file is too large; it may have 1,000,000 bytes"),
        (b"[" * 200, "x.yaml:1:41: error: nested more than 40 deep"),
        (b"a: \x07\n", "x.yaml:1:4: error: the character U+0007 cannot stand in YAML"),
        (b"a: 1\n---\nb: 1\n", "x.yaml:2:1: error: a second document begins; a file holds one scenario"),
        (b"a: 'x\n", "x.yaml:2:1: error: this is not YAML: found unexpected end of stream"),
        (b"? [1]\n: 2\n", "x.yaml:1:3: error: a key must be a plain word"),
        (b"a: b: c\n", "x.yaml:1:5: error: a key cannot stand here"),
    ],
)  # fmt: skip
def test_files_that_are_no_scenario(written, complaint, content, expected):
    """A file of another kind is refused in words, never with a traceback."""
    observed = complaint(written(x=content))
    assert observed[: len(expected)] == expected


def test_a_missing_file_a_folder_and_an_odd_name_are_refused(complaint, tmp_path, monkeypatch):
    """A name that leads to no file is an error in words."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    observed = [complaint(name).splitlines()[0] for name in ("no.yaml", "folder", "a\0b")]
    assert observed == [
        "no.yaml: error: there is no such file",
        "folder: error: the file cannot be read: it is a directory",
        "'a\\x00b': error: the file cannot be read: that is not the name of a file",
    ]


def test_a_circle_of_extends_is_shown(written, complaint, small):
    """Files that extend one another in a circle are named in order."""
    file = written(x="extends: y.yaml\n" + small, y="extends: z.yaml\n", z="extends: x.yaml\n")
    expected = (
        "z.yaml:1:10: error: extends: it goes round in a circle: x.yaml -> y.yaml -> z.yaml -> x.yaml\n"
        "  1 | extends: x.yaml\n"
        "    |          ^^^^^^"
    )
    assert complaint(file) == expected


def test_an_error_in_an_extended_file_stands_there(written, complaint, small):
    """What is wrong in an extended file is shown with that file's name, line and column."""
    file = written(x="extends: y.yaml\n" + small, y="sender:\n  acts: 5 minuts\n")
    expected = (
        f"y.yaml:2:9: error: sender.acts: '5 minuts' has the unknown unit 'minuts'; use {UNITS}\n"
        "  2 |   acts: 5 minuts\n"
        "    |         ^^^^^^^^ help: did you mean 'min'?"
    )
    assert complaint(file) == expected


def test_an_unknown_preset_suggests_a_known_one(written, complaint, small):
    """A misspelt preset suggests the right one."""
    file = written(x=small.replace("      share: 0.3", "      share: 0.3\n      extends: desk-and-fone.yaml"))
    expected = (
        "x.yaml:22:16: error: recipients.groups.web.extends: "
        "'desk-and-fone.yaml' is not beside the file or among the presets\n"
        " 22 |       extends: desk-and-fone.yaml\n"
        "    |                ^^^^^^^^^^^^^^^^^^ help: did you mean 'desk-and-phone.yaml'?"
    )
    assert complaint(file) == expected


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("{workers: 4, service: {exponential: {mean: 2min}}, background: {rate: 1.6/min, start: stationary}}", None),
        ("{workers: 3, service: {exponential: {mean: 2min}}, background: {rate: 1.6/min, start: stationary}}",
         "a stationary start needs a load below 1; 1.6 arrivals a minute of 2 min each on 3 workers make 1.067"),
        ("{workers: 4, service: 2min, background: {rate: 1.6/min, start: stationary}}",
         "a stationary start needs exponential service; here it is 2 min"),
        ("{workers: 4, service: {exponential: {mean: 2min}}, failure: 0.1, background: {rate: 1.6/min, start: stationary}}",
         "a stationary start needs a stage without failures"),
        ("{workers: 4, service: {exponential: {mean: 2min}}, discipline: {priority: [request]}, background: {rate: 1.6/min, start: stationary}}",
         "a stationary start needs first come, first served; here some kinds go first"),
        ("{workers: 4, service: 2min, background: {rate: 1.6/min, start: {warm: 2h}}}", None),
        ("{workers: 4, service: 2min, background: {rate: 1.6/min, start: 'warm: 2h'}}", None),
    ],
)  # fmt: skip
def test_a_stationary_background_says_what_it_needs(small, stage, expected):
    """A start in the stationary state is refused, in words, where that state is not known."""
    text = (
        "\n".join(
            f"  delivery: {stage}" if line.startswith("  delivery:") else line for line in small.splitlines()
        )
        + "\n"
    )
    try:
        load(text)
        observed = None
    except ScenarioError as error:
        observed = error.problems[0].what
    assert observed == expected


@pytest.mark.parametrize(
    ("transport", "expected"),
    [
        ("{stages: [{name: a, per: recipient}, {name: b, per: message}]}",
         "transport.stages.b.per: a job per message cannot come after a job per recipient"),
        ("{stages: [{workers: 1}]}", "transport.stages.0: the key 'name' is missing"),
        ("{stages: [{name: a}, {name: a}]}", "transport.stages.a.name: another stage is called 'a' already"),
        ("{stages: [{name: a}], delivery: {}}", "transport.stages: stages and the key 'delivery' both describe the passage"),
        ("{delivery: {name: b}}", "transport.delivery.name: the stage of the key delivery is called delivery"),
        ("{delivery: {}, outages: [{stage: delivry, from: 1h, for: 1h}]}",
         "transport.outages.0.stage: there is no stage 'delivry'"),
        ("{delivery: {retry: {gaps: [1us], jitter: 0.5}}}", "transport.delivery.retry: a gap is shorter than one tick of the clock"),
        ("{delivery: {background: {rate: 1e9/s}}}",
         "transport.delivery.background.rate: 8.6e+13 messages would arrive until the horizon; 1e+08 can be simulated"),
    ],
)  # fmt: skip
def test_servers_that_do_not_fit(small, transport, expected):
    """Stages out of order, without names or out of proportion are refused at their place."""
    lines = [line for line in small.splitlines() if not line.startswith(("  delivery:", "  link:"))]
    text = "\n".join(f"transport: {transport}" if line == "transport:" else line for line in lines) + "\n"
    with pytest.raises(ScenarioError) as error:
        load(text)
    first = error.value.problems[0]
    assert f"{first.path}: {first.what}" == expected
