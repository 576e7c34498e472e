"""What the language takes, and what it means by it."""

import pytest

from recallsim.scenario import load
from recallsim.scenario.extending import preset_names
from recallsim.scenario.meanings import apportion, open_week, standard_offset
from recallsim.scenario.models_laws import law

LEAST = "recipients: {count: 3, groups: [{name: all}]}\n"

OFFICE = """\
name: office
start: Tue 10:40 Europe/Oslo
calendars: {office: [{days: Mon-Thu, from: "08:00", to: "16:30"}, {days: "Fri,Sun", from: "08:00", to: "24:00"}]}
replications: {precision: [{metric: seen_rate, group: desk, half_width: 0.02}], confidence: 0.9, min: 20, max: 40}
metrics: [waited_over:delivery:3min, "success_count:3"]
organisation: {domain: contoso.example, recall_enabled: true}
message: {subject: Salaries Q3, size: 2 MB, attachment: true, class: IPM.Note, to: people}
sender:
  notices: {mixture: [{weight: 0.35, lognormal: {median: 8s, sigma: 0.8}}, {weight: 0.65, never: true}]}
  acts: {gamma: {shape: 2, mean: 30s}}
  correction: {compose: 2min}
  recall: {system: outlook-2007, replace: {compose: 1min, abandon: 0.1, subject: "New: salaries"}, max_age: 30d}
transport:
  extends: exchange-onprem.yaml
  delivery: {workers: 8, failure: {request: 0.1, default: 0.01}, discipline: {priority: [request]}}
  link: {latency: {original: 1s, request: {exponential: {mean: 20min}, per: message}}}
  outages: [{stage: delivery, from: 1h, for: 10min}]
recipients:
  count: 100
  groups:
    - name: desk
      share: 0.5
      extends: desk.yaml
      client: {online: {hours: office}}
      person: {hours: office, moves: {share: 0.1, after: 5min, to: Later}, deletes: {unread: true, hard: true}}
      rules:
        - {share: 0.12, when: {to: list}, move_to: Lists}
        - {when: {from: sender, class: IPM.Outlook.Recall, size_over: 1 MB}, mark_read: true, stop: true}
    - {name: desk+phone, share: 0.2, extends: desk-and-phone.yaml}
    - {name: phone-first, share: 0.1, extends: phone-first.yaml, timezone: America/New_York}
    - {name: web, share: 0.1, extends: web.yaml}
    - {name: folder, share: 0.05, mailbox: {kind: public, readers: 5, rights: {full: 0.5}}}
    - {name: partners, share: 0.05, extends: partner.yaml}
what_if:
  sooner: {sender.notices: 1min}
sweep:
  grid: {sender.notices: [1min, 5min], recipients.groups.desk.client.auto_process: [0, 0.5, 1]}
"""


def test_the_least_scenario_is_neutral():
    """What a file leaves out is absent, zero, certain or immediate."""
    scenario = load(LEAST)
    group, sender = scenario.groups[0], scenario.sender
    observed = {
        "sizes": scenario.group_sizes(),
        "sender": (
            sender.hold,
            sender.notices.words(),
            sender.acts.words(),
            sender.recall.system,
            sender.recall.tell_me,
        ),
        "replace": (sender.recall.replace, sender.correction),
        "transport": (scenario.transport.passage(), scenario.transport.link.latency.is_zero),
        "client": (
            group.client.auto_process,
            group.client.idle.words(),
            group.client.sync.mode,
            group.client.online,
        ),
        "person": (group.person.reads.kind, group.person.never, group.person.preview, group.person.curiosity),
        "frame": (scenario.seed, scenario.horizon, scenario.clock, scenario.start.timezone),
    }
    assert observed == {
        "sizes": (3,),
        "sender": (0.0, "0 s", "0 s", "outlook", True),
        "replace": (None, None),
        "transport": ((), True),
        "client": (0.0, "0 s", "push", None),
        "person": ("never", 0.0, None, 0.0),
        "frame": (20261120, 604_800.0, 1e-6, "UTC"),
    }


