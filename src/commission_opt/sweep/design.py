"""Which scenarios a sweep consists of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.scenario import AS_GIVEN, Scenario, Setting
from commission_opt.sweep.sampling import SAMPLED, sample

_MOST = 1_000_000  # scenarios of a sweep
GRID, ONE_AT_A_TIME = "grid", "one-at-a-time"


def grid(axes: Sequence[Axis]) -> list[Scenario]:
    """Combine every value of every axis with every value of the others."""
    _check_count(math.prod(len(axis.values) for axis in axes))
    return _scenarios(product(*([Setting(a, value) for value in a.values] for a in axes)))


def one_at_a_time(axes: Sequence[Axis]) -> list[Scenario]:
    """Vary each axis alone, the others as they are given."""
    _check_count(sum(len(axis.values) for axis in axes))
    return _scenarios([(Setting(axis, value),) for axis in axes for value in axis.values])


def sampled(design: str, axes: Sequence[Axis], samples: int, seed: int) -> list[Scenario]:
    """Draw values between the least and the greatest of each axis; see ``sample``.

    Rows of the sample that are equal are one scenario.
    """
    rows = sample(design, axes, samples, seed)
    _check_count(len(rows))
    return _scenarios(settings_of(axes, row) for row in rows.tolist())


def settings_of(axes: Sequence[Axis], row: Iterable[float]) -> tuple[Setting, ...]:
    """Return the settings of a row of a sample; whole ones where figures are whole."""
    return tuple(
        Setting(axis, math.floor(value + 0.5) * 1.0 if axis.takes_whole else value)
        for axis, value in zip(axes, row, strict=True)
    )


_PLAIN: Mapping[str, Callable[[Sequence[Axis]], list[Scenario]]] = {
    GRID: grid,
    ONE_AT_A_TIME: one_at_a_time,
}
DESIGNS = (*_PLAIN, *SAMPLED)


def scenarios(
    design: str, axes: Sequence[Axis], samples: int | None = None, seed: int = 0
) -> list[Scenario]:
    """Return the scenarios of a design.

    Parameters
    ----------
    design : str
        One of ``DESIGNS``.
    axes : sequence of Axis
        What varies; settings are done in this order.
    samples : int, optional
        Size of a design that draws values; see ``sample``.
    seed : int
        Of the random numbers.

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
    if design in SAMPLED:
        if samples is None:
            raise UsageError(f"the design {design} needs a number of samples")
        drawn = sampled(design, axes, samples, seed)
        return _distinct([*drawn, Scenario(AS_GIVEN)])
    if design not in _PLAIN:
        raise UsageError(f"there is no design {design!r}; there are {', '.join(DESIGNS)}")
    if samples is not None:
        raise UsageError(f"the design {design} takes the values as they are, so no samples")
    planned = _PLAIN[design](axes)
    base = [] if any(scenario.is_base for scenario in planned) else [Scenario(AS_GIVEN)]
    return _distinct([*base, *planned])


def _distinct(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Keep the first of the scenarios that do the same."""
    kept: dict[str, Scenario] = {}
    for scenario in scenarios:
        kept.setdefault(scenario.key, scenario)
    return [*kept.values()]


def _scenarios(rows: Iterable[tuple[Setting, ...]]) -> list[Scenario]:
    return [Scenario(_name(row), row) for row in rows]


def _name(settings: tuple[Setting, ...]) -> str:
    if all(setting.neutral for setting in settings):
        return AS_GIVEN
    return ", ".join(str(setting) for setting in settings)


def _check_axes(axes: Sequence[Axis]) -> None:
    for first, second in _pairs(axes):
        if first.same_figures == second.same_figures:
            raise UsageError(f"{first.target!r} is there twice; make one axis of its values")
        if first.name == second.name:
            raise UsageError(f"two axes have the name {first.name!r}; give one of them another")


def _pairs(axes: Sequence[Axis]) -> Iterator[tuple[Axis, Axis]]:
    return ((first, second) for i, second in enumerate(axes) for first in axes[:i])


def _check_count(count: int) -> None:
    if count > _MOST:
        raise UsageError(f"that is {count:,} scenarios, more than {_MOST:,}; take fewer values")
