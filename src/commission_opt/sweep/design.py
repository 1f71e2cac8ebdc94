"""Which scenarios a sweep consists of; SALib draws those of designs that draw values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from types import ModuleType

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.scenario import AS_GIVEN, Scenario, Setting

GRID, ONE_AT_A_TIME = "grid", "one-at-a-time"
LATIN_HYPERCUBE, SOBOL, MORRIS = "latin-hypercube", "sobol", "morris"
SAMPLED = (LATIN_HYPERCUBE, SOBOL, MORRIS)
DESIGNS = (GRID, ONE_AT_A_TIME, *SAMPLED)
LEVELS = 4  # of a Morris design: each axis takes this many values
_MOST = 1_000_000  # scenarios of a sweep
_DIGITS = 12  # significant; so that values drawn twice are equal


def settings_of(axes: Sequence[Axis], row: Iterable[float]) -> tuple[Setting, ...]:
    """Return the settings of a row of a sample; whole ones where figures are whole."""
    return tuple(
        Setting(axis, math.floor(value + 0.5) * 1.0 if axis.takes_whole else value)
        for axis, value in zip(axes, row, strict=True)
    )


def scenarios(
    design: str, axes: Sequence[Axis], samples: int | None = None, seed: int = 0
) -> list[Scenario]:
    """Return the scenarios of a design.

    Parameters
    ----------
    design : str
        One of ``DESIGNS``. Rows of a sample that are equal are one scenario.
    axes : sequence of Axis
        What varies; settings are done in this order.
    samples, seed
        Of a design that draws values; see ``sample``.

    Returns
    -------
    list of Scenario
        No two of the same key, with the one that changes nothing, ``as given``. If the design
        has none of its own it stands first, or last in a design that draws values.

    Raises
    ------
    UsageError
        If the design is not known, axes or samples do not suit it, or it is too large.
    """
    if not axes:
        raise UsageError("nothing varies; name at least one axis, such as --vary 'budget*=0.9,1.1'")
    _check_axes(axes)
    if design not in DESIGNS:
        raise UsageError(f"there is no design {design!r}; there are {', '.join(DESIGNS)}")
    if design in SAMPLED and samples is None:
        raise UsageError(f"the design {design} needs a number of samples")
    if design not in SAMPLED and samples is not None:
        raise UsageError(f"the design {design} takes the values as they are, so no samples")
    base, levels = Scenario(AS_GIVEN), [[Setting(a, value) for value in a.values] for a in axes]
    rows: Iterable[tuple[Setting, ...]]
    if samples is not None:
        drawn = sample(design, axes, samples, seed).tolist()
        count, rows = len(drawn), (settings_of(axes, row) for row in drawn)
    elif design == GRID:
        count, rows = math.prod(map(len, levels)), product(*levels)
    else:
        count, rows = sum(map(len, levels)), ((setting,) for each in levels for setting in each)
    if count > _MOST:
        raise UsageError(f"that is {count:,} scenarios, more than {_MOST:,}; take fewer values")
    planned = [Scenario(_name(row), row) for row in rows]
    first = samples is None and not any(scenario.is_base for scenario in planned)
    kept: dict[str, Scenario] = {}
    for scenario in [base, *planned] if first else [*planned, base]:
        kept.setdefault(scenario.key, scenario)  # the first of those that do the same
    return [*kept.values()]


def _name(settings: tuple[Setting, ...]) -> str:
    if all(setting.neutral for setting in settings):
        return AS_GIVEN
    return ", ".join(str(setting) for setting in settings)


def _check_axes(axes: Sequence[Axis]) -> None:
    for first, second in combinations(axes, 2):
        if first.same_figures == second.same_figures:
            raise UsageError(f"{first.target!r} is there twice; make one axis of its values")
        if first.name == second.name:
            raise UsageError(f"two axes have the name {first.name!r}; give one of them another")


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