def test_a_full_scenario_means_what_it_says():
    """Presets, laws, kinds, calendars and rules arrive where they belong."""
    scenario = load(OFFICE)
    desk = scenario.groups[0]
    stages = scenario.transport.passage()
    observed = {
        "sizes": scenario.group_sizes(),
        "stages": [(stage.name, stage.grain, stage.workers, stage.give_up.default) for stage in stages],
        "failure": [stages[2].failure.of(kind) for kind in ("original", "request")],
        "latency": [
            (scenario.transport.link.latency.of(k).words(), scenario.transport.link.latency.of(k).per)
            for k in ("original", "request", "report")
        ],
        "idle": desk.client.idle.words(),
        "hours": (desk.person.calendar, desk.client.online.hours),
        "rule": (desk.rules[1].when.from_, desk.rules[1].when.class_, desk.rules[1].when.size_over),
        "devices": [[device.name for device in group.devices] for group in scenario.groups[:3]],
        "outside": [scenario.is_outside(group) for group in scenario.groups],
        "zone": [scenario.zone_of(group) for group in scenario.groups[:3]],
        "notices": scenario.sender.notices.words(),
        "replications": (scenario.replications.fixed, scenario.replications.precision[0].metric),
    }
    assert observed == {
        "sizes": (50, 20, 10, 10, 5, 5),
        "stages": [("submission", "message", 20, None), ("categorizer", "batch", 1, None), ("delivery", "recipient", 8, 172_800.0)],
        "failure": [0.01, 0.1],
        "latency": [("1 s", "recipient"), ("exponential, mean 20 min, one draw for all recipients", "message"), ("lognormal, median 2 s, sigma 1", "recipient")],
        "idle": "uniform, 1 min to 8 min 20 s",
        "hours": ("office", "office"),
        "rule": ("sender", "IPM.Outlook.Recall", 1_000_000),
        "devices": [[], ["phone"], ["desktop"]],
        "outside": [False] * 5 + [True],
        "zone": ["Europe/Oslo", "Europe/Oslo", "America/New_York"],
        "notices": "mixture of 35 % lognormal, median 8 s, sigma 0.8; 65 % never",
        "replications": (None, "seen_rate"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("90s", "1 min 30 s"),
        ("never", "never"),
        ({"constant": "2h"}, "2 h"),
        ({"uniform": {"low": "60s", "high": "500s"}}, "uniform, 1 min to 8 min 20 s"),
        ({"exponential": {"mean": "7min"}}, "exponential, mean 7 min"),
        ({"lognormal": {"median": "2s", "sigma": 1}}, "lognormal, median 2 s, sigma 1"),
        ({"lognormal": {"mean": "2s", "cv": 0.5}}, "lognormal, mean 2 s, cv 0.5"),
        ({"weibull": {"shape": 0.7, "scale": "1h"}}, "weibull, shape 0.7, scale 1 h"),
        ({"gamma": {"shape": 2, "scale": "1h"}}, "gamma, shape 2, scale 1 h"),
        ({"lomax": {"shape": 1.5, "scale": "1h"}}, "lomax, shape 1.5, scale 1 h"),
        (
            {"triangular": {"low": "1s", "mode": "2s", "high": "4s"}},
            "triangular, low 1 s, mode 2 s, high 4 s",
        ),
        ({"empirical": {"samples": ["1s", "3s", "9s"]}}, "empirical, 3 samples"),
        ({"empirical": {"quantiles": {"0": "1s", "0.5": "3s", "1": "9s"}}}, "empirical, 3 quantiles"),
    ],
)
def test_every_law_has_a_row_and_words(written, words):
    """Each distribution becomes a row of numbers and can be said in words."""
    observed = law(written)
    assert (
        observed.words(),
        all(isinstance(cell, float) for cell in observed.row),
        len(observed.row) > 0,
    ) == (
        words,
        True,
        True,
    )


def test_measured_times_come_from_a_file(written, small):
    """An empirical law may name a file of times beside the scenario, with or without probabilities."""
    file = written(
        x=small.replace(
            "notices: 5min", "notices: {empirical: {file: slow.yaml}}\n  acts: {empirical: {file: q.yaml}}"
        ),
        slow="# measured\n1min\n2min  # a comment\n",
        q="0, 1s\n1, 3s\n",
    )
    sender = load(file).sender
    assert (sender.notices.empirical.samples, sender.acts.empirical.quantiles) == (
        (60.0, 120.0),
        ((0.0, 1.0), (1.0, 3.0)),
    )


