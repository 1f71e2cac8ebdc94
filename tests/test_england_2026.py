"""The instance england-2026: built from its sources, true to what it says, and solvable."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.effects import effects
from commission_opt.instance.instance import Instance
from commission_opt.outcome import outcome
from commission_opt.shipped import find_instance, find_model

ENGLAND = find_instance("england-2026")
RATINGS = {"red", "amber", "green"}


@pytest.fixture(scope="module")
def instance() -> Instance:
    return co.read_instance(ENGLAND)


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(ENGLAND / f"{name}.csv", dtype=str, keep_default_na=False)


# --- the build ---------------------------------------------------------------------------------


def test_the_build_gives_the_committed_tables(tmp_path: Path) -> None:
    out = tmp_path / "made" / "by" / "the build"
    command = [sys.executable, str(ENGLAND / "build.py"), "--out", str(out)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    committed = {path.name for path in ENGLAND.glob("*.csv")}
    assert {path.name for path in out.iterdir()} == committed
    for name in committed:
        # A checkout on Windows may have turned the line ends; the build always writes LF.
        expected = (ENGLAND / name).read_bytes().replace(b"\r\n", b"\n")
        assert (out / name).read_bytes() == expected, name


def test_the_same_sources_serve_other_regions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _two_halves(tmp_path)
    monkeypatch.syspath_prepend(ENGLAND)
    sources = importlib.import_module("builder.sources").load_sources(tmp_path, national=ENGLAND)
    tables = importlib.import_module("builder.tables")
    built = tables.build_tables(sources)
    tables.write_tables(built, tmp_path)
    problems = co.check_instance(tmp_path).problems
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert {row["region"] for row in built["courses"]} == {"north", "south"}
    # England stays England: what is spread over other regions is the same but for rounding.
    for name in ("workforce", "demand", "joiners"):
        total = sum(row["fte"] for row in built[name])
        assert total == pytest.approx(_table(name)["fte"].astype(float).sum(), rel=0.005), name
    places = sum(row["last_intake"] for row in built["courses"])
    assert places == pytest.approx(_table("courses")["last_intake"].astype(int).sum(), rel=0.02)


def _two_halves(folder: Path) -> None:
    """Write the settings and the regional source tables of an England in two halves."""
    half = {
        r: "north" if r in ("NEY", "NW", "MID") else "south" for r in _table("regions")["region"]
    }
    by_half = {name: _source(name) for name in ("population_mid2019", "staff_by_region")}
    for table in by_half.values():
        table["region"] = table["region"].map(half)
    numbers = ["headcount", "fte", "leavers_fte_month"]
    staff = by_half["staff_by_region"].astype(dict.fromkeys(numbers, float))
    mobility, figures = _source("mobility"), _source("figures")
    one_of_each = {"NW": "north", "LON": "south"}
    mobility["from_region"] = mobility["from_region"].map(one_of_each)
    figures["region"] = figures["region"].map(one_of_each)
    own = {
        "regions": pd.DataFrame({"region": ["north", "south"], "title": ["North", "South"]}),
        "population_mid2019": by_half["population_mid2019"],
        "staff_by_region": staff.groupby(["staff_group", "region"])[numbers].sum().reset_index(),
        "regional_splits": _source("regional_splits").head(0),
        "mobility": mobility[mobility["profession"] != "prosthetics-orthotics"].dropna(),
        "professions": _source("professions").assign(
            workforce_split="staff-group", intake_split="staff-group", taught_in="*"
        ),
        "figures": figures.dropna(),
    }
    (folder / "sources").mkdir()
    (folder / "instance.toml").write_bytes((ENGLAND / "instance.toml").read_bytes())
    for name, table in own.items():
        table.to_csv(folder / "sources" / f"{name}.csv", index=False)


def _source(name: str) -> pd.DataFrame:
    return _table(f"sources/{name}")


# --- what the tables hold ----------------------------------------------------------------------


def test_check_finds_no_errors() -> None:
    problems = co.check_instance(ENGLAND).problems
    assert {problem.severity for problem in problems} == {"warning"}


def test_size(instance: Instance) -> None:
    assert len(instance.regions) == 7
    assert len(instance.professions) >= 20
    assert instance.first_year == 2026
    assert set(instance.courses["profession"]) == set(instance.professions["profession"])
    assert (instance.courses["max_intake"] >= instance.courses["last_intake"]).all()
    assert (instance.courses["last_intake"] >= instance.courses["min_cohort"]).all()


def test_every_fund_has_a_budget_for_every_year(instance: Instance) -> None:
    budgets = _table("budgets")
    england = budgets[budgets["region"] == "*"]
    funds = set(_table("costs")["fund"])
    assert len(funds) >= 2
    assert set(budgets["fund"]) == funds
    for fund in funds:
        assert england.loc[england["fund"] == fund, "year"].tolist() == list(
            map(str, instance.years)
        )


def test_every_placement_pool_has_capacity_everywhere(instance: Instance) -> None:
    pools = set(_table("placement_use")["pool"])
    cells = instance.placements.groupby("pool").size()
    assert cells.to_dict() == dict.fromkeys(pools, len(instance.regions) * instance.horizon)


def test_the_pipeline_holds_every_cohort_on_course_or_about_to_join(instance: Instance) -> None:
    starts = _table("pipeline").astype({"start_year": int}).groupby("course")["start_year"]
    years = starts.agg(list).to_dict()
    first = instance.first_year
    for course, duration in instance.courses[["course", "duration_years"]].itertuples(index=False):
        assert years.pop(course) == list(range(first - duration, first)), course
    assert years == {}


def test_every_assumption_is_rated_and_has_a_source_and_an_owner() -> None:
    assumptions = _table("assumptions")
    assert set(assumptions["quality"]) | set(assumptions["impact"]) <= RATINGS
    assert (assumptions[["source", "owner"]] != "").all(axis=None)
    assert assumptions["assumption"].is_unique


def test_every_source_figure_is_rated() -> None:
    named = _table("assumptions")["assumption"]
    assert len(named) == sum(
        len(table)
        for path in sorted((ENGLAND / "sources").glob("*.csv"))
        if "quality" in (table := _source(path.stem))
    )


def test_assumptions_name_tables_and_columns_that_exist() -> None:
    where = _table("assumptions")[["table", "column"]].drop_duplicates()
    for table, column in where.itertuples(index=False):
        assert column in _table(table), f"{table}.{column}"


def test_commitments_have_owner_and_reason() -> None:
    commitments = _table("commitments")
    assert len(commitments) > 0
    assert (commitments[["owner", "reason"]] != "").all(axis=None)


# --- what can be made of it --------------------------------------------------------------------


def test_the_annual_plan_is_certified(instance: Instance) -> None:
    plan = co.allocate(instance, co.read_policy(find_model("annual")))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.001
    assert plan.certificate.objective < plan.certificate.without_new_places
    assert plan.places.sum() > 0


def test_five_years_can_keep_every_rule(instance: Instance) -> None:
    plan = co.allocate(instance, co.read_policy(find_model("five-year")).relaxed())
    assert plan.certificate.valid
    assert plan.certificate.gap <= 1e-6


def test_last_years_intakes_can_continue(instance: Instance) -> None:
    last = instance.courses["last_intake"].to_numpy(float)[:, None]
    policy = co.read_policy(find_model("annual"))
    result = outcome(instance, policy, effects(instance), last)
    assert result.spend.headroom.min() >= 0
    assert result.weeks.headroom.min() >= 0
