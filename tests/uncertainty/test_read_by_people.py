"""What people read of a plan for several futures: page, workbook, comparison, and what refuses."""

import re
from pathlib import Path

import openpyxl
import pytest

from command_line import Run
from commission_opt.explain.comparison.compare import compare
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan_workbook.book import plan_workbook
from commission_opt.report.facts import read_facts
from commission_opt.report.pages import plan_page
from commission_opt.report.sections.futures import futures
from commission_opt.views.names import names_of
from futures_made import row, scenario
from plan_of_futures import weighing, written
from plan_tables import PlanTables, numbers
from samples import model, sample

INSTANCE = sample(2, 2, 1, 3).instance
TABLES = (row("demand", "uniform = [0.95, 1.1]"), scenario("many leave", 0.3, "leavers*=1.3"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("futures") / "plan"
    return written(folder, INSTANCE, weighing(model(), "worst"), *TABLES, draws=8)


def test_the_page_says_what_is_weighed_and_what_is_as_given(plan: Path) -> None:
    facts = read_facts(verify(read_plan(plan)))
    page = plan_page(facts)
    titles = {section.key: section.title for section in page.sections}
    assert "limits" not in titles
    assert titles["futures"] == "More than one future"
    for key in titles.keys() & {"shortfall", "money", "fairness", "floors", "posts", "measures"}:
        assert titles[key].endswith(", as given")
    points = " ".join(page.sections[0].points)
    assert "in the worst of 9 scenarios" in points
    assert "commission-opt room" not in points
    assert all(", as given" in label for label, *_ in page.headline if "short" in label)


@pytest.mark.parametrize(
    ("mended", "proved"), [(None, True), (12.5, True), (12.5, False), (None, False)]
)
def test_what_is_only_said_is_not_called_proved(
    plan: Path, mended: float | None, *, proved: bool
) -> None:
    found = verify(read_plan(plan))
    assert found.holds
    said = found.plan.record["uncertainty"]
    said["repaired"] = mended
    said["proved_alone"] = 9 if proved else 0
    page = plan_page(read_facts(found))
    before, _ = page.sections[0].parts
    again = next(point for point in before.points if "proved again" in point)
    assert ("but for" in again) is (mended is not None or not proved)
    assert ("the bounds of each scenario alone" in again) is not proved
    nearest = "what the places nearest to a plan for the mean have"
    assert (nearest in again) is (mended is not None)
    section = next(each for each in page.sections if each.key == "futures")
    assert any("alone was proved again" in text for text in section.sentences) is proved
    assert any(nearest[1:] in text for text in section.sentences) is (mended is not None)


def test_fans_are_quantiles_of_sums_over_all_cells(plan: Path) -> None:
    section = futures(read_facts(verify(read_plan(plan))))
    assert section is not None
    scenarios, spread = (exhibit.table.frame for exhibit in section.exhibits)
    rows = PlanTables(plan).rows("scenarios")
    by_name = dict(zip(scenarios["scenario"], scenarios["plan"].astype(float), strict=True))
    assert by_name["many leave"] == pytest.approx(float(rows[0]["shortfall"]))
    own = PlanTables(plan).rows("supply")  # of what is written out
    year = spread["year"].iloc[-1]
    need = sum(float(each["demand"]) for each in own if each["year"] == str(year))
    low, high = (spread[f"demand_{name}"].iloc[-1] for name in ("p05", "p95"))
    assert 0.949 * need <= low <= need <= high <= 1.101 * need  # which the law allows
    summary = section.exhibits[1].charts[0].summary
    short = spread[[f"shortfall_{name}" for name in ("median", "p05", "p95")]].iloc[-1]
    said = [n for n in numbers(re.sub(r"\d{4}/\d\d", "", summary)) if n not in (9.0, 10.0)]
    assert said == [pytest.approx(float(value), abs=0.51) for value in short]


def test_the_workbook_has_the_scenarios_and_the_plan_for_their_mean(
    plan: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.xlsx").write_bytes(plan_workbook(read_plan(plan)))
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert {"scenarios", "scenarios table", "spread table"} <= {*book.sheetnames}
    cells = [each for each in book["scenarios"].iter_rows(values_only=True) if each[0]]
    rows = PlanTables(plan).rows("scenarios")
    (many,) = [each for each in cells if each[0] == "many leave"]
    assert many[2] == pytest.approx(float(rows[0]["shortfall"]))
    names = names_of(INSTANCE).courses
    mean = {
        names[r["course"]]: float(r["places"]) for r in PlanTables(plan).rows("mean_allocation")
    }
    bought = {each[0]: each[2] for each in cells if each[0] in mean}
    assert bought == pytest.approx(mean)
    assert book["shortfall"]["A1"].value == "Shortfall by year, FTE, as given"
    said = " ".join(str(each[1]) for each in book["certificate"].iter_rows(values_only=True))
    assert "in the worst of 9 scenarios" in said


def test_plans_that_weigh_are_compared_as_such(plan: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", INSTANCE, weighing(model(), "expected"), *TABLES, draws=8)
    found = compare(read_plan(plan), read_plan(other))
    first = " ".join(found[0].sentences)
    for folder, how in ((plan, "in the worst of"), (other, "expected over")):
        value = PlanTables(folder).record["stages"][0]["final"]
        (said,) = [t for t in found[0].sentences if f"of {folder.name} is" in t]
        assert numbers(said)[0] == pytest.approx(value, rel=1e-5)
        assert f"{how} 9 scenarios" in said
    assert "What the two weigh is not the same." in first
    assert found[-1].title == "Outcome, as given"
    same = compare(read_plan(plan), read_plan(plan))
    assert same[0].sentences[0].startswith("Nothing changed")


@pytest.mark.parametrize(
    "command", ["explain {}", "explain {} --posts", "ledger {}", "room {}", "report {} --explain"]
)
def test_what_answers_for_one_future_refuses_in_a_sentence(
    plan: Path, run: Run, command: str
) -> None:
    asked = [word.format(plan) for word in command.split()]
    done = run(*asked, *(["--out", "x.html"] if asked[0] == "report" else []))
    assert done.code != 0
    assert "is a plan for 9 futures" in " ".join(done.err.split())
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "command",
    [
        "frontier two-by-two --over budget --out x", "export two-by-two --out x.lp",
        "explain two-by-two", "sweep two-by-two --vary demand*=1.1 --out x",
        "solve two-by-two --engine pyomo --out x",
    ],
)  # fmt: skip
def test_a_model_that_weighs_futures_is_not_taken_for_one(
    run: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "model.toml").write_text(weighing(model(), "worst"), encoding="utf-8")
    done = run(*command.split(), "--model", tmp_path / "model.toml")
    said = " ".join(done.err.split())
    assert done.code == 2
    assert "one future" in said
    assert "leave [uncertainty] out of the model" in said
    assert not Path("x").exists()
