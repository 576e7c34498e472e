"""What lies over what: presets, file, variant, `--set`; and what a path can reach."""

import pytest

from recallsim.errors import ScenarioError
from recallsim.scenario import load


def at(scenario, group=0):
    """A group of a scenario."""
    return scenario.groups[group]


def test_the_order_is_presets_file_variant_and_set_last(written, small):
    """Each layer lies over the one before it."""
    text = small.replace("  hold: 0s\n", "").replace("  notices: 5min", "  notices: 6min")
    text += "what_if: {v: {sender.acts: 3min, sender.recall.max_age: 3h}}\n"
    base = "sender: {hold: 1s, notices: 1min, acts: 1min, recall: {max_age: 1h, intercept: true}}\n"
    sender = load(
        written(x="extends: base.yaml\n" + text, base=base), ["sender.recall.max_age=4h"], "v"
    ).sender
    observed = (
        sender.hold,
        sender.notices.words(),
        sender.acts.words(),
        sender.recall.max_age,
        sender.recall.intercept,
    )
    assert observed == (1.0, "6 min", "3 min", 14_400.0, True)


def test_a_file_beside_comes_before_a_preset(written, small):
    """A file of a preset's name beside the scenario takes its place."""
    text = small.replace("      share: 0.7", "      share: 0.7\n      extends: web.yaml").replace(
        "{kind: outlook-desktop, auto", "{auto"
    )
    observed = load(written(x=text, web="client: {kind: imap}\n")).groups[0].client.kind
    assert observed == "imap"


def test_several_presets_lie_in_order(written, small):
    """Of several presets the later lies over the earlier, the file over both."""
    text = small.replace("      share: 0.3", "      share: 0.3\n      extends: [a.yaml, b.yaml]")
    group = load(
        written(
            x=text,
            a="client: {kind: pop, auto_process: 0.1, marks_read: never}\n",
            b="client: {auto_process: 0.2}\n",
        )
    ).groups[1]
    assert (group.client.kind, group.client.auto_process, group.client.marks_read.mode) == (
        "web",
        0.2,
        "never",
    )


def test_an_empty_value_is_an_error_and_null_removes(small):
    """What an unset variable of a shell leaves after the `=` is refused; null says that something is to go."""
    with pytest.raises(ScenarioError) as caught:
        load(small, ["sender.notices= "])
    observed = (str(caught.value), load(small, ["sender.notices=null"]).sender.notices.words())
    assert observed == (
        "--set sender.notices= : error: there is no value after the '='\n  help: null removes what the file has",
        "0 s",
    )


def test_lists_laws_and_kinds_of_reading_are_replaced_whole(written, small):
    """A law never keeps parameters of the law below it, nor a kind of reading."""
    text = "extends: base.yaml\n" + small
    base = (
        "sender: {notices: {lognormal: {mean: 1s, cv: 1}}}\n"
        "transport: {delivery: {retry: {backoff: {first: 1s}}, service: {uniform: {low: 1s, high: 2s}}}}\n"
    )
    scenario = load(written(x=text, base=base))
    stage = scenario.transport.passage()[0]
    assert (
        scenario.sender.notices.words(),
        stage.service.default.words(),
        stage.retry.default.gaps,
        stage.retry.default.backoff,
    ) == (
        "5 min",
        "exponential, mean 2 s",
        (60.0, 300.0),
        None,
    )


def test_reading_takes_another_kind_and_keeps_its_hours(written, small):
    """Another kind of reading replaces the one below it; the hours beside it stay."""
    text = small.replace("      share: 0.3", "      share: 0.3\n      extends: a.yaml")
    group = "person: {reads: {sessions: {gap: 1h}, hours: office}, never: 0.2}\n"
    reads = load(written(x=text, a=group)).groups[1].person
    assert (reads.reads.kind, reads.calendar, reads.never) == ("delay", "office", 0.2)


@pytest.mark.parametrize(
    ("kind", "reads"),
    [
        ("notified", "{notified: {p: 0.5, after: 10s, otherwise: {delay: 1h}}}"),
        ("hazard", "{hazard: {calendar: office, inside: 1/1h, outside: 1/1d}}"),
        ("sessions", "{sessions: {gap: 2h}}"),
        ("delay", "{delay: 1h}"),
    ],
)
@pytest.mark.parametrize("below", ["{sessions: {gap: 1h}}", "{notified: {p: 1, otherwise: {delay: 2h}}}"])
def test_each_kind_of_reading_replaces_another(kind, reads, below, written):
    """Whatever the kind below, the kind above stands alone."""
    text = (
        "name: kinds\ncalendars: {office: {days: Mon-Fri, from: '08:00', to: '16:00'}}\n"
        f"recipients: {{groups: [{{name: a, count: 3, extends: a.yaml, person: {{reads: {reads}}}}}]}}\n"
    )
    person = load(written(x=text, a=f"person: {{reads: {below}}}\n")).groups[0].person
    assert person.reads.kind == kind


