"""Pay drawn at random for generated instances, with every column of its table in use."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.accounts.pay import spending
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import budget_use
from commission_opt.instance.write import write_instance
from commission_opt.reading.read import read_instance

SALARIES = "salaries"


def with_pay(
    about: Mapping[str, object], tables: Mapping[str, pd.DataFrame], seed: int
) -> dict[str, pd.DataFrame]:
    """Let the first fund that has a budget pay some staff, and another one all of them.

    Rows override each other in every way: a profession its group and that all, a leaf its parent
    and that all, a year all years. Budgets are larger by ``needed``; the other fund has
    one of all regions, but in one year, and one of a leaf.
    """
    random = np.random.default_rng([seed, 41])
    professions, regions = tables["professions"], tables["regions"]
    group = professions["group"].iloc[0]
    own = professions["profession"].iloc[0]
    parents = set(regions["parent"]) - {""}
    leaves = [q for q in regions["region"] if q not in parents]
    leaf = str(random.choice(leaves))
    around = regions.set_index("region")["parent"].get(leaf, "") or "*"
    first, years = int(str(about["first_year"])), int(str(about["horizon"]))
    year = first + int(random.integers(1, years))
    fund = tables["budgets"]["fund"].iloc[0]
    rows = [
        (SALARIES, "*", "*", "*"), (SALARIES, group, "*", "*"), (SALARIES, own, "", year),
        (SALARIES, own, around, year) if around != "*" else (SALARIES, "*", "*", year + 99),
        (SALARIES, own, leaf, year), (SALARIES, group, "*", year),
        (fund, own, "*", "*"), (fund, own, leaf, ""),
    ]  # fmt: skip
    pay = pd.DataFrame(rows, columns=["fund", "profession", "region", "year"])
    pay["pay"] = random.integers(2, 9, len(rows)) * 500
    tables = {**tables, "pay": pay}
    budgets = tables["budgets"]
    limits = [(SALARIES, "*", y) for y in range(first, first + years) if y != year]
    limits += [(SALARIES, leaf, first + years - 1)]
    added = pd.DataFrame(limits, columns=["fund", "region", "year"]).assign(amount=0)
    tables["budgets"] = pd.concat([budgets, added], ignore_index=True).astype(object)
    with tempfile.TemporaryDirectory() as folder:
        write_instance(Path(folder), about, tables)
        instance = read_instance(folder)
    need = needed(instance, random)
    inside = tables["budgets"]["year"].astype(int).isin(instance.years).to_numpy()
    amount = tables["budgets"]["amount"].astype(float).to_numpy(copy=True)
    amount[inside] += np.ceil(need)
    tables["budgets"] = tables["budgets"].assign(amount=np.maximum(amount, 0.0).astype(int))
    return tables


def needed(instance: Instance, random: np.random.Generator) -> Floats:
    """Pay that budgets are to bear: of all with nothing bought, and of some of those who may come.

    A part is drawn, of what full courses and measures add.
    """
    most = np.repeat(instance.lines["max_amount"].to_numpy(float), instance.horizon)
    all_, lines = spending(instance), budget_use(instance)
    least = all_.constant - lines.constant
    full = all_.at(most) - lines.at(most)
    part = random.uniform(0.6, 1.0, len(least))
    return np.maximum(least, least + part * (full - least))


def paying(instance: Instance, seed: int) -> Instance:
    """Let two funds pay staff here and there, one of which has budgets that bear it."""
    random = np.random.default_rng([seed, 43])
    cell = np.flatnonzero(random.random((2, instance.cells.size)) < 0.6)
    fund, cell = np.divmod(cell, instance.cells.size)
    codes = np.array([instance.budgets["fund"].iloc[0], SALARIES], dtype=object)
    rate = random.uniform(2e3, 5e3, len(cell))
    pay = pd.DataFrame({"code": codes[fund], "cell": cell, "rate": rate, "row": 2})
    instance = replace(instance, pay=pay)
    need = needed(instance, random).clip(0.0)
    budgets = instance.budgets.assign(amount=lambda rows: rows["amount"] + need)
    return replace(instance, budgets=budgets)
