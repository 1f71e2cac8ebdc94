"""The problem that is worked out by hand, with measures beside its courses."""

import numpy as np
import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from handworked import TABLES, hand
from samples import model, problem_of, result_of

MEASURES = """\
measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,paid_years,\
last_amount,max_amount,min_amount,step
abroad,recruit,nurse,north,1,0.9,0.8,0.25,2,5,30,10,5
return,recruit,nurse,south,0,1,,,,4,6,,
locum,recruit,medic,south,0,0.5,0.6,,1,0,4,,
"""
COSTS = TABLES["costs"] + "abroad,,*,tuition,1500\nreturn,,1,grant,2500\nlocum,,1,grant,4000\n"
BUDGETS = "fund,region,year,amount\n" + "".join(
    f"tuition,*,{year},60000\n" for year in range(2026, 2031)
)
BUDGETS += "grant,*,2026,60000\n"


def levers(**tables: str) -> Instance:
    """The problem with three measures, and budgets that do not pay for everything."""
    costs = {"costs": COSTS, "measures": MEASURES, "budgets": BUDGETS}
    return hand(**{**costs, "need": {("nurse", "north"): 120}, **tables})  # type: ignore[arg-type]


def rules(**keys: object) -> Policy:
    """A model of one year or several; see ``samples.model``."""
    return parse_policy(model(**{"pace": "false", **keys}).encode())  # type: ignore[arg-type]


def decided(instance: Instance, amounts: Floats, **keys: object) -> Decided:
    """A plan with given amounts, courses first."""
    problem = problem_of(instance, model(**{"pace": "false", **keys}))  # type: ignore[arg-type]
    return Decided(problem, result_of(problem, np.asarray(amounts, dtype=float)))


def stays(instance: Instance, line: str, years: int) -> float:
    """The share of those who arrived by a measure still there after some years, by its columns."""
    row = _row(instance, line)
    table = instance.tables["workforce"]
    at = (table["profession"] == row["profession"]) & (table["region"] == row["region"])
    staff = table[at].iloc[0]
    if not np.isnan(row["leaver_rate"]):
        return float((1 - row["leaver_rate"]) ** years)
    early = 0 if np.isnan(staff["early_years"]) else int(staff["early_years"])
    share = 1.0
    for k in range(1, years + 1):
        share *= 1 - staff["early_leaver_rate" if k <= early else "leaver_rate"]
    return share


def supplied(instance: Instance, line: str, start: int, year: int) -> float:
    """FTE that a unit of a measure, bought in a year, supplies in a year."""
    row = _row(instance, line)
    after = year - start - int(row["lead_years"])
    each = row["fte_per_unit"] * row["success_rate"]
    return 0.0 if after < 0 else float(each * stays(instance, line, after))


def _row(instance: Instance, measure: str) -> pd.Series:
    table = instance.measures
    return table[table["measure"] == measure].iloc[0]
