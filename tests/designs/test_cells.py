"""From a sweep to its cells."""

import pytest

from recallsim.designs.cells import DesignError, cells
from recallsim.designs.naming import name_of, short_paths
from recallsim.scenario.models_designs import Sweep


def settings(sweep, seed=1):
    return [dict(cell.settings) for cell in cells(Sweep.model_validate(sweep), seed)]


def test_a_grid_goes_through_all_combinations():
    """Each value with each of the others, the last axis first; tuples set several paths."""
    observed = settings({"grid": {"a": [1, 2], "b, c": [["x", "y"], ["z", "w"]]}})
    assert observed == [
        {"a": 1, "b": "x", "c": "y"},
        {"a": 1, "b": "z", "c": "w"},
        {"a": 2, "b": "x", "c": "y"},
        {"a": 2, "b": "z", "c": "w"},
    ]


def test_values_in_step():
    """Paths of one zip go in step; several zips are combined."""
    observed = settings({"zip": [{"a": [1, 2], "b": [3, 4]}, {"c": [5, 6]}]})
    assert [tuple(each.values()) for each in observed] == [(1, 3, 5), (1, 3, 6), (2, 4, 5), (2, 4, 6)]


@pytest.mark.parametrize(
    ("sweep", "what"),
    [
        (
            {"grid": {"a": ["1s", "2s", "1s"]}},
            "sweep.grid: a=1s stands there twice; its cells would be equal",
        ),
        (
            {"zip": [{"a": [1, 1], "b": [2, 2]}]},
            "sweep.zip: a=1, b=2 stands there twice; its cells would be equal",
        ),
    ],
)
def test_equal_cells_are_refused(sweep, what):
    """A value that is listed twice would be simulated and shown twice."""
    with pytest.raises(DesignError) as caught:
        settings(sweep)
    assert str(caught.value) == what


def test_constraints_leave_cells_out():
    """Only cells that keep every constraint are there, numbered without gaps."""
    sweep = {"grid": {"hold": ["0s", "30s"], "notices": ["10s", "1min"]}, "constraint": "hold < notices"}
    found = cells(Sweep.model_validate(sweep), 1)
    assert [(cell.number, cell.words) for cell in found] == [
        (0, "hold=0s, notices=10s"),
        (1, "hold=0s, notices=1min"),
        (2, "hold=30s, notices=1min"),
    ]


def test_nothing_left_is_an_error():
    """A sweep without cells says why."""
    with pytest.raises(DesignError) as caught:
        settings({"grid": {"a": [1, 2]}, "constraint": "a > 5"})
    with pytest.raises(DesignError) as empty:
        settings({})
    assert str(caught.value) == "no cell is left: none of 2 combinations keeps the constraint"
    assert str(empty.value) == "nothing is varied: give the scenario a sweep, or a --grid PATH=[VALUES]"


def test_too_many_cells_are_an_error():
    """The combinations are counted before they are made."""
    axis = {"from": 1, "to": 10_000, "step": 1}
    with pytest.raises(DesignError) as caught:
        settings({"grid": {"a": axis, "b": axis, "c": axis}})
    assert str(caught.value) == "the sweep has 1,000,000,000,000 combinations; at most 100,000 are taken"


def test_a_latin_hypercube_has_one_point_in_each_slice():
    """Of n points, one lies in each n-th of every axis; listed values take equal parts; a seed gives the same."""
    sweep = {"lhs": {"samples": 8, "over": {"a": {"from": 0, "to": 8}, "b": ["x", "y"]}}}
    observed = settings(sweep)
    assert sorted(int(each["a"]) for each in observed) == list(range(8))
    assert sorted(each["b"] for each in observed) == ["x"] * 4 + ["y"] * 4
    assert observed == settings(sweep)
    assert observed != settings(sweep, seed=2)


def test_sobol_points_are_balanced():
    """Of 16 Sobol points in two paths, one lies in each of 4 by 4 squares."""
    unit = {"from": 0, "to": 4}
    observed = settings({"sobol": {"samples": 16, "over": {"a": unit, "b": unit}}})
    assert sorted({(int(each["a"]), int(each["b"])) for each in observed}) == [
        (i, j) for i in range(4) for j in range(4)
    ]


def test_cells_are_named_by_their_last_keys():
    """A path goes by as few of its last keys as are unmistakable; a long name is cut and marked."""
    paths = ["groups.desk.client.auto", "groups.web.client.auto", "sender.hold"]
    short = short_paths(paths)
    found = cells(
        Sweep.model_validate(
            {
                "grid": {
                    "sender.hold": [{"lognormal": {"median": "1min", "sigma": 0.123456789, "per": "message"}}]
                }
            }
        ),
        1,
    )
    assert list(short.values()) == ["desk.client.auto", "web.client.auto", "hold"]
    assert name_of(found[0], short).startswith("hold={lognormal: {median: 1min, sigma: 0.123457, per: ")
    assert len(name_of(found[0], short)) <= 64
