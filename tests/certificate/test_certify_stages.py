"""The certificate of every stage, and mistakes planted in one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import sparse

import naive
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.certificate.certify import Certificate, Proof, certify
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation import assemble
from commission_opt.formulation.assemble import HELD
from commission_opt.formulation.objectives import OBJECTIVES, ObjectiveKind
from commission_opt.formulation.parts import Aim
from commission_opt.solvers.status import Limits
from enumeration import NAMES, best, every_plan, tiny
from samples import policy
from some import diagonal

ORDER = ("worst_region", "shortfall", "change", "cost", "surplus", "below_floor")
STAGES = tuple((name, 0.1) for name in ORDER)
EVERY = pytest.mark.parametrize("k", range(len(ORDER)), ids=ORDER)
EXACT = Limits(gap=0.0)


@cache
def plan(name: str = "one year", *, integer: bool = True) -> Allocation:
    text = tiny(name).text(STAGES)
    if not integer:
        text = text.replace("integer = true", "integer = false")
    return allocate(tiny(name).instance, policy(text), EXACT)


def altered(of: Allocation, k: int, change: Callable[[Proof], Proof]) -> Certificate:
    """The certificate of a plan in which one stage was proved otherwise."""
    proofs = list(of.proofs)
    proofs[k] = change(proofs[k])
    return certify(of.problem, of.outcome, proofs)


def with_program(**changes: Callable[[LinearProgram], object]) -> Callable[[Proof], Proof]:
    def change(proof: Proof) -> Proof:
        old = proof.formulation.program
        values = {key: value(old) for key, value in changes.items()}
        program: LinearProgram = replace(old, **values)  # type: ignore[arg-type]
        return replace(proof, formulation=replace(proof.formulation, program=program))

    return change


def only(certificate: Certificate, k: int) -> bool:
    """Whether a stage and no other is inconsistent."""
    return [stage.consistent for stage in certificate.stages] == [i != k for i in range(len(ORDER))]


@pytest.mark.each(3)
@pytest.mark.parametrize(("name", "integer"), diagonal(NAMES, (True, False), every=2))
def test_a_sound_plan_passes_in_every_stage(name: str, integer: bool) -> None:
    certificate = plan(name, integer=integer).certificate
    assert certificate.valid
    assert [stage.minimise for stage in certificate.stages] == list(ORDER)
    assert [stage.unit for stage in certificate.stages] == [OBJECTIVES[o].unit for o in ORDER]
    assert certificate.objective == certificate.stages[0].objective


@EVERY
def test_a_wrong_coefficient_of_the_objective(k: int) -> None:
    certificate = altered(plan(), k, with_program(cost=lambda program: program.cost * 1.01))
    assert only(certificate, k)
    assert not certificate.valid


@EVERY
@pytest.mark.parametrize("shift", [0.01, -0.01])
def test_a_wrong_constant_of_the_objective(k: int, shift: float) -> None:
    change = with_program(offset=lambda program: program.offset + shift)
    assert only(altered(plan(), k, change), k)


@EVERY
def test_one_wrong_coefficient_of_the_objective(k: int) -> None:
    """Of the column that adds most to the value."""

    def one(program: LinearProgram) -> object:
        point = plan().proofs[k].formulation.point(plan().places)
        cost = program.cost.copy()
        cost[np.argmax(cost * point)] *= 1.01
        return cost

    assert only(altered(plan(), k, with_program(cost=one)), k)


@pytest.mark.each(6)
@pytest.mark.parametrize(("name", "k"), diagonal(NAMES, range(len(ORDER)), every=5))
def test_no_duals_lift_a_bound_above_the_optimum_of_its_stage(name: str, k: int) -> None:
    optimum = best(every_plan(name), STAGES)[k]
    rng = np.random.default_rng(k)
    for size in (0.0, 0.1, 1.0, 100.0):

        def noisy(proof: Proof, size: float = size) -> Proof:
            noise = rng.normal(size=len(proof.multipliers))
            return replace(proof, multipliers=proof.multipliers * (1 + size * noise) + size * noise)

        certificate = altered(plan(name), k, noisy)
        assert certificate.stages[k].bound <= optimum + 1e-6 * max(1.0, abs(optimum))
        assert certificate.stages[k].bound <= plan(name).certificate.stages[k].objective
        assert certificate.feasible
        assert certificate.consistent


@EVERY
def test_wrong_duals_widen_the_gap_that_is_reported(k: int) -> None:
    of = plan(integer=False)
    assert of.certificate.stages[k].gap <= 5e-4
    if of.certificate.stages[k].objective == 0:
        pytest.skip("nothing is below 0")
    wrong = altered(of, k, lambda proof: replace(proof, multipliers=-5 * proof.multipliers))
    assert wrong.stages[k].gap > 5e-4
    assert wrong.stages[k].bound < of.certificate.stages[k].bound


@pytest.mark.parametrize("k", range(1, len(ORDER)), ids=ORDER[1:])
def test_a_cap_that_is_too_tight_for_the_plan(k: int) -> None:
    """A later stage that held an earlier one lower than the plan is."""

    def tighter(program: LinearProgram) -> object:
        row = program.rows[f"{HELD}{ORDER[k - 1]}"].start
        point = plan().proofs[k].formulation.point(plan().places)
        upper = program.row_upper.copy()
        upper[row] = (program.matrix[[row]] @ point)[0] - 0.001
        return upper

    certificate = altered(plan(), k, with_program(row_upper=tighter))
    assert only(certificate, k)


def test_a_program_that_promises_more_supply_than_there_is() -> None:
    """In any stage that counts shortages, also where the earlier stages are at their limits."""
    known = tiny("one year")
    stages = (("shortfall", 0.0), ("worst_region", 0.0), ("surplus", 0.0), ("cost", 0.0))
    of = allocate(known.instance, policy(known.text(stages)), EXACT)
    for k in range(4):

        def generous(program: LinearProgram) -> object:
            lower = program.row_lower.copy()
            lower[program.rows["shortage"]] -= 0.5
            return lower

        found = altered(of, k, with_program(row_lower=generous))
        assert [stage.consistent for stage in found.stages] == [i != k for i in range(4)]


@EVERY
def test_a_stage_that_claims_a_better_objective_than_the_plan_has(k: int) -> None:
    certificate = altered(
        plan(), k, lambda proof: replace(proof, objective=proof.objective * 0.8 - 0.001)
    )
    assert not certificate.valid
    if ORDER[k] != "change":
        assert certificate.where == f"stage {ORDER[k]!r}" or not certificate.stages[k].consistent


def solved_with(monkeypatch: pytest.MonkeyPatch, **patches: object) -> Allocation:
    for name, value in patches.items():
        monkeypatch.setattr(f"commission_opt.{name}".replace("__", "."), value)
    known = tiny("one year")
    stages = (("shortfall", 0.05), ("cost", 0.05), ("surplus", 0.0))
    return allocate(known.instance, policy(known.text(stages)), EXACT)


def test_a_cap_that_is_too_loose(monkeypatch: pytest.MonkeyPatch) -> None:
    def loose(_problem: object, objectives: Sequence[float]) -> list[float]:
        return [objective + 0.35 * abs(objective) for objective in objectives]

    found = solved_with(monkeypatch, allocation__allocate__limits_of=loose)
    assert not found.certificate.valid
    assert found.certificate.where in ("stage 'shortfall'", "stage 'cost'")


def test_a_cap_that_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cap = assemble._cap

    def none(aim: Aim, _limit: float) -> object:
        return cap(aim, np.inf)

    found = solved_with(monkeypatch, formulation__assemble___cap=none)
    assert not found.certificate.feasible
    assert found.certificate.where in ("stage 'shortfall'", "stage 'cost'")


def test_a_cap_on_the_wrong_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    cap = assemble._cap

    def wrong(aim: Aim, limit: float) -> object:
        rows = cap(aim, limit)
        half = {name: sparse.csr_array(0.5 * each) for name, each in rows.coefficients.items()}
        return replace(rows, coefficients=half)

    found = solved_with(monkeypatch, formulation__assemble___cap=wrong)
    assert not found.certificate.feasible


@pytest.mark.each(3)
@pytest.mark.parametrize("name", ["shortfall", "cost", "surplus"])
def test_an_aim_that_miscounts_is_found_out_in_its_stage(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = OBJECTIVES[name]

    def miscounts(problem: object) -> Aim:
        aim = kind.aim(problem)  # type: ignore[arg-type]
        return replace(aim, cost={block: 1.05 * cost for block, cost in aim.cost.items()})

    kinds: Mapping[str, ObjectiveKind] = {
        **OBJECTIVES,
        name: replace(kind, aim=miscounts),
    }
    found = solved_with(monkeypatch, formulation__risk__OBJECTIVES=kinds)
    assert not found.certificate.valid
    wrong = [stage.minimise for stage in found.certificate.stages if not stage.consistent]
    assert wrong == [name]


def test_the_naive_model_knows_all_objectives() -> None:
    assert set(naive.OBJECTIVES) == set(ORDER) == set(OBJECTIVES) - set(naive.WITH_TABLES)
