"""Options made: plans solved or read, each verified, beside the two that are always there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.allocate import allocate
from commission_opt.arrays import Floats
from commission_opt.auditing.made import Asked as AuditAsked
from commission_opt.auditing.made import made as audited
from commission_opt.auditing.work import work_of
from commission_opt.errors import InfeasibleError, InputError, StoppedError, UsageError
from commission_opt.futures.uncertainty_file import read_uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.plan.write import write_plan
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.applied import applied, read_again
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import Facts
from commission_opt.report.options.asked import LAST, NOTHING, Options, Wanted
from commission_opt.report.pages import facts_of
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views.money import money
from commission_opt.views.places import by_pair

PLANS = "plans"  # folder of those that are made
_DRAWS = 500
_SHORT = 0.05  # of demand, of which more must be missing to be short, as audits count


@dataclass(frozen=True, eq=False)
class Option:
    """An option, with what follows from it.

    P professions, Q leaf regions, Y years of the horizon, K commissioning years.

    Parameters
    ----------
    facts : Facts
        Of its plan; of the first plan for the two that are always there.
    asked : Wanted or None
        None for the two that are always there.
    risk : mapping or None
        The record of its audit.
    """

    name: str
    facts: Facts
    outcome: Outcome
    asked: Wanted | None = None
    risk: Mapping[str, Any] | None = None

    @property
    def is_plan(self) -> bool:
        """Whether it is a plan, and none of the two that are always there."""
        return self.asked is not None

    @cached_property
    def places(self) -> Floats:
        """Places by profession, region of the course and commissioning year, shape (P, Q, K)."""
        return by_pair(self.facts.instance, self.outcome.places)

    @cached_property
    def spent(self) -> Floats:
        """£ by year, all funds, under budgets and beside them, shape (Y,)."""
        funds = money(self.facts.instance, self.facts.policy, self.outcome)
        found = np.zeros(len(self.facts.years))
        for fund in funds:
            found += fund.spent.sum(axis=(0, 1))
        return found

    @property
    def missing(self) -> Floats:
        """FTE missing, shape (P, Q, Y)."""
        return self.outcome.shortfall


def options_of(
    asked: Options, folder: Path, watch: Watch, *, command: str = ""
) -> tuple[Option, ...]:
    """Make what is to be made, verify every plan, and set all side by side.

    Parameters
    ----------
    folder : Path
        Where plans that are made are written, in ``PLANS``.
    watch : Watch
        Told of progress; can stop the work.
    command : str
        The command that asked, kept in plans that are made.

    Returns
    -------
    tuple of Option
        No new places, last year repeated, and the plans in the order asked for.

    Raises
    ------
    InputError, UsageError
        If an instance, a model or a change is wrong, or options cannot be compared.
    InfeasibleError
        If there is no plan for an option; names it.
    CertificateError
        If a plan is not what it says.
    StoppedError
        If the user came first.
    """
    facts = []
    for number, each in enumerate(asked.options, start=1):
        watch.begin(f"option {number} of {len(asked.options)}")
        place = each.plan
        if place is None:
            place = folder / PLANS / file_name(each.name, number)
            _solve(each, place, asked.time_limit, watch, command)
        if watch.stopped:
            raise StoppedError("stopped before all options were made; nothing was written")
        watch.phase = f"option {number} of {len(asked.options)}: verifying"
        facts.append(facts_of(place))
    check_alike([each.name for each in asked.options], facts)
    first = facts[0]
    found = [
        Option(NOTHING, first, first.futures.nothing),
        Option(LAST, first, first.futures.last_year),
        *(
            Option(each.name, own, own.outcome, each)
            for each, own in zip(asked.options, facts, strict=True)
        ),
    ]
    if asked.uncertainty is None:
        return tuple(found)
    return tuple(_with_risk(found, asked, watch))


def file_name(name: str, number: int) -> str:
    """Return the name of a folder for an option: safe on every system, no two alike."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40]
    return f"{number}-{plain or 'option'}"


