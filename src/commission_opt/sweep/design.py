"""Which scenarios a sweep consists of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.scenario import AS_GIVEN, Scenario, Setting
from commission_opt.sweep.sampling import SAMPLED, sample

_MOST = 1_000_000  # scenarios of a sweep
GRID, ONE_AT_A_TIME = "grid", "one-at-a-time"


def settings_of(axes: Sequence[Axis], row: Iterable[float]) -> tuple[Setting, ...]:
    """Return the settings of a row of a sample; whole ones where figures are whole."""
    return tuple(
        Setting(axis, math.floor(value + 0.5) * 1.0 if axis.takes_whole else value)
        for axis, value in zip(axes, row, strict=True)
    )


DESIGNS = (GRID, ONE_AT_A_TIME, *SAMPLED)


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
    for second, first in ((second, first) for i, second in enumerate(axes) for first in axes[:i]):
        if first.same_figures == second.same_figures:
            raise UsageError(f"{first.target!r} is there twice; make one axis of its values")
        if first.name == second.name:
            raise UsageError(f"two axes have the name {first.name!r}; give one of them another")
