"""`recallsim check`: the meaning of a scenario in words and numbers."""

import os
import subprocess
import sys

SMALL_MEANS = """\
small.yaml: valid
A small one

The message      "Message"
                 sent Mon 09:00 UTC
                 watched for 1 d
The sender       notices after 5 min
                 uses desktop Outlook
                 classic Outlook recall: each recipient's own Outlook decides
                 is told how it ended for each recipient
May she recall?  yes
Recipients       10 recipients in 2 groups
  desk           7 (70 %): desktop Outlook that processes requests by itself in 100 % of the cases,
                 after 30 s
                 opens the message after an exponential time (mean 20 min); never opens a request
  web            3 (30 %): Outlook on the web
                 opens the message after an exponential time (mean 40 min); never opens a request
Server delivery  2 workers
                 idle until the message comes: utilisation 0 %
                 original: 10 jobs at once, 2 s each, done in 10 s
                 request: 10 jobs at once, 2 s each, done in 10 s
On the link      1 s
How long         12 replications; a replication takes about 1 ms of one processor, all of them about
                 10 ms
"""


def test_a_small_scenario_in_words(here, small):
    """The whole text for a small scenario."""
    done = here("check", here.write(small))
    assert (done.code, done.err) == (0, "")
    assert done.out == SMALL_MEANS


def test_the_verdict_names_the_rule(here, small):
    """A recall that may not be asked for is said to be refused, by which rule and why."""
    done = here("check", here.write(small), "--set", "sender.client=web")
    assert (
        "May she recall?  no: the sender's mail program cannot recall (rule E4, client_cannot_recall)"
        in done.out
    )
    assert "warning: the recall is refused in every replication; nothing else can come out" in done.out


def test_background_mail_gives_a_utilisation(here, small):
    """Arrivals, busy workers and the time to work off the burst are computed."""
    busy = small.replace(
        "service: {exponential: {mean: 2s}}", "service: {exponential: {mean: 2s}}, background: {rate: 30/min}"
    )
    done = here("check", here.write(busy))
    assert "other mail arrives at 30 a minute, which keeps the workers 50.0 % busy" in done.out
    assert "original: 10 jobs at once, 2 s each, done in 20 s" in done.out


def test_an_overloaded_server_is_warned_of(here, small):
    """A queue that grows without end is named before it is simulated."""
    busy = small.replace(
        "service: {exponential: {mean: 2s}}", "service: {exponential: {mean: 2s}}, background: {rate: 90/min}"
    )
    done = here("check", here.write(busy))
    assert (
        "warning: server delivery cannot keep up: other mail alone needs 150.0 % of its workers" in done.out
    )


def test_a_recall_that_nobody_can_carry_out_is_warned_of(here, small):
    """Where no program could process a request, that is said."""
    done = here(
        "check",
        here.write(small.replace("kind: outlook-desktop, auto_process: 1, idle: 30s", "kind: mobile")),
    )
    assert "warning: no recipient can ever carry out the recall" in done.out


def test_all_errors_of_all_files_are_listed(here, small):
    """One wrong file hides no other: every problem of every file is printed, and the good one is explained."""
    here.write(small, "good.yaml")
    here.write(small.replace("seed: 7", "seed: x"), "bad.yaml")
    here.write(small.replace("horizon: 1d", "horizon: 1"), "worse.yaml")
    done = here("check", "bad.yaml", "good.yaml", "worse.yaml")
    assert done.code == 2
    assert "good.yaml: valid" in done.out
    assert [
        name
        for name in ("bad.yaml:3:", "worse.yaml:4:", "2 of 3 scenarios are wrong")
        if name not in done.err
    ] == []


def test_a_metric_that_does_not_exist_is_an_error(here, small):
    """Metrics are looked at before a run, not after it."""
    done = here("check", here.write(small + "metrics: [sucess_rate]\n"))
    assert (done.code, "sucess_rate" in done.err) == (2, True)


def test_hostile_names_are_shown_as_text(here, small):
    """A title with markup is shown, not obeyed."""
    done = here("check", here.write(small.replace("A small one", '"[red]x[/red]"')))
    assert "\n[red]x[/red]\n" in done.out


def test_what_comes_too_late_or_never_is_warned_of(here, small):
    """A recall after the horizon, a hold beyond it, failures and losses that are certain are named."""
    here.write(small)

    def warned(*settings):
        given = [part for setting in settings for part in ("--set", setting)]
        text = " ".join(here("check", "small.yaml", *given).out.split())
        return [part.strip() for part in text.split("warning: ")[1:]]

    assert warned() == []
    assert warned("sender.notices=2d", "sender.acts=1h") == [
        "she typically asks after 2.0 d, and the message is watched for 1 d only: raise horizon"
    ]
    assert warned("sender.hold=2d")[0] == (
        "the message is held for 2 d but watched for 1 d only: it never leaves"
    )
    assert warned("transport.delivery.failure={request: 1}", "transport.link.loss={original: 1}") == [
        "server delivery fails at every request, so that none ever arrives",
        "the link loses every original, so that none ever arrives",
    ]


def test_a_closed_pipe_hides_no_error(command, small):
    """Behind a reader that has gone, the exit code is 2 where a scenario is wrong and 0 where none is."""
    command.write(small, "good.yaml")
    command.write(small.replace("seed: 7", "seed: x"), "bad.yaml")
    codes = []
    for names in (("good.yaml",), ("bad.yaml",), ("good.yaml", "bad.yaml")):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-m", "recallsim", "check", *names],
            cwd=command.folder,
            env=command.environment(),
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(writer)
        codes.append((done.returncode, b"Traceback" in done.stderr, b"bad.yaml:3:" in done.stderr))
    assert codes == [(0, False, False), (2, False, True), (2, False, True)]
