"""What-ifs of instances with measures name them, and count units beside places."""

from functools import cache

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.what_if.change import what_if
from commission_opt.explain.what_if.told import kept_label
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from lever_cases import levers, rules

LESS = "max_amount[measure=abroad]=12"


@cache
def planned() -> Allocation:
    return allocate(levers(), rules(years=2, integer=False), Limits(seconds=20.0))


@cache
def asked(change: str) -> Answer:
    return what_if(planned(), [change], seconds=5.0)


def test_units_that_move_are_those_of_plans_solved_anew() -> None:
    found, answer = planned(), asked(LESS)
    instance, policy = Ground(found.instance, found.policy).apply(read_changes([LESS]))
    anew = allocate(instance, policy, Limits(seconds=20.0))
    certified = answer.frame("certified").set_index("what")
    after = certified.loc["the best in fractions of places", "after"]
    assert after == pytest.approx(anew.certificate.stages[0].final)
    units = answer.frame("moved_units")
    assert (units["after"] - units["before"]).tolist() == pytest.approx(units["change"].tolist())
    assert "abroad" in set(units["measure"])
    assert (units.loc[units["measure"] == "abroad", "after"] <= 12 + 1e-6).all()
    measures = instance.measures["measure"].tolist()
    for row in units.itertuples():
        at = measures.index(row.measure), int(row.year) - 2026  # type: ignore[arg-type]
        assert row.before == pytest.approx(found.outcome.units[at])
    assert set(answer.frame("moved").columns).isdisjoint({"measure", "kind"})
    count = units["measure"].nunique(), answer.frame("moved")["course"].nunique()
    said = answer.sentences[2]
    assert f"{count[0]} measure" in said
    assert not count[1] or f"{count[1]} course" in said


def test_units_are_counted_beside_places() -> None:
    found, answer = planned(), asked(LESS)
    counted = answer.frame("measures").set_index("what")
    assert counted.loc["places", "before"] == pytest.approx(found.places.sum())
    assert counted.loc["units", "before"] == pytest.approx(found.outcome.units.sum())
    units, places = answer.frame("moved_units"), answer.frame("moved")
    for name, moved in (("units", units), ("places", places)):
        assert counted.loc[name, "change"] == pytest.approx(moved["change"].sum(), abs=1e-5)
        by_profession = answer.frame("by_profession").set_index("profession")
        for profession, change in by_profession[f"{name}_change"].items():
            own = moved.loc[moved["profession"] == profession, "change"].sum()
            assert change == pytest.approx(own, abs=1e-5)


def test_a_change_that_moves_nothing_says_so_of_units_too() -> None:
    answer = asked("demand*=1")
    assert any("not a place or unit moves" in said for said in answer.sentences)
    assert any("not a place or unit moved, the plan has" in said for said in answer.sentences)
    assert kept_label(measured=True) in set(answer.frame("certified")["what"])
    assert np.isfinite(answer.frame("measures")["change"]).all()
