"""An instance with steps: medical school, foundation years, psychiatry or general practice.

| course | trains | in | years | last | capacity | draws from | qualifiers go on to |
|---|---|---|---|---|---|---|---|
| school | doctor | north | 2 | 40 | 80 | leavers | graduates, nine in ten |
| found-n, found-s | doctor | north, south | 1 | 20 | 40 | graduates | house, nine in ten |
| psych-n, psych-s | psychiatrist | north, south | 2 | 5 | 30 | house | |
| gp-n | gp | north | 2 | 12 | 40 | house | |
"""

from pathlib import Path

YEARS = range(2026, 2035)
SETTINGS = """\
name = "medical-school"
title = "From school to specialty"
first_year = 2026
horizon = 9
price_base = "2026/27"
description = "For tests."
"""
TABLES = {
    "professions": """\
profession,title,group,weight
doctor,Doctors in training,medical,0.1
psychiatrist,Psychiatrists,medical,1
gp,General practitioners,medical,1
""",
    "regions": "region,title,parent\nnation,Nation,\nnorth,North,nation\nsouth,South,nation\n",
    "workforce": "profession,region,fte,leaver_rate\n"
    + "".join(
        f"{p},{q},{fte},0.05\n"
        for p, q, fte in (
            ("doctor", "north", 0), ("doctor", "south", 0), ("psychiatrist", "north", 40),
            ("psychiatrist", "south", 30), ("gp", "north", 100), ("gp", "south", 0),
        )
    ),
    "courses": """\
course,profession,region,duration_years,last_intake,max_intake,min_cohort,cohort_step,fill_rate,\
completion_rate,join_rate,fte_per_joiner
school,doctor,north,2,40,80,20,5,1,0.9,0,1
found-n,doctor,north,1,20,40,,,1,1,0,1
found-s,doctor,south,1,20,40,,,1,1,0,1
psych-n,psychiatrist,north,2,5,30,,,1,0.9,1,1
psych-s,psychiatrist,south,2,5,30,,,1,0.9,1,1
gp-n,gp,north,2,12,40,,,1,0.95,1,1
""",
    "pathways": """\
pool,course,role,share,lag_years
leavers,school,draws,1,
graduates,school,feeds,0.9,
graduates,found-n,draws,1,
graduates,found-s,draws,1,
house,found-n,feeds,0.9,
house,found-s,feeds,0.9,
house,psych-n,draws,0.9,
house,psych-s,draws,0.9,
house,gp-n,draws,1,
""",
    "eligible": """\
pool,region,year,entrants,stay_rate,offer_rate
leavers,*,*,60,,
graduates,*,*,4,0.5,0.5
house,*,*,3,0.4,
house,*,2027,6,0.4,
""",
    "pipeline": """\
course,start_year,started
school,2024,42
school,2025,40
found-n,2025,18
found-s,2025,18
psych-n,2025,5
gp-n,2025,12
""",
    "costs": "course,profession,study_year,fund,cost\n*,,*,training,1000\n",
    "budgets": "fund,region,year,amount\n" + "".join(f"training,*,{y},400000\n" for y in YEARS),
    "assumptions": "assumption,table,column,value,source,quality,impact\n",
}  # fmt: skip
TABLES["demand"] = "profession,region,year,fte\n" + "".join(
    f"{p},{q},{year},{fte}\n"
    for p, q, fte in (
        ("doctor", "north", 0), ("doctor", "south", 0), ("psychiatrist", "north", 110),
        ("psychiatrist", "south", 90), ("gp", "north", 160), ("gp", "south", 0),
    )
    for year in YEARS
)  # fmt: skip
MODEL = """\
name = "three-rounds"
title = "Three rounds"
commissioning_years = 3
integer = true
discount_rate = 0.035

[rules]
minimum_cohorts = true
budgets = true
placements = true
pace_of_change = false
continuation = "repeat"

[[objective]]
minimise = "shortfall"
"""


def write_to(folder: Path, **tables: str) -> Path:
    """Write the instance, with some tables written otherwise, and its model."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "instance.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "model.toml").write_text(MODEL, encoding="utf-8")
    return folder
