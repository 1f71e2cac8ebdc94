"""The instance england-medical-2026: the pathway of doctors, from medical school to specialist."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.files.shipped import find_instance, find_model

DOCTORS = find_instance("england-medical-2026")
BY_REGION = find_instance("england-2026")


def _step(courses: pd.Series) -> pd.Series:
    return courses.str.rsplit("-", n=1).str[0]


@pytest.fixture(scope="module")
def pathways() -> pd.DataFrame:
    rows = pd.read_csv(DOCTORS / "pathways.csv")
    return rows.assign(step=_step(rows["course"]))


def test_every_course_has_its_place_on_the_pathway(pathways: pd.DataFrame) -> None:
    courses = _step(pd.read_csv(DOCTORS / "courses.csv")["course"])
    assert set(pathways["step"]) == set(courses)
    draws = set(pathways.loc[pathways["role"] == "draws", "step"])
    assert set(courses) - draws == {"medical-school"}
    assert pathways.groupby(["pool", "step", "role"])["course"].nunique().eq(7).all()


def test_every_pool_is_fed_and_drawn_from(pathways: pd.DataFrame) -> None:
    roles = pathways.groupby("pool")["role"].agg(set)
    assert set(roles.index) == set(pd.read_csv(DOCTORS / "eligible.csv")["pool"])
    assert all(role == {"feeds", "draws"} for role in roles)


def test_nobody_both_goes_on_and_joins(pathways: pd.DataFrame) -> None:
    feeds = pathways[pathways["role"] == "feeds"].groupby("course")["share"].sum()
    joins = pd.read_csv(DOCTORS / "courses.csv").set_index("course")["join_rate"]
    assert (feeds + joins[feeds.index] <= 1 + 1e-9).all()


def test_hospital_doctors_add_up_to_the_published_staff_group() -> None:
    professions = pd.read_csv(DOCTORS / "sources" / "professions.csv").set_index("profession")
    staff = pd.read_csv(DOCTORS / "workforce.csv")
    doctors = staff[staff["profession"].map(professions["staff_group"]) == "doctors"]
    # A year's leavers come off before the plan starts; each specialty rounds down to a tenth.
    before = doctors["fte"] / (1 - doctors["leaver_rate"])
    staff_groups = pd.read_csv(BY_REGION / "sources" / "staff_by_region.csv")
    own = staff_groups[staff_groups["staff_group"] == "doctors"]
    missing = own.set_index("region")["fte"] - before.groupby(doctors["region"]).sum()
    assert missing.between(-0.05, 0.3 * doctors["profession"].nunique()).all()


def test_places_of_medical_schools_are_the_published_totals() -> None:
    schools = pd.read_csv(DOCTORS / "sources" / "medical_schools.csv")
    assert schools["institution"].is_unique
    assert schools["places_2004"].sum() == 5777
    assert schools["added_2018_2020"].sum() == 1500
    courses = pd.read_csv(DOCTORS / "courses.csv")
    places = courses.loc[courses["profession"] == "medicine", "last_intake"].sum()
    assert places == pytest.approx(8126, abs=20)


# --- what can be made of it --------------------------------------------------------------------


@pytest.mark.slow
def test_the_annual_plan_keeps_every_rule() -> None:
    instance = co.read_instance(DOCTORS)
    plan = co.allocate(instance, co.read_policy(find_model("annual")), co.Limits(gap=0.005))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.005


@pytest.mark.slow
def test_one_row_says_what_the_priority_of_graduates_changes(tmp_path: Path) -> None:
    """The README's comparison: with the Act people are scarce, without it money is."""
    policy = co.read_policy(DOCTORS / "model.toml")
    without = tmp_path / "without-the-act"
    shutil.copytree(DOCTORS, without)
    rows = (DOCTORS / "eligible.csv").read_text("utf-8")
    edited = rows.replace("specialty-applicants,*,*,2140.0", "specialty-applicants,*,*,3864.0")
    assert sum(a != b for a, b in zip(rows.split(), edited.split(), strict=True)) == 1
    (without / "eligible.csv").write_text(edited, encoding="utf-8")
    plans = [co.allocate(co.read_instance(folder), policy) for folder in (DOCTORS, without)]
    left = [_left(plan, "specialty-applicants") for plan in plans]
    assert left[0][1:].max() < 1
    assert left[1].min() > 900
    schools = [_places(plan, "medicine") for plan in plans]
    assert schools[0].min() > 8500
    assert schools[1].max() < 8130
    shortfalls = [plan.certificate.objective for plan in plans]
    assert shortfalls[0] / shortfalls[1] == pytest.approx(1.11, abs=0.02)


def _left(plan: co.Allocation, pool: str) -> pd.Series:
    """Those of a pool who are not drawn, by year."""
    table = plan.frames()["pathways"]
    own = table[table["pool"] == pool]
    left: pd.Series = (own["eligible"] - own["drawn"]).reset_index(drop=True)
    return left


def _places(plan: co.Allocation, profession: str) -> pd.Series:
    """Places of a profession in all regions, by year."""
    table = plan.frames()["allocation"]
    own = table[table["profession"] == profession]
    places: pd.Series = own.groupby("year")["places"].sum()
    return places
