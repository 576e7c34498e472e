"""Sensitivity indices by SALib, over the unit cube: every parameter goes from 0 to 1 along its range.

Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991): `mu_star`
is the mean size of the change when a parameter goes all along its range, others being anywhere, `sigma` how much
that depends on the others. Sobol, with the estimators of Saltelli et al., Computer Physics Communications 181
(2010): `S1` is the share of the variance that a parameter carries by itself, `ST` the share in which it has a
part.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recallsim.extras import needed
from recallsim.reporting.numbers import finite

Points = NDArray[np.float64]

_EXTRA: Final = "designs"
_RESAMPLES: Final = 1000


class Index(NamedTuple):
    """One index of one parameter.

    Attributes:
        parameter: its path.
        measure: `mu_star`, `mu`, `sigma`, `S1` or `ST`.
        value: the estimate; None where nothing varied.
        low: lower end of its interval, None where it has none.
        high: upper end.
    """

    parameter: str
    measure: str
    value: float | None
    low: float | None
    high: float | None


def _problem(paths: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(paths), "names": list(paths), "bounds": [[0.0, 1.0]] * len(paths)}


def morris_points(paths: Sequence[str], trajectories: int, levels: int, seed: int) -> Points:
    """The points of Morris's walks: [trajectories * (paths + 1), paths]."""
    sample = needed("SALib.sample.morris", _EXTRA, "Morris screening").sample
    found: Points = sample(_problem(paths), trajectories, num_levels=levels, seed=seed % 2**32)
    return found


def morris_indices(
    paths: Sequence[str], points: Points, results: Sequence[float], levels: int, confidence: float, seed: int
) -> list[Index]:
    """The indices of Morris's walks, those of `mu_star` with bootstrap intervals."""
    analyze = needed("SALib.analyze.morris", _EXTRA, "Morris screening").analyze
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = analyze(
            _problem(paths),
            points,
            np.array(results),
            num_levels=levels,
            conf_level=confidence,
            num_resamples=_RESAMPLES,
            seed=seed % 2**32,
        )
    return [
        index
        for at, path in enumerate(paths)
        for index in (
            _index(path, "mu_star", found, at, "mu_star_conf", least=0.0),
            _index(path, "mu", found, at),
            _index(path, "sigma", found, at),
        )
    ]


def saltelli_points(paths: Sequence[str], samples: int, seed: int) -> Points:
    """The points that Sobol's indices are estimated from: [samples * (paths + 2), paths]."""
    sample = needed("SALib.sample.sobol", _EXTRA, "Sobol's indices").sample
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Points = sample(_problem(paths), samples, calc_second_order=False, seed=seed % 2**32)
    return found


def sobol_indices(
    paths: Sequence[str], results: Sequence[float], confidence: float, seed: int
) -> list[Index]:
    """Sobol's first-order and total indices, with bootstrap intervals."""
    analyze = needed("SALib.analyze.sobol", _EXTRA, "Sobol's indices").analyze
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = analyze(
            _problem(paths),
            np.array(results),
            calc_second_order=False,
            conf_level=confidence,
            num_resamples=_RESAMPLES,
            seed=seed % 2**32,
        )
    return [
        index
        for at, path in enumerate(paths)
        for index in (_index(path, "S1", found, at, "S1_conf"), _index(path, "ST", found, at, "ST_conf"))
    ]


def _index(
    path: str, name: str, found: Mapping[str, Any], at: int, half: str = "", least: float | None = None
) -> Index:
    value = finite(float(found[name][at]))
    width = finite(float(found[half][at])) if half else None
    if value is None or width is None:
        return Index(path, name, value, None, None)
    low = value - width if least is None else max(least, value - width)
    return Index(path, name, value, low, value + width)
