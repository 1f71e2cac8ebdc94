"""The instances of England: built from their sources, and true to what they say."""

import importlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import outcome
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance

BY_REGION = find_instance("england-2026")
BY_BOARD = find_instance("england-icb-2026")
WITH_LEVERS = find_instance("england-levers-2026")
DOCTORS = find_instance("england-medical-2026")
BUILT_BY = {
    BY_REGION: "build.py",
    BY_BOARD: "build_icb.py",
    WITH_LEVERS: "build_levers.py",
    DOCTORS: "build_medical.py",
}
UNTAUGHT = {"healthcare-support"}  # whom employers recruit and train themselves
RATINGS = {"red", "amber", "green"}


@pytest.fixture(scope="module", params=BUILT_BY, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def instance(folder: Path) -> Instance:
    return co.read_instance(folder)


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.mark.each(4)
def test_the_build_gives_the_committed_tables(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "by" / "the build"
    command = [sys.executable, str(folder / BUILT_BY[folder]), "--out", str(out)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    committed = {path.name for path in folder.glob("*.csv")}
    assert {path.name for path in out.iterdir()} == committed
    for name in committed:
        # A checkout on Windows may have turned the line ends; the build always writes LF.
        expected = (folder / name).read_bytes().replace(b"\r\n", b"\n")
        assert (out / name).read_bytes() == expected, name


@pytest.mark.each(4)
def test_check_finds_no_errors(folder: Path) -> None:
    problems = co.check_instance(folder).problems
    assert {problem.severity for problem in problems} == {"warning"}
    assert all("rated red for both" in problem.message for problem in problems)


@pytest.mark.each(2)
def test_intakes_lie_between_the_smallest_cohort_and_the_room(instance: Instance) -> None:
    assert set(instance.courses["profession"]) == set(instance.professions["profession"]) - UNTAUGHT
    assert (instance.courses["max_intake"] >= instance.courses["last_intake"]).all()
    assert (instance.courses["last_intake"] >= instance.courses["min_cohort"]).all()


@pytest.mark.each(2)
def test_every_fund_has_a_budget_for_every_year(folder: Path, instance: Instance) -> None:
    budgets = _table(folder, "budgets")
    england = budgets[budgets["region"] == "*"]
    funds = set(_table(folder, "costs")["fund"])
    if (folder / "pay.csv").is_file():
        funds |= set(_table(folder, "pay")["fund"])
    assert len(funds) >= 2
    assert set(budgets["fund"]) == funds
    for fund in funds:
        assert england.loc[england["fund"] == fund, "year"].tolist() == list(
            map(str, instance.years)
        )


@pytest.mark.each(2)
def test_the_pipeline_holds_every_cohort_on_course_or_about_to_join(
    folder: Path, instance: Instance
) -> None:
    starts = _table(folder, "pipeline").astype({"start_year": int}).groupby("course")["start_year"]
    years = starts.agg(list).to_dict()
    first, lags = instance.first_year, _lags(folder)
    for course, duration in instance.courses[["course", "duration_years"]].itertuples(index=False):
        earliest = first - duration - lags.get(course, 0)
        assert sorted(years.pop(course)) == list(range(earliest, first)), course
    assert years == {}


def _lags(folder: Path) -> dict[str, int]:
    """Years from the end of a course until its students go on, where they do."""
    if not (folder / "pathways.csv").is_file():
        return {}
    feeds = _table(folder, "pathways").query("role == 'feeds'")
    return {str(k): int(lag) for k, lag in feeds.set_index("course")["lag_years"].items()}


def test_every_assumption_is_rated_and_has_a_source_and_an_owner(folder: Path) -> None:
    assumptions = _table(folder, "assumptions")
    assert set(assumptions["quality"]) | set(assumptions["impact"]) <= RATINGS
    assert (assumptions[["source", "owner"]] != "").all(axis=None)
    assert assumptions["assumption"].is_unique


def test_every_source_figure_is_rated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BY_REGION)
    tables = _source_tables(folder, monkeypatch)
    assert {path.stem for path in (folder / "sources").iterdir()} <= set(tables)
    rated = [rows for rows in tables.values() if "quality" in rows[0]]
    assert len(_table(folder, "assumptions")) == sum(map(len, rated))
    for name, rows in tables.items():
        assert all(row.get("source") != "" for row in rows), name


def _source_tables(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[dict[str, str]]]:
    if folder == DOCTORS:
        monkeypatch.syspath_prepend(folder)
        pathway = importlib.import_module("doctors.sources").load_pathway(folder, BY_REGION)
        return dict(pathway.steps.tables)
    national = None if folder == BY_REGION else BY_REGION
    return dict(importlib.import_module("builder.sources").load_sources(folder, national).tables)


def test_assumptions_name_tables_and_columns_that_exist(folder: Path) -> None:
    where = _table(folder, "assumptions")[["table", "column"]].drop_duplicates()
    for table, column in where.itertuples(index=False):
        assert column in _table(folder, table), f"{table}.{column}"


def test_commitments_have_owner_and_reason(folder: Path) -> None:
    commitments = _table(folder, "commitments")
    assert len(commitments) > 0
    assert (commitments[["owner", "reason"]] != "").all(axis=None)


def test_last_year_can_continue(instance: Instance) -> None:
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    policy = co.read_policy(find_model("annual"))
    result = outcome(instance, policy, effects(instance), last)
    assert result.spend.headroom.min() >= 0
    assert result.weeks.headroom.min() >= 0
