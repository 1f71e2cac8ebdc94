"""Money by fund and year: what is spent under each fund's budgets, and what under none.

A budget of a region that lies within another of the same fund and year is a limit of its own but
not more money: only the outermost are added up. Where two budgets cover the same regions, the
smaller counts. Spending in a region and year without a budget of the fund is limited by nothing; it
is kept apart, and never left out. Pay is part of what a fund spends, and is told apart as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import budget_use
from commission_opt.policy import Policy
from commission_opt.views import words

PARTS = ("committed", "planned", "continued")
_NOTHING = 0.005  # £
_MUCH = 1e7  # £


@dataclass(frozen=True, eq=False)
class Fund:
    """What a fund spends, £, undiscounted.

    Q leaf regions, Y years of the horizon.

    Parameters
    ----------
    regions : tuple of str
        Leaf regions, Q codes.
    budget : array, shape (Y,)
        The outermost budgets added up; not a number in a year without any.
    spent : array, shape (3, Q, Y)
        Committed, planned and continued, where courses run and staff work.
    paid : array, shape (3, Q, Y)
        The part of it that is pay.
    covered : array of bool, shape (Q, Y)
        Whether a budget of the fund limits the region in the year.
    """

    code: str
    regions: tuple[str, ...]
    first_year: int
    budget: Floats
    spent: Floats
    paid: Floats
    covered: np.ndarray

    @property
    def within(self) -> Floats:
        """Spending under budgets, shape (3, Y)."""
        return np.asarray((self.spent * self.covered).sum(axis=1))

    @property
    def beside(self) -> Floats:
        """Spending under no budget, shape (3, Y)."""
        return np.asarray((self.spent * ~self.covered).sum(axis=1))

    @property
    def paid_within(self) -> Floats:
        """The part of spending under budgets that is pay, shape (Y,)."""
        return np.asarray((self.paid * self.covered).sum(axis=(0, 1)))

    @property
    def paid_beside(self) -> Floats:
        """The part of spending under no budget that is pay, shape (Y,)."""
        return np.asarray((self.paid * ~self.covered).sum(axis=(0, 1)))

    @property
    def years(self) -> list[int]:
        """Financial years in which the fund has a budget."""
        return [self.first_year + int(i) for i in np.flatnonzero(~np.isnan(self.budget))]

    def at(self, year: int) -> tuple[float, Floats]:
        """Return the budget of a year, and what is spent under it, shape (3,)."""
        i = year - self.first_year
        return float(self.budget[i]), self.within[:, i]

    @property
    def unlimited(self) -> tuple[list[str], list[int]]:
        """Regions and years in which the fund spends under no budget."""
        open_ = self.spent.sum(axis=0) * ~self.covered > _NOTHING
        regions = [self.regions[q] for q in np.flatnonzero(open_.any(axis=1))]
        return regions, [self.first_year + int(y) for y in np.flatnonzero(open_.any(axis=0))]


def money(instance: Instance, policy: Policy, result: Outcome) -> list[Fund]:
    """Return what every fund that has a budget or costs anything spends.

    Funds with budgets come first, in the order of their table.
    """
    named = [*instance.budgets["fund"], *instance.costs["code"], *instance.pay["code"]]
    codes = list(dict.fromkeys(map(str, named)))
    paid = _paid(instance, result, codes)
    spent = _charged(instance, policy, result, codes) + paid
    regions = tuple(map(str, instance.regions["region"]))
    found = []
    for f, code in enumerate(codes):
        budget, covered = _budget(instance, code)
        own = spent[:, f], paid[:, f]
        fund = Fund(code, regions, instance.first_year, budget, *own, covered)
        if fund.years or fund.unlimited[0]:
            found.append(fund)
    return found


def _paid(instance: Instance, result: Outcome, codes: list[str]) -> Floats:
    """Add up the pay of every fund in every region and year; shape (3, funds, Q, Y)."""
    pay, cells = instance.pay, instance.cells
    shape = len(codes), *instance.shape[1:]
    fund = pay["code"].map({code: f for f, code in enumerate(codes)}).to_numpy(int)
    q, y = (cells.of(axis, pay["cell"]) for axis in ("region", "year"))
    where = np.ravel_multi_index((fund, q, y), shape)
    paid = np.zeros((3, *shape))
    paid.reshape(3, -1)[:] = [np.bincount(where, each, paid[0].size) for each in result.pay]
    return paid


def _charged(instance: Instance, policy: Policy, result: Outcome, codes: list[str]) -> Floats:
    """Charge lines to every fund in every region and year; shape (3, funds, Q, Y)."""
    regions, years = list(instance.regions["region"]), list(instance.years)
    shape = len(codes), len(regions), len(years)
    every = pd.MultiIndex.from_product([codes, regions, years], names=["fund", "region", "year"])
    use = budget_use(instance.changed(budgets=every.to_frame(index=False).assign(amount=0.0)))
    per_place = use.matrix
    commissioned, continued = start_years(instance, policy, result.amounts)
    parts = (use.constant, per_place @ commissioned, per_place @ continued)
    return np.array([part.reshape(shape) for part in parts])


def _budget(instance: Instance, fund: str) -> tuple[Floats, np.ndarray]:
    """Add up the outermost budgets of each year, and say which regions any budget covers."""
    total = np.full(instance.horizon, np.nan)
    covered = np.zeros((len(instance.regions), instance.horizon), dtype=bool)
    rows = instance.budgets[instance.budgets["fund"] == fund]
    for year, of_year in rows.groupby("year"):
        i = int(str(year)) - instance.first_year
        outer = _outermost(instance, of_year)
        total[i] = sum(amount for _, amount in outer)
        covered[:, i] = np.any([scope for scope, _ in outer], axis=0)
    return total, covered


def _outermost(instance: Instance, rows: pd.DataFrame) -> list[tuple[np.ndarray, float]]:
    """Return regions and amounts of the budgets that lie within no other, the widest first."""
    found: list[tuple[np.ndarray, float]] = []
    limits = [
        (instance.scopes[region], float(amount))
        for region, amount in zip(rows["region"], rows["amount"], strict=True)
    ]
    for scope, amount in sorted(limits, key=lambda limit: (-limit[0].sum(), limit[1])):
        if not any(outer[scope].all() for outer, _ in found):
            found.append((scope, amount))
    return found


def decimals(funds: Sequence[Fund]) -> int:
    """Return how many decimals amounts in £m need: more where every budget is small."""
    largest = max((float(np.nanmax(fund.budget)) for fund in funds if fund.years), default=0.0)
    return 1 if largest >= _MUCH else 3


def tight(result: Outcome) -> tuple[int, int]:
    """Return how many budget rows are used to 99.9 % or more, and how many there are."""
    spend = result.spend
    full = spend.total >= 0.999 * spend.limit
    return int(np.sum(full & (spend.total > 0))), len(full)


def _of_it_pay(pounds: float, whole: float) -> str:
    """Say how much of an amount is pay; nothing if none is."""
    if abs(pounds) <= _NOTHING:
        return ""
    part = "all" if abs(whole - pounds) <= _NOTHING else words.money(pounds)
    return f", {part} of it pay"


def unbudgeted(
    funds: Sequence[Fund],
    fund_name: Callable[[str], str] = repr,
    region_name: Callable[[str], str] = str,
) -> Iterator[str]:
    """Say what each fund spends under no budget, where and when; nothing if all is budgeted."""
    for fund in funds:
        regions, years = fund.unlimited
        if not regions:
            continue
        amount = float(fund.beside.sum())
        every = len(regions) == len(fund.regions)
        where = "" if every else f" in {words.joined([region_name(r) for r in regions])}"
        when = words.span(years[0], years[-1])
        pay = float(fund.paid_beside.sum())
        whole = "has no budget at all" if not fund.years else "has no budget there"
        yield (
            f"{words.money(amount)} is spent under no budget{_of_it_pay(pay, amount)}: fund "
            f"{fund_name(fund.code)}{where}, {when}, {whole}, so nothing limits it."
        )