def test_nothing_takes_a_key_away(small):
    """An empty value stands for the key's absence."""
    stage = load(
        small, ["transport.delivery.retry=null", "transport.delivery.failure=null"]
    ).transport.passage()[0]
    assert (stage.retry.default, stage.failure.of("original")) == (None, 0.0)


@pytest.mark.parametrize(
    ("setting", "reach", "expected"),
    [
        ("sender.hold=30s", lambda s: s.sender.hold, 30.0),
        ("recipients.groups.web.client.kind=pop", lambda s: s.groups[1].client.kind, "pop"),
        ("recipients.groups.1.client.kind=pop", lambda s: s.groups[1].client.kind, "pop"),
        ("recipients.groups.*.client.kind=pop", lambda s: [g.client.kind for g in s.groups], ["pop", "pop"]),
        ("recipients.groups.*.person.preview.share=0.5", lambda s: [g.person.preview.share for g in s.groups], [0.5, 0.5]),
        ("transport.link.latency.lognormal.sigma=2", lambda s: s.transport.link.latency.default.words(), "lognormal, median 2 s, sigma 2"),
        ("transport.link.latency.exponential.mean=3s", lambda s: s.transport.link.latency.default.words(), "exponential, mean 3 s"),
        ("transport.link.latency.request=3s", lambda s: [s.transport.link.latency.of(k).words() for k in ("original", "request")], ["lognormal, median 2 s, sigma 1", "3 s"]),
        ("sender.notices.exponential.mean=3s", lambda s: s.sender.notices.words(), "exponential, mean 3 s"),
        ("sender.recall.replace.compose=3s", lambda s: s.sender.recall.replace.compose.words(), "3 s"),
        ("recipients.groups.desk.client.sync.poll=5min", lambda s: (s.groups[0].client.sync.mode, s.groups[0].client.sync.every), ("poll", 300.0)),
        ("recipients.groups.desk.person.reads.sessions.order=oldest", lambda s: s.groups[0].person.reads.sessions.order, "oldest"),
        ("recipients.groups.desk.person.reads.delay=5min", lambda s: (s.groups[0].person.reads.kind, s.groups[0].person.reads.delay.of("request").words()), ("delay", "5 min")),
        ("transport.delivery.retry={backoff: {first: 1min}, attempts: 3}", lambda s: s.transport.passage()[0].retry.default.expanded(1e6), (60.0, 120.0)),
        ("message.subject='5'", lambda s: s.message.subject, "5"),
        ("metrics=[waited_over:delivery:3min]", lambda s: s.metrics, ("waited_over:delivery:3min",)),
    ],
)  # fmt: skip
def test_a_path_sets_what_the_file_has_or_leaves_out(small, setting, reach, expected):
    """A path reaches into mappings, lists and laws, and sets keys that the file does not mention."""
    assert reach(load(small, [setting])) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("sender.hld=3s", "--set sender.hld=3s: error: sender.hld: unknown key 'hld'\n  help: did you mean 'hold'?"),
        ("sender.hold=3", "--set sender.hold=3: error: sender.hold: 3 has no unit; use us, ms, s, min, h, d or w\n  help: '3s' or '3min'?"),
        ("sender.hold", "--set sender.hold: error: there is no '=' in it\n  help: write KEY=VALUE, as sender.hold=30s"),
        ("sender..hold=3s", "--set sender..hold=3s: error: 'sender..hold' is not a path\n  help: write keys joined by dots, as sender.hold"),
        ("sender.hold=[3", "--set sender.hold=[3: error: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("recipients.groups.dsk.share=1", "--set recipients.groups.dsk.share=1: error: recipients.groups.dsk.share: recipients.groups has no item 'dsk'; it has desk and web\n  help: did you mean 'desk'?"),
        ("sender.*=1", "--set sender.*=1: error: sender.*: '*' stands for every item of a list; sender is none"),
        ("recipients.groups.*.client.kind=wep", "--set recipients.groups.*.client.kind=wep: error: recipients.groups.desk.client.kind: expected outlook-desktop, outlook-new, outlook-mac, web, mobile, imap, pop or other, found 'wep'\n  help: did you mean 'web'?"),
        ("transport.extends=x.yaml", "--set transport.extends=x.yaml: error: transport.extends: extends is looked up when the file is read; it cannot be set afterwards"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_its_own_place(complaint, small, setting, expected):
    """What is wrong with a setting is reported under the setting, without a caret."""
    assert complaint(small, setting) == expected


def test_control_characters_in_a_name_are_shown_as_escapes(complaint, small):
    """A name that is refused for its line breaks does not break the message, nor reach a terminal raw."""
    text = small.replace("name: desk", 'name: "a\\nb\\e[31mx"')
    said = complaint(text)
    first, *_ = said.splitlines()
    assert first.endswith(
        "error: recipients.groups.a\\nb\\x1b[31mx.name: the text holds line breaks or control characters"
    )
    assert "\x1b" not in said


def test_settings_may_be_a_mapping(small):
    """From Python, overrides may be a mapping from path to value."""
    assert (
        load(small, {"sender.hold": "3s", "recipients.groups.*.client": {"kind": "web"}}).sender.hold == 3.0
    )


def test_an_unknown_variant_suggests_one(complaint, small):
    """A variant that is not there names those that are."""
    text = small + "what_if: {sooner: {sender.notices: 1min}}\n"
    assert complaint(text, variant="soner") == (
        "<text>: error: what_if: there is no variant 'soner'\n  help: did you mean 'sooner'?"
    )


def test_a_variant_changes_its_paths_only(small):
    """A variant lays its values over the file."""
    text = small + "what_if: {sooner: {sender.notices: 1min, recipients.groups.*.client.auto_process: 1}}\n"
    base, sooner = load(text), load(text, variant="sooner")
    observed = [(s.sender.notices.words(), [g.client.auto_process for g in s.groups]) for s in (base, sooner)]
    assert observed == [("5 min", [0.9, 0.0]), ("1 min", [1.0, 1.0])]


VARIED = "what_if: {sooner: {sender.notices: 1min, sender.acts: 2min}}\n"


@pytest.mark.parametrize(
    ("setting", "variant", "expected"),
    [
        ("what_if.sooner.sender.notices=30s", "sooner", ("30 s", "2 min")),
        ("what_if.sooner={sender.notices: 30s}", "sooner", ("30 s", "2 min")),
        ("what_if={sooner: {sender.notices: 30s}}", "sooner", ("30 s", "2 min")),
        ("what_if.v2={sender.acts: 9s}", "v2", ("5 min", "9 s")),
    ],
)
def test_a_setting_reaches_what_a_variant_sets(small, setting, variant, expected):
    """A path within a variant, some of its paths, or a variant that is not in the file."""
    sender = load(small + VARIED, [setting], variant).sender
    assert (sender.notices.words(), sender.acts.words()) == expected


def test_a_setting_within_a_variant_leaves_the_scenario_alone(small):
    """The base is as it was, and its variants have the change."""
    base = load(small + VARIED, ["what_if.sooner.sender.notices=30s"])
    assert (base.sender.notices.words(), base.what_if["sooner"]["sender.notices"]) == ("5 min", "30s")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (
            "what_if.soner.sender.notices=30s",
            "--set what_if.soner.sender.notices=30s: error: what_if: there is no variant 'soner'\n"
            "  help: did you mean 'sooner'?; a new one comes whole: --set 'what_if.NAME={sender.hold: 30s}'",
        ),
        (
            "what_if.sooner.sender.notics=30s",
            "--set what_if.sooner.sender.notics=30s: error: what_if.sooner.sender.notics: unknown key 'notics'\n"
            "  help: did you mean 'notices'?",
        ),
        (
            "what_if.v2=30s",
            "--set what_if.v2=30s: error: what_if.v2: expected a mapping from path to value\n  help: {sender.hold: 30s}",
        ),
    ],
)
def test_a_mistake_within_a_variant_is_said(complaint, small, setting, expected):
    """Neither an unknown variant nor an unknown path in one passes in silence."""
    assert complaint(small + VARIED, setting) == expected


