"""``commission-opt solve``."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.cli.problems import count, top_doubts
from commission_opt.cli.progress import following
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.cli.summary import print_summary
from commission_opt.errors import InfeasibleError, InputError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance
from commission_opt.plan.write import write_plan
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.deep import warn_short_horizon
from commission_opt.reading.plausibility.model import doubts_about_model
from commission_opt.reading.promises import never_in_force, never_words, warn_not_commissioned
from commission_opt.reading.read import check_instance
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits, Watch
from commission_opt.workbook.in_cells import in_rows


def run_solve(
    instance_name: str,
    model_name: str,
    out: Path | None,
    limits: Limits,
    method: str,
    by_pyomo: tuple[str, Path | None] | None,
    *,
    force: bool,
    discard_signatures: bool,
    relaxed: bool,
    as_json: bool,
) -> int:
    """Solve, write the plan, print what it says, and return the exit code.

    ``by_pyomo`` names a solver, and perhaps a file of constraints, for the readable model.
    """
    screen = console()
    model, folder = find_model(model_name), find_instance(instance_name)
    extension = by_pyomo[1] if by_pyomo is not None else None
    inputs = (folder, model, *([] if extension is None else [extension]))

    def check(target: Path) -> None:
        check_target(target, force=force, discard_signatures=discard_signatures, inputs=inputs)

    if out is not None:
        check(out)
    started = time.perf_counter()
    policy = read_policy(model)
    if relaxed:
        policy = policy.relaxed()
    watch = Watch(phase="reading and checking")
    with following(watch, screen):
        reading = check_instance(folder)
    if reading.instance is None:
        raise InputError(reading.problems)
    instance, place = reading.instance, in_rows if folder.is_file() else str
    read_seconds = time.perf_counter() - started
    target = out or Path("plans") / f"{instance.name}-{policy.name}"
    check(target)
    years = policy.commissioning_years
    by_model = [*warn_short_horizon(instance, years), *warn_not_commissioned(instance, years)]
    doubts = [*doubts_about_model(policy.content, model.name), *reading.problems]
    problems = [*doubts, *by_model]
    if problems:
        also = ["--model", model_name] if by_model else []
        see = shlex.join(["commission-opt", "check", instance_name, *also])
        screen.print(f"{count(problems)} (see: {see})", style="dim")
        for text in top_doubts(problems):
            screen.print(text)
    if never := never_in_force(instance, years):
        screen.print(Text(never_words(never, len(instance.commitments)), style="dim"))

    command = shlex.join(["commission-opt", *sys.argv[1:]])
    with stopping(watch), following(watch, screen):  # what is found is written, whatever is pressed
        try:
            allocation = interruptible(
                lambda: _allocate(instance, policy, limits, watch, method, by_pyomo), watch
            )
        except InfeasibleError as error:
            if by_pyomo is not None:
                raise  # constraints of the user's own are not explained
            why = ["commission-opt", "explain", instance_name, "--model", model_name]
            said = shlex.join([*why, *["--relaxed"] * relaxed])
            raise InfeasibleError(
                f"{place(str(error))}\nwhy, and what would help: {said}"
            ) from error
        allocation.seconds["read"] = read_seconds
        watch.begin("writing the plan")
        record = write_plan(
            allocation, target, force=force, discard_signatures=discard_signatures, command=command
        )
    print_summary(allocation, screen, place)
    seconds = time.perf_counter() - started
    screen.print(f"plan written to {target} in {seconds:.1f} s", highlight=False, markup=False)
    if as_json:
        put_out_json({**record, "folder": str(target)})
    if allocation.interrupted:
        screen.print("stopped by you; this is the best plan found until then", style="yellow")
        return 130
    return 0


def _allocate(
    instance: Instance,
    policy: Policy,
    limits: Limits,
    watch: Watch,
    method: str,
    by_pyomo: tuple[str, Path | None] | None,
) -> Allocation:
    if by_pyomo is None:
        return allocate(instance, policy, limits, watch, Method(method))
    from commission_opt.algebra.extension import load_extension
    from commission_opt.allocation.algebraic import allocate_algebraically

    solver, file = by_pyomo
    extend = None if file is None else load_extension(file)
    return allocate_algebraically(instance, policy, solver, limits, watch, extend)
