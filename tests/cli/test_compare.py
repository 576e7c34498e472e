"""`recallsim compare`, and `recallsim.compare`."""

import json

import pytest

import recallsim
from recallsim.arguments import RequestError

WHAT_IF = """\
what_if:
  sooner: {sender.notices: 1min}
  by-hand: {recipients.groups.desk.client.auto_process: 0}
  again: {seen_level: 2}
"""


@pytest.fixture
def varied(small):
    """The small scenario with three variants, of which one changes nothing."""
    return small + WHAT_IF


def test_a_comparison_from_python(varied):
    """Differences, pairs and rows; the variant that is the base under another name differs by exactly nothing."""
    made = recallsim.compare(varied, replications=30, workers=1)
    assert [each.name for each in made.variants] == ["base", "sooner", "by-hand", "again"]
    again = made.difference("again").difference.interval
    assert (again.mean, again.low, again.high, made.variants[3].same) == (0.0, 0.0, 0.0, True)
    by_hand = made.difference("by-hand", "success_rate")
    assert by_hand.difference.interval.high < 0
    assert by_hand.p_holm == pytest.approx(3 * by_hand.difference.p_value)
    pairs = made.variants[2].succeeded
    assert (pairs.gained - pairs.lost) / 300 == pytest.approx(by_hand.difference.interval.mean)
    assert pairs.both + pairs.gained + pairs.lost + pairs.neither == 300


def test_a_comparison_is_the_difference_of_the_runs(varied):
    """Each variant's figures are those of `run`, and the difference is theirs."""
    made = recallsim.compare(varied, replications=5, workers=1)
    for variant in made.variants:
        name = None if variant.name == "base" else variant.name
        alone = recallsim.run(varied, replications=5, workers=1, variant=name, seed=7)
        assert variant.estimates == alone.estimates
    base, sooner = (made.variants[at].estimates for at in (0, 1))
    means = [{(e.group, e.metric): e.mean for e in each}["desk", "seen_rate"] for each in (base, sooner)]
    found = made.difference("sooner", "seen_rate", "desk").difference
    assert (found.first, found.second) == pytest.approx(tuple(means))


def test_one_sentence_for_each_variant(varied):
    """Every variant has a sentence that begins with its name."""
    told = recallsim.compare(varied, replications=30, workers=1).sentences()
    assert [sentence.split(":")[0].split(" ")[0] for sentence in told] == ["sooner", "by-hand", "again"]
    assert " fewer of 10 recipients lose the message unseen (-" in told[1]
    assert " independent streams would need " in told[1]
    assert told[2] == "again is the base under another name: nothing differs."


def test_one_replication_is_judged_by_its_pairs(varied):
    """Without replications to compare, McNemar's test of these people is all there is."""
    made = recallsim.compare(varied, replications=1, workers=1, variants=["by-hand"])
    pairs = made.variants[1].unseen
    assert f"McNemar's p {pairs.p_value:.2g} for these people" in made.sentences()[0]


def test_precision_is_that_of_the_differences(varied):
    """It goes on until each difference is narrow enough, and says that it is."""
    made = recallsim.compare(varied, precision=0.05, workers=1, variants=["by-hand"])
    found = made.difference("by-hand", "success_rate").difference.interval
    assert (made.precision_reached, found.half_width <= 0.05, made.replications % 20) == (True, True, 0)
    assert "Precision of the differences reached: success_rate of all to within 5 points." in str(made)


def test_rows_are_tidy(varied):
    """Every row has the same keys; a data frame has them for its columns."""
    made = recallsim.compare(varied, replications=3, workers=1)
    rows = made.rows()
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert list(rows[0])[:6] == ["variant", "group", "metric", "base", "value", "difference"]


@pytest.mark.parametrize(
    "wish, message",
    [
        ({"variants": ["soner"]}, "there is no variant 'soner'; there are sooner, by-hand, again"),
        ({"variants": "sooner"}, "variants is 'sooner'; it must be a list of texts"),
        (
            {"replications": 2, "precision": 0.1},
            "give replications or precision, not both: one says how many, one how exact",
        ),
    ],
)
def test_impossible_wishes(varied, wish, message):
    """What cannot be done is said at once."""
    with pytest.raises(RequestError) as error:
        recallsim.compare(varied, **wish)
    assert str(error.value) == message


def test_a_scenario_without_variants_has_nothing_to_compare(here, small):
    """The message says what to write; the exit code is that of a wrong command."""
    here.write(small)
    done = here("compare", "small.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "small: there is nothing to compare; name a variant in the scenario, such as\n"
    )


def test_a_loaded_scenario_cannot_be_varied(small):
    """Variants are applied while loading."""
    with pytest.raises(RequestError, match="give the file of the scenario, or its text"):
        recallsim.compare(recallsim.load(small))


def test_the_command_prints_table_and_sentences(here, varied):
    """The table has the base and every variant; without a terminal there is no colour."""
    here.write(varied)
    done = here("compare", "small.yaml", "--replications", "20", "--no-progress", "--workers", "1")
    why = "agents engine: so small a run is done before the batch engine is loaded\n"
    assert (done.code, done.err) == (0, why)
    assert "\x1b" not in done.out
    assert "20 replications of 10 recipients each, under the same chance" in " ".join(done.out.split())
    assert done.out.endswith("Kept in results/small\n")
    assert {path.name for path in (here.folder / "results/small").glob("*.sqlite")} == {
        "base.sqlite",
        "sooner.sqlite",
        "by-hand.sqlite",
    }


def test_json_is_the_same_whoever_works(here, varied):
    """Same scenario and seed, same bytes: by one process or two, stored or not, resumed or not."""
    here.write(varied)
    wish = ("compare", "small.yaml", "--replications", "8", "--json", "--quiet")
    first = here(*wish, "--no-store", "--workers", "1")
    here("compare", "small.yaml", "--replications", "3", "--quiet")
    assert here(*wish, "--workers", "2").out == first.out
    document = json.loads(first.out)
    assert list(document) == sorted(document)
    assert {row["variant"] for row in document["differences"]} == {"sooner", "by-hand", "again"}
    assert document["variants"][1]["changes"] == {"sender.notices": "1min"}


def test_quiet_prints_the_sentences(here, varied):
    """One line for each variant, nothing on standard error."""
    here.write(varied)
    done = here("compare", "small.yaml", "--replications", "3", "--quiet", "--no-store")
    assert (done.code, len(done.out.splitlines()), done.err) == (0, 3, "")
