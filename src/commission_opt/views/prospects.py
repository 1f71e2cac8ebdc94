"""How a plan for several futures fares in each of them, and what it is worth to weigh them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.futures_tables import QUANTILES, quantiles
from commission_opt.allocation.settled import as_given
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import StageCertificate
from commission_opt.formulation.goals import (
    REGRET,
    future_values,
    names_of,
    probabilities,
    regrets,
    risk_of,
)
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.policy import UnderUncertainty
from commission_opt.views import words
from commission_opt.views.deployed import over_scenarios
from commission_opt.views.later import decided_in_each, later_words
from commission_opt.views.shortfall import Baselines
from commission_opt.views.verdict import amount, figure
from commission_opt.views.weighing import AS_GIVEN, draws_at, weighing_of

PLAN, LAST, MEAN, MENDED, BOUND = "plan", "last", "mean", "mended", "bound"
HEADINGS = {
    PLAN: "this plan", LAST: "last year repeated", MEAN: "plan for the mean",
    MENDED: "mean plan, mended", BOUND: "no plan is below",
}  # fmt: skip
EXPECTED, WORST_TENTH, LARGEST = "expected", "mean of the worst tenth", "largest regret"
_TENTH = UnderUncertainty("", "cvar", alpha=0.9, weight=1.0)
_SHOWN = (QUANTILES[0], 0.5, QUANTILES[-1])
_NOTHING = 1e-9  # relative
_WIDE = 10.0  # times what is below 0 of a bracket: beyond it says more than noise
_ALIKE = 5e-5  # relative; what is shown as 0.00 %


@dataclass(frozen=True, eq=False)
class Prospects:
    """A plan for W futures beside what else could be done.

    Parameters
    ----------
    baselines : Baselines
        The plan, and last year repeated.
    said : mapping
        What ``plan.json`` holds under ``uncertainty``.
    mean : array, shape (L, K), or None
        What a plan for the mean future buys.
    bounds : array, shape (W,), or None
        Below which no plan for that future alone can be.
    mean_deployed : array or None
        Who is deployed with a plan for the mean future in each; None where nobody can be.
    mended : Outcome or None
        The nearest to such a plan that keeps every rule in each, where that itself does not.
    """

    baselines: Baselines
    said: Mapping[str, Any]
    mean: Floats | None
    bounds: Floats | None
    mean_deployed: Floats | None = None
    mended: Outcome | None = None

    @property
    def problem(self) -> Planning:
        """What is planned."""
        return self.baselines.problem

    @cached_property
    def _plans(self) -> dict[str, Outcome]:
        found = {PLAN: self.baselines.plan, LAST: self.baselines.last_year}
        if self.mended is not None:
            return {**found, MENDED: as_given(self.problem, self.mended)}
        later = self.problem.layout.times is not None  # which would have to be decided
        if self.mean is None or self.said["expected_value_plan"] is None or later:
            return found
        mean = self.problem.outcome(self.mean, self.mean_deployed)
        return {**found, MEAN: as_given(self.problem, mean)}

    @property
    def compared(self) -> bool:
        """Whether a plan for the mean future, or the nearest, is among those worked out."""
        return self._other is not None

    @property
    def _other(self) -> str | None:
        """What the plan is set against: one that does not weigh, and holds."""
        return next((name for name in (MEAN, MENDED) if name in self._plans), None)

    @cached_property
    def values(self) -> dict[str, Floats]:
        """The first objective of each plan in each future, shape (W,)."""
        first = self.problem.policy.objectives[0]
        return {
            name: future_values(self.problem, first, result) for name, result in self._plans.items()
        }

    @cached_property
    def given(self) -> dict[str, float]:
        """The first objective of each plan if all goes as given."""
        kind = OBJECTIVES[self.problem.policy.objectives[0].minimise]
        return {name: kind.value(self.problem, at) for name, at in self._plans.items()}

    @cached_property
    def tenth(self) -> dict[str, float]:
        """The first objective of each plan in the mean of its own worst tenth of futures."""
        policy = replace(self.problem.policy, uncertainty=_TENTH)
        one = replace(self.problem, policy=policy)
        return {name: risk_of(one, "cvar", values) for name, values in self.values.items()}

    @property
    def _regrets(self) -> bool:
        return regrets(self.problem)

    @cached_property
    def regret(self) -> dict[str, float]:
        """The largest regret of each plan over the futures, where that is made least."""
        return {name: risk_of(self.problem, REGRET, each) for name, each in self.values.items()}

    def table(self) -> pd.DataFrame:
        """Return the first objective by scenario: as given, written out, drawn, and in sum.

        Columns are ``scenario``, ``probability`` and those of ``HEADINGS`` that are known. Of
        scenarios that are drawn there are quantiles, of each column by itself.
        """
        names, p, drawn = (
            names_of(self.problem),
            probabilities(self.problem),
            drawn_of(self.problem),
        )
        rows: list[dict[str, Any]] = [{"scenario": AS_GIVEN, "probability": np.nan, **self.given}]
        columns = dict(self.values) | ({} if self.bounds is None else {BOUND: self.bounds})
        for w in np.flatnonzero(~drawn):
            cells = {name: values[w] for name, values in columns.items()}
            rows.append({"scenario": names[w], "probability": p[w], **cells})
        if drawn.any():
            share = p[drawn] / p[drawn].sum()
            stacked = np.stack([values[drawn] for values in self.values.values()], axis=1)
            for q, at in zip(QUANTILES, quantiles(stacked, share), strict=True):
                if q in _SHOWN:
                    cells = dict(zip(self.values, at, strict=True))
                    rows.append({"scenario": draws_at(int(drawn.sum()), q), **cells})
        if len(names) > 1:
            expected = {name: float(p @ values) for name, values in columns.items()}
            rows.append({"scenario": EXPECTED, "probability": 1.0, **expected})
            rows.append({"scenario": WORST_TENTH, **self.tenth})
        if self._regrets:
            rows.append({"scenario": LARGEST, **self.regret})
        order = ["scenario", "probability", *(name for name in HEADINGS if name in columns)]
        return pd.DataFrame(rows)[order]

    def sentences(self, stage: StageCertificate) -> Iterator[str]:
        """Say what weighing the futures is worth, and how the plan stands beside one that does not.

        Parameters
        ----------
        stage : StageCertificate
            Of the first objective, whose unit is that of all values.
        """
        yield from later_words(self.problem, self.baselines.plan)
        if len(names_of(self.problem)) == 1:
            yield "There is one scenario only, so nothing is weighed."
            return
        yield self._weighing(stage)
        if self._other is not None:
            yield self._board(stage, self._other)
        yield self._knowing(stage)
        if self.problem.deploys:
            yield over_scenarios(self.problem, self.baselines.plan)

    def _weighing(self, stage: StageCertificate) -> str:
        vss, mean = self.said["vss"], self.said["expected_value_plan"]
        if vss is None or mean is None:
            reason = self.said["expected_value_plan_reason"] or "none was found"
            return (
                "What weighing the scenarios is worth is not known, for no plan for their mean "
                f"stands beside this one: {reason}.{self._repaired(stage)}"
            )
        low, high = vss
        anew = ""
        if self.problem.layout.times is not None:
            anew = ", whose later years are decided anew in each,"
        own = f"a plan for their mean{anew} has {amount(stage, mean[1])} in the same measure"
        if high <= _NOTHING * max(1.0, abs(mean[1])):
            return f"Weighing the scenarios is worth nothing: {own}, and no plan has less."
        if low <= 0.0:
            return (
                f"Weighing the scenarios is worth no more than noise: {own}, and what the best "
                f"plan saves against that lies between {_between(stage, vss)}."
            )
        return (
            f"Weighing the scenarios is worth between {_between(stage, vss)}: {own}"
            f"{_parts(vss, mean[1])}."
        )

    def _repaired(self, stage: StageCertificate) -> str:
        """Say what the places nearest to a plan for the mean have that hold in every scenario."""
        mended = self.said.get("repaired")
        if mended is None:
            return ""
        return (
            " The places nearest to it that keep every rule in each scenario have "
            f"{amount(stage, mended)} in the same measure: that of this plan is "
            f"{_against(self.said['value'][1], mended)}."
        )

    def _knowing(self, stage: StageCertificate) -> str:
        if self._regrets:
            return self._regretting(stage)
        evpi = self.said["evpi"]
        if evpi is None:
            return "What it would be worth to know which scenario comes was not worked out."
        low, high = evpi
        value = self.said["value"][1]
        if high <= _NOTHING * max(1.0, abs(value)):
            return "To know beforehand which scenario comes would be worth nothing."
        ends = _between(stage, evpi)
        own = _parts(evpi, value, "of what this plan has")
        if low <= 0.0 and high > _WIDE * -low:
            return (
                "To know beforehand which scenario comes would be worth at most "
                f"{amount(stage, high, ROUND_CEILING)}; that it is worth anything is not proved."
            )
        if low <= 0.0:
            return (
                "To know beforehand which scenario comes would be worth no more than noise: "
                f"between {ends}."
            )
        return f"To know beforehand which scenario comes would be worth between {ends}{own}."

    def _regretting(self, stage: StageCertificate) -> str:
        """Say how large the regret is against plans, which need not reach what is below them."""
        title, ends = OBJECTIVES[stage.minimise].title, self.said.get("true_regret")
        if ends is None:
            return "What the true regret of this plan is, the plan does not say."
        return (
            "Had one known which scenario comes, a plan for it alone would have saved between "
            f"{_between(stage, ends)} of {title} where that is most: so large is the true regret "
            "of this plan."
        )

    def _board(self, stage: StageCertificate, other: str) -> str:
        """Say what the plan gives up if all goes as given, and saves where it goes badly."""
        title = OBJECTIVES[stage.minimise].title
        given = _against(self.given[PLAN], self.given[other])
        tenth = _against(self.tenth[PLAN], self.tenth[other])
        which = "a plan for" if other == MEAN else "the places nearest to a plan for"
        holds = "" if other == MEAN else " that keep every rule in each"
        return (
            f"Against {which} the mean of the scenarios{holds}, the {title} of this plan is "
            f"{given} if all goes {AS_GIVEN}, and {tenth} in the worst tenth of futures."
        )


def _between(stage: StageCertificate, ends: tuple[float, float]) -> str:
    """Write a bracket, rounded outwards."""
    low, high = ends
    return f"{figure(stage, low, ROUND_FLOOR)} and {amount(stage, high, ROUND_CEILING)}"


def _parts(ends: tuple[float, float], of: float, what: str = "") -> str:
    """Say what part of a value the ends of a bracket are."""
    if of <= 0.0:
        return ""
    low, high = words.floor_percent(ends[0] / of), words.ceil_percent(ends[1] / of, 2)
    return f" ({low} to {high} {what})" if what else f", of which that is {low} to {high}"


def _against(mine: float, other: float) -> str:
    """Say how a value compares with another."""
    if abs(mine - other) <= _ALIKE * abs(other):
        return "the same to within 0.01 %"
    part = abs(mine / other - 1.0) if other else np.inf
    by = f"{words.rounded(100.0 * part, 2)} % " if np.isfinite(part) else ""
    return f"{by}{'larger' if mine > other else 'smaller'}"


def drawn_of(problem: Planning) -> np.ndarray:
    """Say which of the futures of a problem were drawn, shape (W,)."""
    futures = problem.futures if problem.drawn is None else problem.drawn.explicit
    explicit = {future.name for future in futures if not future.drawn}
    return np.array([name not in explicit for name in names_of(problem)])


def note(problem: Planning) -> str:
    """Say what the table by scenario holds."""
    over, later, text = weighing_of(problem), decided_in_each(problem), ""
    if over and later:
        each = f"{later} {'and who is deployed are' if problem.deploys else 'are'} decided in each"
        text = f"What is decided now is the same in all; {each}. The plan's value is {over.how()}."
    elif over:
        but = " but for who is deployed, which is decided in each" if problem.deploys else ""
        text = f"The plan is the same in all{but}; its value is {over.how()}."
    if drawn_of(problem).any():
        text += " Of draws, each column has quantiles of its own; spread.csv has all of them."
    return text
