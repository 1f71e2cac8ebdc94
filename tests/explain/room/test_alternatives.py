from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import independent
from commission_opt.certificate.certify import violations
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.room.alternatives import alternatives
from commission_opt.explain.room.apart import distance
from commission_opt.explain.room.different import THIS, different
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.solvers.persistent import PersistentProgram
from room_cases import solved
from samples import as_amounts, model, sample
from some import some


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("years", "integer", "level"),
    some(
        [
            (1, True, False),
            (1, False, False),
            pytest.param(2, True, False, marks=pytest.mark.slow),
            (2, True, True),
        ],
        3,
    ),
)
def test_plans_are_valid_within_the_tolerance_and_differ(
    years: int, *, integer: bool, level: bool
) -> None:
    known = sample(6, 2, years, 2)
    text = model(years, integer=integer, level=level)
    plan = solved(known.instance, text, gap=1e-3)
    found = alternatives(plan, 3, 0.02)
    policy = independent.load_policy(text)
    assert len(found.found) == 3
    every = [plan.places]
    for other in found.found:
        places = as_amounts(known.instance, other.amounts)
        assert not independent.violations(known.case, policy, places)
        value = independent.simulate(known.case, policy, places).objective
        assert value <= found.best * 1.02 * (1 + 1e-6)
        assert value == pytest.approx(other.certificate.objective, rel=1e-9)
        assert other.certificate.valid
        assert other.certificate.bound <= found.best * (1 + 1e-9)
        assert distance(other.places, every) >= 1
        every.append(other.places)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(5), 5))
def test_as_many_are_found_whichever_optimum_the_solver_shows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Push the solver to other solutions of the same programs by costs that decide nothing."""
    known, rng = PersistentProgram.solve, np.random.default_rng(seed)

    def another(self: PersistentProgram, program: LinearProgram, *rest: Any) -> Any:
        drawn = rng.uniform(-1e-7, 1e-7, len(program.cost))
        return known(self, replace(program, cost=program.cost + drawn), *rest)

    monkeypatch.setattr(PersistentProgram, "solve", another)
    instance = sample(6, 2, 1, 2).instance
    for integer in (True, False):
        found = alternatives(solved(instance, model(integer=integer)), 4, 0.02)
        assert len(found.found) == 4


@pytest.mark.slow
def test_more_tolerance_leads_further_away() -> None:
    plan = solved(sample(6, 2, 1, 2).instance, model())
    far = [distance(alternatives(plan, 1, t).found[0].places, [plan.places]) for t in (0.02, 0.2)]
    assert all(a < b for a, b in pairwise(far))


def test_where_only_one_plan_is_best_no_other_is_found() -> None:
    plan = solved(sample(6, 2, 1, 2).instance, model(integer=False))
    found = alternatives(plan, 3, 0.0)
    assert all(distance(a.places, [plan.places]) >= 1 for a in found.found)
    assert found.asked == 3
    assert len(different(found).sentences) == 1 + len(found.found)


@pytest.mark.slow
def test_later_objectives_of_a_model_do_not_count(tmp_path: Path) -> None:
    text = model(stages=[("shortfall", 0.01), ("cost", 0.0)])
    plan = solved(sample(6, 2, 1, 2).instance, text)
    found = alternatives(plan, 1, 0.05)
    (other,) = found.found
    assert not any(v.size > 1e-6 for v in violations(plan.problem, other.outcome))
    assert len(other.certificate.stages) == 1
    write_plan(other, tmp_path / "p")
    assert verify(read_plan(tmp_path / "p")).holds


@pytest.mark.slow
def test_plans_are_written_and_read_back(tmp_path: Path) -> None:
    first = solved(sample(6, 2, 1, 2).instance, model())
    (other,) = alternatives(first, 1, 0.05).found
    write_plan(other, tmp_path / "p")
    again = read_plan(tmp_path / "p")
    assert np.array_equal(again.places, other.places)
    assert again.record["objective"] == other.certificate.objective


@pytest.mark.slow
def test_the_tables_add_up() -> None:
    plan = solved(sample(6, 2, 1, 2).instance, model())
    found = alternatives(plan, 2, 0.05)
    answer = different(found)
    table = answer.frame("plans")
    matrix = table[[f"from {name}" for name in table["plan"]]].to_numpy()
    assert np.array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 0).all()
    assert (matrix[~np.eye(len(matrix), dtype=bool)] > 0).all()
    totals = answer.frame("professions")[list(table["plan"])].sum()
    assert totals.tolist() == table["places"].tolist()
    assert table["plan"].iloc[0] == THIS
    assert table["above"].max() <= 0.05 + 1e-9
    assert "more " in answer.sentences[1] or "fewer " in answer.sentences[1]
