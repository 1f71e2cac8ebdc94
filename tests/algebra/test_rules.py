"""Rules that the independent model does not know, worked out by hand.

The problem is that of ``handworked`` over two years, as in ``test_objectives``: nursing is taught
in the north (A: 0, 10, 15, … 40) and the south (B: 0, 1, … 12), medicine in the south only.
"""

from dataclasses import replace

import pytest

from commission_opt.algebra.evaluate import evaluate, violation
from commission_opt.algebra.fairness import fair_shares
from commission_opt.algebra.model import build_model
from commission_opt.algebra.read import read_data
from commission_opt.algebra.solve import solve_model
from commission_opt.errors import InfeasibleError, UsageError
from commission_opt.policy import Basis, FairShare, Objective, PaceOfChange, Policy, Rules
from handworked import TABLES, hand
from pyomo_solvers import EXACT, SOLVERS

PEOPLE = TABLES["regions"].replace(
    "parent,weight\nnation,Nation,,\nnorth,North,nation,1\nsouth,South,nation,0.5",
    "parent,weight,population\nnation,Nation,,,\nnorth,North,nation,1,300\nsouth,South,nation,0.5,100",
)
COMMITMENTS = (
    "commitment,profession,group,region,provider,course,first_year,last_year,"
    "min_places,max_places,owner,reason\n"
)


def policy(*names: str, integer: bool = True, **rules: object) -> Policy:
    return Policy(
        *("test", "Test", 1, tuple(map(Objective, names)), integer, 0.25),
        replace(Rules(continuation="none"), **rules),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("basis", "north"), [("last_intake", 20 / 28), ("population", 0.75), ("demand", 100 / 160)]
)
def test_fair_shares(basis: Basis, north: float) -> None:
    # Medicine is taught in one region only, so all of it is always there.
    shares = fair_shares(read_data(hand(regions=PEOPLE), policy("cost")), basis)
    expected = {("nursing", "north"): north, ("nursing", "south"): 1 - north}
    assert shares == pytest.approx(expected)


def test_fair_shares_of_nothing() -> None:
    courses = TABLES["courses"].replace("2,20,40", "2,0,40").replace("1,8,12", "1,0,12")
    data = read_data(hand(courses=courses), policy("cost"))
    assert fair_shares(data, "last_intake") == {}


def test_fair_shares_of_people_nobody_has_counted() -> None:
    asked = policy("cost", fair_share=FairShare(0.1, "population"))
    with pytest.raises(UsageError, match="region 'north' has no population"):
        build_model(hand(), asked)


@pytest.mark.each(5)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("basis", "deviation", "integer", "a"),
    [
        # B = 12 ≤ 1.4 · 2/7 · (A + 12), so A ≥ 18.
        ("last_intake", 0.4, False, 18),
        ("last_intake", 0.4, True, 20),
        # B = 12 ≤ 1.2 · 0.25 · (A + 12), so A ≥ 28.
        ("population", 0.2, False, 28),
        ("population", 0.2, True, 30),
        # B = 12 ≤ 1.2 · 0.375 · (A + 12), so A ≥ 14.67.
        ("demand", 0.2, False, 44 / 3),
        ("demand", 0.2, True, 15),
    ],
)
def test_fair_share(solver: str, basis: Basis, deviation: float, integer: bool, a: float) -> None:
    # The worst region wants all twelve places of B; A costs, so it takes no more than is fair.
    asked = policy("worst_region", "cost", integer=integer, fair_share=FairShare(deviation, basis))
    result = solve_model(hand(horizon=2, regions=PEOPLE), asked, solver, EXACT)
    assert result.amounts[:, 0] == pytest.approx([a, 12, 0], abs=1e-4)


@pytest.mark.parametrize(("b", "fair"), [(4, False), (5, True), (12, True)])
def test_a_region_may_not_have_too_little(b: int, fair: bool) -> None:
    # With A = 20: B ≥ 0.6 · 2/7 · (20 + B), so B ≥ 4.14.
    asked = policy("cost", fair_share=FairShare(0.4, "last_intake"))
    m = build_model(hand(), asked)
    evaluate(m, asked, {("A", 2026): 20, ("B", 2026): b, ("C", 2026): 0})
    assert (violation(m) <= 1e-6) == fair


