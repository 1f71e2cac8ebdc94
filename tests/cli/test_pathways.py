"""Commands on an instance with pools of people: what each says of them."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from command_cases import Case, marked, said_by
from command_line import Run, main_in
from medical_school import TABLES, write_to
from plan_tables import PlanTables, numbers, total

_QUICK = "--gap 0.02 --time-limit 20"
CASES = (
    Case("check school", ("medical-school is valid",)),
    Case("explain plan", ("too few people are left for one more", "from outside"), slow=True),
    Case("explain plan --pathway psychiatrist", ("The bottleneck for Psychiatrists is step",)),
    Case("explain plan --pathway house", ("draw from pool 'house'",), slow=True),
    Case("explain plan --pathway nobody", ("there is no profession or pool 'nobody'",), 2),
    Case("explain plan --pathway gp --course gp-n", ("one of",), 2),
    Case("explain plan --course psych-n --year 2028",
         ("people drawn from pool 'house' in 2028",), slow=True),
    Case("explain plan --change entrants[pool=house,year=2028]+=10 --seconds 2",
         ("changes 1 row, +10 people in all",), slow=True),
    Case("explain poor --model school/model.toml",
         ("entrants of pool 'leavers'", "eligible.csv row 2, entrants"), 3, slow=True),
    Case("replay plan", ("Identical",), slow=True),
    Case("verify plan", ("every rule is kept (whole places)",)),
    Case("compare plan other", ("explained by eligible.csv",), slow=True),
    Case("room plan --within 0.02 --time-limit 10", slow=True),
    Case(
        "sweep run school --model school/model.toml --vary entrants[pool=house]*=0.9:1.1:0.2 "
        "--vary share[pool=house,role=feeds]=0.8 --out sweep --processes 1 --yes --gap 0.05",
        ("people in all", "3 of 3 scenarios done"), slow=True,
    ),
    Case(f"solve school --model school/model.toml --out twin --engine pyomo {_QUICK}",
         ("too few people are left for", "people come to 3 pools from outside"), slow=True),
    Case("report plan --out page.html", (), 0, "page", slow=True),
    Case("workbook export plan plan.xlsx", slow=True),
    Case("workbook export school school.xlsx", slow=True),
    Case("export school --model school/model.toml --out stage.lp", slow=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the instance, one where a promise needs more people, and two plans."""
    folder = tmp_path_factory.mktemp("pathways")
    promise = (
        "commitment,course,first_year,last_year,min_places,owner,reason\n"
        "school,school,2026,2026,70,board,agreed\n"
    )
    more = TABLES["eligible"].replace("house,*,*,3", "house,*,*,9")
    write_to(folder / "school")
    write_to(folder / "poor", commitments=promise)
    write_to(folder / "more", eligible=more)
    for name, plan in (("school", "plan"), ("more", "other")):
        main_in(folder, *f"solve {name} --model school/model.toml --out {plan} {_QUICK}".split())
    return folder


@pytest.mark.in_order
@pytest.mark.parametrize("case", marked(CASES))
def test_command(case: Case, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    said_by(case, run)
    if case.words.startswith("export "):
        assert "pathways(house," in Path("stage.lp").read_text("utf-8")


def test_the_table_adds_up(place: Path) -> None:
    rows = PlanTables(place / "plan").rows("pathways")
    assert len(rows) == 3 * 9
    for row in rows:
        come = total([row], "entrants", "fed", "carried")
        assert float(row["eligible"]) == pytest.approx(come)
        assert float(row["drawn"]) <= float(row["eligible"]) + 1e-6


@pytest.mark.slow
def test_the_page_says_what_the_table_does(
    place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    rows = PlanTables(Path("plan")).rows("pathways")
    assert run("report", "plan", "--out", "said.html").code == 0
    text = " ".join(re.sub("<[^>]*>", " ", Path("said.html").read_text("utf-8")).split())
    said = re.search(r"From 2026/27 to 2034/35, .*? is left\.", text)
    assert said is not None
    outside, pools, fed, drawn, tight, cells = numbers(said[0].partition(", ")[2])
    assert outside == pytest.approx(total(rows, "entrants"), abs=0.6)
    assert fed == pytest.approx(total(rows, "fed"), abs=0.6)
    assert drawn == pytest.approx(total(rows, "drawn"), abs=0.6)
    assert (pools, cells) == (3, 27)
    left = [float(row["eligible"]) - float(row["drawn"]) for row in rows]
    assert tight == sum(each < 1 - 1e-6 for each in left)


def test_a_changed_table_is_found(place: Path, tmp_path: Path, run: Run) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(place / "plan", forged)
    with (forged / "pathways.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.reader(table))
    rows[1][-1] = "1"
    with (forged / "pathways.csv").open("w", newline="", encoding="utf-8") as table:
        csv.writer(table).writerows(rows)
    found = run("verify", forged)
    assert found.code != 0
    assert "pathways.csv" in found.out + found.err


def test_a_table_that_is_missing_is_found(place: Path, tmp_path: Path, run: Run) -> None:
    forged = tmp_path / "short"
    shutil.copytree(place / "plan", forged)
    (forged / "pathways.csv").unlink()
    found = run("verify", forged)
    assert found.code != 0
    assert "pathways.csv" in found.out + found.err
