"""Better rates of one profession, mixed out of two programs, are as the instance has them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.rates import rate_questions
from commission_opt.explain.what_if.replan import Variants
from drawn_pay import with_pay
from measured import taking, with_measures
from samples import both, made, model, written
from some import some


def tables(seed: int) -> Mapping[str, pd.DataFrame]:
    synthetic = made(3, 2, 2, seed)
    found = synthetic.tables
    if seed % 2:
        found = taking(found, seed)
    if seed % 3:
        found = with_measures(found, 4, seed)
    return with_pay(synthetic.settings, found, seed)


def apart(one: LinearProgram, other: LinearProgram) -> float:
    """How far any figure of two programs of one layout is apart."""
    found = [float(abs(one.matrix - other.matrix).max())]
    for name in ("cost", "row_lower", "row_upper", "lower", "upper"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert np.array_equal(np.isfinite(mine), np.isfinite(theirs))
        inside = np.isfinite(mine)
        found.append(float(np.max(np.abs(mine[inside] - theirs[inside]), initial=0.0)))
    return max(found)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some([4, 6, 8, 7], 2))
def test_a_mixture_is_what_the_instance_makes_of_it(seed: int) -> None:
    text = model(2, integer=False, pace="false", continuation="repeat")
    known = both(made(3, 2, 2, seed).settings, tables(seed))
    formulation = written(known.instance, text)
    variants = Variants(formulation.problem)
    mixed = 0
    for question in rate_questions(formulation, variants.stage):
        if "Mixture" in repr(question.changed):
            mixed += 1
            assert apart(question.changed(), variants.stage(question.settings).program) <= 1e-9
    assert mixed
