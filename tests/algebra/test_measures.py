"""Measures in the readable model: worked out by hand, and against the arrays and a plain program.

The problem is that of ``handworked``: nurses in the north leave at a half in their first two years
and at a tenth afterwards; those in the south at a fifth.
"""

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import independent
import samples
from commission_opt.activities import KINDS
from commission_opt.algebra import measures
from commission_opt.algebra.evaluate import evaluate
from commission_opt.algebra.model import build_model
from commission_opt.algebra.read import read_data
from commission_opt.algebra.solve import solve_model
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError
from commission_opt.policy import Continuation, Objective, Policy, Rules
from commission_opt.solvers.status import Limits
from handworked import TABLES, hand
from pyomo_solvers import EXACT
from samples import as_amounts, sample
from some import diagonal

HEAD = (
    "measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,lasts_years,"
    "paid_years,last_amount,max_amount,min_amount,step\n"
)
ABROAD = HEAD + "abroad,recruit,nurse,north,1,0.9,0.5,,,2,5,60,10,5\n"
RETURN = ABROAD + "return,recruit,nurse,south,0,1,,0.5,,,3,20,,\n"


def policy(name: str, years: int = 1, continuation: Continuation = "none") -> Policy:
    aims = (Objective(name),)
    return Policy("test", "Test", years, aims, True, 0.25, Rules(continuation=continuation))


@pytest.mark.parametrize("kind", KINDS)
def test_the_twin_of_a_kind_has_its_name(kind: str) -> None:
    assert f"(``{kind}``)" in getattr(measures, kind).__doc__


def test_recruit_by_hand() -> None:
    d = read_data(hand(measures=RETURN), policy("cost"))
    abroad, back = d.measures.values()
    found = [measures.effect(d, abroad, k) for k in range(4)]
    assert found == pytest.approx([0.45, 0.225, 0.1125, 0.10125])  # 0.5, 0.5, then 0.1 leave
    assert [measures.effect(d, back, k) for k in range(3)] == [1.0, 0.5, 0.25]


@pytest.mark.parametrize(
    ("continuation", "north", "south"),
    [
        # Ten from abroad in 2026, four back in 2026; then none, the same, or five and three.
        ("none", [0, 4.5, 2.25, 1.125], [4, 2, 1, 0.5]),
        ("repeat", [0, 4.5, 6.75, 7.875], [4, 6, 7, 7.5]),
        ("last_intake", [0, 4.5, 4.5, 4.5], [4, 5, 5.5, 5.75]),
    ],
)
def test_what_units_bring(
    continuation: Continuation, north: list[float], south: list[float]
) -> None:
    asked = policy("cost", continuation=continuation)
    m = build_model(hand(measures=RETURN, horizon=4), asked)
    nothing = dict.fromkeys([("A", 2026), ("B", 2026), ("C", 2026)], 0.0)
    evaluate(m, asked, nothing | {("abroad", 2026): 10.0, ("return", 2026): 4.0})
    for region, expected in (("north", north), ("south", south)):
        found = [m.brought["nurse", region, year]() for year in range(2026, 2030)]
        assert found == pytest.approx(expected)


def test_units_are_paid_from_the_year_in_which_they_are_bought() -> None:
    costs = TABLES["costs"] + "abroad,,1,tuition,1000\nabroad,,2,tuition,200\n"
    asked = policy("cost")
    m = build_model(hand(measures=ABROAD, costs=costs), asked)
    nothing = dict.fromkeys([("A", 2026), ("B", 2026), ("C", 2026)], 0.0)
    value = evaluate(m, asked, nothing | {("abroad", 2026): 10.0})["cost"]
    assert value == pytest.approx(10 * 1000 + 0.8 * 10 * 200)  # all of them, failures too


@pytest.mark.slow
def test_rules_on_units() -> None:
    promise = (
        "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
        "max_places,owner,reason,measure\nsome,,,,,,2026,2026,7,,owner,reason,abroad\n"
    )
    instance = hand(measures=ABROAD, commitments=promise)
    result = solve_model(instance, policy("cost"), "highs", EXACT)
    assert result.amounts[-1, 0] == 10  # at least 7, and fewer than 10 are not to be had
    costs, budget = TABLES["costs"] + "abroad,,*,tuition,1000\n", TABLES["budgets"]
    poor = hand(
        measures=ABROAD, commitments=promise, costs=costs, budgets=budget + "tuition,*,2027,9999\n"
    )
    with pytest.raises(InfeasibleError, match="no places and units satisfy every rule"):
        solve_model(poor, policy("cost"), "highs", EXACT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("integer", "continuation"), diagonal((True, False), ("repeat", "last_intake", "none"), every=2)
)
def test_both_engines_and_a_plain_program_find_the_same(integer: bool, continuation: str) -> None:
    both = sample(2, 2, 2, 3, 7, 3)
    text = samples.model(2, integer=integer, continuation=continuation)
    limits = Limits(gap=1e-7)
    one = allocate(both.instance, samples.policy(text), limits)
    other = allocate_algebraically(both.instance, samples.policy(text), limits=limits)
    expected, _, _ = independent.solve(both.case, independent.load_policy(text))
    for plan in (one, other):
        assert plan.certificate.valid
        assert plan.certificate.objective == pytest.approx(expected, rel=1e-6)
        bought = as_amounts(both.instance, plan.amounts)
        assert not independent.violations(both.case, independent.load_policy(text), bought)
    assert np.any(one.amounts[len(both.instance.courses) :] > 0)


def test_an_extension_may_speak_of_units() -> None:
    def extend(m: Any, *_: object) -> None:
        m.fewer = pyo.Constraint(expr=m.units["abroad", 2026] + m.amount["return", 2026] <= 12)

    instance = hand(measures=RETURN)
    free = solve_model(instance, policy("shortfall"), "highs", EXACT)
    held = solve_model(instance, policy("shortfall"), "highs", EXACT, extend)
    assert free.amounts[3:].sum() > 12 >= held.amounts[3:].sum()
    assert held.values[0] > free.values[0]
