"""The package as a library."""

import json

import pytest

import recallsim


def test_a_run_from_python(small):
    """A text is a scenario too; the result has rows, estimates and a sentence, and keeps nothing by itself."""
    made = recallsim.run(small, replications=4, workers=1)
    row = made.rows()[0]
    assert (made.replications, made.store, made.engine, made.precision_reached) == (4, None, "agents", None)
    assert list(row) == ["variant", "group", "metric", "mean", "low", "high", "replications", "degenerate"]
    assert made.estimate("success_rate").mean == made.find("success_rate").mean
    assert str(made).startswith("A small one\n")


async def test_a_run_inside_a_running_loop(small):
    """A notebook's loop is no obstacle."""
    assert recallsim.run(small, replications=2, workers=1).replications == 2


def test_a_loaded_scenario_and_its_file_give_the_same_answer(here, small):
    """The library and the command say the same, to the byte."""
    here.write(small)
    loaded = recallsim.load("small.yaml")
    command = here("run", "small.yaml", "--json", "--no-store", "--quiet").out
    assert recallsim.run(loaded).to_json() + "\n" == command
    assert isinstance(loaded, recallsim.Scenario)


def test_json_is_sorted_and_has_null_for_what_is_missing(given, result):
    """NaN is null; keys are in order; degenerate estimates say so."""
    made = result([given("a_rate", float("nan")), given("success_rate", 0.5, 0.0)])
    document = json.loads(made.to_json(), object_pairs_hook=list)
    assert [key for key, _ in document] == sorted(key for key, _ in document)
    rows = [dict(row) for row in dict(document)["estimates"]]
    assert [(row["mean"], row.get("degenerate")) for row in rows] == [(None, None), (0.5, True)]


def test_a_missing_estimate_names_near_ones(office):
    """A mistyped metric or group is answered with what there is."""
    with pytest.raises(LookupError) as error:
        office().estimate("sucess_rate")
    assert "did you mean success_rate" in str(error.value)
    with pytest.raises(LookupError) as error:
        office().estimate("success_rate", "dsk")
    assert str(error.value) == (
        "no estimate of success_rate for group 'dsk'; it is there for: desk, desk+phone, phone-first, web, partners, all"
    )


@pytest.mark.parametrize(
    "wish, message",
    [
        (
            {"replications": 2, "precision": 0.1},
            "give replications or precision, not both: one says how many, one how exact",
        ),
        ({"record": "everything"}, "record is 'everything'; it is 'recipients' or None"),
        ({"engine": "steam"}, "there is no engine 'steam'; the engines are auto, agents, batch"),
        ({"seed": -1}, "the seed is -1; it must be from 0 to 2^64-1"),
        ({"seed": "7"}, "the seed is '7'; it must be a whole number"),
        ({"replications": 0}, "replications is 0; it must be a whole number from 1 to 16,777,216"),
        ({"replications": 2.5}, "replications is 2.5; it must be a whole number from 1 to 16,777,216"),
        ({"replications": True}, "replications is True; it must be a whole number from 1 to 16,777,216"),
        ({"workers": 0}, "workers is 0; it must be a whole number from 1 to 1,024"),
        ({"precision": 0}, "precision is 0; it must be a half-width above 0 and at most 1"),
        ({"overrides": "seed=1"}, "overrides is 'seed=1'; it must be a list of texts"),
        ({"metrics": [1]}, "metrics holds 1; each must be a text"),
        ({"metrics": ["sucess_rate"]}, "there is no metric 'sucess_rate'; did you mean 'success_rate'?"),
    ],
)
def test_impossible_wishes(small, wish, message):
    """What cannot be done is a RecallsimError with a finished message."""
    with pytest.raises(recallsim.RecallsimError) as error:
        recallsim.run(small, **wish)
    assert str(error.value) == message


def test_a_dictionary_is_no_scenario():
    """What is neither file, text nor scenario is named by its kind."""
    with pytest.raises(recallsim.RecallsimError) as error:
        recallsim.run({"name": "x"})
    assert (
        str(error.value) == "the scenario is of type dict; give a file, the text of one, or what load() gave"
    )


def test_a_result_is_one_line_for_the_prompt(small):
    """Its repr names scenario, replications and success; print shows the table."""
    made = recallsim.run(small, replications=2, workers=1)
    share = made.estimate("success_rate").mean
    assert repr(made) == (
        f"<Result of 'small', seed 7: 2 replications, success {100 * share:.1f} %; print() shows the table>"
    )


def test_precision_stops_the_run(small):
    """With `precision` the run ends at the first examined number at which it holds."""
    made = recallsim.run(small, precision=0.2, workers=1)
    assert (made.replications, made.precision_reached) == (20, True)
    assert "Precision reached: success_rate of all to within 20 points." in str(made)


def test_unknown_names_are_no_attributes():
    """The package has the public names and no others."""
    assert dir(recallsim) == sorted(recallsim.__all__)
    with pytest.raises(AttributeError):
        _ = recallsim.nothing
