"""``commission-opt check``."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from commission_opt.cli.arguments import InstanceArgument, JsonOption
from commission_opt.cli.problems import as_records, print_problems
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console, put_out_json
from commission_opt.errors import InputError, Problem
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.status import Watch


def check(
    instance: InstanceArgument,
    model: Annotated[
        str | None,
        typer.Option(help="Check the instance together with this commissioning model too."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take every warning for an error, for pipelines.")
    ] = False,
    json_: JsonOption = False,
) -> int:
    """Find everything that is wrong with an instance; exit with 1 if there are errors."""
    problems, name = _problems(instance, model)
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


def _problems(instance: str, model: str | None) -> tuple[list[Problem], str]:
    from commission_opt.formulation.fits import misfits
    from commission_opt.policy_file import read_policy
    from commission_opt.reading.deep import warn_short_horizon
    from commission_opt.reading.plausibility.model import doubts_about_model
    from commission_opt.reading.promises import warn_not_commissioned
    from commission_opt.reading.read import check_instance

    try:
        folder = find_instance(instance)
    except InputError as error:
        return list(error.problems), instance
    with following(Watch(phase="reading and checking"), console()):
        reading = check_instance(folder)
    problems = list(reading.problems)
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
    return problems, instance if reading.instance is None else reading.instance.name
