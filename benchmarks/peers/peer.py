"""What every peer can do, so that one driver runs them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from peers.statement import Statement

from commission_opt.arrays import Floats


@dataclass(frozen=True)
class Answer:
    """What a library says of a solve; the driver values its plan again.

    Parameters
    ----------
    status : {"optimal", "limit", "infeasible", "failed"}
        ``optimal`` within the gap asked for; ``limit`` if it was stopped.
    objective, bound : float or None
        Weighted FTE-years, None where the library has none.
    steps : array, shape (n,), or None
        The decisions found.
    message : str
        The library's own word.
    """

    status: Literal["optimal", "limit", "infeasible", "failed"]
    objective: float | None
    bound: float | None
    steps: Floats | None
    message: str


class Peer(Protocol):
    """The verbs of a peer. A model is whatever ``build`` returns."""

    def build(self, statement: Statement, *, whole: bool) -> Any:
        """Write the relaxation or, in whole steps, the integer problem."""

    def hand_over(self, model: Any) -> None:
        """Pass the model to the solver; solving does it if that has not been done."""

    def solve_relaxation(self, model: Any) -> Answer:
        """Solve a model in fractions to its optimum."""

    def solve_integer(self, model: Any, gap: float, seconds: float) -> Answer:
        """Solve a model in whole steps to a relative gap, or until the time is over."""

    def resolve_budgets(self, model: Any, factors: Sequence[float]) -> list[float]:
        """Solve a model in fractions again for each factor on all budgets; return objectives."""
