"""A planning problem small enough to work out by hand.

Nurses work in north and south, which make up the nation; medics in the south only. Every course
has round rates, so that the comments of the tests can follow each number.

| course | trains | in | years | last | capacity | places | FTE entering per place |
|---|---|---|---|---|---|---|---|
| A | nurse | north | 2 | 20 | 40 | 0, 10, 15, … 40 | 0.5 · 0.64 · 0.5 · 0.5 = 0.08 |
| B | nurse | south | 1 | 8 | 12 | 0, 1, … 12 | 1 · 0.5 · 1 · 1 = 0.5 |
| C | medic | south | 3 | 3 | 6 | 0, 1, … 6 | 1 |

Of the nurses who qualify in the north half stay and a quarter goes south; the rest leave.
"""

from collections.abc import Mapping
from functools import cache

from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_contents

SETTINGS = """\
name = "hand"
title = "Worked out by hand"
first_year = 2026
horizon = 5
price_base = "2026/27"
description = "For tests."
"""

TABLES = {
    "professions": """\
profession,title,group,weight
nurse,Nurse,nursing,2
medic,Medic,medical,1
""",
    "regions": """\
region,title,parent,weight
nation,Nation,,
north,North,nation,1
south,South,nation,0.5
""",
    "workforce": """\
profession,region,fte,leaver_rate,early_leaver_rate,early_years
nurse,north,100,0.1,0.5,2
nurse,south,50,0.2,,
medic,north,0,0,,
medic,south,10,0,,
""",
    "courses": """\
course,profession,region,provider,duration_years,last_intake,max_intake,min_cohort,cohort_step,\
fill_rate,completion_rate,join_rate,fte_per_joiner
A,nurse,north,alpha,2,20,40,10,5,0.5,0.64,0.5,0.5
B,nurse,south,beta,1,8,12,,,1,0.5,1,1
C,medic,south,beta,3,3,6,,,1,1,1,1
""",
    "costs": """\
course,profession,study_year,fund,cost
A,,1,tuition,1000
A,,2,tuition,3000
B,,*,tuition,500
C,,*,grant,10000
""",
    "budgets": "fund,region,year,amount\n",
    "destinations": """\
profession,from_region,to_region,share
nurse,north,north,0.5
nurse,north,south,0.25
""",
    "assumptions": "assumption,table,column,value,source,quality,impact\n",
}
COMMITMENTS = "commitment,profession,first_year,last_year,min_places,max_places,owner,reason\n"
NEED = {
    ("nurse", "north"): 100,
    ("nurse", "south"): 60,
    ("medic", "north"): 0,
    ("medic", "south"): 12,
}


def hand(
    others: Mapping[str, str] | None = None,
    *,
    horizon: int = 5,
    need: Mapping[tuple[str, str], float] | None = None,
    **tables: str,
) -> Instance:
    """The problem with some tables written otherwise and the same demand in every year."""
    demand = "profession,region,year,fte\n" + "".join(
        f"{p},{q},{year},{fte}\n"
        for (p, q), fte in {**NEED, **(need or {})}.items()
        for year in range(2026, 2026 + horizon)
    )
    settings = SETTINGS.replace("horizon = 5", f"horizon = {horizon}")
    return _read(settings, tuple({**TABLES, "demand": demand, **(others or {}), **tables}.items()))


@cache
def _read(settings: str, tables: tuple[tuple[str, str], ...]) -> Instance:
    files = {f"{name}.csv": text.encode() for name, text in tables}
    reading = read_contents({"instance.toml": settings.encode(), **files})
    assert reading.instance is not None, "\n".join(map(str, reading.problems))
    return reading.instance
