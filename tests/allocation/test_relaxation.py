import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commission_opt.allocation.conflict import conflict
from commission_opt.allocation.relaxation import UnsolvedError, solve_relaxation
from commission_opt.core.linear_program import lagrangian_bound, proves_infeasible
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.solvers.linear import Algorithm, solve_by
from commission_opt.solvers.status import Limits, Result, Status, Watch
from handworked import COMMITMENTS, NEED, TABLES, hand
from samples import model, sample, written


def relaxed(seed: int, years: int = 2) -> Formulation:
    return written(sample(4, 3, years, seed).instance, model(years, integer=False))


@pytest.mark.parametrize("seed", range(4))
def test_the_point_is_feasible_and_the_duals_prove_it_best(seed: int) -> None:
    formulation = relaxed(seed)
    found = solve_relaxation(formulation, Limits(), Watch())
    point = formulation.point(formulation.problem.layout.to_amounts(found.columns))
    assert formulation.program.largest_violation(point) < 1e-7
    assert found.bound == pytest.approx(formulation.program.value(point), rel=1e-9)
    assert found.bound == lagrangian_bound(formulation.program, found.multipliers)


def test_by_hand() -> None:
    # Of nothing but medics: 2 FTE short in 2029 and 2030 with weight 0.5 each, and C, 10,000 a
    # year, adds one FTE a place. £15,000 in 2026 pay for 1.5 places, and 0.5 FTE stay missing:
    # 0.5 · (2 + 2 + 2 + 0.5 + 0.5) = 3.5.
    budget = "fund,region,year,amount\ngrant,*,2026,15000\n"
    instance = hand(need={("nurse", "north"): 0, ("nurse", "south"): 0}, budgets=budget)
    text = model(integer=False, rate=0, tiers="[ { weight = 1 } ]", continuation="none")
    found = solve_relaxation(written(instance, text), Limits(), Watch())
    assert found.bound == pytest.approx(3.5)
    assert found.columns[2] == pytest.approx(1.5)


def test_a_conflict_names_the_commitment_and_the_budget() -> None:
    # 30 nurses cost at least 30 · 500 = 15,000 in 2026.
    instance = hand(
        budgets="fund,region,year,amount\ntuition,*,2027,9e6\ntuition,nation,2026,14900\n",
        commitments=COMMITMENTS + "more nurses,nurse,2026,2026,30,,Board,Because\n",
    )
    with pytest.raises(InfeasibleError) as raised:
        solve_relaxation(written(instance, model(2, integer=False)), Limits(), Watch())
    assert sorted(str(raised.value).splitlines()) == [
        "  - budget of fund 'tuition' in 'nation' in 2026 (budgets.csv row 3)",
        "  - commitment 'more nurses' (Board) in 2026",
        "no allocation satisfies every rule; these cannot all hold together:",
    ]


def test_a_demand_that_a_proof_carries_along_is_not_named() -> None:
    """A shortage can always be met by its columns, so nothing hangs on its multiplier."""
    instance = hand(
        budgets="fund,region,year,amount\ntuition,nation,2026,14900\n",
        commitments=COMMITMENTS + "more nurses,nurse,2026,2026,30,,Board,Because\n",
    )
    formulation = written(instance, model(2, integer=False))
    program = formulation.program.without_cost()
    ray = solve_by(Algorithm.SIMPLEX, program, Limits(), Watch(), 10.0).ray
    assert ray is not None
    carried = ray.copy()
    carried[program.rows[SHORTAGE]] += 1e-6 * np.max(np.abs(ray))
    assert proves_infeasible(program, carried)
    found = conflict(formulation, Result(Status.INFEASIBLE, ray=carried))
    assert "more nurses" in found
    assert "demand for" not in found


