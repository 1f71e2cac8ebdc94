"""Where a plan for the mean breaks a rule, the nearest that holds stands beside it, proved."""

import json
from functools import cache
from pathlib import Path

import pytest

import independent
from commission_opt.plan.judged import said_only
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan_workbook.tables import prospects_of
from commission_opt.report.facts import read_facts
from commission_opt.report.sections.futures import futures as section
from commission_opt.views.prospects import MEAN, MENDED, PLAN
from commission_opt.views.shortfall import Baselines
from drawn_substitution import substituting
from futures_made import scenario
from plan_of_futures import copy, refused, rehash, weighing, written
from plan_tables import PlanTables, numbers
from samples import Sample, both, made, model

DEAR = (
    scenario("as expected", 0.6),
    scenario("more demand", 0.3, "demand*=1.05"),
    scenario("dear", 0.1, "cost*=1.02"),
)


@cache
def known(*, deploys: bool) -> Sample:
    synthetic = made(3, 2, 1, 1)
    tables = substituting(synthetic.tables, 1) if deploys else synthetic.tables
    return both(synthetic.settings, tables)


@pytest.fixture(scope="module", params=[False, True], ids=["places", "deployed"])
def mended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mended") / "plan"
    risk = "cvar" if request.param else "expected"
    return written(folder, known(deploys=request.param).instance, weighing(model(), risk), *DEAR)


def test_what_the_nearest_has_is_proved_from_the_files(mended: Path) -> None:
    plan = read_plan(mended)
    said = plan.record["uncertainty"]
    assert said["expected_value_plan"] is None
    assert verify(plan).holds
    assert "uncertainty.repaired" not in said_only(plan)
    assert said["repaired"] >= said["value"][0]


@pytest.mark.parametrize("mended", [False], indirect=True, ids=["places"])
def test_its_value_if_all_goes_as_given_is_what_a_naive_model_says(mended: Path) -> None:
    plan, text = read_plan(mended), (mended / "model.toml").read_text("utf-8")
    year = plan.instance.first_year
    rows = PlanTables(mended).rows("repaired_allocation")
    places = {(str(r["course"]), year): float(r["places"]) for r in rows}
    settings = independent.load_policy(text.split("[uncertainty]")[0])
    naive = independent.simulate(known(deploys=False).case, settings, places).objective
    seen = prospects_of(plan, Baselines(plan.problem, plan.outcome))
    assert seen.given[MENDED] == pytest.approx(naive, rel=1e-9)


def test_the_sentence_for_the_board_is_said_of_it(mended: Path) -> None:
    found = verify(read_plan(mended))
    seen = prospects_of(found.plan, Baselines(found.plan.problem, found.plan.outcome))
    table = seen.table().set_index("scenario").astype(float)
    assert MEAN not in table
    (said,) = [s for s in seen.sentences(found.certificate.stages[0]) if s.startswith("Against")]
    assert "the places nearest to a plan for the mean" in said
    parts = said.split(" of this plan is ")[1].split(", and ")
    for text, name in zip(parts, ("as given", "mean of the worst tenth"), strict=True):
        mine, other = table[PLAN][name], table[MENDED][name]
        if "the same" in text:
            assert mine == pytest.approx(other, rel=1e-4)
        else:
            assert numbers(text)[0] == pytest.approx(100 * abs(mine / other - 1), abs=0.0051)
            assert ("larger" in text) == (mine > other)


def test_the_page_says_what_is_proved_of_it(mended: Path, tmp_path: Path) -> None:
    proved = section(read_facts(verify(read_plan(mended))))
    assert proved is not None
    assert any("that none are nearer is not proved" in text for text in proved.sentences)
    folder = copy(mended, tmp_path)  # as an earlier version wrote it
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    for path in folder.glob("repaired_*.csv"):
        path.unlink()
        del record["hashes"]["outputs"][path.name]
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert "uncertainty.repaired" in said_only(read_plan(folder))
    told = section(read_facts(verify(read_plan(folder))))
    assert told is not None
    assert any("it does not hold them" in text for text in told.sentences)
    assert not any(text.startswith("Against") for text in told.sentences)


@pytest.mark.parametrize("column", ["places", "change", "profession"])
def test_a_changed_cell_is_seen(mended: Path, tmp_path: Path, column: str) -> None:
    folder = copy(mended, tmp_path)
    path = folder / "repaired_allocation.csv"
    head, first, *rest = path.read_text("utf-8").splitlines(keepends=True)
    cells = first.rstrip("\n").split(",")
    at = head.rstrip("\n").split(",").index(column)
    cells[at] = str(int(cells[at]) + 1) if column != "profession" else "another"
    path.write_text("".join([head, ",".join(cells) + "\n", *rest]), encoding="utf-8")
    rehash(folder, path.name)
    assert refused(folder)


def test_a_changed_value_and_a_missing_table_are_seen(mended: Path, tmp_path: Path) -> None:
    folder = copy(mended, tmp_path)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["uncertainty"]["repaired"] *= 1.001
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    problems = verify(read_plan(folder, judged=False)).problems
    assert any(each.column == "uncertainty.repaired" for each in problems)
    other = copy(mended, tmp_path / "other")
    (other / "repaired_allocation.csv").unlink()
    assert refused(other)
