"""What a search moves over: the objective as hinges, the rows as limits, and their prices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.search.caps import Caps, with_caps
from commission_opt.allocation.search.steps import Steps, steps
from commission_opt.allocation.settled import in_columns
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.formulation.assemble import HELD, Formulation
from commission_opt.formulation.parts import PLACES, Hinges, deployed_columns, is_decided


@dataclass(frozen=True, eq=False)
class Landscape:
    """One stage as a search sees it.

    Parameters
    ----------
    hinges : Hinges
        The objective, in units of the program, over its cells and those of the caps.
    caps : Caps
        Earlier objectives that are held.
    use : scipy.sparse.csr_array, shape (rows, n)
        Rows that places alone must keep.
    least, most : array, shape (rows,)
        Their ends, with what rounding errors may take.
    price : array, shape (rows,)
        What a unit of activity is worth elsewhere, by the multipliers of the relaxation.
    penalty : array, shape (rows,)
        More than any step gains for a unit beyond an end.
    grain : array, shape (rows,)
        By how much a row that is beyond an end counts as beyond it at least.
    lower, upper, step, smallest : array, shape (n,)
        The box and the admissible numbers of each decision column.
    unit : array of int, shape (n,)
        What a search moves together: the course of each decision column, in order.
    steps : Steps
    """

    hinges: Hinges
    caps: Caps
    use: sparse.csr_array
    least: Floats
    most: Floats
    price: Floats
    penalty: Floats
    grain: Floats
    lower: Floats
    upper: Floats
    step: Floats
    smallest: Floats
    unit: Ints
    steps: Steps

    def broken(self, excess: Floats, rows: Ints | slice) -> Floats:
        """Return what it costs that some rows are so far beyond their ends."""
        return self.penalty[rows] * np.where(excess > 0, np.maximum(excess, self.grain[rows]), 0.0)


def landscape(
    formulation: Formulation,
    multipliers: Floats,
    deployed: Floats | None = None,
    proved: float = -np.inf,
) -> Landscape | None:
    """Lay out a stage for the search; None if one held or its own is no sum of hinges.

    Parameters
    ----------
    formulation : Formulation
    multipliers : array, shape (m,)
        Row multipliers of the relaxation.
    deployed : array, shape (S, Y), optional
        Who is deployed, whatever the places; left out where nobody can be.
    proved : float
        What the objective is proved to be at least, in units of the program.
    """
    program, goal = formulation.program, formulation.hinges
    if goal is None:
        return None
    units = counted_in(formulation)
    ends = program.row_upper + rounding_room(program.row_upper, units)
    capped = with_caps(formulation, goal, ends, multipliers, deployed, proved)
    if capped is None:
        return None
    hinges, caps = capped
    places = program.columns[PLACES]
    free = [block for block in formulation.rows if all(map(is_decided, block.coefficients))]
    kept = np.concatenate(
        [np.arange(0), *(np.arange(len(program.row_lower))[program.rows[b.name]] for b in free)]
    ).astype(np.int64)
    n = places.stop
    nothing = sparse.csr_array((0, n))
    use = sparse.csr_array(sparse.vstack([nothing, *(b.coefficients[PLACES] for b in free)]))
    use.eliminate_zeros()
    least, most = program.row_lower[kept], ends[kept]
    least = least - rounding_room(least, units[kept])
    if deployed is not None:
        taken = _taken(formulation, kept, deployed)
        least, most = least - taken, most - taken
    penalty = _penalty(hinges, caps, use)
    return Landscape(
        hinges,
        caps,
        use,
        least,
        most,
        -multipliers[kept],
        penalty,
        _grain(use) if len(caps) else np.zeros_like(penalty),
        program.lower[places],
        program.upper[places],
        formulation.step,
        formulation.smallest,
        formulation.problem.layout.line,
        steps(hinges.reach, use, formulation.problem.layout.line),
    )


def counted_in(formulation: Formulation) -> Floats:
    """Return what 1 in each row stands for; in what is held, no less than its largest part."""
    units, program = formulation.row_units(), formulation.program
    for name, rows in program.rows.items():
        if name.startswith(HELD):
            most = abs(sparse.csr_array(program.matrix)[rows]).max(axis=1).toarray()
            units[rows] = np.maximum(units[rows], 1.0 / np.where(most > 0, most, np.inf))
    return units


def _taken(formulation: Formulation, rows: Ints, deployed: Floats) -> Floats:
    """Return what is deployed draws on some rows."""
    program = formulation.program
    sent = deployed_columns(program.columns)
    drawn = sparse.csr_array(program.matrix[:, sent])[rows]
    return np.asarray(drawn @ in_columns(formulation, deployed))


def dearer(land: Landscape, factor: float) -> Landscape:
    """Return a landscape with penalties so many times as high."""
    penalty = np.where(land.caps.aimed, 1.0, factor) * land.caps.penalty
    caps = replace(land.caps, penalty=penalty)
    return replace(land, caps=caps, penalty=factor * land.penalty)


def _penalty(hinges: Hinges, caps: Caps, use: sparse.csr_array) -> Floats:
    """Return thrice the most that a place gains, caps too, for each unit that it draws on a row."""
    slopes = hinges.slopes.sum(axis=0)
    worth = np.where(caps.aimed, caps.penalty, caps.price)
    for of, own in zip(caps.of, caps.slopes, strict=True):
        slopes = slopes + worth[of] * own.sum(axis=0)
    gain = abs(hinges.reach).T @ slopes + np.abs(hinges.linear)
    entries = sparse.coo_array(use)
    row, column = entries.coords
    dearest = np.zeros(use.shape[0])
    np.maximum.at(dearest, row, gain[column] / np.abs(entries.data))
    return 3.0 * dearest + 1.0


def _grain(use: sparse.csr_array) -> Floats:
    """Return what the place draws on each row that draws most.

    With something held, to break a row by next to nothing would cost less than to mend it.
    """
    largest = np.zeros(use.shape[0])
    entries = sparse.coo_array(use)
    np.maximum.at(largest, entries.coords[0], np.abs(entries.data))
    return largest


def rounding_room(end: Floats, unit: Floats) -> Floats:
    """Return a tenth of what the certificate forgives, in units of the rows.

    Parameters
    ----------
    end : array, shape (m,)
        Ends of rows; an infinite one counts as 0.
    unit : array, shape (m,)
        What 1 in each row stands for in £, weeks, FTE or places, in which the certificate
        measures: relative to max(1, |end|).
    """
    size = np.where(np.isfinite(end), np.abs(end), 0.0)
    room: Floats = TOLERANCE / 10 * np.maximum(1.0 / unit, size)
    return room
