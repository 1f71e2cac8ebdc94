"""``commission-opt check``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.arguments import InstanceArgument, JsonOption
from commission_opt.cli.problems import as_records, print_problems
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console, put_out_json
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.status import Watch

if TYPE_CHECKING:
    from commission_opt.instance.instance import Instance
    from commission_opt.policy import Policy


def check(
    instance: InstanceArgument,
    model: Annotated[
        str | None,
        typer.Option(help="Check the instance together with this commissioning model too."),
    ] = None,
    uncertainty: Annotated[
        str | None, typer.Option(help="Check the instance together with this uncertainty file too.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take every warning for an error, for pipelines.")
    ] = False,
    json_: JsonOption = False,
) -> int:
    """Find everything that is wrong with an instance; exit with 1 if there are errors."""
    problems, name = _problems(instance, model, uncertainty)
    if strict:
        problems = [replace(problem, severity="error") for problem in problems]
    errors = sum(p.severity == "error" for p in problems)
    if json_:
        record = {"instance": name, "valid": errors == 0, "problems": as_records(problems)}
        put_out_json(record)
    else:
        print_problems(problems)
        if not errors:
            console().print(f"{name} is valid", style="green", highlight=False)
    return 1 if errors else 0


def _problems(
    instance: str, model: str | None, uncertainty: str | None
) -> tuple[list[Problem], str]:
    from commission_opt.formulation.fits import misfits
    from commission_opt.policy_file import read_policy
    from commission_opt.reading.deep import warn_short_horizon
    from commission_opt.reading.plausibility.files import doubts_about_model
    from commission_opt.reading.promises import warn_not_commissioned
    from commission_opt.reading.read import check_instance

    try:
        folder = find_instance(instance)
    except InputError as error:
        return list(error.problems), instance
    with following(Watch(phase="reading and checking"), console()):
        reading = check_instance(folder)
    problems, policy = list(reading.problems), None
    if model is not None:
        try:
            file = find_model(model)
            policy = read_policy(file)
        except InputError as error:
            problems = [*error.problems, *problems]
        else:
            problems = [*doubts_about_model(policy.content, file.name), *problems]
            if reading.instance is not None:
                problems = [*misfits(reading.instance, policy), *problems]
                years = policy.commissioning_years
                problems += warn_short_horizon(reading.instance, years)
                problems += warn_not_commissioned(reading.instance, years)
    if uncertainty is None and policy is not None and policy.uncertainty is not None:
        uncertainty = policy.uncertainty.file
    if uncertainty is not None:
        problems = [*_of_futures(uncertainty, folder, reading.instance, policy), *problems]
    return problems, instance if reading.instance is None else reading.instance.name


def _of_futures(
    uncertainty: str, folder: Path, instance: Instance | None, policy: Policy | None
) -> Sequence[Problem]:
    """Return what is wrong with an uncertainty file, alone and on the instance if there is one."""
    from commission_opt.formulation.fits import misfits
    from commission_opt.formulation.problem import planning
    from commission_opt.futures.futures import futures
    from commission_opt.futures.uncertainty_file import find_uncertainty, read_uncertainty
    from commission_opt.uncertainty.fit import taken_together

    try:
        file = find_uncertainty(uncertainty, folder if folder.is_dir() else None)
        read = read_uncertainty(file)
        if instance is None:
            return ()
        found = futures(instance, policy, read)
        if policy is not None and not misfits(instance, policy):
            taken_together(planning(instance, policy), found)
    except InputError as error:
        return error.problems
    except UsageError as error:
        return [Problem.of_file(file.name, str(error))]
    return found.warnings
