"""Every command, on an instance with a measure of every kind that there is and of the example's.

``test_examples.py`` runs this in a copy of the tree to which the examples of CONTRIBUTING.md were
added. Sentences, tables and pages name the measures: by code, or by title where pages do.
"""

import shutil
from pathlib import Path

import pytest

from command_cases import MEASURED, WITHOUT_A_MODEL, Case, commands_of, marked, said_by
from command_line import Run
from command_tree import commands
from commission_opt.files.shipped import find_instance

MEASURES = """\
measure,kind,profession,region,title,lead_years,fte_per_unit,success_rate,leaver_rate,lasts_years,\
paid_years,last_amount,max_amount,min_amount,step
abroad,recruit,nurse,north,Nurses from abroad,1,0.9,0.8,0.2,,2,5,60,10,5
bank,temporary,nurse,south,Bank nurses,0,1,,,2,2,4,12,,
stay,retain,paramedic,north,Flexible hours,0,0.5,0.8,,,,0,90,,
calls,reshape,paramedic,south,Calls taken elsewhere,1,1,,,2,,0,60,,
longer,overtime,paramedic,north,Overtime,0,0.2,,,,,0,8,,
"""
COSTS = (
    "abroad,,*,tuition,5000\nbank,,*,tuition,9000\nstay,,1,tuition,900\ncalls,,1,tuition,900\n"
    "longer,,1,tuition,2000\n"
)
COMMITMENT = (
    "commitment,measure,first_year,last_year,min_places,max_places,owner,reason\n"
    "promise,bank,2026,2026,12,,board,agreed\n"
)
MODEL = """\
name = "levers"
title = "Measures beside courses"
commissioning_years = 1
integer = true
discount_rate = 0.035

[rules]
minimum_cohorts = true
budgets = true
placements = true
pace_of_change = { max_increase = 0.5, max_decrease = 0.5, allowance = 10 }
continuation = "repeat"

[[objective]]
minimise = "shortfall"
"""
SPEC = 'name = "s"\ntitle = "t"\n[[case]]\ninstance = "feasible"\nmodel = "model.toml"\n'
UNSURE = (
    'name = "unsure"\ndraws = 8\n[[uncertain]]\nname = "demand"\nfigures = "demand"\n'
    'how = "*="\nuniform = [0.9, 1.1]\n'
)
TITLES = (
    "Nurses from abroad",
    "Bank nurses",
    "Flexible hours",
    "Calls taken elsewhere",
    "Overtime",
)
CASES = (
    Case("check feasible --model model.toml"),
    Case("check wrong", ("leaver_rate", "temporary"), 1),
    Case("solve feasible --model model.toml --out plan", TITLES),
    Case("solve infeasible --model model.toml --out none", ("promise", "tuition"), 3),
    Case("solve feasible --model model.toml --out twin --engine pyomo", TITLES, slow=True),
    Case("solve poor --model model.toml --out poor-plan", TITLES, slow=True),
    Case("verify plan", ("every rule is kept (whole places and units)",)),
    Case("verify twin", ("every rule is kept (whole places and units)",), slow=True),
    Case("apply feasible --change fte_per_unit*=1.1 --out more", ("“fte_per_unit*=1.1” changes",)),
    Case("replay plan", ("Identical: every place and unit",)),
    Case("sign plan --name Ann --role analyst"),
    Case("audit plan --uncertainty unsure.toml --draws 4", ("the weighted shortfall is",)),
    Case("explain plan", ("abroad recruit", "bank temporary"), slow=True),
    Case("explain plan --measure bank", ("Why bank has",)),
    Case("explain plan --measure abroad", ("Why abroad has",), slow=True),
    Case("explain plan --change budget*=0.9", ("Units moved",), slow=True),
    Case("explain plan --change budget*=1.1 --at-once", ("Nothing was solved",)),
    Case("explain feasible --model model.toml", ("nothing is in conflict",)),
    Case("explain infeasible --model model.toml", ("promise", "tuition", "12 units"), 3),
    Case("room plan --within 0.01", ("Units of each measure", "abroad", "bank"), slow=True),
    Case("room plan --alternatives 1", ("Units by measure",), slow=True),
    Case("ledger plan", ("“promise” (owner board)", "units")),
    Case("compare plan poor-plan", ("abroad recruit nurse north",), slow=True),
    Case("report plan --out a.html", TITLES, 0, "a", slow=True),
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
    Case("workbook export feasible feasible.xlsx"),
    Case(
        "sweep run feasible --model model.toml --vary max_amount[measure=bank]=6:12:6 --out sweep "
        "--processes 1 --yes",
        ("changes 1 row",),
        slow=True,
    ),
    Case("sweep summary sweep", TITLES, slow=True),
    Case("sweep export sweep --format csv", ("measures", "units"), slow=True),
    Case("report sweep --out c.html", TITLES, 0, "c", slow=True),
    Case("reach feasible --target places>=1 --by budget --model model.toml", slow=True),
    Case("frontier feasible --over budget --model model.toml --out money", slow=True),
    Case("frontier feasible --over change --model model.toml --out moves", slow=True),
    Case("report money --out d.html", (), 0, "d", slow=True),
    Case("export feasible --model model.toml --out stage.lp"),
    *MEASURED,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with instances that have measures: one is wrong, one has no plan."""
    folder = tmp_path_factory.mktemp("measures")
    money = {"feasible": 600_000, "poor": 400_000, "infeasible": 100_000, "wrong": 600_000}
    for name, amount in money.items():
        shutil.copytree(find_instance("two-by-two"), folder / name)
        (folder / name / "measures.csv").write_text(MEASURES)
        (folder / name / "commitments.csv").write_text(COMMITMENT)
        with (folder / name / "costs.csv").open("a") as costs:
            costs.write(COSTS)
        budgets = folder / name / "budgets.csv"
        budgets.write_text(budgets.read_text().replace("600000", str(amount)))
    (folder / "wrong" / "measures.csv").write_text(MEASURES.replace("0,1,,,2,2", "0,1,,0.5,2,2"))
    (folder / "model.toml").write_text(MODEL)
    (folder / "spec.toml").write_text(SPEC)
    (folder / "unsure.toml").write_text(UNSURE)
    return folder


@pytest.mark.parametrize("case", marked(CASES))
def test_command(case: Case, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    said_by(case, run)
    if case.words.startswith("export "):
        text = Path("stage.lp").read_text()
        assert "(abroad,2026)" in text
        assert "(bank,2026)" in text


def test_no_command_is_left_out() -> None:
    assert commands_of(CASES) | WITHOUT_A_MODEL == set(commands())
