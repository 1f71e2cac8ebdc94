"""Numbers that only say that there is no limit."""

import numpy as np
import pandas as pd
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.formulation.unlimited import UNLIMITED
from commission_opt.solvers.status import Limits
from samples import both, made, model, policy, problem_of, written


def tables(seed: int, **columns: float) -> dict[str, pd.DataFrame]:
    found = dict(made(2, 2, 1, seed, 7).tables)
    found["courses"] = found["courses"].assign(**columns)
    return found


def plan(text: str, changed: dict[str, pd.DataFrame]) -> Allocation:
    instance = both(made(2, 2, 1, 0, 7).settings, changed).instance
    return allocate(instance, policy(text), Limits(seconds=30.0))


@pytest.mark.each(2)
@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("pace", ["false", "{ max_increase = 9, max_decrease = 1, allowance = 0 }"])
def test_any_capacity_beyond_the_money_is_the_same(integer: bool, pace: str) -> None:
    text = model(integer=integer, pace=pace)
    enough = plan(text, tables(0, max_intake=100_000))
    endless = plan(text, tables(0, max_intake=10**15))
    assert endless.certificate.valid
    assert endless.status == enough.status == "optimal"
    assert endless.certificate.objective == pytest.approx(enough.certificate.objective, rel=5e-4)


@pytest.mark.parametrize("stages", [[("shortfall", 0.0)], [("shortfall", 0.01), ("surplus", 0.0)]])
def test_no_limit_at_all_is_no_crash(stages: list[tuple[str, float]]) -> None:
    text = model(pace="false", budgets=False, placements=False, stages=stages)
    found = plan(text, tables(0, max_intake=10**15))
    assert found.certificate.valid
    assert found.certificate.gap <= 5e-4


@pytest.mark.parametrize("column", ["cohort_step", "min_cohort"])
def test_a_step_or_cohort_that_no_budget_pays_for_closes_the_course(column: str) -> None:
    changed = tables(0, max_intake=10**15)
    courses = changed["courses"]
    courses[column] = [10**7, *courses[column][1:]]
    changed["commitments"] = changed["commitments"].iloc[:0]
    text = model(pace="false")
    found = plan(text, changed)
    assert found.certificate.valid
    assert found.status == "optimal"
    assert found.places[0, 0] == 0


def test_what_rows_allow_is_the_box_of_a_course_without_a_limit() -> None:
    instance = both(made(2, 2, 1, 0, 7).settings, tables(0, max_intake=10**15)).instance
    for text in (model(pace="false"), model(pace="false", integer=False)):
        program = written(instance, text).program
        n = problem_of(instance, text).layout.size
        assert program.upper[:n].max() < UNLIMITED
        use = program.matrix[program.rows["budgets"], :n].toarray()
        left = program.row_upper[program.rows["budgets"]]
        alone = np.min(np.where(use > 0, left[:, None] / np.where(use > 0, use, 1.0), np.inf), 0)
        assert (program.upper[:n] <= np.maximum(alone * 1.01, program.lower[:n]) + 1e-6).all()
