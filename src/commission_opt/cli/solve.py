"""``commission-opt solve``."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import DiscardOption, InstanceArgument, JsonOption, MethodName
from commission_opt.cli.problems import count, top_doubts
from commission_opt.cli.progress import following
from commission_opt.cli.screen import Console, Text, console, put_out_json
from commission_opt.errors import InfeasibleError, InputError, Problem, UsageError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.policy import Policy, UnderUncertainty
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits, Watch

if TYPE_CHECKING:
    from commission_opt.allocation.allocate import Allocation
    from commission_opt.allocation.methods import Method
    from commission_opt.instance.instance import Instance
    from commission_opt.plan.uncertain import WeighedRecord

    Weigh = Callable[[Limits, Watch, Method], tuple[Allocation, WeighedRecord]]


def solve(
    instance: InstanceArgument,
    model: Annotated[
        str, typer.Option(help="Commissioning model: a TOML file, or the name of a shipped one.")
    ] = "annual",
    change: Annotated[list[str] | None, options.CHANGE] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the plan.  \\[default: plans/<instance>-<model>]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plan.")] = False,
    discard_signatures: DiscardOption = False,
    time_limit: Annotated[
        float, options.seconds("Seconds after which the best plan is kept.")
    ] = 60.0,
    work_limit: Annotated[
        float | None,
        options.work(
            "Work after which the best plan is kept: the same on every machine. One unit is about "
            "a second of one core; there are as many as --time-limit has seconds at most."
        ),
    ] = None,
    gap: Annotated[
        float | None, options.gap("Relative gap at which to stop.  \\[default: 0.0005]")
    ] = None,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            help="Uncertainty file: decide for all of its futures at once. The name of one in the "
            "folder uncertainty of the instance, or a path."
        ),
    ] = None,
    exact_value: Annotated[
        bool,
        typer.Option(
            "--exact-value",
            help="With an uncertainty file: solve every scenario by itself, to say what knowing "
            "it beforehand is worth, however many there are.",
        ),
    ] = False,
    relaxed: Annotated[
        bool, typer.Option("--relaxed", help="Allow fractions of places: a bound, not a plan.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the solver.")] = 0,
    threads: Annotated[
        int, typer.Option(min=1, max=1024, help="Threads; with 1, runs repeat exactly.")
    ] = 1,
    method: Annotated[
        MethodName,
        typer.Option(
            help="How whole places are found: fast searches near the relaxation, and goes on as "
            "auto does while the gap of --gap is open; exact then branches until the gap or the "
            "time limit; auto does what helps."
        ),
    ] = "auto",
    engine: Annotated[
        Literal["arrays", "pyomo"],
        typer.Option(help="Arrays, or the readable Pyomo model with any solver."),
    ] = "arrays",
    solver: Annotated[
        str | None,
        typer.Option(
            help="Solver for the Pyomo model: highs, cbc, glpk, scip, …  \\[default: highs]"
        ),
    ] = None,
    extend: Annotated[
        Path | None,
        typer.Option(
            help="Python file with def extend(model, instance, policy): constraints of your own "
            "for the Pyomo model."
        ),
    ] = None,
    json_: JsonOption = False,
) -> int:
    """Allocate places and write a certified plan."""
    if engine == "arrays" and (solver or extend):
        raise typer.BadParameter("--solver and --extend go with --engine pyomo")
    if engine == "pyomo" and method != "auto":
        raise typer.BadParameter("--method goes with --engine arrays")
    if engine == "pyomo" and uncertainty:
        raise typer.BadParameter("--uncertainty goes with --engine arrays")
    from commission_opt.cli.summary import print_summary
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import parse_policy, read_policy
    from commission_opt.reading.read import check_instance
    from commission_opt.workbook.in_cells import in_rows

    screen, started = console(), time.perf_counter()
    if method == "fast" and gap is not None:  # the search comes first in that too
        method = "auto"
    gap = Limits.gap if gap is None else gap
    limits = Limits(seconds=time_limit, gap=gap, seed=seed, threads=threads, work=work_limit)
    modelled, folder = find_model(model), find_instance(instance)
    inputs = (folder, modelled, *([] if extend is None else [extend]))

    def check(target: Path) -> None:
        check_target(target, force=force, discard_signatures=discard_signatures, inputs=inputs)

    if out is not None:
        check(out)
    policy = given = read_policy(modelled)
    if relaxed:
        policy = policy.relaxed()
    if uncertainty is not None:
        how = policy.uncertainty or UnderUncertainty(uncertainty)
        policy = replace(policy, uncertainty=replace(how, file=uncertainty))
    elif engine == "pyomo" and policy.uncertainty is not None:
        raise UsageError("the Pyomo model is for one future; leave [uncertainty] out of the model")
    if exact_value and policy.uncertainty is None:
        raise UsageError("--exact-value goes with --uncertainty, or a model that has [uncertainty]")
    watch = Watch(phase="reading and checking")
    with following(watch, screen):
        reading = check_instance(folder)
    if reading.instance is None:
        raise InputError(reading.problems)
    read, place = reading.instance, in_rows if folder.is_file() else str
    if change:
        read, model_file = _changed(read, given, change, screen)
        policy = replace(
            parse_policy(model_file), integer=policy.integer, uncertainty=policy.uncertainty
        )
    read_seconds = time.perf_counter() - started
    target = out or Path("plans") / f"{read.name}-{policy.name}{'-changed' * bool(change)}"
    check(target)
    _tell_doubts(read, reading.problems, policy, (instance, model, modelled.name))

    weigh = _weighing(read, policy, folder, exact=exact_value)
    known: list[WeighedRecord] = []

    def work() -> Allocation:
        if engine == "arrays":
            from commission_opt.allocation.allocate import allocate
            from commission_opt.allocation.methods import Method

            if weigh is None:
                return allocate(read, policy, limits, watch, Method(method))
            found, beside = weigh(limits, watch, Method(method))
            known.append(beside)
            return found
        from commission_opt.algebra.extension import load_extension
        from commission_opt.allocation.algebraic import allocate_algebraically

        more = None if extend is None else load_extension(extend)
        return allocate_algebraically(read, policy, solver or "highs", limits, watch, more)

    with stopping(watch), following(watch, screen):  # what is found is written, whatever is pressed
        try:
            allocation = interruptible(work, watch)
        except InfeasibleError as error:
            if engine == "pyomo":
                raise  # constraints of the user's own are not explained
            if weigh is not None:
                raise InfeasibleError(place(str(error))) from error
            why = _explained((instance, model), change or (), relaxed=relaxed)
            raise InfeasibleError(
                f"{place(str(error))}\nwhy, and what would help: {why}"
            ) from error
        allocation.seconds["read"] = read_seconds
        watch.begin("writing the plan")
        record = write_plan(
            allocation, target, force=force, discard_signatures=discard_signatures,
            command=options.typed_command(), uncertain=next(iter(known), None),
        )  # fmt: skip
    print_summary(allocation, screen, place, next(iter(known), None))
    seconds = time.perf_counter() - started
    screen.tell(f"plan written to {target} in {seconds:.1f} s")
    if json_:
        put_out_json({**record, "folder": str(target)})
    if allocation.interrupted:
        screen.print("stopped by you; this is the best plan found until then", style="yellow")
        return 130
    return 0


def _changed(
    instance: Instance, policy: Policy, changes: Sequence[str], screen: Console
) -> tuple[Instance, bytes]:
    """Return an instance and the file of a model with changes made, and say what they touch."""
    from commission_opt.reading.applied import applied, read_again, said
    from commission_opt.scenario.scenario import read_changes

    made = applied(instance, policy, read_changes(changes))
    for text in said(made):
        screen.tell(text, soft_wrap=True)
    return read_again(made), made.model


def _explained(names: tuple[str, str], changes: Sequence[str], *, relaxed: bool) -> str:
    """Return the command that explains why there is no plan; names are of instance and model."""
    (instance, model), given = names, ["--relaxed"] * relaxed
    if not changes:
        return shlex.join(["commission-opt", "explain", instance, "--model", model, *given])
    made = [word for change in changes for word in ("--change", change)]
    apply = ["commission-opt", "apply", instance, "--model", model, *made, "--out", "changed"]
    return f"{shlex.join(apply)}, and then commission-opt explain changed"


def _weighing(instance: Instance, policy: Policy, folder: Path, *, exact: bool) -> Weigh | None:
    """Return what solves a model for the futures of its uncertainty file; None if it has none."""
    if policy.uncertainty is None:
        return None
    from commission_opt.futures.futures import futures
    from commission_opt.futures.uncertainty_file import find_uncertainty, read_uncertainty
    from commission_opt.plan.uncertain import solve_in_futures

    beside = folder if folder.is_dir() else folder.parent
    read = read_uncertainty(find_uncertainty(policy.uncertainty.file, beside))
    drawn = futures(instance, policy, read)
    return partial(solve_in_futures, instance, policy, drawn, exact=exact)


def _tell_doubts(
    instance: Instance, found: Sequence[Problem], policy: Policy, names: tuple[str, str, str]
) -> None:
    """Say what looks wrong before a solve; names are of the instance, the model and its file."""
    from commission_opt.reading.deep import warn_short_horizon
    from commission_opt.reading.plausibility.files import doubts_about_model
    from commission_opt.reading.promises import never_in_force, never_words, warn_not_commissioned

    screen, years = console(), policy.commissioning_years
    named, model, file = names
    by_model = [*warn_short_horizon(instance, years), *warn_not_commissioned(instance, years)]
    problems = [*doubts_about_model(policy.content, file), *found, *by_model]
    if problems:
        also = ["--model", model] if by_model else []
        see = shlex.join(["commission-opt", "check", named, *also])
        screen.print(f"{count(problems)} (see: {see})", style="dim")
        for text in top_doubts(problems):
            screen.print(text)
    if never := never_in_force(instance, years):
        screen.print(Text(never_words(never, len(instance.commitments)), style="dim"))
