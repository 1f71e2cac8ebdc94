"""Two plans of which at least one weighs several futures: what each weighs, and its value."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.explain.answer import Answer
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import first_objective
from commission_opt.plan.read import StoredPlan
from commission_opt.views.verdict import amount, recorded
from commission_opt.views.weighing import AS_GIVEN, weighing_of

_NOT_EXPLAINED = (
    "What explains a change is worked out for plans of one future only. The outcomes below are "
    f"{AS_GIVEN}; scenarios.csv of a plan says how it fares in each scenario."
)


def same_futures(a: StoredPlan, b: StoredPlan) -> bool:
    """Say whether two plans weigh the same futures in the same way, or none."""
    ways = [
        None
        if (how := plan.policy.uncertainty) is None
        else (how.content, how.risk, how.alpha, how.weight)
        for plan in (a, b)
    ]
    return ways[0] == ways[1]


def several(a: StoredPlan, b: StoredPlan, names: tuple[str, str]) -> Answer:
    """Say what each plan weighs, and what its first objective then is."""
    said = [text for plan, name in zip((a, b), names, strict=True) for text in _of(plan, name)]
    which = "the same futures in the same way" if same_futures(a, b) else "not the same"
    if weighs(a.problem) and weighs(b.problem):
        said.append(f"What the two weigh is {which}." if "not" in which else f"Both weigh {which}.")
    return Answer(f"From {names[0]} to {names[1]}", (*said, _NOT_EXPLAINED))


def _of(plan: StoredPlan, name: str) -> Iterator[str]:
    stage, over = recorded(plan.record).stages[0], weighing_of(plan.problem)
    kind = first_objective(plan.policy)
    own = f"The {kind.title} of {name} is {amount(stage, stage.final)}"
    if over is None:
        yield f"{own}, for the instance {AS_GIVEN}."
        return
    given = amount(stage, kind.value(plan.problem, plan.outcome))
    yield f"{own}, {over.how()}; if all goes {AS_GIVEN} it is {given}."
