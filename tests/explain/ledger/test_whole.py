from commission_opt.allocation.allocate import allocate
from commission_opt.explain.ledger.prices import in_fractions
from commission_opt.explain.ledger.promises import promises
from commission_opt.explain.ledger.whole import IDLE, LATE, SEARCHED, in_whole_places
from commission_opt.policy_file import read_policy
from commission_opt.solvers.status import Limits, Watch
from promised import CLOSED, FLOOR, LATER, MODEL, two_by_two

LIMITS = Limits(seconds=20.0, gap=1e-6)
LOOSE = "loose,,,,,nurse-north,2026,2026,5,,Board,Long kept\n"


def test_without_time_every_case_keeps_the_plan_and_the_bound_in_fractions() -> None:
    plan = allocate(two_by_two(FLOOR + CLOSED), read_policy(MODEL))
    members = promises(plan.problem, plan.places)
    relaxed, _ = in_fractions(plan.problem, members, LIMITS, Watch())
    found = in_whole_places(plan.problem, plan.places, relaxed, Limits(seconds=0.0), Watch())
    assert found.late == len(relaxed)
    assert set(found.how.values()) == {LATE}
    for some, solved in found.solved.items():
        assert solved.least.value == plan.certificate.objective
        assert solved.least.low == relaxed[some].least.low


def test_what_costs_nothing_and_touches_no_limit_is_not_searched() -> None:
    plan = allocate(two_by_two(FLOOR + LOOSE + LATER), read_policy(MODEL))
    members = [p for p in promises(plan.problem, plan.places) if p.in_force]
    relaxed, _ = in_fractions(plan.problem, members, LIMITS, Watch())
    found = in_whole_places(plan.problem, plan.places, relaxed, LIMITS, Watch())
    assert found.how[frozenset({1})] == IDLE
    assert found.how[frozenset({0})] == SEARCHED
    assert found.late == 0
