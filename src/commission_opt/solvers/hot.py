"""A linear program that is solved again and again with other bounds, each time from the last."""

from __future__ import annotations

import numpy as np
from highspy import HighsModelStatus

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.highs import changed_options, load, option, run, subscribe
from commission_opt.solvers.status import Limits, Result, Status, Watch

_LONG = 50_000  # coefficients from which a solve may take so long that it must be stoppable


class HotProgram:
    """HiGHS, holding one program and its last basis.

    Parameters
    ----------
    program : LinearProgram
    limits : Limits
        Seed and threads.
    watch : Watch
        Can stop a solve of a large program; asking it at every iteration of a small one would
        take as long as the solve.
    """

    def __init__(self, program: LinearProgram, limits: Limits, watch: Watch) -> None:
        self._highs = load(program, None, limits, np.inf)
        if program.matrix.nnz > _LONG:
            subscribe(self._highs, watch)
        self._watch, self._options = watch, changed_options(self._highs)

    def solve(self, lower: Floats, upper: Floats, seconds: float) -> Result:
        """Solve with other bounds of the first columns.

        Parameters
        ----------
        lower, upper : array
            Bounds of the first columns; those of the others stay.
        seconds : float
            Time for this solve.

        Returns
        -------
        Result
            Nothing in it is to be trusted: a hot start may go wrong, so prove what it says.
        """
        which = np.arange(len(lower), dtype=np.int32)
        self._highs.changeColsBounds(
            len(lower), which, np.ascontiguousarray(lower), np.ascontiguousarray(upper)
        )
        # HiGHS counts the time of all runs of an object together.
        option(self._highs, "time_limit", self._highs.getRunTime() + max(seconds, 0.0))
        run(self._highs, self._watch, "hot", self._options)
        status = self._highs.getModelStatus()
        if status == HighsModelStatus.kInfeasible:
            _, has_ray, ray = self._highs.getDualRay()
            return Result(Status.INFEASIBLE, ray=np.array(ray) if has_ray else None)
        if status != HighsModelStatus.kOptimal:
            return Result(Status.ERROR)
        solution = self._highs.getSolution()
        return Result(Status.OPTIMAL, np.array(solution.col_value), np.array(solution.row_dual))
