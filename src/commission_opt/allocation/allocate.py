"""From an instance and a commissioning model to a certified allocation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from commission_opt.allocation.exact import branch_and_bound
from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.certificate import Certificate, certify
from commission_opt.effects import Effects, effects
from commission_opt.errors import InfeasibleError, InputError, NoPlanError, Problem, StoppedError
from commission_opt.formulation import Formulation, formulate
from commission_opt.formulation.parts import PLACES
from commission_opt.instance.instance import Floats, Instance
from commission_opt.linear_program import Floats as Vector
from commission_opt.outcome import Outcome, outcome
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Result, Status, Watch

IntegerMethod = Callable[[Formulation, Limits, Watch, float], tuple[Result, Vector | None]]


@dataclass(frozen=True)
class Allocation:
    """An allocation of places, with what follows from it and its proof.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    outcome : Outcome
        Places and their consequences.
    certificate : Certificate
    formulation : Formulation
    relaxation : Relaxation
        The relaxation whose multipliers prove the bound.
    status : {"optimal", "feasible"}
        Whether the certified gap is within the gap asked for.
    limits : Limits
        What was asked for.
    seconds : dict of str to float
        Time by phase.
    interrupted : bool
        Whether the user stopped the search.
    """

    instance: Instance
    policy: Policy
    outcome: Outcome
    certificate: Certificate
    formulation: Formulation
    relaxation: Relaxation
    status: str
    limits: Limits
    seconds: dict[str, float]
    interrupted: bool

    @property
    def places(self) -> Floats:
        """Places by course and commissioning year, shape (C, K)."""
        return self.outcome.places


def allocate(
    instance: Instance,
    policy: Policy,
    limits: Limits | None = None,
    watch: Watch | None = None,
    method: IntegerMethod = branch_and_bound,
) -> Allocation:
    """Allocate places so that the projected shortfall is least.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    limits : Limits, optional
        Time limit, gap, seed and threads.
    watch : Watch, optional
        Told of progress; can stop the search.
    method : callable, optional
        Finds whole places for a formulation.

    Returns
    -------
    Allocation
        Its certificate may be invalid; look at ``certificate.valid``.

    Raises
    ------
    InputError
        If the model asks for more years than the instance has.
    InfeasibleError
        If no allocation satisfies every rule.
    NoPlanError, StoppedError
        If the time limit or the user came before a plan was found.
    """
    limits, watch = limits or Limits(), watch or Watch()
    _check_years(instance, policy)
    clock = _Clock()
    effect: Effects = effects(instance)
    clock.lap("supply")
    formulation = formulate(instance, policy, effect)
    clock.lap("assemble")
    relaxation = solve_relaxation(formulation, limits, watch)
    columns = relaxation.x[formulation.program.columns[PLACES]]
    clock.lap("relaxation")
    if policy.integer:
        watch.target = relaxation.bound + limits.gap * abs(relaxation.bound)
        columns = _whole(formulation, limits, watch, clock, method)
        clock.lap("integer")
    result = outcome(instance, policy, effect, formulation.layout.to_places(columns))
    certificate = certify(instance, policy, formulation, result, relaxation.multipliers)
    clock.lap("certify")
    return Allocation(
        instance,
        policy,
        result,
        certificate,
        formulation,
        relaxation,
        "optimal" if certificate.gap <= limits.gap else "feasible",
        limits,
        clock.laps,
        watch.stopped,
    )


def _check_years(instance: Instance, policy: Policy) -> None:
    if policy.commissioning_years > instance.horizon:
        message = (
            f"{policy.commissioning_years} commissioning years do not fit into the horizon of "
            f"{instance.horizon} years of instance {instance.name!r}"
        )
        problem = Problem("error", f"{policy.name}.toml", None, "commissioning_years", message)
        raise InputError([problem])


def _whole(
    formulation: Formulation, limits: Limits, watch: Watch, clock: _Clock, method: IntegerMethod
) -> Floats:
    result, columns = method(formulation, limits, watch, limits.seconds - clock.total)
    if columns is not None:
        return columns
    if result.status == Status.INFEASIBLE:
        raise InfeasibleError(
            "no allocation in whole places satisfies every rule, though one in fractions of "
            "places does; a minimum cohort or a cohort step stands in the way"
        )
    if result.status == Status.STOPPED:
        raise StoppedError("stopped before any plan was found")
    if result.status == Status.LIMIT:
        message = f"no plan was found within the time limit of {limits.seconds:g} s"
        raise NoPlanError(f"{message}; give more with --time-limit")
    raise NoPlanError(f"the solver found no plan: {result.message}")


class _Clock:
    """Time by phase."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        now = time.perf_counter()
        self.laps[phase] = now - self._last
        self._last = now

    @property
    def total(self) -> float:
        return time.perf_counter() - self._start
