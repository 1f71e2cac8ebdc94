"""What is relaxed is believed in units of its own, and proved in those of the stage as given."""

import pytest

from commission_opt.allocation.relaxation import HotRelaxations, Relax, relaxed, solve_relaxation
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch
from other_units import UNITS, in_units
from samples import model, written
from some import diagonal

TEXT = model(integer=False)


def least(formulation: Formulation, relax: Relax) -> tuple[float, float]:
    """Value and bound, in the unit of the objective."""
    found = relaxed(formulation, relax, Limits(), Watch(), 60.0)
    point = formulation.point(formulation.problem.layout.to_amounts(found.columns))
    assert formulation.program.largest_violation(point) <= 1e-9
    assert found.bound == lagrangian_bound(formulation.program, found.multipliers)
    scale = formulation.aim.scale
    return formulation.program.value(point) * scale, found.bound * scale


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "relax"), diagonal(UNITS, (solve_relaxation, HotRelaxations()), every=2)
)
def test_another_unit_changes_no_answer(unit: str, relax: Relax) -> None:
    value, bound = least(written(in_units(0), TEXT), relax)
    assert bound == pytest.approx(value, rel=1e-9)
    for constant in (1e-10, 1e-6, 1e9):
        other = in_units(0, unit, constant)
        size = constant ** sum(column == "weight" for _, column in UNITS[unit])
        found = least(written(other, TEXT), relax)
        assert found == pytest.approx((size * value, size * bound), rel=1e-9), constant
