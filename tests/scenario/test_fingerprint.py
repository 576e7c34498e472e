"""What makes two scenarios the same."""

import os
import pickle
import subprocess
import sys

import pytest

from recallsim.scenario import canonical, fingerprint, load, scenario_differences


@pytest.mark.parametrize(
    "change",
    [
        "name=other",
        "title=Another title",
        "seed=1",
        "replications=7",
        "metrics=[success_count:1]",
        "what_if={a: {sender.hold: 1s}}",
        "sweep={grid: {sender.hold: [1s]}}",
        "sender.notices=300s",
        "sender.account=exchange",
        "horizon=24h",
        "transport.link.latency={default: {lognormal: {median: 2000ms, sigma: 1.0}}}",
    ],
)
def test_what_changes_no_result_keeps_the_fingerprint(small, change):
    """Names, seeds, numbers of replications, output and other ways of writing the same leave it alone."""
    assert fingerprint(load(small, [change])) == fingerprint(load(small))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("sender.hold=1us", "sender.hold"),
        ("clock=1ms", "clock"),
        ("start=Mon 09:01", "start.minutes"),
        ("recipients.groups.web.client.kind=imap", "recipients.groups.web.client.kind"),
        ("transport.link.loss.request=0.1", "transport.link.loss.request"),
        ("transport.delivery.retry=[1min, 6min]", "transport.delivery.retry.gaps.1"),
        ("sender.recall.replace.abandon=0.1", "sender.recall.replace"),
        ("message.class=IPM.Note.X", "message.class"),
    ],
)
def test_what_changes_a_result_changes_the_fingerprint(small, change, path):
    """Every other key changes the fingerprint, and the difference names it."""
    before, after = load(small), load(small, [change])
    observed = (
        fingerprint(before) == fingerprint(after),
        scenario_differences(canonical(before), canonical(after)),
    )
    assert observed == (False, [path])


def test_the_fingerprint_does_not_depend_on_the_hash_seed(written, small):
    """Processes with different hash seeds give one fingerprint."""
    file = written(x=small)
    program = f"from recallsim.scenario import fingerprint, load; print(fingerprint(load({file!r})))"
    observed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "4711")
    }
    assert observed == {fingerprint(load(small))}


def test_a_scenario_survives_pickling_with_its_text(small):
    """A pickled scenario is equal and still knows its source and its laws."""
    before = load(small)
    after = pickle.loads(pickle.dumps(before))
    assert (after, after.source, after.sender.notices.row) == (before, small, before.sender.notices.row)
