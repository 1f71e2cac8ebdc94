"""The value of an objective by the outcome of some places, and by the program."""

import pytest

from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from samples import problem_of, result_of, written


def agreed(name: str, instance: Instance, text: str, places: Floats) -> float:
    """The value of a model's first objective, which its program must agree on."""
    problem = problem_of(instance, text)
    found = OBJECTIVES[name].value(problem, result_of(problem, places))
    formulation = written(instance, text)
    point = formulation.point(places)
    assert formulation.aim.name == name
    value = formulation.program.value(point) * formulation.aim.scale
    assert value == pytest.approx(found, rel=1e-12, abs=1e-12)
    assert formulation.program.largest_violation(point) <= 1e-12
    return found