def test_an_error_in_a_file_of_times_stands_there(written, complaint, small):
    """What is wrong in a file of measured times is shown with its line."""
    file = written(
        x=small.replace("notices: 5min", "notices: {empirical: {file: slow.yaml}}"), slow="1min\n2\n"
    )
    assert (
        complaint(file).splitlines()[0]
        == "slow.yaml:2:1: error: '2' has no unit; use us, ms, s, min, h, d or w"
    )


@pytest.mark.parametrize(
    ("count", "shares", "sizes"),
    [
        (10, (0.7, 0.3), (7, 3)),
        (3, (0.5, 0.5), (2, 1)),
        (10, (1 / 3, 1 / 3, 1 / 3), (4, 3, 3)),
        (2000, (0.33, 0.32, 0.2, 0.12, 0.03), (660, 640, 400, 240, 60)),
        (1, (0.4, 0.6), (0, 1)),
    ],
)
def test_groups_are_exact(count, shares, sizes):
    """Sizes add up, by largest remainder, ties to the earlier group."""
    assert apportion(count, shares) == sizes


def test_hours_of_the_week_are_joined():
    """Open hours are intervals of the week, joined where they touch."""
    observed = open_week([((0, 1), 480, 1440), ((1,), 0, 60), ((1,), 30, 90)])
    assert observed == ((480, 1530), (1920, 2880))


def test_zones_have_their_standard_time():
    """Without a date there is no summer time, in the south neither."""
    observed = [
        standard_offset(zone) for zone in ("UTC", "Europe/Oslo", "America/New_York", "Australia/Sydney")
    ]
    assert observed == [0, 3600, -18_000, 36_000]


def test_scalars_follow_yaml_1_2(small):
    """`017` is seventeen, 1e3 a number, 12:30 and yes are texts."""
    scenario = load(
        small,
        ["seed=017", "transport.link.latency.lognormal.sigma=1e0", "message.subject=12:30", "title=yes"],
    )
    observed = (
        scenario.seed,
        scenario.transport.link.latency.default.lognormal.sigma,
        scenario.message.subject,
        scenario.title,
    )
    assert observed == (17, 1.0, "12:30", "yes")


def test_the_name_of_a_scenario_is_its_file(written):
    """A scenario without a name is called after its file."""
    assert load(written(monday=LEAST)).name == "monday"


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads(name):
    """Each shipped preset describes servers, a stage, a hop or a group without error."""
    starts = {"exchange": "transport", "retry": "stage", "greylisting": "stage", "filter": "hop"}
    role = next((role for start, role in starts.items() if name.startswith(start)), "group")
    text = {
        "transport": f"transport: {{extends: {name}}}\n{LEAST}",
        "stage": f"transport: {{delivery: {{extends: {name}}}}}\n{LEAST}",
        "hop": f"transport: {{hops: [{{name: h, extends: {name}}}], routes: [{{groups: [g], hops: [h]}}]}}\n"
        "recipients: {groups: [{name: g, count: 3}]}\n",
        "group": f"recipients: {{count: 3, groups: [{{name: g, extends: {name}}}]}}\n",
    }[role]
    assert load(text).count == 3


def test_a_backoff_is_written_out():
    """A backoff doubles until its longest gap, its attempts or the horizon."""
    text = "transport: {{delivery: {{retry: {}}}}}\n" + LEAST.replace("{", "{{").replace("}", "}}")
    retries = [
        "{backoff: {first: 1min, factor: 2}, attempts: 6}",
        "{backoff: {first: 1min, max: 3min}}",
        "{gaps: [1min], attempts: 2, jitter: 0.1}",
    ]
    observed = [
        load(text.format(retry)).transport.passage()[0].retry.default.expanded(600.0) for retry in retries
    ]
    assert observed == [(60.0, 120.0, 240.0, 480.0), (60.0, 120.0, 180.0), (60.0,)]
