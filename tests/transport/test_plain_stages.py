"""Stages whose departures are known on entry, against the same stages simulated event by event."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relay_bench import ORIGINAL, REPLACEMENT, REPORT, REQUEST, Bench, stage

from transport.clock.loop import NEVER
from transport.relay.plain_stage import PlainStage
from transport.relay.settings import Grain
from transport.relay.stage import Stage
from transport.streams.law_rows import constant, exponential, uniform

LAWS = st.sampled_from(
    [constant(0), constant(1), constant(3), uniform(0, 4), exponential(2.0), exponential(30.0)]
)
SERVES = st.sampled_from(
    [(True,) * 4, (True, False, True, True), (False, True, True, False), (True, True, False, True)]
)


@st.composite
def relays(draw):
    """The stages of a relay, and what is asked of it."""
    stages = []
    for number in range(draw(st.integers(1, 3))):
        some = {
            "workers": draw(st.integers(0, 4)),
            "serves": draw(SERVES),
            "shared": (draw(st.booleans()),) * 4,
        }
        if draw(st.integers(0, 5)) == 0:
            some["lanes"], some["background_lane"] = (1, 0, 1, 1), 1
        if number == 0 and draw(st.integers(0, 3)) == 0:
            some["grain"], some["batch"] = Grain.BATCH, 3
        stages.append(stage(number, draw(LAWS), **some))
    return {
        "stages": stages,
        "count": draw(st.integers(1, 12)),
        "latency": draw(LAWS),
        "asked": draw(st.lists(st.integers(0, 30), min_size=3, max_size=3)),
        "shared": draw(st.booleans()),
        "horizon": draw(st.sampled_from([NEVER, 5, 12, 40])),
        "replication": draw(st.integers(0, 1000)),
    }


def lived(relay, *, plain):
    """Everything that can be observed of a relay whose recipients answer each delivery with a report."""
    bench = Bench(
        *relay["stages"],
        count=relay["count"],
        replication=relay["replication"],
        latency=relay["latency"],
        reports_shared=relay["shared"],
        horizon=relay["horizon"],
        plain=plain,
    )
    reports = [0] * (relay["count"] + 1)
    noted = bench.relay.delivered

    def answer(number, kind):
        noted(number, kind)
        bench.relay.send_back(number, REPORT, 1, reports[number])
        reports[number] += 1

    bench.relay.delivered = answer
    for kind, tick in zip((ORIGINAL, REQUEST, REPLACEMENT), relay["asked"], strict=True):
        bench.submit(kind, tick)
    bench.run()
    places = range(len(relay["stages"]))
    columns = [
        (bench.waits(place, kind), bench.sojourns(place, kind)) for place in places for kind in range(4)
    ]
    peaks = [found.peak for found in bench.relay.stages]
    return bench.log, columns, peaks, sorted(bench.relay.under_way())


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(relays())
def test_a_departure_known_on_entry_is_the_one_that_comes(relay):
    """Every delivery, report, wait, sojourn, peak and copy under way is that of the stage simulated event by event."""
    assert lived(relay, plain=True) == lived(relay, plain=False)


def test_what_is_plain_is_taken_so():
    """Workers and one line alone make a plain stage; priorities, batches, workers for all and losses on the link do not."""
    plain, lanes = stage(0, workers=2), stage(0, workers=2, lanes=(1, 0, 1, 1), background_lane=1)
    batches, unlimited = stage(0, workers=2, grain=Grain.BATCH), stage(0)
    found = [type(Bench(each).relay.stages[0]) for each in (plain, lanes, batches, unlimited)]
    assert found == [PlainStage, Stage, Stage, Stage]
    assert type(Bench(plain, loss=0.5).relay.stages[0]) is Stage
    assert type(Bench(plain, intercepts=True).relay.stages[0]) is Stage
    assert [type(each) for each in Bench(plain, stage(1, workers=1, failure=(0.1,) * 4)).relay.stages] == [
        Stage,
        Stage,
    ]
