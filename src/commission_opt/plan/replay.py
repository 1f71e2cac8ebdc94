"""A plan solved again from its own copies, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from commission_opt.algebra.available import INSTALL
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import UsageError
from commission_opt.formulation.futures import Possible
from commission_opt.formulation.problem import planning
from commission_opt.plan.read import StoredPlan
from commission_opt.plan.write import code_hash, versions
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import LONG, PATIENCE, End, repeating
from commission_opt.uncertainty.sampled import Sampled
from commission_opt.uncertainty.together import allocate_together

if TYPE_CHECKING:
    from commission_opt.algebra.extension import ExtensionFile

_GIVEN_UP = (
    f"the replay was ended after {PATIENCE:g} times the time limit of the plan (at least "
    f"{PATIENCE * LONG:g} s), before it came to where the record says that its work ended"
)


class Sameness(StrEnum):
    """How near a replay comes to the plan."""

    IDENTICAL = "identical"
    SAME_OBJECTIVE = "same objective, different places"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Replay:
    """What came of solving a plan again.

    Parameters
    ----------
    sameness : Sameness
    allocation : Allocation
        Found this time.
    objective : float
        Of the first stage in the plan as it was.
    moved : float
        Places by which the two differ, summed over courses and the years that are decided now.
    units_moved : float or None
        Units by which they do; None where there are no measures.
    reasons : tuple of str
        What is not as it was when the plan was made and may be why they differ.
    """

    sameness: Sameness
    allocation: Allocation
    objective: float
    moved: float
    units_moved: float | None
    reasons: tuple[str, ...]


def replay(
    plan: StoredPlan, extension: ExtensionFile | None = None, watch: Watch | None = None
) -> Replay:
    """Solve a plan again with the options that it was made with.

    Parameters
    ----------
    plan : StoredPlan
    extension : ExtensionFile, optional
        The constraints of an analyst's own that the plan was made with, if it was. Code is never
        run from a plan itself.
    watch : Watch, optional

    Raises
    ------
    UsageError
        If the plan cannot be replayed: its method was a function, or its extension is not given
        or another.
    InfeasibleError, NoPlanError, StoppedError
        As ``allocate`` does.
    """
    watch = watch or Watch()
    if (ends := plan.record.get("ends")) is not None:
        again = [None if end is None else End(**end) for end in ends]
        watch.meter = repeating(again, float(plan.record["options"]["time_limit"]))
    allocation = _again(plan, extension, watch)
    said = plan.record["stages"]
    found = allocation.certificate.stages
    same = all(
        abs(stage.final - old["final"]) <= TOLERANCE * max(1.0, abs(old["final"]))
        for stage, old in zip(found, said, strict=True)
    )
    now = plan.problem.now_years
    moved, units_moved = (
        float(part.sum())
        for part in np.split(np.abs(allocation.amounts - plan.amounts)[:, :now], [len(plan.places)])
    )
    bought = units_moved if len(plan.instance.measures) else None
    found_now, was = (each.outcome.decision.amounts for each in (allocation, plan))
    if np.array_equal(found_now, was):
        sameness = Sameness.IDENTICAL
    else:
        sameness = Sameness.SAME_OBJECTIVE if same else Sameness.DIFFERENT
    reasons = tuple(_reasons(plan.record, allocation))
    if watch.meter.given_up:
        reasons = (_GIVEN_UP, *reasons)
    return Replay(sameness, allocation, float(said[0]["final"]), moved, bought, reasons)


def _again(plan: StoredPlan, extension: ExtensionFile | None, watch: Watch) -> Allocation:
    options: Mapping[str, Any] = plan.record["options"]
    limits = Limits(
        seconds=options["time_limit"],
        work=options.get("work_limit"),
        gap=plan.record["asked_gap"],
        seed=options["seed"],
        threads=options["threads"],
    )
    if options["engine"] == "pyomo":
        from commission_opt.allocation.algebraic import allocate_algebraically

        _check_extension(options.get("extension"), extension)
        solver = _tested_solver(options.get("solver"))
        return allocate_algebraically(plan.instance, plan.policy, solver, limits, watch, extension)
    if extension is not None:
        raise UsageError("the plan was made without constraints of one's own; leave --extend out")
    method = options.get("method")
    if method not in set(Method):
        raise UsageError(
            f"the plan was made by a function {method!r} and cannot be replayed; "
            "verify checks it all the same"
        )
    if isinstance(plan.problem.drawn, Sampled):
        problem = planning(plan.instance, plan.policy)
        drawn = plan.problem.drawn.futures
        return allocate_together(problem, drawn, limits, watch, Method(method))
    futures = [
        Possible(f.name, f.probability, f.problem.instance, f.drawn) for f in plan.problem.futures
    ]
    return allocate(plan.instance, plan.policy, limits, watch, Method(method), futures)


def _tested_solver(name: str | None) -> str:
    """Refuse to start what a plan names but the solvers that ``commission-opt solvers`` lists."""
    if name not in INSTALL:
        raise UsageError(
            f"the plan names {name!r} as its solver; only {', '.join(INSTALL)} are started from a "
            "plan, so it cannot be replayed. verify checks it all the same"
        )
    return name


def _check_extension(said: str | None, given: ExtensionFile | None) -> None:
    if said is None and given is not None:
        raise UsageError("the plan was made without constraints of one's own; leave --extend out")
    if said is not None and given is None:
        raise UsageError(
            f"the plan was made with constraints of an analyst's own (SHA-256 {said}); give the "
            "file with --extend if you trust it: its code will be run"
        )
    if said is not None and given is not None and given.hash != said:
        raise UsageError(f"{given.path} is not what the plan was made with (SHA-256 {said})")


def _reasons(record: Mapping[str, Any], allocation: Allocation) -> Iterator[str]:
    for name, now in versions().items():
        was = record["versions"].get(name)
        if was != now:
            yield f"{name} was {was} and is {now}"
    if record["hashes"].get("code") != code_hash():
        yield "the program's own code is another"
    if record.get("ends") is None:  # of the work at which it ended nothing is known
        yield from _by_the_clock(record, allocation)
    if record["options"]["threads"] > 1:
        yield "more than one thread was used, and such runs do not repeat exactly"


def _by_the_clock(record: Mapping[str, Any], allocation: Allocation) -> Iterator[str]:
    if record.get("interrupted"):
        yield "the plan was stopped with Ctrl-C"
    if record["status"] != "optimal":
        yield "the plan was cut short by its time limit, so that it depends on the machine's speed"
    elif allocation.status != "optimal":
        yield "this time the time limit came first; the plan depends on the machine's speed"
