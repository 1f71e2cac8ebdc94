import numpy as np
import pytest

from commission_opt.allocation.improve import broken
from commission_opt.allocation.search.landscape import rounding_room
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.rules.budgets import UNIT
from handworked import hand
from samples import model, written

BUDGET = "fund,region,year,amount\ntuition,*,2026,{}\n"


def test_it_is_a_tenth_of_what_the_certificate_forgives() -> None:
    found = rounding_room(np.array([0.0, 3.0, 2e6, -np.inf]), np.ones(4))
    assert found == pytest.approx(TOLERANCE / 10 * np.array([1.0, 3.0, 2e6, 1.0]))


def test_rows_in_millions_are_measured_in_pounds() -> None:
    small, large = rounding_room(np.array([0.5 / UNIT, 5e6 / UNIT]), np.full(2, UNIT)) * UNIT
    assert small == pytest.approx(TOLERANCE / 10)
    assert large == pytest.approx(TOLERANCE / 10 * 5e6)


def test_every_row_has_a_unit() -> None:
    formulation = with_budget(7000)
    units = formulation.row_units()
    assert units.shape == formulation.program.row_lower.shape
    assert set(units[formulation.program.rows["budgets"]]) == {UNIT}
    assert set(units[formulation.program.rows["shortage"]]) == {1.0}


def with_budget(pounds: float) -> Formulation:
    return written(hand(budgets=BUDGET.format(pounds)), model(pace="false"))


@pytest.mark.parametrize(("places", "is_broken"), [(14.0, False), (15.0, True)])
def test_a_pound_of_a_small_budget_counts(places: float, is_broken: bool) -> None:
    """Courses A and B take £500 a place."""
    formulation = with_budget(7000)
    x = np.array([places, 0.0, 0.0])
    rows = np.arange(len(formulation.program.row_lower))[formulation.program.rows["budgets"]]
    assert bool(set(rows) & set(broken(formulation, x).tolist())) == is_broken
    tiny = with_budget(0.07)
    a_thousandth_of_a_pound = np.array([(0.07 + 1e-3) / 500, 0.0, 0.0])
    assert set(rows) <= set(broken(tiny, a_thousandth_of_a_pound).tolist())
