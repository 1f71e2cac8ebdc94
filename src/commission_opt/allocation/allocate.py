"""From an instance and a commissioning model to a certified allocation."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.alone import with_least
from commission_opt.allocation.clock import Clock
from commission_opt.allocation.decided import Decided, plan_card
from commission_opt.allocation.eased import KEPT, may_ease, with_eased
from commission_opt.allocation.methods import METHODS, SMALL, Effort, Method
from commission_opt.allocation.settled import as_given
from commission_opt.allocation.stage import run_stage
from commission_opt.allocation.task import IntegerMethod
from commission_opt.arrays import Floats
from commission_opt.certificate.alone import AloneProof
from commission_opt.certificate.certify import Certificate, Proof, certify, is_optimal
from commission_opt.certificate.eased import EasedProof
from commission_opt.certificate.limits import limits_of
from commission_opt.errors import UsageError
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.goals import goals, regrets, weighs
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import End
from commission_opt.text.card import Card

_TIES = 10.0  # times as long as a stage that ties which it leaves may take
_PROVED = 10.0  # units of work in which trees of a small problem may prove how they are settled


@dataclass(frozen=True, repr=False)
class Allocation(Decided):
    """What was decided, with what follows from it and its proof.

    Parameters
    ----------
    problem, outcome
        As of everything ``Decided``.
    certificate : Certificate
    proofs : tuple of Proof
        The program and multipliers behind each stage.
    status : {"optimal", "feasible"}
        Whether the certified gap of every stage is within the gap asked for.
    limits : Limits
        What was asked for.
    seconds : dict of str to float
        Time by phase.
    asked : mapping of str to str
        How the plan was asked for: ``engine``, and ``method`` or ``solver``.
    interrupted : bool
        Whether the user stopped the search.
    work : float
        How much was done, by ``solvers.work``.
    ends : tuple of End or None
        How each round of it ended; None if it was done.
    alone : tuple of AloneProof
        What is proved of each of several futures by itself, if anything is.
    eased : tuple of EasedProof
        What shows what a tolerance would buy, for stages behind one without.
    """

    certificate: Certificate
    proofs: tuple[Proof, ...]
    status: str
    limits: Limits
    seconds: dict[str, float]
    asked: Mapping[str, str]
    interrupted: bool
    work: float = 0.0
    ends: tuple[End | None, ...] = ()
    alone: tuple[AloneProof, ...] = field(default=(), kw_only=True)
    eased: tuple[EasedProof, ...] = field(default=(), kw_only=True)

    def card(self) -> Card:
        """Return places by profession and units by measure, and how good they are proved to be."""
        return plan_card(self.problem, self.amounts, self.status, self.certificate)


def allocate(
    instance: Instance,
    policy: Policy,
    limits: Limits | None = None,
    watch: Watch | None = None,
    method: Method | IntegerMethod = Method.AUTO,
    futures: Sequence[Possible] = (),
) -> Allocation:
    """Allocate places, one objective of the model after the other.

    Each objective is optimised with the earlier ones held within their tolerance. The plan
    of a stage is the fallback of the next. What a tolerance would buy for stages behind one without
    is worked out in a tenth of the limits.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    limits : Limits, optional
        Time limit, gap, seed and threads.
    watch : Watch, optional
        Told of progress; can stop the search.
    method : Method or callable
        How whole places are found.
    futures : sequence of Possible
        What may come instead; if there are any, places are decided for all of them.

    Returns
    -------
    Allocation
        Its certificate may be invalid; look at ``certificate.valid``.

    Raises
    ------
    InputError
        If the model asks for what the instance does not have.
    UsageError
        If the model weighs futures and none are given, or who is deployed hangs on them.
    InfeasibleError
        If no allocation satisfies every rule.
    NoPlanError, StoppedError
        If the time limit or the user came before a plan was found, or before it was known what
        regret is measured from.
    """
    limits, watch = limits or Limits(), watch or Watch()
    check_fits(instance, policy)
    clock = Clock()
    watch.begin("supply")
    with clock.of("supply"):
        problem = planning(instance, policy)
        if futures:
            problem = in_futures(problem, futures)
    alone: tuple[AloneProof, ...] = ()
    if regrets(problem):
        watch.meter.begin(limits.seconds)
        with clock.of("relaxation"):
            problem, alone = with_least(problem, limits, watch)
    effort = METHODS[method] if isinstance(method, Method) else Effort(method)
    own = _less(limits, KEPT) if may_ease(problem) else limits
    found = allocate_problem(problem, own, watch, effort, clock=clock)
    found = replace(found, limits=limits, alone=alone)
    return found if own is limits or found.interrupted else _eased(found, watch, clock)


def _less(limits: Limits, share: float) -> Limits:
    """Return limits without a share of them."""
    work = None if limits.work is None else (1.0 - share) * limits.work
    return replace(limits, seconds=(1.0 - share) * limits.seconds, work=work)


def _eased(found: Allocation, watch: Watch, clock: Clock) -> Allocation:
    """Return an allocation with what a tolerance would buy."""
    limits = found.limits
    clock.laps = dict(found.seconds)
    with watch.meter.round(limits.seconds - clock.total):
        certificate, eased = with_eased(
            found.problem, found.certificate, found.proofs, limits, watch, clock
        )
        ends = tuple(watch.meter.ends)
    return replace(
        found, certificate=certificate, eased=eased, seconds=dict(clock.laps),
        work=watch.now(), ends=ends,
    )  # fmt: skip


def allocate_problem(
    problem: Planning,
    limits: Limits,
    watch: Watch,
    effort: Effort,
    start: Floats | None = None,
    *,
    clock: Clock | None = None,
) -> Allocation:
    """Allocate places where the effects of places are worked out already.

    Parameters
    ----------
    problem : Planning
    limits : Limits
    watch : Watch
    effort : Effort
        How relaxations are solved and whole places found.
    start : array, shape (L, K), optional
        A plan that keeps every rule; what is returned is no worse in the first objective.
    clock : Clock, optional
        With the time spent so far.

    Raises
    ------
    InputError, InfeasibleError, NoPlanError, StoppedError, UsageError
        As ``allocate`` does.
    """
    check_fits(problem.instance, problem.policy)
    _check_futures(problem)
    clock = clock or Clock()
    with watch.meter.round(limits.seconds - clock.total):
        return _allocated(problem, limits, watch, effort, start, clock)


def _allocated(
    problem: Planning,
    limits: Limits,
    watch: Watch,
    effort: Effort,
    start: Floats | None,
    clock: Clock,
) -> Allocation:
    begun = watch.now()
    with clock.of("assemble"):
        parts, targets, wanted = rule_parts(problem), aims(problem), goals(problem)
    proofs: list[Proof] = []
    places, last = start, 0.0
    for k, aim in enumerate(targets):
        with clock.of("assemble"):
            most = limits_of(problem, [proof.objective for proof in proofs])
            formulation = formulate(problem, aim, parts, list(zip(targets, most, strict=False)))
        spent = watch.now() - begun
        share, own = max(0.0, limits.budget - spent) / (len(targets) - k), effort
        if wanted[k].settles:
            share, own = _settling(problem, effort, share, last)
        places, proof = run_stage(formulation, limits, watch, share, places, own, clock)
        proofs.append(proof)
        last = watch.now() - begun - spent
    assert places is not None, "a model has at least one objective"
    return certified(
        problem, problem.outcome(places, proofs[-1].deployed), proofs, limits, clock.laps,
        asked={"engine": "arrays", "method": effort.find.__name__},
        watch=watch,
    )  # fmt: skip


def _settling(problem: Planning, effort: Effort, share: float, last: float) -> tuple[float, Effort]:
    """Return the work and the effort for what ties the stage before leaves, from that of both.

    Where trees can prove it, it is proved; else it takes not much more than the stage before.
    """
    if problem.layout.size <= SMALL:
        return min(share, max(_PROVED, _TIES * last)), effort
    return min(share, _TIES * last), METHODS[Method.FAST]


def _check_futures(problem: Planning) -> None:
    """Refuse to pass over what a model says of more than one future."""
    how = problem.policy.uncertainty
    if how is not None and not weighs(problem):
        raise UsageError(
            f"the model {problem.policy.name!r} weighs the futures of {how.file!r}, and this makes "
            "plans for one future: leave [uncertainty] out of the model, or use solve"
        )


def certified(
    problem: Planning,
    result: Outcome,
    proofs: list[Proof],
    limits: Limits,
    seconds: dict[str, float],
    *,
    asked: Mapping[str, str],
    watch: Watch,
) -> Allocation:
    """Put together what is bought, who is deployed, what follows and the certificate."""
    start = time.perf_counter()
    certificate = certify(problem, result, proofs)
    return Allocation(
        problem,
        as_given(problem, result),
        certificate,
        tuple(proofs),
        "optimal" if is_optimal(certificate, limits.gap) else "feasible",
        limits,
        {**seconds, "certify": time.perf_counter() - start},
        asked,
        watch.stopped,
        watch.now(),
        tuple(watch.meter.ends),
    )
