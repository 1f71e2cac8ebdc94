"""The instance england-levers-2026: the same England as england-2026, with more to decide."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import commission_opt as co
from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import outcome
from commission_opt.activities import KINDS
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.uncertain import solve_in_futures
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import read_policy
from commission_opt.solvers.status import Limits
from futures_made import made, row, scenario

ENGLAND = find_instance("england-2026")
LEVERS = find_instance("england-levers-2026")
NEW = {"healthcare-support", "nursing-associate", "advanced-practice"}
SMALLER = NEW | {"adult-nursing"}  # from whom those in advanced practice are taken


@pytest.fixture(scope="module")
def instance() -> Instance:
    return co.read_instance(LEVERS)


def _both(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.read_csv(ENGLAND / f"{name}.csv"), pd.read_csv(LEVERS / f"{name}.csv")


# --- what it keeps, and what it adds -----------------------------------------------------------


@pytest.mark.parametrize("name", ["professions", "regions", "workforce", "demand", "destinations"])
def test_what_england_2026_says_holds_here(name: str) -> None:
    england, here = _both(name)
    if "profession" in here:
        england = england[~england["profession"].isin(SMALLER)]
        here = here[~here["profession"].isin(SMALLER)]
    pd.testing.assert_frame_equal(england.reset_index(drop=True), here.reset_index(drop=True))


def test_courses_are_those_of_england_2026_and_others_that_take_staff() -> None:
    england, here = _both("courses")
    taking = here["from_profession"].notna()
    degrees = here[~taking][england.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(england, degrees)
    assert set(here.loc[taking, "from_profession"]) == {
        "healthcare-support", "nursing-associate", "adult-nursing",
    }  # fmt: skip
    assert (here.loc[taking, "region"].value_counts() == 4).all()


def test_those_in_advanced_practice_are_taken_out_of_adult_nursing() -> None:
    england, here = (t.groupby("profession")["fte"].sum() for t in _both("workforce"))
    left = here["adult-nursing"] + here["advanced-practice"]
    # They leave less often before the start, and staff are rounded to tenths.
    assert left == pytest.approx(england["adult-nursing"], rel=0.001)


def test_last_years_recruits_are_taken_out_of_the_joiners(instance: Instance) -> None:
    keys = ["profession", "region"]
    measures = pd.read_csv(LEVERS / "measures.csv")
    recruits = measures[(measures["kind"] == "recruit") & ~measures["profession"].isin(SMALLER)]
    one = recruits["fte_per_unit"] * recruits["success_rate"] * recruits["last_amount"]
    # By the last year all have come that could have been bought in the first.
    last = instance.first_year + instance.horizon - 1
    england, here = (
        t[(t["year"] == last) & ~t["profession"].isin(SMALLER)].set_index(keys)["fte"]
        for t in _both("joiners")
    )
    brought = one.groupby([recruits[key] for key in keys]).sum()
    assert (brought > 0).all()
    expected = brought.reindex(england.index, fill_value=0.0)
    taken = england - here.reindex(england.index)
    assert taken.to_numpy() == pytest.approx(expected.to_numpy(), abs=0.11)


def test_levers_are_of_every_kind_and_for_the_professions_that_need_them() -> None:
    measures = pd.read_csv(LEVERS / "measures.csv")
    assert set(measures["kind"]) == set(KINDS)
    groups = pd.read_csv(LEVERS / "professions.csv").set_index("profession")["group"]
    served = measures["profession"].map(groups)
    assert {"nursing", "maternity", "general-practice"} < set(served)
    assert measures.loc[served == "ahp", "profession"].nunique() >= 2
    assert (measures["max_amount"] >= measures["last_amount"]).all()


def test_about_four_thousand_find_no_post_if_nothing_new_is_bought(instance: Instance) -> None:
    policy = co.read_policy(find_model("annual"))
    nothing = np.zeros((len(instance.lines), 1))
    idle = outcome(instance, policy, effects(instance), nothing).unemployed
    per_head = pd.read_csv(LEVERS / "courses.csv").set_index("course")["fte_per_joiner"]
    heads = np.nansum(idle[..., 0]) / per_head["adult-nursing-LON"]
    assert heads == pytest.approx(4000, rel=0.05)


def test_the_budget_for_pay_covers_staff_in_post_and_those_on_course() -> None:
    budgets, pay = (pd.read_csv(LEVERS / f"{name}.csv") for name in ("budgets", "pay"))
    amounts = budgets[budgets["fund"] == "pay"].sort_values("year")["amount"].to_numpy()
    assert amounts[1:] / amounts[:-1] == pytest.approx(1.036, rel=1e-6)
    national = pay[pay["region"] == "*"].set_index("profession")["pay"]
    london = pay[pay["region"] == "LON"].set_index("profession")["pay"]
    assert (london / national).to_numpy() == pytest.approx(1.15, rel=1e-3)
    assert national["medical"] > national["advanced"] > national["nursing"] > national["support"]


def test_whoever_stands_in_does_less_than_one_of_their_own() -> None:
    ratios = pd.read_csv(LEVERS / "substitution.csv")
    assert (ratios["ratio"] < 1).all()
    assert (ratios["max_share"] <= 0.1).all()
    red = pd.read_csv(LEVERS / "assumptions.csv").query("table == 'substitution'")
    assert len(red) == len(ratios)
    assert set(red["quality"]) == {"red"}


# --- what can be made of it --------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("model", ["annual", "five-year"])
def test_plans_are_certified_and_use_levers(instance: Instance, model: str) -> None:
    limits = co.Limits(gap=0.005, seconds=120)
    plan = co.allocate(instance, co.read_policy(find_model(model)), limits)
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.005
    units = plan.amounts[len(instance.courses) :].sum(axis=1)
    most = instance.measures["max_amount"].to_numpy() * plan.policy.commissioning_years
    kinds = instance.measures["kind"].to_numpy()
    for kind in ("recruit", "retain"):
        assert (
            0.5 * most[kinds == kind].sum() < units[kinds == kind].sum() < most[kinds == kind].sum()
        )
    assert np.all(units <= most)


FUTURES = {
    "written out": (
        scenario("as given", 0.5, "demand*=1"),
        scenario("more leave", 0.3, "leavers*=1.15", "joiners*=0.9"),
        scenario("less substitution", 0.2, "demand*=1.05", "max_share*=0.5", "ratio*=0.9"),
    ),
    "drawn": (
        row("demand", "uniform = [0.95, 1.06]", each='"profession"'),
        row("ratio", "triangular = [0.5, 1.0, 1.3]"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("which", FUTURES)
def test_staff_are_deployed_anew_in_each_future(
    instance: Instance, tmp_path: Path, which: str
) -> None:
    found = made(instance, *FUTURES[which], draws=4)
    policy = read_policy(find_model("annual"))
    plan, record = solve_in_futures(instance, policy, found, Limits(seconds=300))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.002
    write_plan(plan, tmp_path / "plan", uncertain=record)
    read = read_plan(tmp_path / "plan")
    assert verify(read).holds
    own = [future.outcome(read.outcome.decision).deployed for future in read.problem.futures]
    assert all(each.any() for each in own)
    assert not any(np.allclose(own[0], each) for each in own[1:])
