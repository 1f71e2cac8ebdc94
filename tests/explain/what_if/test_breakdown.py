"""What-ifs say losses as losses, break down by profession and year, and count their rows."""

import re
from functools import cache

import pandas as pd
import pytest

from commission_opt.accounts.outcome import charged, outcome
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.what_if.change import what_if
from commission_opt.explain.what_if.told import AGAIN, kept_label, worded
from commission_opt.formulation.problem import planning
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits, Watch
from samples import model, policy, sample
from some import diagonal, some

KEPT = kept_label(measured=False)
CHANGES = ["demand+=2", "budget*=1.05", "leavers+=-0.001", "demand*=1"]


@cache
def planned(integer: bool) -> Allocation:
    rules = policy(model(1, integer=integer))
    return allocate(sample(3, 2, 1, 3).instance, rules, Limits(seconds=20.0))


@cache
def asked(change: str, integer: bool = True) -> Answer:
    found = planned(integer)
    return what_if(found, [change], seconds=5.0)


def number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.mark.each(4)
@pytest.mark.parametrize(("change", "integer"), diagonal(CHANGES, (False, True), every=2))
def test_parts_add_up_to_what_the_places_lead_to(change: str, integer: bool) -> None:
    answer, found = asked(change, integer), planned(integer)
    measures = answer.frame("measures").set_index("what")
    professions, years = answer.frame("by_profession"), answer.frame("by_year")
    assert set(professions["profession"]) == set(found.instance.professions["profession"])
    assert list(years["year"]) == list(found.instance.years)
    for side in ("before", "after", "change"):
        plain = measures.loc["plain shortfall", side]
        assert professions[f"shortfall_{side}"].sum() == pytest.approx(plain, abs=1e-6)
        assert years[f"shortfall_{side}"].sum() == pytest.approx(plain, abs=1e-6)
        assert professions[f"places_{side}"].sum() == pytest.approx(measures.loc["places", side])
        spent = measures.loc["spend, all funds", side]
        assert years[f"spent_{side}"].sum() == pytest.approx(spent, abs=1.0)
    before = outcome(found.instance, found.policy, found.problem.effects, found.places)
    codes = list(found.instance.professions["profession"])
    for _, row in professions.iterrows():
        own = before.shortfall[codes.index(row["profession"])]
        assert row["shortfall_before"] == pytest.approx(own.sum())
    assert years["spent_before"].sum() == pytest.approx(charged(found.instance, before).sum())


@pytest.mark.each(2)
@pytest.mark.parametrize("change", some(CHANGES, 2))
def test_losses_are_said_as_losses(change: str) -> None:
    answer = asked(change)
    certified = answer.frame("certified").set_index("what")
    text = " ".join(answer.sentences)
    assert not re.search(r"[-−][\d.,]+ (saved|were found)", text)
    best = certified.iloc[0]["saved"]
    (said,) = re.findall(r"it (costs|saves) (nothing|[\d.,]+)\. ", text)[:1]
    if abs(best) < 0.005:
        assert said == ("saves", "nothing")
    else:
        assert said[0] == ("saves" if best > 0 else "costs")
        assert number(said[1].rstrip(".")) == pytest.approx(abs(best), rel=0.006)
    high = float(certified["high"][AGAIN])
    if high == 0:
        assert "No plan in whole places with the change saves anything against" in text
        return
    (most,) = re.findall(r"(can save more than|costs less than) ([\d.,]+\d) against", text)
    assert (most[0] == "can save more than") == (high > 0)
    said_most = number(most[1]) if high > 0 else -number(most[1])
    assert said_most >= high  # what is claimed of all plans is rounded to the safe side
    assert said_most == pytest.approx(high, rel=0.012, abs=2e-2)


def test_keeping_every_place_is_told_with_its_regret() -> None:
    answer, found = asked("demand+=2"), planned(True)
    kept, again = (
        answer.frame("certified").set_index("what").loc[name]
        for name in (kept_label(measured=False), AGAIN)
    )
    instance, rules = Ground(found.instance, found.policy).apply(read_changes(["demand+=2"]))
    stage = first_stage(planning(instance, rules))
    bound = solve_relaxation(stage, Limits(seconds=20.0), Watch()).bound * stage.aim.scale
    whole = again["before"] - again["high"]  # proved of whole places by the search
    assert whole > bound
    regret = (kept["after"] - max(whole, bound)) / kept["after"]
    assert kept["regret"] == pytest.approx(regret, abs=1e-6)
    (told,) = re.findall(
        r"within ([\d.]+) % of the least possible \(regret\)", str(answer.sentences)
    )
    assert 100 * kept["regret"] <= float(told) <= 100 * kept["regret"] + 0.001


def test_where_nothing_changes_not_a_place_moves() -> None:
    answer = asked("demand*=1", integer=False)
    assert not len(answer.frame("moved"))
    assert "not a place moves" in " ".join(answer.sentences)
    broken = asked("budget*=0.97")
    text = " ".join(broken.sentences)
    assert "would break a rule" in text
    assert KEPT not in set(broken.frame("certified")["what"])


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("change", "unit"), [("demand+=2", "FTE"), ("budget*=1.05", "£"), ("leavers+=-0.001", "")]
)
def test_rows_are_counted_and_added_up(change: str, unit: str) -> None:
    (row,) = asked(change).frame("changes").to_dict("records")
    instance = planned(True).instance
    (setting,) = read_changes([change])
    changed, _ = Ground(instance, planned(True).policy).apply([setting])
    table = {"demand": "demand", "budget": "budgets", "leavers": "workforce"}[setting.axis.field]
    before, after = instance.tables[table], changed.tables[table]
    assert row["unit"] == unit
    assert row["rows"] == int((before != after).any(axis=1).sum())
    said = " ".join(asked(change).sentences)
    if not unit:
        assert pd.isna(row["total"])
        assert f"changes {row['rows']:,} rows." in said
        return
    column = "amount" if unit == "£" else "fte"
    total = float((after[column] - before[column]).sum())
    assert row["total"] == pytest.approx(total)
    (told,) = re.findall(r"changes ([\d,]+) rows, \+(£?)([\d.,]+)(m?)(?: FTE)? in all", said)
    assert number(told[0]) == row["rows"]
    assert number(told[2]) * (1e6 if told[3] else 1) == pytest.approx(total, rel=0.006)


@pytest.mark.parametrize(
    ("saved", "says"),
    [
        (5154.2, "saves 5,154"),
        (-529524.1, "costs 529,524"),
        (0.0, "saves nothing"),
        (-1e-9, "saves nothing"),
    ],
)
def test_words(saved: float, says: str) -> None:
    assert worded(saved) == says
