"""Each objective worked out by hand, and the stages against brute force.

The problem is that of ``handworked``: A (nurse, north, 2 years), B (nurse, south, 1 year) and
C (medic, south, 3 years). δ = 0.8. Nurses weigh 2 and medics 1, the north 1 and the south 0.5.
Without entrants, staff are

| | 2026 | 2027 | needed |
|---|---|---|---|
| nurses, north | 100 | 90 | 100 |
| nurses, south | 50 | 40 | 60 |
| medics, south | 10 | 10 | 12 |

A place on B in 2026 adds 0.5 nurses in the south in 2027. A and C bring nobody before 2028.
"""

from dataclasses import replace
from itertools import product

import pytest

from commission_opt.algebra import objectives
from commission_opt.algebra.evaluate import evaluate, violation
from commission_opt.algebra.model import build_model
from commission_opt.algebra.objectives import set_stage
from commission_opt.algebra.solve import solve_model
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.policy import Continuation, Objective, Policy, Rules, Tier
from handworked import hand
from pyomo_solvers import EXACT, SOLVERS
from some import some

LAST = {("A", 2026): 20.0, ("B", 2026): 8.0, ("C", 2026): 3.0}
NONE = dict.fromkeys(LAST, 0.0)
# What nobody can change: 2 · 0.8 · 10 for nurses in the north, 0.5 · (2 + 0.8 · 2) for medics.
FIXED = 16 + 1.8


def policy(
    *names: str, years: int = 1, continuation: Continuation = "none", integer: bool = True
) -> Policy:
    return Policy(
        *("test", "Test", years, tuple(map(Objective, names)), integer, 0.25),
        Rules(continuation=continuation),
    )


def value(
    name: str,
    places: dict[tuple[str, int], float],
    *,
    horizon: int = 2,
    continuation: Continuation = "none",
    need: dict[tuple[str, str], float] | None = None,
    **tables: str,
) -> float:
    instance = hand(tables, horizon=horizon, need=need)
    asked = policy(name, continuation=continuation)
    return evaluate(build_model(instance, asked), asked, places)[name]


def test_shortfall() -> None:
    # Nurses in the south, weighing 2 · 0.5: 10 + 0.8 · (20 − 0.5 · 8).
    assert value("shortfall", LAST) == pytest.approx(FIXED + 22.8)


def test_shortfall_in_tiers() -> None:
    # Up to a tenth of demand at 1, then at 3. Nurses in the north, 2027: all 10 at 1. In the
    # south: 6 at 1 and 4 at 3; 6 and 14. Medics: 1.2 and 0.8, twice.
    tiers = (Tier(0.1, 1.0), Tier(float("inf"), 3.0))
    asked = replace(policy("shortfall"), objectives=(Objective("shortfall", tiers),))
    m = build_model(hand(horizon=2), asked)
    expected = 16 + (6 + 12) + 0.8 * (6 + 42) + 0.5 * 1.8 * (1.2 + 2.4)
    assert evaluate(m, asked, NONE)["shortfall"] == pytest.approx(expected)


def test_worst_region_leaves_out_weights_of_regions() -> None:
    # North: 2 · 0.8 · 10 of 2 · 1.8 · 100. South: 2 · (10 + 0.8 · 20) + 2 + 1.6 = 55.6 of
    # 2 · 1.8 · 60 + 1.8 · 12 = 237.6; eight places on B take off 2 · 0.8 · 4.
    assert value("worst_region", NONE) == pytest.approx(55.6 / 237.6)
    assert value("worst_region", LAST) == pytest.approx(49.2 / 237.6)


def test_worst_region_leaves_out_a_region_that_needs_nobody() -> None:
    need = {("nurse", "south"): 0.0, ("medic", "south"): 0.0}
    assert value("worst_region", NONE, need=need) == pytest.approx(16 / 360)
    need |= {("nurse", "north"): 0.0}
    assert value("worst_region", NONE, need=need) == 0.0


def test_cost_counts_students_on_course() -> None:
    # A: 10 start and cost 1000, 8 are left and cost 3000. B: 8 · 500. C: 3 · 10000 three times.
    expected = 44_000 + 0.8 * (24_000 + 30_000) + 0.64 * 30_000
    assert value("cost", LAST, horizon=5) == pytest.approx(expected)


@pytest.mark.slow
def test_cost_counts_what_follows_but_not_what_is_committed() -> None:
    # In 2027 the second year of the first intake, and the first year of the next one.
    expected = 44_000 + 0.8 * (54_000 + 44_000)
    pipeline = "course,start_year,started\nA,2025,10\n"
    found = value("cost", LAST, continuation="last_intake", pipeline=pipeline)
    assert found == pytest.approx(expected)


def test_change_counts_the_first_year_only() -> None:
    asked = policy("change", years=2)
    first, second = ({(c, y): x for (c, _), x in LAST.items()} for y in (2026, 2027))
    places = first | second | {("A", 2026): 25.0, ("B", 2026): 5.0, ("C", 2027): 6.0}
    assert evaluate(build_model(hand(), asked), asked, places)["change"] == 5 + 3


