"""What one more place or unit brings and takes: by what is scarce, and year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.pay import pay_as, spend_by_year
from commission_opt.arrays import Floats, Ints
from commission_opt.explain import figures
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.posts import POSTS
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS, RULES
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import use_by_year
from commission_opt.views import words

_ROUNDING = 1e-9  # of the largest part
_NOTHING = 1e-12
_UNITS = {limit.table: (limit.origin.unit, limit.origin.scale) for limit in LIMITS.values()}
_UNITS |= {name: (rule.unit, 1.0) for name, rule in RULES.items() if rule.no_more}


def balance(near: PricedProgram, column: int, one: str) -> pd.DataFrame:
    """Take the worth of one more place or unit apart.

    With multipliers y of the rows, one more of a column with coefficients a changes the
    objective by ``cost − Σ y_i a_i``: rows of demand count as what it brings, by region of work,
    the others as what it takes.

    ``one`` is what is bought on the decision column, a ``place`` or a ``unit``.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``kind``, ``uses`` (of a limit, in ``unit``), ``price`` (per unit) and ``worth``
        in units of the first objective: above 0 what the place brings, below 0 what it takes from
        others.
    """
    program, formulation, scale = near.program, near.formulation, near.scale
    matrix, y, instance = program.matrix, near.optimum.multipliers, formulation.problem.instance
    at, cell = program.columns[PLACES].start + column, _cells_short(formulation)
    entries = slice(matrix.indptr[at], matrix.indptr[at + 1])
    row, use = matrix.indices[entries].astype(np.int64), matrix.data[entries]
    worth = y[row] * use * scale
    short = cell[row] >= 0
    parts = []
    if short.any():
        q, regions = pd.factorize(instance.cells.of("region", cell[row[short]]))
        parts = [
            (f"staff in {instance.regions['region'].iloc[region]}", "supply", np.nan, "", np.nan, w)
            for region, w in zip(regions, np.bincount(q, worth[short]).tolist(), strict=True)
            if w
        ]
    if cost := float(program.cost[at]) * scale:
        title = OBJECTIVES[formulation.aim.name].title
        parts.append((f"itself ({title})", formulation.aim.name, np.nan, "", np.nan, -cost))
    small = _ROUNDING * max(1.0, float(np.max(np.abs(worth), initial=0.0)))
    for k in np.flatnonzero(~short & ~(np.abs(worth) <= small)).tolist():
        i, value = int(row[k]), float(worth[k])
        name = next(n for n, s in program.rows.items() if s.start <= i < s.stop)
        unit, size = _UNITS.get(name, (f"{one}s", 1.0))
        price = abs(float(y[i])) * scale / size
        parts.append((formulation.row_label(i), name, use[k] * size, unit, price, value))
    frame = pd.DataFrame(parts, columns=["what", "kind", "uses", "unit", "price", "worth"])
    return frame.sort_values("worth", ascending=False, kind="stable", ignore_index=True)


def brought(near: PricedProgram) -> Floats:
    """Return what one place or unit of every decision brings at the prices, shape (n,)."""
    program = near.program
    y = np.where(_cells_short(near.formulation) >= 0, near.optimum.multipliers, 0.0)
    return np.asarray((program.matrix.T @ y)[program.columns[PLACES]] * near.scale)


def _cells_short(formulation: Formulation) -> Ints:
    """Return the cell of which each row says what is missing, of staff or of posts; −1 for none."""
    program = formulation.program
    cells = np.full(len(program.row_lower), -1)
    for block in formulation.rows:
        if block.name in (SHORTAGE, POSTS):
            cells[program.rows[block.name]] = block.items
    return cells


def brings(problem: Planning, column: int) -> pd.DataFrame:
    """Tabulate the FTE, by region of work, that one more of a decision supplies or spares."""
    instance, cells = problem.instance, problem.instance.cells
    fte = _column(problem.column_effects.net.matrix, column)
    some = np.flatnonzero(np.abs(fte) > _NOTHING)
    return pd.DataFrame(
        {
            "profession": instance.professions["profession"].to_numpy()[
                cells.of("profession", some)
            ],
            "region": instance.regions["region"].to_numpy()[cells.of("region", some)],
            "year": instance.first_year + cells.of("year", some),
            "fte": fte[some],
        }
    )


def takes(problem: Planning, column: int) -> pd.DataFrame:
    """Tabulate what £ of funds and weeks of pools one more of a decision takes, whatever limits."""
    instance, parts = problem.instance, []
    for unit, (codes, use) in (
        ("£", spend_by_year(instance, problem.effects.supply)),
        ("weeks", use_by_year(instance, instance.placement_use)),
    ):
        amount = _column(use @ problem.layout.started.matrix, column)
        where = pd.MultiIndex.from_product([codes, instance.years], names=["what", "year"])
        parts.append(where.to_frame(index=False).assign(unit=unit, amount=amount))
    every = pd.concat(parts, ignore_index=True)[["what", "unit", "year", "amount"]]
    some: pd.DataFrame = every[every["amount"].abs() > _NOTHING].reset_index(drop=True)
    return some


def _column(matrix: object, column: int) -> Floats:
    one: Floats = matrix[:, [column]].toarray().ravel()  # type: ignore[index]
    return one


def in_words(
    instance: Instance, brought: pd.DataFrame, taken: pd.DataFrame, when: str, does: str
) -> str:
    """Say in a sentence what one more unit does, as ``Activity.does`` has it, and takes."""
    by_region = brought.groupby(["profession", "region"], sort=False)["fte"].sum().reset_index()
    gains = [
        f"{figures.fte(row['fte'])} FTE-years of {row['profession']} in {row['region']}"
        for row in by_region.to_dict("records")
    ]
    money = taken.loc[taken["unit"] == "£", "amount"].sum()
    weeks = taken.loc[taken["unit"] == "weeks", "amount"].sum()
    to_staff = taken["what"].isin([pay_as(fund) for fund in instance.pay["code"].unique()])
    paid = taken.loc[to_staff, "amount"].sum()
    of_it = f", {figures.pounds(paid)} of it pay" * bool(abs(paid) > _NOTHING)
    costs = [figures.pounds(money) + of_it] + [f"{figures.fte(weeks)} placement weeks"] * bool(
        weeks > 0
    )
    return (
        f"One more unit in {when} {does}s {words.joined(gains) or 'nobody'} within the horizon, "
        f"and takes {words.joined(costs)}."
    )
