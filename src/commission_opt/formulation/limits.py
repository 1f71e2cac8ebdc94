"""Limits on what courses use together, in money or in weeks: what budgets and placements share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.many import Excess, Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.text.counts import plural


@dataclass(frozen=True)
class Limit:
    """A kind of limit on what courses use together, the pipeline first.

    Parameters
    ----------
    origin : Origin
        Of its figures.
    table : str
        Its table in an instance, and its rows in a program.
    name, what : str
        What one is called; what it counts.
    code : str
        Column of the table that names what is used: a fund, a pool.
    rates : str
        Table of what a student uses.
    use : str
        What is used, of ``Effects`` and ``Outcome``: ``spend`` or ``weeks``.
    vary : str
        Its figures as settings have them: ``budget``.
    price_step : float
        How much more a price is told for, £ or weeks.
    worth_step : float
        How much more is asked about, £ or weeks.
    answer, answers : str
        Names of the tables of answers: of one year, and of every year.
    label : callable
        Says in the words of the instance what the i-th limit is.
    """

    origin: Origin
    table: str
    name: str
    what: str
    code: str
    rates: str
    use: str
    vary: str
    price_step: float
    worth_step: float
    answer: str
    answers: str
    label: Callable[[Instance, int], str]

    @property
    def money(self) -> bool:
        """Whether it is one of money."""
        return self.origin.unit == "£"

    def of(self, held: Any) -> Any:
        """Return what is used, out of effects, of those by column or of an outcome."""
        return getattr(held, self.use)

    def rows_of(self, instance: Instance) -> pd.DataFrame:
        """Return the limits, one a row, in the order of the rows of a program."""
        return getattr(instance, self.table)  # type: ignore[no-any-return]

    def counted(self, count: int) -> str:
        """Name a number of limits: one for each row of the table."""
        return f"{plural(count, self.name)} by region and year"

    def said(self, amount: float, more: str = "", unit: str = "") -> str:
        """Write an amount of it: "£1m more", "100 weeks", "1,000 more weeks"."""
        if self.money:
            return f"£{amount / 1e6:,.0f}m {more}".rstrip()
        return " ".join(filter(None, (f"{amount:,.0f}", more, unit or self.origin.unit)))

    def kept(self, policy: Policy) -> bool:
        """Whether a model asks for it."""
        return bool(getattr(policy.rules, self.table))

    def words(self, policy: Policy) -> str:
        """Say whether it holds."""
        return "kept" if self.kept(policy) else "not asked for"

    def rows(self, problem: Planning) -> Part:
        """Keep use by new and continued places within what the pipeline leaves, if asked for."""
        instance, unit = problem.instance, self.origin.scale
        table = self.rows_of(instance)
        if not (len(table) and self.kept(problem.policy)):
            return Part()
        codes = [table[column].tolist() for column in (self.code, "region", "year")]

        def key(i: int) -> str:
            return ",".join(str(column[i]) for column in codes)

        used = self.of(problem.column_effects)
        most = used.left / unit
        coefficients = {PLACES: sparse.csr_array(used.matrix / unit)}
        row = Rows(
            self.table, coefficients, np.full_like(most, -np.inf), most,
            lambda i: self.label(instance, i), key, unit, (self.origin, self.origin),
        )  # fmt: skip
        return Part(rows=(row,))

    def overdrawn(self, problem: Planning, result: Outcome) -> Violation:
        """Return the worst excess of use over the limits."""
        use = self.of(result)
        return worst(-use.headroom, use.limit, lambda at: self.label(problem.instance, at[0]))

    def violations(self, problem: Planning, result: Outcome) -> Iterator[Violation]:
        """Check every limit, if they are asked for."""
        if self.kept(problem.policy):
            yield self.overdrawn(problem, result)

    def excesses(self, problem: Planning, many: Many) -> Iterator[Excess]:
        """Check the same in many futures."""
        if self.kept(problem.policy):
            use = self.of(many)
            yield use.use - use.limit, use.limit, lambda row: self.label(problem.instance, row)
