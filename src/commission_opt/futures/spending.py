"""What a plan spends of budgets, and uses of placements, in many futures at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Used, of_cells
from commission_opt.accounts.pay import charged_to
from commission_opt.arrays import Floats
from commission_opt.futures.columns import Key
from commission_opt.futures.varied import Varied
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import starts_charged, still_on_course

COSTS, WEEKS = "costs", "placement_use"  # tables of rates


@dataclass(frozen=True, eq=False)
class Uses:
    """How a plan uses limits of one kind.

    Parameters
    ----------
    rates : str
        The table of what a student or unit uses.
    limits : (str, str)
        Table and column of the limits.
    bought, cohorts : scipy.sparse.csr_array, shape (limits, R)
        Places and units, and students on course, that are charged at each of R rates.
    pay : scipy.sparse.csr_array, shape (limits, P * Q * Y), or None
        £ for each FTE that is paid.
    """

    rates: str
    limits: Key
    bought: sparse.csr_array
    cohorts: sparse.csr_array
    pay: sparse.csr_array | None

    @classmethod
    def of_budgets(cls, instance: Instance, started: Floats) -> Uses:
        """Return how what starts, shape (L, Y), and pay use budgets."""
        pay = charged_to(instance, instance.budgets) if len(instance.pay) else None
        return cls._of(instance, COSTS, ("budgets", "amount"), started, pay)

    @classmethod
    def of_placements(cls, instance: Instance, started: Floats) -> Uses:
        """Return how what starts, shape (L, Y), uses placements."""
        return cls._of(instance, WEEKS, ("placements", "capacity"), started, None)

    @classmethod
    def _of(
        cls, instance: Instance, rates: str, limits: Key, started: Floats,
        pay: sparse.csr_array | None,
    ) -> Uses:  # fmt: skip
        found = starts_charged(instance, getattr(instance, rates), getattr(instance, limits[0]))
        amount = started.ravel()[found.column]
        where = found.row, found.rate
        bought = sparse.csr_array((amount, where), shape=found.cohorts.shape)
        return cls(rates, limits, bought, found.cohorts, pay)

    def of(self, varied: Varied, paid: Floats | None) -> Used:
        """Return the use in every future; ``paid`` are the FTE who are paid, (P, Q, Y, W)."""
        student, place = per_student(varied, self.rates)
        use = self.bought @ place + self.cohorts @ student
        if self.pay is not None and paid is not None:
            use = use + self.pay @ of_cells(paid)
        return Used(use, varied.of(*self.limits))


def per_student(varied: Varied, rates: str) -> tuple[Floats, Floats]:
    """Return what each row of rates charges for a student who started or a unit, and for a place.

    Returns
    -------
    student, place : array, shape (R, W) or (R, 1)
        £ or weeks.
    """
    if rates not in varied.charged:
        line, years, study_year, rate = varied.rows.rates(rates)
        rate = varied.of("costs", "cost") if rates == COSTS else rate
        completion = _by_line(varied, "completion_rate")[line]
        student = rate * still_on_course(completion, years, study_year)
        varied.charged[rates] = student, student * _by_line(varied, "fill_rate")[line]
    return varied.charged[rates]


def _by_line(varied: Varied, rate: str) -> Floats:
    """Return a rate of courses by line, 1 of measures."""
    courses = varied.of("courses", rate)
    units = np.ones((len(varied.instance.measures), courses.shape[1]))
    return np.vstack([courses, units])
