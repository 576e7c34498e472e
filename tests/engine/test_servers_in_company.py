"""Stages in company: background with an outage, shared draws of batches, what a stage counts at the end."""

import numpy as np

import recallsim
from agents.post_office import PostOffice
from recallsim.engines.agents import simulate
from recallsim.plan import draw_up

OUTAGE = """
name: outage
horizon: 2h
sender: {{hold: 500s, notices: never}}
transport:
  delivery: {{workers: 1, service: {{exponential: {{mean: 1s}}}}, background: {{rate: 0.5/s, start: {start}}}}}
  outages: [{{stage: delivery, from: 0s, for: 600s}}]
recipients: {{count: 1, groups: [{{name: a, share: 1}}]}}
"""


def mean_wait(start: str) -> float:
    """Seconds that the original waited, over 40 replications."""
    plan = draw_up(recallsim.load(OUTAGE.format(start=start)))
    return float(simulate(plan, 1, 0, 40).waits[0, 0].mean() * plan.clock)


def test_what_piles_up_in_an_outage_is_met():
    """Model 3: arrivals wait during an outage, foreign ones too; 250 of them take some 350 s to be served with it."""
    stationary, warm = mean_wait("stationary"), mean_wait("{warm: 10min}")
    assert 300 < warm < 400
    assert abs(stationary - warm) < 30


BATCHES = """
name: batches
clock: 1s
horizon: 1h
sender: {notices: never}
transport:
  categorizer: {batch: 10, service: {exponential: {mean: 5min}, per: message}}
recipients: {count: 30, groups: [{name: a, share: 1}]}
"""


def test_a_service_per_message_is_one_draw_for_all_its_batches():
    """Model 2: `per: message` is a draw that everyone shares."""
    found = simulate(draw_up(recallsim.load(BATCHES)), 1, 0, 1)
    assert len(set(found.sojourns[0, 0].tolist())) == 1
    apart = simulate(draw_up(recallsim.load(BATCHES.replace("per: message", "per: recipient"))), 1, 0, 1)
    assert len(set(apart.sojourns[0, 0].tolist())) == 3


INTERCEPTED = """
name: intercepted
clock: 1s
horizon: 1h
sender: {notices: 10s, recall: {intercept: true}}
transport:
  delivery: {workers: 1, service: 100s, kinds: [original]}
  outages: [{stage: delivery, from: 50s, for: 60s}]
recipients: {count: 1, groups: [{name: a, share: 1}]}
"""


def test_a_withdrawn_job_leaves_no_trace_in_the_counts():
    """S1, outage: taken back in service, then the server goes down: nobody waits there, nobody is counted."""
    office = PostOffice(draw_up(recallsim.load(INTERCEPTED)), 1, 0)
    office.run()
    stage = office.world.relay.stages[0]
    assert (stage.own, stage._line.waiting, stage.peak, stage.jobs()) == (0, 0, 0, [])


LOST_REPORT = """
name: lost-report
clock: 1s
horizon: 1h
transport: {link: {loss: {report: 1}}}
recipients:
  count: 20
  groups: [{name: a, share: 1, client: {kind: outlook-desktop, auto_process: 1}}]
"""


def test_a_lost_report_is_never_heard():
    """Link loss holds for reports in lanes of their own as well; the recall itself succeeded."""
    found = simulate(draw_up(recallsim.load(LOST_REPORT)), 1, 0, 1).recipients
    assert (int(found["status"].sum()), int(np.max(found["told"]))) == (20, 0)


PEAK = """
name: peak
horizon: 3h
sender: {{notices: {notices}, recall: {{tell_me: false}}}}
transport:
  delivery: {{workers: 1, service: {{exponential: {{mean: 1s}}}}, kinds: [original], background: {{rate: 0.8/s}}}}
recipients: {{count: 5, groups: [{{name: a, share: 1}}]}}
"""


def test_the_longest_queue_does_not_depend_on_when_the_sender_stops():
    """Model 9: `peak_queue` counts the scenario's own jobs, whenever foreign mail ceases to matter."""
    peaks = [
        simulate(draw_up(recallsim.load(PEAK.format(notices=notices))), 1, 0, 10)
        .replications["peak_queue:delivery"]
        .tolist()
        for notices in ("never", "1000s")
    ]
    assert peaks[0] == peaks[1]
    assert max(peaks[0]) <= 5
