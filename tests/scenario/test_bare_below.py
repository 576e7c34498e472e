"""A bare value below kinds that are named: files, presets, variants and settings agree."""

import json

import pytest
import yaml

from recallsim.scenario import canonical, load

BELOW = {
    "delivery": {
        "service": {"exponential": {"mean": "3s"}},
        "failure": 0.1,
        "retry": ["1min", "5min"],
        "give_up": "2d",
        "delay_notice": "1h",
        "greylist": {"delay": "5min", "window": "1d", "known": 0.5},
    },
    "link": {"latency": {"lognormal": {"median": "2s", "sigma": 1}}, "loss": 0.1, "duplicate": 0.2},
}
"""Every value by kind of a preset, bare."""
KINDS = [
    ("delivery.service", {"request": "0s"}),
    ("delivery.failure", {"request": 0}),
    ("delivery.retry", {"request": ["7s"]}),
    ("delivery.retry", {"report": {"backoff": {"first": "7s"}}}),
    ("delivery.give_up", {"request": "1h"}),
    ("delivery.delay_notice", {"original": "1min"}),
    ("delivery.greylist.delay", {"request": "1min"}),
    ("delivery.greylist.window", {"request": "2d"}),
    ("delivery.greylist.known", {"request": 1}),
    ("link.latency", {"request": "0s"}),
    ("link.latency", {"original": {"exponential": {"mean": "1s"}}, "report": "1s"}),
    ("link.loss", {"report": 0}),
    ("link.duplicate", {"report": 0}),
]
OF_ITS_OWN = [
    ("delivery.failure", {"request": 0, "default": 0.3}),
    ("delivery.retry", {"request": ["7s"], "default": ["9s"]}),
    ("delivery.give_up", {"default": "1h"}),
    ("link.latency", {"request": "0s", "default": "5s"}),
]
RECIPIENTS = "recipients: {groups: [{name: them, count: 5}]}\n"


def nested(path, value):
    """The value with mappings around it, one for each key of the path."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def at(data, path):
    """What stands at a path."""
    for key in path.split("."):
        data = data[key]
    return data


def replaced(path, value):
    """The preset with another value at a path."""
    data = json.loads(json.dumps(BELOW))
    *above, last = path.split(".")
    at(data, ".".join(above))[last] = value
    return data


def every_way(written, path, value):
    """The canonical transport, with the value laid over the preset's in each way that there is."""
    below, over = yaml.safe_dump({"transport": BELOW}), yaml.safe_dump({"transport": nested(path, value)})
    whole, variant = f"transport.{path}={json.dumps(value)}", {"v": {f"transport.{path}": value}}
    inside = {"v": {"transport": nested(path, value)}}
    made = {
        "a file over a preset": load(written(x="extends: y.yaml\n" + over + RECIPIENTS, y=below)),
        "transport over its preset": load(
            written(
                x=yaml.safe_dump({"transport": {"extends": "y.yaml", **nested(path, value)}}) + RECIPIENTS,
                y=yaml.safe_dump(BELOW),
            )
        ),
        "--set": load(below + RECIPIENTS, [whole]),
        "a variant": load(below + RECIPIENTS + yaml.safe_dump({"what_if": variant}), variant="v"),
        "a mapping of a variant": load(below + RECIPIENTS + yaml.safe_dump({"what_if": inside}), variant="v"),
    }
    by_path = [f"transport.{path}.{kind}={json.dumps(each)}" for kind, each in value.items()]
    made["--set by path"] = load(below + RECIPIENTS, by_path)
    return {way: canonical(scenario)["transport"] for way, scenario in made.items()}


@pytest.mark.parametrize(("path", "value"), KINDS)
def test_a_bare_value_below_stays_as_the_default(written, path, value):
    """Kinds that are named change; the others keep the value that was there for all, whichever way."""
    expected = replaced(path, {"default": at(BELOW, path), **value})
    whole = canonical(load(yaml.safe_dump({"transport": expected}) + RECIPIENTS))["transport"]
    observed = every_way(written, path, value)
    assert {way: found == whole for way, found in observed.items()} == dict.fromkeys(observed, True)


@pytest.mark.parametrize(("path", "value"), OF_ITS_OWN)
def test_a_default_of_its_own_replaces_it(written, path, value):
    """A mapping that names `default` keeps nothing of the bare value below."""
    whole = canonical(load(yaml.safe_dump({"transport": replaced(path, value)}) + RECIPIENTS))["transport"]
    observed = every_way(written, path, value)
    assert {way: found == whole for way, found in observed.items()} == dict.fromkeys(observed, True)


def test_a_bare_value_above_replaces_every_kind(written):
    """A bare value in a file leaves nothing of a preset's values by kind."""
    below = "transport: {link: {latency: {request: 3s, default: 5s}}, delivery: {give_up: {request: 1h}}}\n"
    above = "extends: y.yaml\ntransport: {link: {latency: 1s}, delivery: {give_up: 2h}}\n"
    found = load(written(x=above + RECIPIENTS, y=below)).transport
    kinds = ("original", "request", "replacement", "report")
    observed = [(found.link.latency.of(kind).words(), found.delivery.give_up.of(kind)) for kind in kinds]
    assert observed == [("1 s", 7200.0)] * 4


def test_a_key_without_kinds_is_left_alone(complaint, small):
    """Where no kinds can be named, naming one is the only error."""
    lines = complaint(small, "sender.notices.request=5s").splitlines()
    assert [line for line in lines if "error:" in line] == [
        "--set sender.notices.request=5s: error: sender.notices.request: unknown key 'request'"
    ]
