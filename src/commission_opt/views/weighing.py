"""In words: over which futures a plan is weighed, how, and what is told of the world as given."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.formulation.goals import goals, names_of, weighing, weighs
from commission_opt.formulation.problem import Planning
from commission_opt.policy import RiskMeasure
from commission_opt.views import words

AS_GIVEN = "as given"
"""What tables and pages call the instance itself where a plan weighs others beside it."""


_LEAST = "fractions of places could have in one of them alone"


@dataclass(frozen=True)
class Weighing:
    """How the first objective is weighed over scenarios; later ones are expectations.

    Parameters
    ----------
    risk : {"expected", "cvar", "worst", "regret"}
    alpha, weight : float
        Of the conditional value at risk.
    """

    scenarios: int
    risk: RiskMeasure
    alpha: float
    weight: float

    @property
    def everywhere(self) -> str:
        """Where the rules are kept, after "is kept"."""
        return "in the only scenario" if self.scenarios == 1 else f"in each of {self._count}"

    @property
    def over(self) -> str:
        """Over what values are weighed."""
        return f"over {self._count}"

    @property
    def regrets(self) -> bool:
        """Whether the first objective is a regret, so that its value is none of the objective."""
        return self.scenarios > 1 and self.risk == "regret"

    def regret(self, title: str, value: str) -> str:
        """Say of what a regret is the largest, and how large."""
        return f"The largest regret {self.over}, {value} of {title} above the least that {_LEAST},"

    @property
    def _count(self) -> str:
        return words.plural(self.scenarios, "scenario")

    def how(self, k: int = 0) -> str:
        """Say what a value of the k-th objective is, as an apposition to it."""
        if self.scenarios == 1:
            return "in the only scenario"
        if k or self.risk == "expected":
            return f"expected over {self._count}"
        if self.risk == "worst":
            return f"in the worst of {self._count}"
        if self.regrets:
            return (
                f"the largest regret {self.over} (what the plan has above the least that {_LEAST})"
            )
        tail = f"the mean of the worst {_share(1.0 - self.alpha)} of {self._count}"
        tail += " (conditional value at risk)"
        if self.weight == 1.0:
            return tail
        return f"{1.0 - self.weight:g} times the expectation plus {self.weight:g} times {tail}"


def weighing_of(problem: Planning) -> Weighing | None:
    """Return how a plan is weighed; None if it is made for one future, the one given."""
    if not weighs(problem):
        return None
    how = weighing(problem)
    return Weighing(len(names_of(problem)), goals(problem)[0].risk, how.alpha, how.weight)


def titled(problem: Planning, title: str) -> str:
    """Return the title of what shows the world as given, saying so if others are weighed."""
    return f"{title}, {AS_GIVEN}" if weighs(problem) else title


def told(problem: Planning, text: str) -> str:
    """Return a sentence on the world as given, saying so if others are weighed."""
    if not weighs(problem) or not text:
        return text
    first = text[0].lower() if text[1:2].islower() or text[1:2] == " " else text[0]
    return f"If all goes {AS_GIVEN}, {first}{text[1:]}"


def draws_at(count: int, q: float) -> str:
    """Name the row of a table that has a quantile of so many draws."""
    name = "median" if q == 0.5 else f"p{round(100 * q):02d}"
    return f"{words.plural(count, 'draw')}: {name}"


def _share(value: float) -> str:
    return f"{round(100.0 * value, 9):g} %"