@pytest.mark.parametrize(("cohorts", "a"), [(True, 10), (False, 5)])
def test_pace_lets_courses_open_and_come_down_to_their_capacity(cohorts: bool, a: float) -> None:
    # A is closed and may open with its smallest cohort. B may take 1.2 · 20 + 1; it is above its
    # capacity of 12. The largest number that C may take is 4, in steps of 4 up to 6.
    courses = TABLES["courses"].replace("2,20,40", "2,0,40").replace("1,8,12,,", "1,20,12,,")
    courses = courses.replace("3,3,6,,", "3,20,6,,4")
    pace = PaceOfChange(0.2, 0.1, 0.5)
    asked = policy("cost", integer=False, pace_of_change=pace, minimum_cohorts=cohorts)
    m = build_model(hand(courses=courses), asked)
    up, down = ([row["ABC"[i], 2026] for i in range(3)] for row in (m.pace_up, m.pace_down))
    assert [row.ub for row in up] == pytest.approx([a, 25, 28])
    assert [row.lb for row in down] == pytest.approx([-0.5, 12, 4])


# Nurses in the south miss 10 + 0.8 · (20 − 0.5 B) = 26 − 0.4 B; nobody can change the other
# 16 + 1.8 = 17.8.
SHORT_OF_MONEY = "fund,region,year,amount\ntuition,*,2026,3000\n"  # for B ≤ 6


@pytest.mark.each(5)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("limits", "budgets", "price", "b", "expected"),
    [
        # Ten are asked for and six can be paid: four are missed.
        ("10,", SHORT_OF_MONEY, 0.5, 6, 17.8 + 26 - 2.4 + 4 * 0.5),
        # A place beyond three saves 0.4, which is less than its price …
        (",3", "fund,region,year,amount\n", 0.5, 3, 17.8 + 26 - 1.2),
        # … or more: nine beyond.
        (",3", "fund,region,year,amount\n", 0.3, 12, 17.8 + 26 - 4.8 + 9 * 0.3),
    ],
)
def test_soft_commitments(
    solver: str, limits: str, budgets: str, price: float, b: float, expected: float
) -> None:
    row = f"promise,,,south,,B,2026,2026,{limits},owner,reason\n"
    instance = hand(horizon=2, budgets=budgets, commitments=COMMITMENTS + row)
    asked = policy("shortfall", commitments="soft", commitment_price=price)
    result = solve_model(instance, asked, solver, EXACT)
    assert result.amounts[1, 0] == b
    assert result.values == pytest.approx([expected])


def test_soft_commitments_count_both_sides_in_their_years_only() -> None:
    rows = (
        "one,,,,,,2026,2026,40,,owner,reason\n"  # 31 of all, nine missing
        "two,,,south,,,2026,2027,,10,owner,reason\n"  # 11 in the south, one beyond
        "three,,,,,,2027,2029,50,,owner,reason\n"  # not in a commissioning year
    )
    instance = hand(horizon=2, commitments=COMMITMENTS + rows)
    places = {("A", 2026): 20.0, ("B", 2026): 8.0, ("C", 2026): 3.0}
    values = []
    for price in (0.0, 0.5):
        asked = policy("shortfall", commitments="soft", commitment_price=price)
        m = build_model(instance, asked)
        values.append(evaluate(m, asked, places)["shortfall"])
        assert violation(m) <= 1e-9
    assert values[1] - values[0] == pytest.approx(10 * 0.5)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("integer", [False, True])
def test_a_hard_commitment_that_cannot_be_paid(solver: str, integer: bool) -> None:
    row = "promise,,,south,,B,2026,2026,10,,owner,reason\n"
    instance = hand(horizon=2, budgets=SHORT_OF_MONEY, commitments=COMMITMENTS + row)
    with pytest.raises(InfeasibleError, match=f"no places satisfy every rule, says .*{solver}"):
        solve_model(instance, policy("shortfall", integer=integer), solver, EXACT)
