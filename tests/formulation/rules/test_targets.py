"""Targets against numbers worked out by hand and against the independent model."""

import numpy as np
import pytest

import independent
from agreement import all_decided
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError, InputError
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.rules.targets import rows
from commission_opt.formulation.targeted import asked, priced, reached
from commission_opt.policy import Policy, Target
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from handworked import hand
from samples import Sample, model, problem_of, sample
from some import some

TARGETS = (
    '[[target]]\nof = "shortfall"\nat_most = 90\ngroup = "nursing"\nfirst_year = 2031\n',
    '[[target]]\nof = "share_met"\nat_least = 0.8\nregion = ["r01", "r02"]\nfirst_year = 2030\n'
    "last_year = 2032\n",
    '[[target]]\nof = "places"\nat_most = 60\nprofession = "p001"\n',
    '[[target]]\nof = "places"\nat_least = 10\nregion = "r02"\nprofession = "p002"\n',
)


def with_targets(*targets: str, years: int = 2, integer: bool = False) -> Policy:
    return parse_policy((model(years, integer=integer) + "\n" + "\n".join(targets)).encode())


def test_a_target_of_places_counts_its_courses_in_each_commissioning_year() -> None:
    target = '[[target]]\nof = "places"\nat_least = 30\nregion = "nation"\nprofession = "nurse"\n'
    row = rows(problem_of(hand(), model(2) + target)).rows[-1]
    # Columns: A 2026, A 2027, B 2026, B 2027, C 2026, C 2027.
    assert row.coefficients[PLACES].toarray().tolist() == [[1, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 0]]
    assert (row.lower.tolist(), row.upper.tolist()) == ([30, 30], [np.inf, np.inf])
    assert row.label(1) == "target 'places for nurse in nation' in 2027"


@pytest.mark.parametrize(
    ("keys", "counted", "most"),
    [
        ("at_most = 40", ["nurse,north", "nurse,south", "medic,south"], 40.0),
        ('at_most = 40\ngroup = "nursing"', ["nurse,north", "nurse,south"], 40.0),
        ('at_most = 40\nregion = "south"', ["nurse,south", "medic,south"], 40.0),
        ('at_most = 40\nregion = "south"\nprofession = "medic"', ["medic,south"], 40.0),
    ],
)
def test_a_target_of_the_shortfall_counts_its_cells(
    keys: str, counted: list[str], most: float
) -> None:
    target = f'[[target]]\nof = "shortfall"\n{keys}\nfirst_year = 2030\n'
    problem = problem_of(hand(), model(2) + target)
    part = rows(problem)
    (columns,), row = part.columns, part.rows[-1]
    own = np.flatnonzero(row.coefficients["shortage"].toarray()[0])
    named = {",".join(columns.key(int(i)).split(",")[:2]) for i in own}
    assert named == set(counted)
    assert row.upper.tolist() == [most]


def test_a_share_met_is_a_most_of_what_is_missing() -> None:
    target = '[[target]]\nof = "share_met"\nat_least = 0.75\nfirst_year = 2030\n'
    row = rows(problem_of(hand(), model(1) + target)).rows[-1]
    assert row.upper == pytest.approx([0.25 * (100 + 60 + 12)])


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(8), 3))
@pytest.mark.parametrize("soft", [False, True])
def test_relaxed_plans_are_those_of_the_independent_model(seed: int, soft: bool) -> None:
    known: Sample = sample(2, 2, 2, seed, 8, posts=seed % 2 == 1)
    own = TARGETS if not soft else tuple(f"{text}price = {3 + seed}\n" for text in TARGETS)
    text = model(2, integer=False) + "\n" + "\n".join(own)
    policy, judge = parse_policy(text.encode()), independent.load_policy(text)
    try:
        best, _, _ = independent.solve(known.case, judge)
    except independent.Infeasible:
        assert not soft
        with pytest.raises(InfeasibleError):
            allocate(known.instance, policy)
        return
    plan = allocate(known.instance, policy, Limits(gap=1e-9))
    assert plan.certificate.valid
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert independent.violations(known.case, judge, all_decided(known, plan)) == []
    again = allocate_algebraically(known.instance, policy)
    assert again.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(6), 2))
def test_whole_places_keep_targets_that_fractions_only_just_keep(seed: int) -> None:
    known = sample(2, 3, 1, seed, 8)
    free = allocate(known.instance, with_targets(years=1), Limits(gap=1e-9))
    missing = free.outcome.shortfall[..., -1].sum()
    tight = f'[[target]]\nof = "shortfall"\nat_most = {missing + 8:.3f}\nfirst_year = 2033\n'
    text = model(1) + tight
    plan = allocate(known.instance, parse_policy(text.encode()), Limits(seconds=20))
    assert plan.certificate.valid
    judge = independent.load_policy(text)
    assert independent.violations(known.case, judge, all_decided(known, plan)) == []


@pytest.mark.parametrize("price", [0.5, 40.0])
def test_a_soft_target_is_paid_by_the_shortfall(price: float) -> None:
    target = '[[target]]\nof = "shortfall"\nat_most = 1\ngroup = "medical"\nfirst_year = 2029\n'
    text = model(2, integer=False) + target
    plan = allocate(hand(), parse_policy(f"{text}price = {price}\n".encode()))
    shortfall = plan.outcome.shortfall[..., None]
    own = float(priced(plan.problem, shortfall, plan.places).sum())
    beyond = [
        float(reached(plan.problem, each, shortfall, plan.places)[0]) - 1
        for each in asked(plan.problem)
    ]
    assert own == pytest.approx(price * sum(max(0.0, over) for over in beyond))
    assert not any(v.size > 0 for v in RULES["targets"].violations(plan.problem, plan.outcome))


WRONG = [
    ('at_most = 3\nprofession = "nurze"', "target 1, profession", "nurze.*did you mean 'nurse'"),
    ('at_most = 3\nregion = "nowhere"', "target 1, region", "there is no region 'nowhere'"),
    ('at_most = 3\nprofession = "nurse"\ngroup = "medical"', "target 1", "no profession is both"),
    ("at_most = 3\nfirst_year = 2050", "target 1, first_year", "none of its years"),
]


@pytest.mark.parametrize(("keys", "where", "what"), WRONG)
def test_what_is_not_there_is_named_by_line(keys: str, where: str, what: str) -> None:
    text = model(1, integer=False) + f'[[target]]\nof = "shortfall"\n{keys}\n'
    line = 1 + text.splitlines().index("[[target]]")
    with pytest.raises(InputError, match=what) as error:
        allocate(hand(), parse_policy(text.encode()))
    (problem,) = error.value.problems
    assert problem.column is not None
    assert problem.column.startswith(where)
    assert problem.row is not None
    assert problem.row >= line


def test_a_target_object_refuses_what_the_file_refuses() -> None:
    for most, least in ((None, 3.0), (-1.0, None), (None, None), (1.0, 0.0)):
        with pytest.raises(ValueError, match="Target"):
            Target("shortfall", most, least)
    with pytest.raises(ValueError, match=r"0\.95"):
        Target("share_met", at_least=95.0)
