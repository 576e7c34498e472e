"""Points of the unit cube that fill it evenly, by `scipy.stats.qmc`."""

import warnings

from recallsim.extras import needed

Points = list[list[float]]


def hypercube(samples: int, paths: int, seed: int) -> Points:
    """A Latin hypercube of so many points: one in each of as many slices of every axis."""
    qmc = needed("scipy.stats.qmc", "designs", "a Latin hypercube")
    found: Points = qmc.LatinHypercube(d=paths, rng=seed).random(samples).tolist()
    return found


def sobol_points(samples: int, paths: int, seed: int) -> Points:
    """The first points, a power of two, of a scrambled Sobol sequence."""
    qmc = needed("scipy.stats.qmc", "designs", "a Sobol design")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found: Points = qmc.Sobol(d=paths, scramble=True, rng=seed).random(samples).tolist()
    return found
