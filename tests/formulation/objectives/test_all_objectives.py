"""Every objective: its program, its value and the naive model agree on any places."""

import numpy as np
import pytest

import naive
from commission_opt.accounts.outcome import without_places
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES
from samples import PACE, as_amounts, model, problem_of, result_of, sample, variants

EVERY = (*naive.OBJECTIVES, *naive.WITH_TABLES)
STAGES = tuple((name, 0.0) for name in EVERY)
SOFT = 'commitments = "soft"\ncommitment_price = 2.5'


def text(of: str, rules: str = "") -> str:
    """A model of the variants with all objectives."""
    head = of[: of.index("[[objective]]")] + rules + "\n"
    everything = model(stages=STAGES)
    return head + everything[everything.index("[[objective]]") :]


def test_every_module_is_an_objective() -> None:
    assert set(OBJECTIVES) == set(EVERY)
    assert {name: kind.unit for name, kind in OBJECTIVES.items()} == {
        "shortfall": "weighted FTE-years",
        "worst_region": "share of weighted demand",
        "cost": "£, discounted",
        "change": "places",
        "surplus": "FTE-years, discounted",
        "below_floor": "discounted FTE-years",
        "unemployed": "discounted FTE-years",
    }


@pytest.mark.each(6)
@pytest.mark.parametrize("rules", ["", SOFT])
@pytest.mark.parametrize("seed", range(3))
def test_program_value_and_naive_value_agree(seed: int, rules: str) -> None:
    known = sample(4, 3, 2, seed, floors=6, posts=True)
    instance = known.instance
    rng = np.random.default_rng(seed)
    top = instance.courses["max_intake"].to_numpy(float)[:, None]
    for variant in variants(2, integer=False):
        if PACE in variant:  # the pace has no part in any objective
            continue
        chosen = text(variant, rules)
        problem = problem_of(instance, chosen)
        places = top * rng.choice([0.0, 0.3, 0.9, 1.0], (len(top), 2))
        if problem.policy.rules.level_intake:
            places[:] = places[:, :1]
        again = naive.load_policy(chosen)
        expected = naive.values(known.case, again, as_amounts(instance, places))
        result = result_of(problem, places)
        parts = rule_parts(problem)
        for aim in aims(problem):
            value = OBJECTIVES[aim.name].value(problem, result)
            assert value == pytest.approx(expected[aim.name], rel=1e-10, abs=1e-12)
            formulation = formulate(problem, aim, parts)
            point, program = formulation.point(places), formulation.program
            assert program.value(point) * aim.scale == pytest.approx(value, rel=1e-10, abs=1e-12)
            own = [row.name for part in aim.parts for row in part.rows]
            for name in own:
                rows = program.rows[name]
                activity = program.matrix[rows] @ point
                slack = 1e-9 * np.maximum(1.0, np.abs(activity))
                assert (activity >= program.row_lower[rows] - slack).all()
                assert (activity <= program.row_upper[rows] + slack).all()
            for block in formulation.columns:
                inside = point[program.columns[block.name]]
                assert (inside >= block.lower - 1e-9).all()
                assert (inside <= block.upper * (1 + 1e-12) + 1e-9).all()
                assert np.isfinite(block.upper).all()


@pytest.mark.parametrize("seed", range(2))
def test_without_places_the_objectives_are_those_of_the_pipeline_alone(seed: int) -> None:
    known = sample(4, 3, 2, seed, floors=6, posts=True)
    chosen = text(model(2, continuation="none"))
    problem = problem_of(known.instance, chosen)
    nothing = without_places(known.instance, problem.policy, problem.effects)
    expected = naive.values(known.case, naive.load_policy(chosen), {})
    for name, kind in OBJECTIVES.items():
        assert kind.value(problem, nothing) == pytest.approx(expected[name], rel=1e-10)
    assert OBJECTIVES["cost"].value(problem, nothing) == 0
