"""Every command, on an instance that has every table there is, under floors, shortfall and cost.

``test_examples.py`` runs this too. Commands run in the order given, in one folder: later ones read
what earlier ones wrote.
"""

import shutil
from pathlib import Path

import pytest

from command_cases import MEASURED, WITHOUT_A_MODEL, Case, commands_of, marked, said_by
from command_line import Run
from command_tree import commands
from commission_opt.files.shipped import find_instance
from commission_opt.instance.schema import TABLES

YEARS = range(2026, 2030)
SMALL = {("associate", "north"): 30, ("associate", "south"): 12,
         ("practitioner", "north"): 10, ("practitioner", "south"): 5}  # fmt: skip
ADDED = {
    "professions": "associate,Nursing associate,nursing,1\n"
    "practitioner,Advanced practice,nursing,1.5\n",
    "workforce": "".join(f"{p},{q},{fte},0.1\n" for (p, q), fte in SMALL.items()),
    "demand": "".join(
        f"{p},{q},{year},{fte * (1 + 0.06 * k):g}\n"
        for (p, q), fte in SMALL.items()
        for k, year in enumerate(YEARS)
    ),
    "costs": "*,associate,1,tuition,4000\n*,practitioner,1,tuition,5000\nabroad,,*,tuition,5000\n"
    "bank,,*,tuition,9000\nstay,,1,tuition,900\ncalls,,1,tuition,900\n",
}
WRITTEN = {
    "courses": """\
course,profession,region,duration_years,last_intake,max_intake,min_cohort,cohort_step,fill_rate,\
completion_rate,join_rate,fte_per_joiner,from_profession,fte_from,release_rate
nurse-north,nurse,north,2,20,60,10,5,1,0.8,0.9,1,,,
nurse-south,nurse,south,2,20,30,10,5,1,0.8,1,1,,,
paramedic-north,paramedic,north,1,20,40,0,1,1,0.9,1,1,,,
paramedic-south,paramedic,south,1,20,40,20,1,1,0.9,1,1,,,
associate-north,associate,north,1,4,20,0,1,1,0.9,1,1,,,
associate-south,associate,south,1,2,10,0,1,1,0.9,1,1,,,
practitioner-north,practitioner,north,1,2,12,0,1,1,0.9,1,1,nurse,0.9,0.3
""",
    "measures": """\
measure,kind,profession,region,title,lead_years,fte_per_unit,success_rate,leaver_rate,lasts_years,\
paid_years,last_amount,max_amount,min_amount,step
abroad,recruit,nurse,north,Nurses from abroad,1,0.9,0.8,0.2,,2,5,60,10,5
bank,temporary,nurse,south,Bank nurses,0,1,,,2,2,4,12,,
stay,retain,paramedic,north,Flexible hours,0,0.5,0.8,,,,0,90,,
calls,reshape,paramedic,south,Calls taken elsewhere,1,1,,,2,,0,40,,
""",
    "pathways": "pool,course,role,share,lag_years\nfurther,nurse-north,feeds,0.1,0\n"
    "further,practitioner-north,draws,1,\n",
    "eligible": "pool,region,year,entrants,stay_rate,offer_rate\nfurther,north,*,6,0.5,0.2\n"
    "further,north,2028,2,0.5,\n",
    "substitution": "needed,by,region,ratio,max_share\nnurse,associate,*,0.4,0.1\n"
    "nurse,practitioner,south,0.8,0.05\n",
    "posts": "profession,region,year,posts\nnurse,north,*,119\nassociate,north,2028,30\n",
    "pay": "fund,profession,region,year,pay\npay,*,*,*,40000\npay,practitioner,*,*,55000\n",
    "floors": "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of\n"
    "safe nursing,nurse,*,*,,0.9,,\nparamedics,paramedic,north,2027,95,,,\n"
    "skill mix,nurse,north,*,,,3,associate\n",
    "destinations": "profession,from_region,to_region,share\nnurse,north,north,0.9\n"
    "nurse,north,south,0.1\n",
    "pipeline": "course,start_year,started\nnurse-north,2025,18\nnurse-south,2025,10\n"
    "practitioner-north,2025,2\n",
    "joiners": "profession,region,year,fte\nparamedic,north,2026,4\n",
    "commitments": "commitment,measure,first_year,last_year,min_places,max_places,owner,reason\n"
    "promise,bank,2026,2026,3,,board,agreed\n",
}
MODEL = """\
name = "envelope"
title = "Floors, shortfall, graduates without a post and cost"
commissioning_years = 2
integer = true
discount_rate = 0.035

[rules]
pace_of_change = { max_increase = 0.5, max_decrease = 0.5, allowance = 10 }

[[objective]]
minimise = "below_floor"

[[objective]]
minimise = "shortfall"
tolerance = 0.01

[[objective]]
minimise = "unemployed"
tolerance = 0.05

[[objective]]
minimise = "cost"
pay = true
"""
SPEC = 'name = "s"\ntitle = "t"\n[[case]]\ninstance = "levers"\nmodel = "model.toml"\n'
UNSURE = (
    'name = "unsure"\ndraws = 8\n[[uncertain]]\nname = "demand"\nfigures = "demand"\n'
    'how = "*="\nuniform = [0.9, 1.1]\n'
)
TITLES = ("Nurses from abroad", "Bank nurses", "Flexible hours", "Calls taken elsewhere")
CASES = (
    Case("check levers --model model.toml"),
    Case("solve levers --model model.toml --out plan", (*TITLES, "every rule is kept")),
    Case("verify plan", ("every rule is kept (whole places and units)",)),
    Case(
        "apply levers --change posts*=1.1 --out more", ("changes 2 rows", "FTE in all"), slow=True
    ),
    Case("replay plan", ("Identical: every place and unit",), slow=True),
    Case("solve levers --model model.toml --out twin --engine pyomo", TITLES, slow=True),
    Case("verify twin", ("every rule is kept (whole places and units)",), slow=True),
    Case("solve unfit --model model.toml --out none", ("pay",), 3),
    Case("solve tight --model model.toml --out tight-plan", TITLES, slow=True),
    Case("sign plan --name Ann --role analyst"),
    Case("explain plan", ("The plan keeps every floor.",), slow=True),
    Case("explain plan --measure stay", ("Why stay has", "of it pay", "keeps every floor")),
    Case("explain plan --course practitioner-north", ("Why practitioner-north has",), slow=True),
    Case("explain plan --profession nurse --region north", ("nurse",), slow=True),
    Case("explain plan --change entrants*=2", ("Places moved",), slow=True),
    Case("explain plan --change entrants*=2 --at-once", ("Nothing was solved",)),
    Case("explain levers --model model.toml", ("nothing is in conflict",), slow=True),
    Case("explain unfit --model model.toml", ("pay",), 3),
    Case("audit plan --uncertainty unsure.toml --draws 8", ("the service below floors is",)),
    Case("room plan --within 0.01", ("Units of each measure",), slow=True),
    Case("room plan --alternatives 1", ("Units by measure",), slow=True),
    Case("ledger plan", ("1 commitment in force",), slow=True),
    Case("compare plan tight-plan", (), slow=True),
    Case("report plan --out a.html", TITLES, 0, "a"),
    Case("report plan --out b.html --explain", TITLES, 0, "b", slow=True),
    Case("report plan --region north --out f.html", ("What it gets, and why",), 0, "f", slow=True),
    Case(
        "options plan --out opts",
        ("and other measures",),
        0,
        "opts/options",
        slow=True,
    ),
    Case("report plan --profession nurse --out g.xlsx", slow=True),
    Case("report plan --packs packs", ("packs written",), slow=True),
    Case("workbook export plan plan.xlsx", slow=True),
    Case("workbook export levers levers.xlsx", slow=True),
    Case("workbook import levers.xlsx again", slow=True),
    Case(
        "sweep run levers --model model.toml --vary budget[fund=tuition]*=0.9:1.0:0.1 --out sweep "
        "--processes 1 --yes",
        slow=True,
    ),
    Case("sweep summary sweep", TITLES, slow=True),
    Case("sweep export sweep --format csv", slow=True),
    Case("report sweep --out c.html", TITLES, 0, "c", slow=True),
    Case("reach levers --target places>=1 --by budget --model model.toml", slow=True),
    Case("frontier levers --over budget --model model.toml --out money", slow=True),
    Case("frontier levers --over cost --model model.toml --out cost", slow=True),
    Case("report money --out d.html", (), 0, "d", slow=True),
    Case("export levers --model model.toml --out stage.lp", slow=True),
    *MEASURED,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an instance of every table, one with less money and one without plan."""
    folder = tmp_path_factory.mktemp("levers")
    for name, (tuition, pay) in {
        "levers": (600_000, 20_000_000),
        "tight": (500_000, 20_000_000),
        "unfit": (600_000, 2_000_000),
    }.items():
        own = folder / name
        shutil.copytree(find_instance("two-by-two"), own)
        for table, rows in ADDED.items():
            with (own / f"{table}.csv").open("a") as file:
                file.write(rows)
        for table, text in WRITTEN.items():
            (own / f"{table}.csv").write_text(text)
        (own / "budgets.csv").write_text(
            "fund,region,year,amount\n"
            + "".join(f"tuition,*,{year},{tuition}\npay,*,{year},{pay}\n" for year in YEARS)
        )
    (folder / "model.toml").write_text(MODEL)
    (folder / "spec.toml").write_text(SPEC)
    (folder / "unsure.toml").write_text(UNSURE)
    return folder


def test_every_table_is_there(place: Path) -> None:
    assert {path.stem for path in (place / "levers").glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("case", marked(CASES))
def test_command(case: Case, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    said_by(case, run)


def test_no_command_is_left_out() -> None:
    left_out = {words for words in commands() if words not in commands_of(CASES)}
    assert left_out <= {*WITHOUT_A_MODEL, "workbook new", "workbook merge"}