@pytest.mark.parametrize(
    "setting", ["recipients.count=1e3", "recipients.count=1000", "recipients.count=1000.0"]
)
def test_a_count_may_be_written_as_a_power_of_ten(small, setting):
    """1e3 is a whole number, though YAML reads a float; the scenario is the same."""
    from recallsim.scenario import fingerprint

    made = load(small, [setting])
    assert (made.recipients.count, type(made.recipients.count)) == (1000, int)
    assert fingerprint(made) == fingerprint(load(small, ["recipients.count=1000"]))


@pytest.mark.parametrize(
    ("setting", "reach", "expected"),
    [
        ("replications=1e2", lambda s: s.replications.fixed, 100),
        ("replications={precision: 0.1, max: 1e3}", lambda s: s.replications.max, 1000),
        ("transport.delivery.workers=1e1", lambda s: s.transport.delivery.workers, 10),
        ("observe={at: 1h, reports: {bounce: 1e1}}", lambda s: s.observe.reports.bounce.between, (10, 10)),
        (
            "sweep={sobol: {samples: 1.6e1, over: {sender.hold: {from: 1s, to: 2s}}}}",
            lambda s: s.sweep.sobol.samples,
            16,
        ),
    ],
)
def test_every_count_takes_that_notation(small, setting, reach, expected):
    """Wherever a whole number is wanted."""
    assert reach(load(small, [setting])) == expected
