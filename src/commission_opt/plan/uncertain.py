"""What a plan for several futures keeps beside other plans: its uncertainty file and its worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.tables import decided_tables
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.alone import NoPlanAloneError, none_alone
from commission_opt.allocation.futures_tables import deployment_by_future
from commission_opt.allocation.methods import Method
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import StageCertificate
from commission_opt.errors import CommissionOptError, InfeasibleError
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.goals import REGRET, regrets, size_of
from commission_opt.formulation.problem import Planning, planning
from commission_opt.futures.futures import Futures
from commission_opt.futures.futures import futures as drawn
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.plan.supports import support_tables
from commission_opt.policy import Policy, UnderUncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.fit import MOST_APART, taken_together
from commission_opt.uncertainty.sampled import Sampled, sampled
from commission_opt.uncertainty.together import allocate_together
from commission_opt.uncertainty.worth import Bracket, ValueOfWeighing, brackets, value_in, worth

MEAN = "mean_"  # begins the names of tables of what a plan for the mean future buys
MENDED = "repaired_"  # the same of the nearest that holds in every future
SETTLING = ("objective", "final", "bound", "gap")


@dataclass(frozen=True, eq=False)
class WeighedRecord:
    """What is written of a plan for several futures.

    Parameters
    ----------
    content : bytes
        The uncertainty file.
    record : mapping
        What ``plan.json`` says of it.
    tables : mapping of str to DataFrame
        What the plan for the mean future buys, if one was found; and the nearest that holds.
    mean_amounts : array, shape (L, years decided now), or None
        The same.
    mean_deployed : array or None
        Who is then deployed in each future; None where nobody can be.
    mended : Outcome or None
        The nearest that holds in every future, where the plan for the mean does not.
    """

    content: bytes
    record: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    mean_amounts: Floats | None = None
    mean_deployed: Floats | None = None
    mended: Outcome | None = None


def possible(futures: Futures) -> list[Possible]:
    """Return the futures of an uncertainty file as a plan is made for them."""
    return [
        Possible(name, float(share), futures.in_future(w), drawn=w >= futures.explicit)
        for w, (name, share) in enumerate(zip(futures.names, futures.probability, strict=True))
    ]


def weighed(policy: Policy, futures: Futures) -> Policy:
    """Return a model that weighs these futures, in expectation if it does not say how."""
    how = policy.uncertainty or UnderUncertainty(futures.uncertainty.name)
    return replace(policy, uncertainty=replace(how, content=futures.uncertainty.content))


def problem_in(problem: Planning, futures: Futures, *, apart: bool = False) -> Planning:
    """Return a problem whose decisions are weighed in the futures; few stand apart if asked for."""
    few = len(futures.names) <= MOST_APART
    if not (apart and few) and taken_together(problem, futures):
        return replace(problem, drawn=sampled(problem, futures))
    return in_futures(problem, possible(futures))


def solve_in_futures(
    instance: Instance,
    policy: Policy,
    futures: Futures | Uncertainty,
    limits: Limits | None = None,
    watch: Watch | None = None,
    method: Method = Method.AUTO,
    *,
    exact: bool = False,
) -> tuple[Allocation, WeighedRecord]:
    """Allocate places for several futures, and work out what that is worth.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    futures : Futures or Uncertainty
        The futures, or the file from which they are drawn.
    limits : Limits, optional
        The time limit is that of the plan; what it is worth takes as long again at most.
    watch : Watch, optional
    method : Method
    exact : bool
        Whether the best plan of each future alone is sought, however many there are: by default
        those of more than 100 are bounded without solving them.

    Returns
    -------
    allocation : Allocation
    record : WeighedRecord
        What is written beside the plan: ``write_plan(…, uncertain=record)``.

    Raises
    ------
    InputError, InfeasibleError, NoPlanError, StoppedError, UsageError
        As ``allocate`` and ``in_futures`` do.
    """
    limits, watch = limits or Limits(), watch or Watch()
    if isinstance(futures, Uncertainty):
        futures = drawn(instance, policy, futures)
    how = weighed(policy, futures)
    try:
        allocation = allocate_in_futures(instance, how, futures, limits, watch, method)
    except NoPlanAloneError:
        raise
    except InfeasibleError as error:
        raise InfeasibleError(f"{error}\n{_alone(how, futures, limits, watch)}") from error
    found = worth(allocation, futures.mean(), limits, watch, exact=exact)
    allocation = replace(allocation, bounds=found.bounds, alone=found.alone)
    return allocation, uncertain(allocation, futures, found)


def allocate_in_futures(
    instance: Instance,
    policy: Policy,
    futures: Futures,
    limits: Limits,
    watch: Watch | None = None,
    method: Method = Method.AUTO,
) -> Allocation:
    """Allocate places for several futures: one by one in a program, or all of them together.

    Parameters
    ----------
    instance : Instance
    policy : Policy
        Which weighs these futures.
    futures : Futures
    limits : Limits
    watch : Watch, optional
    method : Method

    Raises
    ------
    InputError, InfeasibleError, NoPlanError, StoppedError, UsageError
        As ``allocate`` and ``in_futures`` do.
    """
    watch, problem = watch or Watch(), planning(instance, policy)
    if taken_together(problem, futures):
        return allocate_together(problem, futures, limits, watch, method)
    return allocate(instance, policy, limits, watch, method, possible(futures))


def _alone(policy: Policy, futures: Futures, limits: Limits, watch: Watch) -> str:
    """Say which future has no plan even by itself, in fractions; if any of the first ones."""
    one = replace(policy.relaxed().first_stages(1), uncertainty=None)
    looked = futures.names[:MOST_APART]
    for w, name in enumerate(looked):
        try:
            allocate(futures.in_future(w), one, limits, watch)
        except InfeasibleError:
            return none_alone(name)
        except CommissionOptError:
            break  # out of time, or stopped: nothing is known of it
    else:
        which = "every scenario" if len(looked) == len(futures.names) else "each of the first ones"
        return f"{which} has a plan by itself, in fractions of places; together they have none"
    return "which scenario is to blame was not found in time"


def uncertain(allocation: Allocation, futures: Futures, found: ValueOfWeighing) -> WeighedRecord:
    """Return what is written of a plan and of what weighing its futures is worth."""
    how = allocation.policy.uncertainty
    assert how is not None
    settling = allocation.certificate.settling
    record: dict[str, Any] = {
        "file": how.file,
        "hash": hashlib.sha256(how.content).hexdigest(),
        "scenarios": len(futures.names),
        "risk": how.risk,
        "cut": futures.cut,
        **({"alpha": how.alpha, "weight": how.weight} if how.risk == "cvar" else {}),
        **later_said(allocation.policy),
        **({} if settling is None else {"expected": _settled(settling)}),
        **{name: _ends(bracket) for name, bracket in brackets(found)},
        "expected_value_plan_reason": found.reason,
        "repaired": found.repaired,
        "proved_alone": len(found.alone),
    }
    if regrets(allocation.problem):
        record["relative_to"] = size_of(allocation.problem, REGRET)
    tables: dict[str, pd.DataFrame] = {}
    drawn = allocation.problem.drawn
    if isinstance(drawn, Sampled):
        record["rows_of"] = [drawn.names[w] for w in drawn.rows]
        tables |= support_tables(drawn)
    problem = allocation.problem
    tables |= rival_tables(problem, MEAN, found.mean_amounts, found.mean_deployed)
    tables |= mended_tables(problem, found.mended)
    return WeighedRecord(
        how.content, record, tables, found.mean_amounts, found.mean_deployed, found.mended
    )


def rival_tables(
    problem: Planning, of: str, amounts: Floats | None, deployed: Floats | None
) -> dict[str, pd.DataFrame]:
    """Return what a plan beside this one buys and deploys, as tables; none without one.

    ``of`` begins their names.
    """
    if amounts is None:
        return {}
    tables = decided_tables(problem.instance, amounts, problem.policy.integer)
    if deployed is not None:
        tables["deployment"] = deployment_by_future(problem, problem.outcome(amounts, deployed))
    return {f"{of}{name}": table for name, table in tables.items()}


def mended_tables(problem: Planning, mended: Outcome | None) -> dict[str, pd.DataFrame]:
    """Return the same of the nearest to such a plan that holds in every future."""
    if mended is None:
        return {}
    deployed = mended.decision.deployed if problem.deploys else None
    return rival_tables(problem, MENDED, mended.amounts, deployed)


def later_said(policy: Policy) -> dict[str, Any]:
    """Return what the record says of years that are decided later; nothing if none are."""
    how = policy.uncertainty
    if how is None or not policy.decides_later:
        return {}
    return {"decide_now": how.decide_now, "later_relaxed": how.later_relaxed}


def mean_plan(
    problem: Planning, amounts: Floats | None, deployed: Floats | None = None
) -> Bracket | None:
    """Return the risk of what a plan for the mean future buys; None where it breaks a rule.

    With those who are then deployed in each future.
    """
    return None if amounts is None else value_in(problem, problem.outcome(amounts, deployed))[0]


def _settled(stage: StageCertificate) -> dict[str, float]:
    return {name: getattr(stage, name) for name in SETTLING}


def _ends(bracket: Bracket | None) -> list[float] | None:
    return None if bracket is None else [float(bracket.low), float(bracket.high)]
