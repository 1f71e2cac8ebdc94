"""Questions about a plan that keeps every floor are about plans that keep them too."""

from dataclasses import replace

import pandas as pd

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate.certify import keeps_rules
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.margins import margins
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from samples import both, made, model

STAGES = (("below_floor", 0.0), ("shortfall", 0.0))
LIMITS = Limits(seconds=20, gap=1e-9)


def with_floors(share: float) -> Instance:
    """Return a small instance in which every profession has a floor in every region."""
    known = made(3, 2, 2, 5)
    names = known.tables["professions"]["profession"]
    floors = pd.DataFrame(
        {"floor": [f"at least {n}" for n in names], "profession": names, "region": "*",
         "year": "*", "min_demand_share": share}
    )  # fmt: skip
    return both(known.settings, {**known.tables, "floors": floors}).instance


def relaxed(instance: Instance) -> Allocation:
    text = model(stages=STAGES, integer=False, pace="false")
    return allocate(instance, parse_policy(text.encode()), LIMITS)


def test_floors_that_are_kept_are_rules() -> None:
    plan = relaxed(with_floors(0.4))
    asked = pursued(plan)
    assert [o.minimise for o in asked.policy.objectives] == ["shortfall"]
    assert [o.minimise for o in asked.policy.held] == ["below_floor"]
    assert keeps_rules(asked.problem, asked.outcome)
    floors = asked.outcome.floors
    missed = replace(asked.outcome, floors=replace(floors, required=floors.service + 0.01))
    assert not keeps_rules(asked.problem, missed)
    assert keeps_rules(plan.problem, missed)  # where floors bind nothing


def test_floors_that_are_missed_stay_the_first_objective() -> None:
    plan = relaxed(with_floors(1.4))
    assert plan.certificate.objective > 1.0
    assert pursued(plan) is plan


def test_worth_is_that_of_plans_that_keep_every_floor() -> None:
    instance = with_floors(0.4)
    plan = relaxed(instance)
    answer = margins(plan, LIMITS, seconds=20.0)
    assert "The plan keeps every floor." in " ".join(answer.sentences)
    money = answer.frame("money")
    best = money.sort_values("worth").iloc[-1]
    more = instance.budgets.copy()
    same = [name for name in ("fund", "region", "year") if name in money]
    own = (more[same].astype(str) == best[same].astype(str)).all(axis=1)
    assert own.sum() == 1
    more["amount"] += 1e6 * own
    after = relaxed(instance.changed(budgets=more))
    saved = plan.certificate.stages[1].final - after.certificate.stages[1].final
    assert saved > 1e-3
    assert best["low"] - 1e-6 <= saved <= best["high"] + 1e-6