def test_surplus_has_no_weights_but_time() -> None:
    # Medics: 2 too many in both years. Nurses in the north: 10 too many in 2026, none in 2027.
    need = {("medic", "south"): 8.0, ("nurse", "north"): 90.0}
    assert value("surplus", NONE, need=need) == pytest.approx(2 + 10 + 0.8 * 2)


@pytest.mark.each(5)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("integer", "tolerance", "b"), [(True, 0.0, 12), (True, 5 / 55.6, 7), (False, 5 / 55.6, 6.25)]
)
def test_a_later_stage_may_use_the_tolerance(
    solver: str, integer: bool, tolerance: float, b: float
) -> None:
    # A place on B takes 0.8 off 55.6, down to 46 with twelve. A tolerance is relative to what
    # was reached: 5 / 55.6 of 55.6 would be 5, or 6.25 places, if B could take nobody by itself.
    # So first hold the region at its worst, then see how much of it may be given back.
    asked = policy("worst_region", "cost", integer=integer)
    worst = Objective("worst_region", tolerance=(55.6 - 0.8 * b) / 46 - 1 if tolerance else 0.0)
    asked = replace(asked, objectives=(worst, Objective("cost")))
    result = solve_model(hand(horizon=2), asked, solver, EXACT)
    assert result.amounts[:, 0] == pytest.approx([0, b, 0], abs=1e-4)
    assert result.values == pytest.approx([46 / 237.6, 500 * b], rel=1e-5)
    assert result.final == pytest.approx([(55.6 - 0.8 * b) / 237.6, 500 * b], rel=1e-5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_surplus_after_shortfall(solver: str) -> None:
    # Nurses in the south: 8 too many in 2026, 2 too few in 2027, which four places on B mend;
    # each place more is half a nurse too many.
    asked, need = policy("shortfall", "surplus"), {("nurse", "south"): 42.0}
    result = solve_model(hand(horizon=2, need=need), asked, solver, EXACT)
    assert result.amounts[1, 0] == 4
    assert result.values == pytest.approx([FIXED, 8.0])


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_stage_that_no_decision_reaches(solver: str) -> None:
    free = hand({"costs": "course,profession,study_year,fund,cost\n"}, horizon=2)
    result = solve_model(free, policy("cost", "worst_region"), solver, EXACT)
    assert result.values == pytest.approx([0.0, 46 / 237.6])


ORDERS = [
    ("shortfall", "change"),
    ("change", "cost"),
    ("surplus", "shortfall"),
    ("cost", "worst_region"),
    ("worst_region", "shortfall", "cost", "change", "surplus"),
]


@pytest.mark.slow
@pytest.mark.parametrize("order", some([(order,) for order in ORDERS], 4), ids="-".join)
def test_stages_against_brute_force(order: tuple[str, ...]) -> None:
    tables = {
        "budgets": "fund,region,year,amount\ntuition,*,2026,14000\ngrant,*,2027,70000\n",
        "commitments": "commitment,profession,group,region,provider,course,first_year,last_year,"
        "min_places,max_places,owner,reason\nkeep,,,,,,2026,2026,14,,owner,reason\n",
    }
    instance = hand(tables, horizon=4, need={("medic", "south"): 10.5})
    asked = policy(*order, continuation="repeat")
    asked = replace(asked, objectives=tuple(replace(o, tolerance=0.02) for o in asked.objectives))
    m = build_model(instance, asked)
    feasible = []
    for a, b, c in product((0, 10, 15, 20, 25, 30, 35, 40), range(13), range(7)):
        values = evaluate(m, asked, {("A", 2026): a, ("B", 2026): b, ("C", 2026): c})
        if violation(m) <= 1e-6:
            feasible.append(values)
    best = []
    for name in order:
        best.append(min(values[name] for values in feasible))
        cap = best[-1] * 1.02 + 1e-7
        feasible = [values for values in feasible if values[name] <= cap]
    result = solve_model(instance, asked, "highs", EXACT)
    assert result.values == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_one_stage_is_active_at_a_time() -> None:
    m = build_model(hand(), policy("shortfall", "cost", "change"))
    assert [name for name in m.stages if m.minimise[name].active] == ["shortfall"]
    set_stage(m, 2, [10.0, 20.0])
    assert [name for name in m.stages if m.minimise[name].active] == ["change"]
    assert sorted(m.held) == ["cost", "shortfall"]
    set_stage(m, 1, [10.0])
    assert list(m.held) == ["shortfall"]
    with pytest.raises(ValueError, match="stage 1 holds 1 objectives before it, not 0"):
        set_stage(m, 1, [])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_twin_of_an_objective_has_its_name(name: str) -> None:
    twin = getattr(objectives, name)
    assert f"(``{name}``)" in twin.__doc__
    assert [*build_model(hand(), policy(name)).objective_value] == [name]
