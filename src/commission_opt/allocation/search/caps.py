"""Earlier objectives that are held, as a search sees them: sums of hinges with a most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.conditioned import rounded
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import HELD, Formulation
from commission_opt.formulation.parts import PLACES, Hinges, stacked

_DEARER = 3.0  # a unit beyond the most, against what the relaxation pays for it


@dataclass(frozen=True, eq=False)
class Cap:
    """A further sum of hinges over the same knots and cells, which may not exceed an end.

    Parameters
    ----------
    slopes : array, shape (levels, cells)
        What a unit below each knot counts, in units of the row that holds it.
    most : float
        The end.
    price : float
        What a unit of it is worth, by the multipliers of the relaxation.
    penalty : float
        Cost of a unit beyond the end.
    """

    slopes: Floats
    most: float
    price: float
    penalty: float


@dataclass(frozen=True, eq=False)
class _Held:
    hinges: Hinges
    row: int

    def given(self, deployed: Floats) -> _Held:
        return replace(self, hinges=self.hinges.given(deployed))


def with_caps(
    formulation: Formulation,
    goal: Hinges,
    most: Floats,
    multipliers: Floats,
    deployed: Floats | None = None,
) -> tuple[Hinges, tuple[Cap, ...]] | None:
    """Return an objective over the cells of all that is held too, and the caps.

    Parameters
    ----------
    formulation : Formulation
    goal : Hinges
        Its objective.
    most : array, shape (m,)
        Upper ends of its rows, with what rounding errors may take.
    multipliers : array, shape (m,)
        Row multipliers of the relaxation.
    deployed : array, shape (S, Y), optional
        Who is deployed, whatever the places; left out where nobody can be.

    Returns
    -------
    (Hinges, tuple of Cap) or None
        None if something that is held is no sum of hinges. What costs decisions alone is held by
        a row like any other and needs no cap.
    """
    held = list(_held(formulation, most))
    if any(one is None for one in held):
        return None
    caps = [one if deployed is None else one.given(deployed) for one in held if one is not None]
    goal = goal if deployed is None else goal.given(deployed)
    over = goal
    for one in caps:
        nothing = replace(one.hinges, slopes=np.zeros_like(one.hinges.slopes), offset=0.0)
        over = stacked(over, nothing)
    start, found = len(goal.knots[0]), []
    for one in caps:
        levels, cells = one.hinges.slopes.shape
        slopes = np.zeros_like(over.slopes)
        slopes[:levels, start : start + cells] = one.hinges.slopes
        start += cells
        price = max(0.0, -float(multipliers[one.row]))
        penalty = _DEARER * max(price, _exchange(goal, one.hinges))
        found.append(Cap(slopes, float(most[one.row]) - one.hinges.offset, price, penalty))
    return over, tuple(found)


def _held(formulation: Formulation, most: Floats) -> Iterator[_Held | None]:
    """Yield what is held beside decisions, in units of its row; None if it is no sum of hinges."""
    aims = {f"{HELD}{aim.name}": aim for aim, _ in formulation.held}
    for block in formulation.rows:
        if not block.name.startswith(HELD) or set(block.coefficients) == {PLACES}:
            continue
        row = formulation.program.rows[block.name].start
        if not np.isfinite(most[row]):
            continue
        aim = aims.get(block.name)
        if aim is None or aim.hinges is None or aim.hinges.linear.any():
            yield None
            continue
        unit = float(np.max(block.unit))
        slopes = rounded(aim.hinges.slopes / unit)
        offset = float(rounded(np.array((aim.hinges.offset - aim.offset) / unit)))
        yield _Held(replace(aim.hinges, slopes=slopes, offset=offset), row)


def _exchange(goal: Hinges, held: Hinges) -> float:
    """Return what a unit of what is held costs of the goal, for the decision in the middle."""

    def steepest(hinges: Hinges) -> Floats:
        return np.asarray(abs(hinges.reach).T @ hinges.slopes.sum(axis=0) + np.abs(hinges.linear))

    per, against = steepest(goal), steepest(held)
    both = (per > 0) & (against > 0)
    return float(np.median(per[both] / against[both])) if both.any() else 1.0
