"""Whether a commissioning model asks only for what an instance has."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.errors import InputError, Problem
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.policy import Policy


def check_fits(instance: Instance, policy: Policy) -> None:
    """Refuse a model that asks for what the instance does not have.

    Raises
    ------
    InputError
        As ``misfits`` says.
    """
    if problems := tuple(misfits(instance, policy)):
        raise InputError(problems)


def misfits(instance: Instance, policy: Policy) -> Iterator[Problem]:
    """Report years beyond the horizon, objectives without their tables, and what rules ask for."""
    file = f"{policy.name}.toml"
    if policy.commissioning_years > instance.horizon:
        message = (
            f"{policy.commissioning_years} commissioning years do not fit into the horizon of "
            f"{instance.horizon} years of instance {instance.name!r}"
        )
        yield Problem("error", file, None, "commissioning_years", message)
    yield from tables_lacking(instance, policy)
    for rule in RULES.values():
        for line, key, message in rule.fits(instance, policy) if rule.fits else ():
            yield Problem("error", file, line, key, message)


def tables_lacking(instance: Instance, policy: Policy) -> Iterator[Problem]:
    """Report objectives without their tables."""
    file = f"{policy.name}.toml"
    for objective in policy.objectives:
        needs = OBJECTIVES[objective.minimise].needs
        for key, table in needs(objective).items() if needs else ():
            if instance.tables[table].empty:
                asks, without = f" with “{key}”", f"“{key}”"
                if key == "minimise":
                    asks, without = "", "the objective"
                message = (
                    f"the objective “{objective.minimise}”{asks} needs {TABLES[table].file}, of "
                    f"which instance {instance.name!r} has no row; write it, or leave {without} out"
                )
                yield Problem("error", file, None, key, message)