def _solve(asked: Wanted, target: Path, seconds: float, watch: Watch, command: str) -> None:
    """Solve an option and write its plan."""
    assert asked.instance is not None
    assert asked.model is not None
    try:
        instance, policy = _changed(asked)
        found = allocate(instance, policy, Limits(seconds=seconds), watch)
    except InputError as error:
        raise error.where(f"option {asked.name!r}") from None
    except (UsageError, InfeasibleError) as error:
        raise type(error)(f"option {asked.name!r}: {error}") from None
    write_plan(found, target, command=_typed(asked, command))


def _changed(asked: Wanted) -> tuple[Instance, Policy]:
    assert asked.instance is not None
    assert asked.model is not None
    instance, policy = read_instance(asked.instance), read_policy(asked.model)
    if asked.change:
        done = applied(instance, policy, read_changes(asked.change))
        instance, policy = read_again(done), parse_policy(done.model)
    return instance, policy.relaxed() if asked.relaxed else policy


def _typed(asked: Wanted, command: str) -> str:
    """Return the command that would make the plan alone, and what asked for it."""
    words = ["commission-opt", "solve", str(asked.instance), "--model", str(asked.model)]
    for change in asked.change:
        words += ["--change", change]
    alone = shlex.join([*words, *["--relaxed"] * asked.relaxed])
    return f"{alone} (by {command})" if command else alone


def check_alike(names: Sequence[str], facts: Sequence[Facts]) -> None:
    """Refuse plans that cannot be compared.

    Raises
    ------
    UsageError
        If professions, regions or years are not those of the first plan; says which.
    """
    first = facts[0]
    for name, other in zip(names[1:], facts[1:], strict=True):
        for what, ours, theirs in _compared(first, other):
            if ours != theirs:
                raise UsageError(
                    f"options {names[0]!r} and {name!r} cannot be compared: their {what} differ "
                    f"({_difference(ours, theirs)}); compare plans of the same {what}"
                )


def _compared(a: Facts, b: Facts) -> Iterator[tuple[str, list[str], list[str]]]:
    one, other = a.instance, b.instance
    for what, column, ours, theirs in (
        ("professions", "profession", one.professions, other.professions),
        ("leaf regions", "region", one.regions, other.regions),
    ):
        yield what, ours[column].tolist(), theirs[column].tolist()
    for what, mine, its in (
        ("years", a.years, b.years),
        ("commissioning years", a.commissioned_years, b.commissioned_years),
    ):
        yield what, [str(year) for year in mine], [str(year) for year in its]


def _difference(ours: Sequence[str], theirs: Sequence[str]) -> str:
    only = [
        f"only the {which} has {', '.join(left[:3])}{' and others' * (len(left) > 3)}"
        for which, left in (
            ("first", [code for code in ours if code not in theirs]),
            ("second", [code for code in theirs if code not in ours]),
        )
        if left
    ]
    return "; ".join(only) or "their order is not the same"


def _with_risk(found: Sequence[Option], asked: Options, watch: Watch) -> Iterator[Option]:
    """Audit every option in the same draws, the two that are always there as plans of the first."""
    assert asked.uncertainty is not None
    read = read_uncertainty(asked.uncertainty)
    draws = (asked.draws or _DRAWS) if read.rows else None
    seed = (read.seed + 1 if asked.seed is None else asked.seed) if read.rows else None
    for number, option in enumerate(found, start=1):
        watch.begin(f"audit {number} of {len(found)}")
        plan = replace(option.facts.found.plan, outcome=option.outcome)
        work = work_of(plan, read.content, read.file, draws, seed, _SHORT)
        try:
            yield replace(option, risk=audited(work, AuditAsked(), watch))
        except InputError as error:
            raise error.where(f"option {option.name!r}") from None
