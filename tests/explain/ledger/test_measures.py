"""The ledger where commitments are about measures: what is demanded is counted in units."""

import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain import figures
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.explain.ledger.promises import promises
from commission_opt.solvers.status import Limits
from lever_cases import levers, rules

LIMITS = Limits(seconds=20.0)
HEAD = (
    "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
    "max_places,owner,reason,measure\n"
)
ABROAD = "abroad,,,,,,2026,2026,,10,The board,Ethics,abroad\n"
NURSES = "nurses,nurse,,,,,2026,2026,30,,The dean,Promised,\n"


def planned(promised: str, soft: str = "", **keys: object) -> Allocation:
    text = f"commitments = 'soft'\ncommitment_price = {soft}" if soft else ""
    policy = rules(**{"years": 1, "integer": False, "rules": text, **keys})
    return allocate(levers(commitments=HEAD + promised), policy, LIMITS)


def test_what_is_demanded_of_a_measure_is_units() -> None:
    found = planned(ABROAD + NURSES)
    answer = ledger(found, LIMITS)
    frame = answer.frame("promises").set_index("commitment")
    assert frame.loc["abroad", "demands"] == "at most 10 units, 2026"
    units = found.outcome.units[0, 0]
    assert frame.loc["abroad", "gives"] == f"{figures.places(units)} units"
    assert "unit" not in str(frame.loc["nurses", "demands"])
    (table,) = [t for t in answer.tables if t.name == "promises"]
    assert table.title == "What is demanded and what the plan gives, places and units"
    (one, other) = promises(found.problem, found.amounts)
    assert (one.unit, other.unit) == ("units", "places")


def test_the_price_of_a_promise_about_a_measure_is_what_solving_without_it_saves() -> None:
    found = planned(ABROAD)
    free = allocate(levers(), rules(years=1, integer=False), LIMITS)
    lost = found.certificate.stages[0].final - free.certificate.stages[0].final
    assert lost > 1.0
    row = ledger(found, LIMITS).frame("prices").iloc[0]
    assert row["price"] == pytest.approx(lost, rel=1e-5)


def test_soft_promises_of_both_kinds_are_missed_in_their_own_units() -> None:
    promised = "abroad,,,,,,2026,2026,30,,The board,Growth,abroad\n"
    promised += "medics,medic,,,,,2026,2026,6,,The dean,Promised,\n"
    found = planned(promised, soft="0.001", budgets=True)
    one, other = promises(found.problem, found.amounts)
    (said,) = [s for s in ledger(found, LIMITS).sentences if "may be missed" in s]
    assert said.startswith(
        "Commitments may be missed at 0.0010 weighted FTE-years a place or unit;"
    )
    for promise in (one, other):
        if promise.missed > 0:
            assert f" {promise.unit}" in said.split(" and pays ")[0]
    assert one.missed == pytest.approx(max(0.0, 30.0 - found.outcome.units[0, 0]))


def test_without_an_effect_nothing_is_said_of_units_where_there_are_none() -> None:
    found = planned("late,,,,,,2030,2030,1,,The board,Growth,abroad\n")
    (said,) = ledger(found, LIMITS).sentences
    assert said == "The one commitment has no effect on the places and units of 2026."
