"""Every command on an instance whose staff can do each other's work."""

import shutil
from pathlib import Path

import pytest

from command_cases import WITHOUT_A_MODEL, Case, commands_of, marked, said_by
from command_line import Run, main_in
from command_tree import commands
from commission_opt.files.shipped import find_instance

PAIRS = (
    "needed,by,region,ratio,max_share\nparamedic,nurse,*,0.8,0.05\n"
    "paramedic,nurse,north,0.9,0.1\nnurse,paramedic,south,0.5,0.1\n"
)
COMMITMENT = (
    "commitment,profession,first_year,last_year,min_places,max_places,owner,reason\n"
    "promise,nurse,2026,2026,{},,board,agreed\n"
)
SPEC = 'name = "s"\ntitle = "t"\n[[case]]\ninstance = "feasible"\nmodel = "model.toml"\n'
SAID = "Staff do the work of other professions for"
FUTURES = """\
name = "demand"
draws = 20
[[uncertain]]
name = "demand"
figures = "demand"
how = "*="
uniform = [0.95, 1.05]
"""

CASES = (
    Case("check feasible --model model.toml"),
    Case("check wrong", ("'nurse' does its own work already",), 1),
    Case("solve feasible --model model.toml --out again", (SAID,)),
    Case("solve infeasible --model model.toml --out none", ("promise",), 3),
    Case("solve feasible --model model.toml --out twin --engine pyomo", (SAID,), slow=True),
    Case("solve poor --model model.toml --out poor-plan", (SAID,), slow=True),
    Case("verify plan", ("every rule is kept (whole places)",)),
    Case("verify twin", ("every rule is kept (whole places)",), slow=True),
    Case("apply feasible --change ratio*=0.9 --out less", ("changes 3 rows",)),
    Case("replay plan", ("Identical: every place is as it was",)),
    Case("sign plan --name Ann --role analyst"),
    Case("explain plan", ("One point more of what is needed that others may cover",), slow=True),
    Case("explain plan --course paramedic-north", ("Why paramedic-north has",), slow=True),
    Case("explain plan --change max_share[by=paramedic]+=0.05", ("1",), slow=True),
    Case("explain plan --change max_share[by=paramedic]+=0.05 --at-once", ("Nothing was",)),
    Case("explain feasible --model model.toml", ("nothing is in conflict",), slow=True),
    Case("explain infeasible --model model.toml", ("promise",), 3, slow=True),
    Case("room plan --within 0.01", slow=True),
    Case("room plan --alternatives 1", slow=True),
    Case("ledger plan", ("promise",), slow=True),
    Case("compare plan poor-plan", slow=True),
    Case("audit plan --uncertainty futures.toml --draws 20 --out audited", slow=True),
    Case("report plan --out a.html --explain", ("Staff who stand in for others", SAID), 0, "a",
         slow=True),
    Case("report plan --region north --out f.html", ("What it gets, and why",), 0, "f", slow=True),
    Case("options plan --out opts", ("The options side by side",), 0, "opts/options", slow=True),
    Case("report plan --profession nurse --out g.xlsx", slow=True),
    Case("report plan --packs packs", ("packs written",), slow=True),
    Case("workbook export plan plan.xlsx", slow=True),
    Case("workbook export feasible feasible.xlsx", slow=True),
    Case("sweep run feasible --model model.toml --vary ratio*=0.8:1.1:0.1 --out sweep "
         "--processes 1 --yes", ("changes 3 rows",), slow=True),
    Case("sweep summary sweep", ("ratio × 0.8",), slow=True),
    Case("sweep export sweep --format csv", slow=True),
    Case("report sweep --out c.html", (), 0, "c", slow=True),
    Case("reach feasible --target places>=1 --by budget --model model.toml", slow=True),
    Case("frontier feasible --over budget --model model.toml --out money", slow=True),
    Case("frontier feasible --over change --model model.toml --out moves", slow=True),
    Case("report money --out d.html", (), 0, "d", slow=True),
    Case("export feasible --model model.toml --out stage.lp"),
    Case("bench run spec.toml --out one.jsonl", slow=True),
    Case("bench baseline one.jsonl --out base.jsonl", slow=True),
    Case("bench compare base.jsonl one.jsonl", ("no regression",), slow=True),
    Case("bench summary one.jsonl", slow=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with instances of which one is wrong, and one has no plan; and a plan."""
    folder = tmp_path_factory.mktemp("substitution")
    for name, least in {"feasible": 10, "poor": 10, "infeasible": 89, "wrong": 10}.items():
        shutil.copytree(find_instance("two-by-two"), folder / name)
        (folder / name / "substitution.csv").write_text(PAIRS)
        (folder / name / "commitments.csv").write_text(COMMITMENT.format(least))
    budgets = folder / "poor" / "budgets.csv"
    budgets.write_text(budgets.read_text().replace("600000", "400000"))
    (folder / "wrong" / "substitution.csv").write_text(PAIRS.replace("paramedic,south", "nurse,*"))
    shutil.copy(folder / "feasible" / "model.toml", folder / "model.toml")
    (folder / "spec.toml").write_text(SPEC)
    (folder / "futures.toml").write_text(FUTURES)
    main_in(folder, "solve", "feasible", "--model", "model.toml", "--out", "plan")
    return folder


@pytest.mark.in_order
@pytest.mark.parametrize("case", marked(CASES))
def test_command(case: Case, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    said_by(case, run)
    if case.words.startswith("export "):
        assert "deployed(paramedic,nurse,north,2027)" in Path("stage.lp").read_text()


def test_no_command_is_left_out() -> None:
    assert commands_of(CASES) | WITHOUT_A_MODEL == set(commands())
