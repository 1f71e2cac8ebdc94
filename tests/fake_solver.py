"""A solver of relaxations whose answers are watched and changed."""

from collections.abc import Callable

import pytest

from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.linear import Algorithm, solve_by
from commission_opt.solvers.status import Limits, Result, Watch


def answering(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Result, Algorithm], Result]
) -> list[Algorithm]:
    """Change what the solver answers from now on; return the algorithms tried, as they come."""
    tried: list[Algorithm] = []

    def solve(
        algorithm: Algorithm, program: LinearProgram, limits: Limits, watch: Watch, seconds: float
    ) -> Result:
        tried.append(algorithm)
        return change(solve_by(algorithm, program, limits, watch, seconds), algorithm)

    monkeypatch.setattr("commission_opt.solvers.believed.solve_by", solve)
    return tried
