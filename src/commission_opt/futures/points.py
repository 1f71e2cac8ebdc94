"""Points of the unit cube: scrambled Sobol points, the same for a seed wherever they are made."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError

MOST_DIMENSIONS = 21_201  # of SciPy's Sobol points
_BITS = 30


def sobol_points(count: int, dimensions: int, seed: int) -> Floats:
    """Return the first scrambled Sobol points.

    Parameters
    ----------
    count, dimensions, seed : int

    Returns
    -------
    array, shape (count, dimensions)
        Within the unit cube, ends left out: points stand in the middle of the cells of the finest
        grid.

    Raises
    ------
    UsageError
        If there are more dimensions than Sobol points have.
    """
    if dimensions > MOST_DIMENSIONS:
        raise UsageError(
            f"the rows draw {dimensions:,} numbers for each scenario, more than the "
            f"{MOST_DIMENSIONS:,} that Sobol points have; draw for fewer codes in “each”, or write "
            "“fan” for “walk”"
        )
    if not dimensions:
        return np.empty((count, 0))
    from scipy.stats import qmc  # takes longer to import than most plans take

    generator = qmc.Sobol(dimensions, scramble=True, bits=_BITS, rng=np.random.default_rng(seed))
    power = max(0, int(count - 1).bit_length())  # whole nets, of which the first points are taken
    points: Floats = generator.random_base2(power)[:count] + 0.5 ** (_BITS + 1)
    return points
