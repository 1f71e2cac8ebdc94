"""What is said to be decided, against every plan that a brute search finds."""

from itertools import product

import numpy as np
import pytest

from commission_opt.accounts.outcome import outcome
from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import violations
from commission_opt.files.shipped import find_instance
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.reading.read import read_instance
from commission_opt.views.settled import Settled, settled, settled_words
from samples import model, policy


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "stages", [[("surplus", 0.0)], [("shortfall", 0.02), ("cost", 0.0)], [("change", 0.0)]]
)
def test_no_plan_as_good_lies_outside(stages: list[tuple[str, float]]) -> None:
    found = allocate(read_instance(find_instance("two-by-two")), policy(model(1, stages=stages)))
    limits = settled(found.problem, found.certificate, found.proofs)
    assert (found.places >= limits.least - 1e-9).all()
    assert (found.places <= limits.most + 1e-9).all()
    problem = found.problem
    least, most = np.ceil(limits.least - 1e-6)[:, 0], np.floor(limits.most + 1e-6)[:, 0]
    around = [  # just outside of the ends, at them and near the plan
        sorted({max(0.0, v) for v in (low - 1, low, x - 1, x, x + 1, high, high + 1)})
        for low, x, high in zip(least, found.places[:, 0], most, strict=True)
    ]
    as_good = outside = 0
    for each in product(*around):
        places = np.array(each)
        result = outcome(problem.instance, problem.policy, problem.effects, places[:, None])
        worse = any(
            OBJECTIVES[stage.minimise].value(problem, result) > stage.final * (1 + 1e-12)
            for stage in found.certificate.stages
        )
        if worse:
            continue
        as_good += 1
        if (places < least).any() or (places > most).any():
            outside += 1
            assert any(v.size > 1e-6 for v in violations(problem, result))
    assert as_good > outside > 0


def test_a_plan_that_changes_nothing_is_decided() -> None:
    instance = read_instance(find_instance("two-by-two"))
    text = model(1, budgets=False, placements=False, cohorts=False, stages=[("change", 0.0)])
    found = allocate(instance, policy(text))
    limits = settled(found.problem, found.certificate, found.proofs)
    assert limits.decided.all()
    assert settled_words(limits).startswith("4 of 4 courses are decided")


def test_the_words_count_the_courses() -> None:
    least, most = np.zeros((3, 1)), np.array([[5.0], [5.1], [90.0]])
    said = settled_words(Settled(least, most))
    assert "1 of 3 courses is decided to within 5 places" in said
    assert "Of the other 2 it does not show that: their places" in said
    assert settled_words(Settled(least, most + 9)).startswith("None of 3 courses is proved")
