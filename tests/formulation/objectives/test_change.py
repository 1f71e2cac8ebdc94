import numpy as np
import pytest

import independent
from agreement import agreed
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.formulation.objectives.change import CHANGE, aim
from commission_opt.formulation.objectives.change import value as worth
from commission_opt.formulation.parts import PLACES
from handworked import COMMITMENTS, hand
from samples import both, made, model, policy, problem_of, result_of


def text(years: int = 1, *, level: bool = False) -> str:
    return model(years, pace="false", level=level, stages=(("change", 0.0),))


def change(places: list[list[float]], *, level: bool = False) -> float:
    grid = np.array(places)
    return agreed("change", hand(), text(grid.shape[1], level=level), grid)


# Last intakes are 20, 8 and 3.
@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([20, 8, 3], 0),
        ([25, 8, 3], 5),
        ([10, 8, 3], 10),
        ([25, 0, 6], 5 + 8 + 3),  # up and down do not cancel out
        ([40, 12, 6], 20 + 4 + 3),
        ([0, 0, 0], 31),
    ],
)
def test_of_the_first_year(places: list[float], expected: float) -> None:
    assert change([[n] for n in places]) == expected


def test_later_years_do_not_count() -> None:
    assert change([[25, 0], [8, 12], [3, 0]]) == 5
    assert change([[25, 25], [8, 8], [0, 0]], level=True) == 5 + 3


def test_weights_do_not_count() -> None:
    # Nurses weigh 2 and the south 0.5 in the shortfall; a place is a place here.
    assert change([[21], [8], [3]]) == change([[20], [9], [3]]) == change([[20], [8], [4]]) == 1


def test_rows() -> None:
    found = aim(problem_of(hand(), text(2)))
    (part,) = found.parts
    (block,), (up, down) = part.columns, part.rows
    # Columns: A 2026, A 2027, B 2026, B 2027, C 2026, C 2027; change − x ≥ −last and
    # change + x ≥ last.
    first = np.array([[1.0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]])
    assert up.coefficients[PLACES].toarray().tolist() == (-first).tolist()
    assert down.coefficients[PLACES].toarray().tolist() == first.tolist()
    for rows, least in ((up, [-20, -8, -3]), (down, [20, 8, 3])):
        assert rows.coefficients[CHANGE].toarray().tolist() == np.eye(3).tolist()
        assert rows.lower.tolist() == least
        assert np.isposinf(rows.upper).all()
    # A can change by 20 down or up (capacity 40), B by 8 down, C by 3.
    assert block.upper.tolist() == [20, 8, 3]
    assert (found.cost[CHANGE].tolist(), found.offset) == ([1, 1, 1], 0)


def year_on_year(years: int, *, level: bool = False) -> str:
    return text(years, level=level) + 'basis = "year-on-year"\n'


def test_year_on_year_counts_every_step() -> None:
    def change(places: list[list[float]], *, level: bool = False) -> float:
        grid = np.array(places)
        return agreed("change", hand(), year_on_year(grid.shape[1], level=level), grid)

    assert change([[25, 0], [8, 12], [3, 0]]) == (5 + 25) + (0 + 4) + (0 + 3)
    assert change([[25], [8], [3]]) == 5
    assert change([[25, 25, 20], [8, 8, 8], [3, 3, 3]]) == 5 + 5
    assert change([[25, 25], [8, 8], [0, 0]], level=True) == 5 + 3


def test_year_on_year_no_growth_is_put_off() -> None:
    # Nurses take 28 places; 30 are promised for the last year, when they can move at no price.
    known = hand(commitments=COMMITMENTS + "more,nurse,2028,2028,30,,Board,Because\n")
    for basis, least in (("first-year", 0.0), ("year-on-year", 2.0)):
        stage = model(3, pace="false", budgets=False, stages=(("change", 0.0),))
        plan = allocate(known, policy(stage + f'basis = "{basis}"\n'))
        again = allocate_algebraically(known, policy(stage + f'basis = "{basis}"\n'))
        assert plan.certificate.objective == again.certificate.objective == least
        assert plan.certificate.valid


@pytest.mark.parametrize("seed", [2, 6])
def test_the_least_is_that_of_an_independent_model(seed: int) -> None:
    synthetic, values = made(3, 2, 2, seed, 9), []
    budgets = synthetic.tables["budgets"]
    later = budgets["year"].astype(int) > budgets["year"].astype(int).min()
    amount = (budgets["amount"] * np.where(later, 0.93, 1.0)).round()
    known = both(synthetic.settings, synthetic.tables | {"budgets": budgets.assign(amount=amount)})
    for basis in ("first-year", "year-on-year"):
        asked = text(2).replace("integer = true", "integer = false") + f'basis = "{basis}"\n'
        value, places, _ = independent.solve(known.case, independent.load_policy(asked))
        found = allocate(known.instance, policy(asked))
        assert found.certificate.objective == pytest.approx(value, rel=1e-6)
        codes = known.instance.courses["course"]
        grid = [[places[code, known.case.years[0] + k] for k in range(2)] for code in codes]
        problem = problem_of(known.instance, asked)
        assert worth(problem, result_of(problem, np.array(grid))) == pytest.approx(value)
        values.append(value)
    assert values[0] < values[1] - 1
