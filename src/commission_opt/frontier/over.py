"""What a frontier runs over: a scale of budgets, or a cap on an objective of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number

_STEPS = {
    Number.SHARE: (1e-4, "0.01 points more"),
    Number.PLACES: (1.0, "one more place"),
    Number.POUNDS: (1e6, "£1m more"),
    Number.PLAIN: (1.0, "one more"),
}


@dataclass(frozen=True)
class Over:
    """What a frontier runs over.

    Parameters
    ----------
    name : str
        ``budget``, or the objective that is capped.
    what, axis : str
        After "the", and as the heading of an axis.
    step : float
        What a marginal is worked out for: 1 % of the budgets, 0.01 percentage points, a place.
    more : str
        A step more, in words.
    number : Number
        How a point of it is written.
    unit : str
        What follows it in a sentence, where that does not say it already.
    digits : int
        Decimals of a percentage.
    note : str
        A sentence on how it is counted, where that is not plain.
    """

    name: str
    what: str
    axis: str
    step: float
    more: str
    number: Number
    unit: str = ""
    digits: int = 3
    note: str = ""

    @property
    def caps(self) -> bool:
        """Whether it is a cap on an objective, and not a scale of the budgets."""
        return self.name != "budget"

    @property
    def scale(self) -> float:
        """What a point is multiplied with on an axis."""
        return 100.0 if self.number is Number.SHARE else 1.0

    def show(self, t: float, digits: int | None = None) -> str:
        """Write a point: "85.00 %", "1,204", "£1,000,000"."""
        if self.number is Number.SHARE:
            return f"{100 * t:.{self.digits if digits is None else digits}f} %"
        return f"{'£' if self.number is Number.POUNDS else ''}{t:,.{digits or 0}f}"

    def floor(self, t: float) -> str:
        """Write the same with its unit, never rounded up."""
        digits = self.digits if self.number is Number.SHARE else 1
        size = self.scale * 10.0**digits
        return f"{self.show(float(np.floor(t * size) / size), digits)} {self.unit}".rstrip()


BUDGET = Over(
    "budget", "budgets", "budgets, % of those given", 0.01, "1 % more budget", Number.SHARE,
    digits=2,
)  # fmt: skip


def _cap(name: str) -> Over:
    kind = OBJECTIVES[name]
    what, (step, more) = kind.capped or kind.title, _STEPS[kind.number]
    plain = kind.number is Number.PLAIN
    unit = {Number.SHARE: f"% {kind.after}".rstrip(), Number.PLACES: ""}.get(kind.number, kind.unit)
    axis = f"most that the {what} may be" + f", {unit}" * bool(unit)
    more = f"one more {kind.one}" if kind.one else more
    unit = kind.unit if plain else ""
    return Over(name, what, axis, step, more, kind.number, unit, note=kind.note)


OVERS: Mapping[str, Over] = {BUDGET.name: BUDGET, **{name: _cap(name) for name in OBJECTIVES}}


def over_of(name: str) -> Over:
    """Return what a frontier runs over by its name: ``budget`` or an objective.

    Raises
    ------
    UsageError
        If there is no such thing.
    """
    if name not in OVERS:
        raise UsageError(f"--over: there is no {name!r}; there are {', '.join(OVERS)}")
    return OVERS[name]
