"""All that the tasks of an audit hang on, packed so that any process comes to the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.errors import InputError
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.plan.made_with import check_versions, made_with
from commission_opt.plan.read import StoredPlan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan, Task

_NUMBER = np.dtype("<f8")


@dataclass(frozen=True)
class AuditWork:
    """A plan and where its futures come from.

    Parameters
    ----------
    files, model
        The files of the instance, by name, and that of the commissioning model.
    stages : int
        Objectives of the model that the plan was made for.
    integer : bool
        Whether it has whole places.
    amounts, deployed : bytes
        Places and units, and who is deployed; no bytes where nobody can be.
    uncertainty : bytes
        The uncertainty file.
    name : str
        What that is called in messages.
    draws, seed : int or None
        Instead of those of the file.
    share : float
        Of demand, of which more must be missing to be short.
    made_with : tuple of (str, str)
        Versions of all that takes part; a process with others refuses to work.
    now : int or None
        As of ``AuditedPlan``.
    solved : tuple of (str, bytes)
        The mean future, if bounds are asked for.
    """

    files: tuple[tuple[str, bytes], ...]
    model: bytes
    stages: int
    integer: bool
    amounts: bytes
    deployed: bytes
    uncertainty: bytes
    name: str
    draws: int | None
    seed: int | None
    share: float
    made_with: tuple[tuple[str, str], ...]
    now: int | None
    solved: tuple[tuple[str, bytes], ...] = ()

    def identity(self) -> dict[str, str]:
        """Return what must be equal for an audit to go on, by names a user knows."""
        return {
            **{f"instance/{name}": _sha(content) for name, content in self.files},
            "model.toml": _sha(self.model),
            "the places of the plan": _sha(self.amounts + self.deployed),
            "the uncertainty file": _sha(self.uncertainty),
            "draws": "the file's" if self.draws is None else str(self.draws),
            "seed": "the file's" if self.seed is None else str(self.seed),
            "short": f"{self.share:g}",
            **dict(self.made_with),
        }

    def with_bounds(self, solved: Arrays) -> AuditWork:
        """Return the same with the mean future solved."""
        packed = ((name, _packed(array)) for name, array in sorted(solved.items()))
        return replace(self, solved=tuple(packed))


def decided_now(plan: StoredPlan) -> int | None:
    """Return how many years a plan decides now, if it decides later ones by scenario."""
    how = plan.policy.uncertainty
    now = None if how is None else how.decide_now
    return None if now is None or now >= plan.policy.commissioning_years else now


def work_of(
    plan: StoredPlan, content: bytes, name: str, draws: int | None, seed: int | None, share: float
) -> AuditWork:
    """Pack an audit of a plan; years that it decides by scenario are taken at their mean.

    Parameters
    ----------
    content, name : bytes and str
        The uncertainty file, and what it is called in messages.
    draws, seed : int or None
        Instead of those of the file.
    share : float
        Of demand, of which more must be missing to be short.
    """
    deployed = plan.outcome.deployed if plan.problem.deploys else np.zeros(0)
    return AuditWork(
        files=tuple(sorted(plan.instance.files.items())),
        model=plan.policy.content,
        stages=len(plan.policy.objectives),
        integer=plan.policy.integer,
        amounts=_packed(plan.amounts),
        deployed=_packed(deployed),
        uncertainty=content,
        name=name,
        draws=draws,
        seed=seed,
        share=share,
        made_with=tuple(made_with().items()),
        now=decided_now(plan),
    )


@lru_cache(maxsize=2)
def trial_of(work: AuditWork) -> AuditedPlan:
    """Unpack an audit; the futures of a plan for several are left, as those of the audit count.

    Raises
    ------
    InputError
        If the uncertainty file does not fit the instance.
    """
    if work.solved:
        solved = {name: _unpacked(content) for name, content in work.solved}
        return trial_of(replace(work, solved=())).but(solved=solved)
    reading = read_contents(dict(work.files))
    if reading.instance is None:
        raise InputError(reading.problems)
    instance, policy = reading.instance, parse_policy(work.model).first_stages(work.stages)
    policy = replace(policy if work.integer else policy.relaxed(), uncertainty=None)
    problem = planning(instance, policy)
    if work.now is not None:  # a mean of whole places is none
        problem = replace(problem, relaxed_from=work.now)
    amounts = _unpacked(work.amounts).reshape(len(instance.lines), policy.commissioning_years)
    deployed = None
    if work.deployed:
        deployed = _unpacked(work.deployed).reshape(len(instance.substitution), instance.horizon)
    read = parse_uncertainty(work.uncertainty, work.name)
    made = futures(instance, policy, read, draws=work.draws, seed=work.seed)
    plan = Decided(problem, problem.outcome(amounts, deployed))
    return AuditedPlan(plan, made, work.share, now=work.now)


def run_task(work: AuditWork, task: Task) -> Arrays:
    """Do a task in any process.

    Raises
    ------
    UsageError
        If this process runs other versions than the work was made with.
    """
    check_versions(work.made_with, "the audit's")
    function, asked = task
    return function(trial_of(work), *asked)


def _packed(array: Floats) -> bytes:
    return np.ascontiguousarray(array, dtype=_NUMBER).tobytes()


def _unpacked(content: bytes) -> Floats:
    return np.frombuffer(content, dtype=_NUMBER).astype(float)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
