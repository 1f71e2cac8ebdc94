"""Designs that draw values at random, by SALib."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis

LATIN_HYPERCUBE, SOBOL, MORRIS = "latin-hypercube", "sobol", "morris"
SAMPLED = (LATIN_HYPERCUBE, SOBOL, MORRIS)
LEVELS = 4  # of a Morris design: each axis takes this many values
_MOST = 1_000_000
_DIGITS = 12  # significant; so that values drawn twice are equal


def sample(design: str, axes: Sequence[Axis], samples: int, seed: int) -> Floats:
    """Draw rows of values; the same arguments give the same rows.

    Values are drawn evenly between the least and the greatest of each of D axes.

    Returns
    -------
    array, shape (rows, D)
        ``latin-hypercube`` has ``samples`` rows. ``sobol`` has ``samples`` · (D + 2), in
        Saltelli's scheme without second order, ``morris`` ``samples`` trajectories of D + 1 rows;
        both are in the order that their analysis expects.

    Raises
    ------
    UsageError
        If an axis has one value only, or ``samples`` or ``seed`` does not suit the design, or
        SALib is not installed.
    """
    _check(design, axes, samples, seed)
    module, options = _salib()[design]
    rows = module.sample(problem_of(axes), samples, seed=seed, **options)
    return np.array([[float(f"{value:.{_DIGITS}g}") for value in row] for row in rows.tolist()])


def problem_of(axes: Sequence[Axis]) -> dict[str, object]:
    """Return the axes as SALib wants them."""
    return {
        "num_vars": len(axes),
        "names": [axis.name for axis in axes],
        "bounds": [[min(axis.values), max(axis.values)] for axis in axes],
    }


def _salib() -> dict[str, tuple[ModuleType, dict[str, object]]]:
    try:
        from SALib.sample import latin, morris, sobol
    except ModuleNotFoundError as error:
        raise UsageError(
            "designs that draw values need SALib; install it with: "
            "pip install 'commission-opt[sweeps]'"
        ) from error
    return {
        LATIN_HYPERCUBE: (latin, {}),
        SOBOL: (sobol, {"calc_second_order": False}),
        MORRIS: (morris, {"num_levels": LEVELS}),
    }


def _check(design: str, axes: Sequence[Axis], samples: int, seed: int) -> None:
    least = 1 if design == LATIN_HYPERCUBE else 2
    if samples > _MOST:
        raise UsageError(f"{samples:,} samples are more than {_MOST:,}; take fewer")
    if samples < least:
        raise UsageError(f"the design {design} needs {least} samples or more, not {samples}")
    if design == SOBOL and samples & (samples - 1):
        near = 2 ** round(np.log2(samples))
        raise UsageError(f"the design sobol needs a power of 2 of samples, such as {near}")
    if seed < 0:
        raise UsageError(f"the seed must be 0 or more, not {seed}")
    for axis in axes:
        if len(axis.values) < 2:
            raise UsageError(
                f"{axis.target!r} has one value; {design} draws between two, such as 0.8:1.2"
            )
