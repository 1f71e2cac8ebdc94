"""What a tolerance would buy, against every plan of tiny problems."""

from dataclasses import replace
from pathlib import Path

import pytest

from commission_opt.allocation import eased as search
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate import eased
from commission_opt.certificate.eased import EasedProof, nearer, proved_eased
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits
from commission_opt.views.verdict import recorded, stage_words
from enumeration import best, every_plan, tiny
from samples import policy

SHARE = 0.1  # so large that it frees a place in problems so small
STAGES = {
    "shortfall then change": ("one year", (("shortfall", 0.0), ("change", 0.0))),
    "surplus then cost": ("units", (("surplus", 0.0), ("cost", 0.0))),
    "several held": ("two years", (("shortfall", 0.0), ("change", 0.0), ("cost", 0.0))),
    "one has a tolerance": ("soft", (("worst_region", 0.0), ("shortfall", 0.02), ("cost", 0.0))),
}


@pytest.fixture(params=STAGES)
def found(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Allocation:
    for module in (eased, search):
        monkeypatch.setattr(module, "SHARE", SHARE)
    name, stages = STAGES[request.param]
    return allocate(tiny(name).instance, policy(tiny(name).text(stages)), Limits(gap=0.0))


def test_what_a_tolerance_buys_is_what_every_plan_shows(found: Allocation) -> None:
    (_, stages) = next(
        each for each in STAGES.values()
        if [o.minimise for o in found.policy.objectives] == [n for n, _ in each[1]]
    )  # fmt: skip
    name = next(n for n, own in STAGES.values() if own == stages)
    reached = [stage.objective for stage in found.certificate.stages]
    assert reached == pytest.approx(best(every_plan(name), stages))
    assert [each.stage for each in found.eased] == list(range(1, len(stages)))
    for k, stage in enumerate(found.certificate.stages[1:], start=1):
        assert stage.eased is not None
        plans = [
            plan for plan in every_plan(name)
            if all(
                plan[o] <= value + (tolerance or SHARE) * abs(value) + 1e-9
                for (o, tolerance), value in zip(stages[:k], reached[:k], strict=True)
            )
        ]  # fmt: skip
        least = min(plan[stages[k][0]] for plan in plans)
        slack = 1e-6 * max(1.0, abs(least))
        assert stage.eased.bound <= least + slack
        assert any(
            plan[stages[k][0]] == pytest.approx(stage.eased.objective, rel=1e-9) for plan in plans
        )
        assert stage.eased.objective == pytest.approx(least, rel=1e-6)  # all of it is proved here


def test_places_beyond_the_eased_limits_show_nothing(found: Allocation) -> None:
    each = found.eased[0]
    tight = EasedProof(each.stage, 0.0, each.proof)
    loose = proved_eased(found.problem, found.proofs, each)
    plain = found.certificate.stages[each.stage].objective
    if loose.objective < plain - 1e-6 * max(1.0, abs(plain)):
        assert proved_eased(found.problem, found.proofs, tight).objective == float("inf")
    none = EasedProof(each.stage, SHARE, replace(each.proof, places=None))
    assert proved_eased(found.problem, found.proofs, none).objective == float("inf")


def test_the_stage_s_own_multipliers_prove_something_where_a_search_did_not(
    found: Allocation,
) -> None:
    each, own = found.eased[0], found.proofs[found.eased[0].stage]
    nothing = replace(each.proof, multipliers=0.0 * each.proof.multipliers, trees=())
    by_own = proved_eased(found.problem, found.proofs, EasedProof(1, SHARE, nearer(nothing, own)))
    bare = proved_eased(found.problem, found.proofs, EasedProof(1, SHARE, nothing))
    assert bare.bound <= by_own.bound <= by_own.objective


def test_a_plan_keeps_it_and_proves_it_again(found: Allocation, tmp_path: Path) -> None:
    record = write_plan(found, tmp_path / "plan")
    assert recorded(record) == found.certificate
    plan = read_plan(tmp_path / "plan")
    checked = verify(plan)
    assert checked.holds
    assert checked.certificate.stages[1].eased == found.certificate.stages[1].eased
    again = replay(plan)
    assert again.sameness is Sameness.IDENTICAL
    assert again.allocation.certificate.stages[1].eased == found.certificate.stages[1].eased
    assert again.allocation.work == pytest.approx(found.work)


def test_the_verdict_has_its_figures(found: Allocation) -> None:
    stages = found.certificate.stages
    for k in range(1, len(stages)):
        said, own = stage_words(stages, k)[-1], stages[k].eased
        assert own is not None
        assert "A tolerance of 0.1 %" not in said
        assert said.startswith("A tolerance of 10 % on the ")
        for earlier, objective in zip(stages[:k], found.policy.objectives, strict=False):
            named = f"the {OBJECTIVES[earlier.minimise].title}" in said.split(", where")[0]
            assert named == (objective.tolerance == 0.0)
        helps = own.objective < stages[k].final - 1e-6 * max(1.0, abs(stages[k].final))
        assert ("as a plan that was found shows" in said) == helps
        assert ("is not seen to help" in said) != helps


@pytest.mark.parametrize(
    "stages", [(("shortfall", 0.01), ("change", 0.0)), (("shortfall", 0.0),)]
)  # fmt: skip
def test_nothing_is_said_where_every_earlier_one_has_a_tolerance(
    stages: tuple[tuple[str, float], ...],
) -> None:
    plan = allocate(tiny("one year").instance, policy(tiny("one year").text(stages)))
    assert not plan.eased
    assert all(stage.eased is None for stage in plan.certificate.stages)
    assert plan.limits == Limits()
