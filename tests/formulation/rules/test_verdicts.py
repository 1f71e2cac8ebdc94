"""All rules together, against the independent model."""

from collections.abc import Iterator

import numpy as np
import pytest

import independent
from breaking import broken
from commission_opt.accounts.effects import effects
from commission_opt.certificate.certify import violations
from commission_opt.formulation.problem import planning
from commission_opt.formulation.rules import RULES
from samples import as_amounts, model, policy, result_of, sample, variants
from some import some


def test_every_module_is_a_rule() -> None:
    assert set(RULES) == {
        "budgets", "capacity", "commitments", "fair_share", "level_intake", "measures", "offers",
        "pace_of_change", "pathways", "placements", "reshaping", "retention", "staff_taken",
        "substitution", "targets",
    }  # fmt: skip


def test_nothing_is_broken() -> None:
    assert broken(model(2)) == {}
    assert broken(model(2, level=True)) == {}
    assert broken(model(2, integer=False)) == {}


@pytest.mark.parametrize("seed", some(range(3), 3))
def test_sizes_agree_with_the_independent_model(seed: int) -> None:
    known = sample(4, 3, 2, seed, measures=3)
    instance, effect = known.instance, effects(known.instance)
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    rng = np.random.default_rng(seed)
    for text in variants(2, integer=False):
        problem = planning(instance, policy(text), effect)
        places = last + rng.normal(0, 4, (len(last), 2))
        size = max(v.size for v in violations(problem, result_of(problem, places)))
        expected = independent.violations(
            known.case, independent.load_policy(text), as_amounts(instance, places)
        )
        assert expected
        assert size == pytest.approx(max(size for _, size in expected), rel=1e-9)


@pytest.mark.slow
def test_verdicts_on_whole_places_agree_with_the_independent_model() -> None:
    verdicts = {
        (kept, again) for seed in range(2) for kept, again in verdicts_near_the_last_intake(seed)
    }
    assert verdicts == {(True, True), (False, False)}


def verdicts_near_the_last_intake(seed: int) -> Iterator[tuple[bool, bool]]:
    """Whether both models find that places near the last intake keep every rule."""
    known = sample(3, 2, 2, seed, measures=3 * seed)
    instance, effect = known.instance, effects(known.instance)
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    step = instance.lines["step"].to_numpy(float)[:, None]
    rng = np.random.default_rng(seed)
    for text in variants(2, integer=True):
        problem, again = planning(instance, policy(text), effect), independent.load_policy(text)
        for _ in range(4):
            moves = rng.choice([0.0, 0.0, 0.0, -1.0, 1.0], (len(last), 1))
            unit = step if rng.integers(2) else 1.0
            places = np.repeat(np.round(last / step) * step + moves * unit, 2, axis=1)
            kept = all(v.size <= 1e-6 for v in violations(problem, result_of(problem, places)))
            found = independent.violations(known.case, again, as_amounts(instance, places))
            yield kept, not found
