"""Cut fractions of places off the relaxation of a block, before its tree is grown.

Each row of the simplex tableau whose decision is no admissible number gives a cut (Balas,
"Intersection cuts, a new type of cutting planes for integer programming", Operations Research 19
(1971)). The certificate derives what it bounds, here as there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.cuts import Cuts, proved_end
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.basis import BASIC, UPPER, Basis

_NOISE = 1e-7  # of the largest coefficient of a cut, or multiplier of a tableau row
_DEEP = 1e-4  # least distance between a cut and the point that it cuts off
_MOST = 60  # cuts of a round
_SLACK = 1e-7  # room from which a cut is left out of the rounds that follow


@dataclass(frozen=True, eq=False)
class _Cut:
    """One cut; its multipliers are of the program's rows and of earlier cuts by their numbers."""

    number: int
    form: Floats
    decision: int
    at: float
    end: float
    sides: tuple[Floats, Floats]
    earlier: Ints
    depth: float


@dataclass(eq=False)
class Cutting:
    """The cuts of a block, found round by round.

    Parameters
    ----------
    part : LinearProgram
        The program of the block.

    Attributes
    ----------
    program : LinearProgram
        The same with the cuts that bind.
    """

    part: LinearProgram
    program: LinearProgram = field(init=False)
    _every: list[_Cut] = field(init=False, default_factory=list)
    _used: list[_Cut] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.program = self.part

    def round(self, basis: Basis, decisions: Ints, at: Floats, following: Floats) -> int:
        """Add cuts at the vertex of a basis of the program; return how many.

        Parameters
        ----------
        basis : Basis
        decisions : array of int, shape (k,)
            Those that are no admissible numbers there.
        at, following : array, shape (k,)
            The admissible numbers below and above each.
        """
        x, _ = basis.vertex(self.program)
        place = {int(j): i for i, j in enumerate(basis.basic_columns)}
        found = [
            self._cut(basis, x, place[j], j, numbers)
            for j, *numbers in zip(decisions.tolist(), at.tolist(), following.tolist(), strict=True)
            if j in place and numbers[0] < x[j] < numbers[1]
        ]
        deep = [cut for cut in found if cut is not None and cut.depth > _DEEP]
        deep = sorted(deep, key=lambda cut: -cut.depth)[:_MOST]
        deep = [replace(cut, number=len(self._every) + i) for i, cut in enumerate(deep)]
        if deep:
            self._every += deep
            self._use([*self._binding(x), *deep])
        return len(deep)

    def _binding(self, x: Floats) -> list[_Cut]:
        rows = len(self.part.row_lower)
        room = (self.program.matrix @ x - self.program.row_lower)[rows:]
        return [cut for cut, left in zip(self._used, room, strict=True) if left <= _SLACK]

    def _use(self, cuts: list[_Cut]) -> None:
        part, self._used = self.part, cuts
        if not cuts:
            self.program = part
            return
        forms = sparse.csr_array(np.array([cut.form for cut in cuts]))
        self.program = replace(
            part,
            matrix=sparse.csc_array(sparse.vstack([part.matrix, forms])),
            row_lower=np.concatenate([part.row_lower, [cut.end for cut in cuts]]),
            row_upper=np.concatenate([part.row_upper, np.full(len(cuts), np.inf)]),
        )

    def _cut(self, basis: Basis, x: Floats, i: int, j: int, numbers: list[float]) -> _Cut | None:
        """Return the cut of the tableau row of a decision, in terms of what is not basic."""
        matrix = self.program.matrix
        unit = np.zeros(matrix.shape[0])
        unit[i] = 1.0
        row = basis.factors.solve(unit, "T")
        row[np.abs(row) < _NOISE * np.max(np.abs(row))] = 0.0
        low, high = x[j] - numbers[0], numbers[1] - x[j]
        column_sign = np.where(basis.columns == UPPER, -1.0, 1.0)
        row_sign = np.where(basis.rows == UPPER, -1.0, 1.0)
        slope = column_sign * (matrix.T @ row)
        slope[(basis.columns == BASIC) | (self.program.lower == self.program.upper)] = 0.0
        slack = np.where(basis.rows == BASIC, 0.0, -row_sign * row)
        weight = np.where(slack > 0, slack / low, -slack / high)
        form = column_sign * np.where(slope > 0, slope / low, -slope / high)
        form += matrix.T @ (row_sign * weight)
        size = float(np.max(np.abs(form), initial=0.0))
        if not 0.0 < size < np.inf:
            return None
        form = np.where(np.abs(form) < _NOISE * size, 0.0, form / size)
        whole = row_sign * np.abs(slack) * (1.0 / low + 1.0 / high) / size
        sides = np.where(slack < 0, whole, 0.0), np.where(slack > 0, whole, 0.0)
        end = proved_end(self.program, form, j, (numbers[0], numbers[1]), [*sides])
        depth = (end - float(form @ x)) / float(np.linalg.norm(form))
        earlier = np.array([cut.number for cut in self._used], dtype=np.int64)
        return _Cut(-1, form, j, numbers[0], end, sides, earlier, depth)

    def done(self, basis: Basis | None) -> Cuts:
        """Return the cuts that bind at a vertex and those that prove them; the program has both."""
        rows, columns = self.part.matrix.shape
        if basis is not None:
            self._use(self._binding(basis.vertex(self.program)[0]))
        needed = {cut.number for cut in self._used}
        for cut in reversed(self._every):
            if cut.number in needed:
                by = np.abs(cut.sides[0][rows:]) + np.abs(cut.sides[1][rows:])
                needed |= set(cut.earlier[by > 0].tolist())
        cuts = [cut for cut in self._every if cut.number in needed]
        self._use(cuts)
        place = np.full(len(self._every), -1)
        place[[cut.number for cut in cuts]] = np.arange(len(cuts))
        sides = np.zeros((2, len(cuts), rows + len(cuts)))
        for i, cut in enumerate(cuts):
            for side, multipliers in zip(sides, cut.sides, strict=True):
                side[i, :rows] = multipliers[:rows]
                some = np.flatnonzero(multipliers[rows:])
                side[i, rows + place[cut.earlier[some]]] = multipliers[rows:][some]
        return Cuts(
            sparse.csr_array(np.array([cut.form for cut in cuts]).reshape(len(cuts), columns)),
            np.array([cut.decision for cut in cuts], dtype=np.int64),
            np.array([cut.at for cut in cuts]),
            sparse.csr_array(sides[0]),
            sparse.csr_array(sides[1]),
        )