def test_a_conflict_of_many_rules_names_ten() -> None:
    # A takes in at least 20 − 1 places in 2026 and loses at most one more a year, so that at
    # least 9 of 2036 are in their second year in 2037, when there is money for none. The proof
    # leans on the budget, ten steps down and the least places of 2026.
    instance = hand(horizon=13, budgets="fund,region,year,amount\ntuition,north,2037,100\n")
    text = model(12, integer=False, pace="{ max_increase = 0, max_decrease = 0, allowance = 1 }")
    with pytest.raises(InfeasibleError) as raised:
        solve_relaxation(written(instance, text), Limits(), Watch())
    _, budget, *steps, rest, least = str(raised.value).splitlines()
    assert budget == "  - budget of fund 'tuition' in 'north' in 2037 (budgets.csv row 2)"
    way = "pace of change downwards of course 'A' into"
    assert len(steps) == 9
    assert {*steps} < {f"  - {way} {year}" for year in range(2027, 2037)}
    assert rest == "  - and 1 more"
    assert least == "  - the least places that the pace of change allows on 1 course"


def test_a_conflict_names_the_bounds_that_it_leans_on() -> None:
    # A can take in 20 · 1.25 + 10 = 35 in 2026 and B 14, and 53 are promised.
    lines = "many,nurse,2026,2027,53,,Board,Because\n"
    with pytest.raises(InfeasibleError) as raised:
        solve_relaxation(
            written(
                hand(
                    courses=TABLES["courses"].replace("8,12,,", "8,14,,"),
                    commitments=COMMITMENTS + lines,
                ),
                model(2, integer=False),
            ),
            Limits(),
            Watch(),
        )
    assert "  - commitment 'many' (Board) in 2026" in str(raised.value).splitlines()
    assert str(raised.value).splitlines()[-1] == (
        "  - the most places that capacity or the pace of change allow on 2 courses"
    )


def test_a_course_without_an_admissible_number_is_refused() -> None:
    formulation = relaxed(0)
    lower = formulation.program.lower.copy()
    lower[:2] = formulation.program.upper[:2] + 1
    crossed = replace(formulation, program=replace(formulation.program, lower=lower))
    with pytest.raises(InfeasibleError, match=r"2 decisions, such as .* have no admissible number"):
        solve_relaxation(crossed, Limits(), Watch())


@pytest.mark.parametrize("ray", [None, [math.nan, 1.0], [0.0, 0.0], [1.0, 1.0]])
def test_a_proof_that_does_not_hold_is_not_repeated(
    ray: list[float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = hand(
        budgets="fund,region,year,amount\ntuition,*,2026,14900\n",
        commitments=COMMITMENTS + "more nurses,nurse,2026,2026,30,,Board,Because\n",
        need=dict.fromkeys(NEED, 0.0),
    )
    formulation = written(instance, model(integer=False))
    assert len(formulation.program.row_lower) == 2
    wrong = None if ray is None else np.array(ray)
    monkeypatch.setattr("commission_opt.solvers.highs._ray", lambda *_: wrong)
    with pytest.raises(UnsolvedError, match="not known whether any") as raised:
        solve_relaxation(formulation, Limits(), Watch())
    assert raised.value.exit_code == 4
    for tried in ("simplex", "without presolve", "interior point", "first order"):
        assert tried in str(raised.value)


@pytest.mark.parametrize("failing", [1, 2])
def test_where_the_simplex_method_fails_others_are_tried(
    failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, tried = solve_relaxation(relaxed(0), Limits(), Watch()).bound, []

    def failed(algorithm: Algorithm, *others: Any) -> Result:
        tried.append(algorithm)
        if len(tried) <= failing:
            return Result(Status.ERROR, message="Not Set")
        return solve_by(algorithm, *others)

    monkeypatch.setattr("commission_opt.solvers.believed.solve_by", failed)
    found = solve_relaxation(relaxed(0), Limits(), Watch())
    assert len(tried) == failing + 1
    assert found.bound == pytest.approx(expected, rel=1e-6)


def test_no_time() -> None:
    with pytest.raises(NoPlanError, match="the time limit of 0 s came before"):
        solve_relaxation(relaxed(0), Limits(seconds=0), Watch())


def test_stopped() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(StoppedError):
        solve_relaxation(relaxed(0), Limits(), watch)


def test_a_time_limit_of_its_own() -> None:
    with pytest.raises(NoPlanError):
        solve_relaxation(relaxed(0), Limits(seconds=60), Watch(), seconds=0)
