"""Budgets: spending of each fund within each region and year, the pipeline charged first.

A fund that pays staff carries their pay as well: what is due with nothing bought comes first too.
"""

from __future__ import annotations

import numpy as np

from commission_opt.accounts.pay import spending
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.origin import Elastic, Origin, Said, at_line
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY

TITLE = "budgets"
UNIT = 1e6  # rows are in £m, so that coefficients are near 1
_GRAIN = 1000.0  # £ to which budgets are raised


def _name(instance: Instance, i: int) -> str:
    row = instance.budgets.iloc[i]
    place = "" if row["region"] == ANY else f" in {row['region']!r}"
    return f"budget of fund {row['fund']!r}{place} in {row['year']}"


def _said(problem: Planning, i: int) -> Said:
    row = problem.instance.budgets.iloc[i]
    pays = (problem.instance.pay["code"] == row["fund"]).any()
    also = " and pay" if pays else ""
    return Said(_name(problem.instance, i), float(row["amount"]), int(row["year"]), also=also)


def _committed(instance: Instance, line: int) -> Said:
    """Return the amount that is needed with nothing bought."""
    at = at_line(instance.budgets, line)
    said = instance.budgets.iloc[at]
    least = float(np.ceil(spending(instance).constant[at] / _GRAIN) * _GRAIN)
    return Said(f"budget of fund {said['fund']!r} in {said['year']}", least)


ORIGINS = (
    Origin(
        "budget", "budgets.csv", "amount", _said,
        lambda problem: problem.instance.budgets.index.to_numpy(int),
        unit="£", scale=UNIT, drawn=True,
        relax=Elastic(
            "budgets", lambda _: lambda _: 1.0, "+{pounds} on the {name}", _GRAIN, least=_committed
        ),
    ),
)  # fmt: skip
LIMIT = Limit(
    ORIGINS[0], "budgets", "budget", "£", "fund", "costs", "spend", "budget",
    price_step=1e6, worth_step=1e6, answer="money", answers="funds",
    label=lambda instance, i: (
        f"{_name(instance, i)} (budgets.csv row {instance.budgets.index[i]})"
    ),
)  # fmt: skip
words, rows, violations, excesses = LIMIT.words, LIMIT.rows, LIMIT.violations, LIMIT.excesses
