"""The readable model in other units: equal problems have equal plans, and its rows stay as read."""

import numpy as np
import pyomo.environ as pyo
import pytest

from commission_opt.algebra.even_units import even_units
from commission_opt.algebra.model import build_model
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.solvers.status import Limits
from other_units import in_units
from samples import model, policy
from some import some


@pytest.mark.parametrize(
    ("unit", "constant", "integer"),
    some(
        [("money", 1e-9, False), ("all weights", 1e-6, True), ("money", 1e6, True),
         ("weeks", 1e8, False), ("weights of professions", 1e9, False)], 2,
    ),
)  # fmt: skip
def test_another_unit_changes_no_plan(unit: str, constant: float, integer: bool) -> None:
    text, limits = model(integer=integer), Limits(gap=1e-6)
    plans = [
        allocate_algebraically(in_units(1, *which), policy(text), "highs", limits)
        for which in ((), (unit, constant))
    ]
    one, other = plans
    assert other.certificate.valid, other.certificate.where
    assert other.status == one.status
    assert other.places == pytest.approx(one.places, abs=1e-6)
    assert other.certificate.gap == pytest.approx(one.certificate.gap, abs=1e-8)


def test_rows_count_otherwise_in_the_block_alone() -> None:
    readable = build_model(in_units(1, "money", 1e-9), policy(model()))
    rows = list(readable.component_data_objects(pyo.Constraint, active=True))
    before = [str(row.expr) for row in rows]
    spent = next(row for row in rows if row.name.startswith("budget"))
    end = spent.ub
    with even_units(readable):
        factor = spent.ub / end
        assert factor > 1e3
        assert np.log2(factor) == round(np.log2(factor))
    assert [str(row.expr) for row in rows] == before
