"""The instance england-2026: what it holds, and what can be made of it."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance

ENGLAND = find_instance("england-2026")


@pytest.fixture(scope="module")
def instance() -> Instance:
    return co.read_instance(ENGLAND)


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(ENGLAND / f"{name}.csv", dtype=str, keep_default_na=False)


# --- the build ---------------------------------------------------------------------------------


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


def test_size(instance: Instance) -> None:
    assert len(instance.regions) == 7
    assert len(instance.professions) >= 20
    assert instance.first_year == 2026


def test_every_placement_pool_has_capacity_everywhere(instance: Instance) -> None:
    pools = set(_table("placement_use")["pool"])
    cells = instance.placements.groupby("pool").size()
    assert cells.to_dict() == dict.fromkeys(pools, len(instance.regions) * instance.horizon)


# --- what can be made of it --------------------------------------------------------------------


def test_the_annual_plan_is_certified(instance: Instance) -> None:
    plan = co.allocate(instance, co.read_policy(find_model("annual")))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.001
    assert plan.certificate.objective < plan.certificate.without_new_places
    assert plan.places.sum() > 0


@pytest.mark.slow
def test_five_years_can_keep_every_rule(instance: Instance) -> None:
    plan = co.allocate(instance, co.read_policy(find_model("five-year")).relaxed())
    assert plan.certificate.valid
    assert plan.certificate.gap <= 1e-6
