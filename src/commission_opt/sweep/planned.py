"""A sweep as it is asked for, laid out: its scenarios, and what the store keeps of them."""

from __future__ import annotations

import json

from commission_opt.allocation.methods import Method
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.touched import in_words
from commission_opt.solvers.status import Limits
from commission_opt.sweep.run import Sweep, plan_sweep
from commission_opt.sweep.sweep_file import SweepFile


def planned(
    sweep: SweepFile,
    instance: Instance,
    policy: Policy,
    limits: Limits,
    *,
    relaxed: bool = False,
    chunk: int | None = None,
    method: Method = Method.FAST,
    command: str = "",
) -> Sweep:
    """Lay a sweep out.

    Parameters
    ----------
    sweep : SweepFile
    instance : Instance
    policy : Policy
    limits : Limits
        For each scenario.
    relaxed : bool
        Fractions of places, also where the file does not say so.
    chunk : int, optional
        Scenarios of a chunk.
    method : Method
    command : str
        Kept in the store.

    Returns
    -------
    Sweep

    Raises
    ------
    UsageError, InputError
        If the scenarios cannot be made, or an axis names what is not there.
    """
    ground = Ground(instance, policy)
    ground.check(sweep.all_axes())
    return plan_sweep(
        instance, policy, sweep.scenarios(), limits,
        relaxed=relaxed or sweep.relaxed, chunk=chunk, method=method,
        about={**_about(sweep, ground), "command": command},
    )  # fmt: skip


def _changes(sweep: SweepFile, ground: Ground) -> list[str]:
    told = {axis.target: ground.touched_by(axis, axis.values) for axis in sweep.axes}
    for line in sweep.storylines:
        for one in line.settings:
            told[f"{one.axis.target}{one.value:.12g}"] = ground.touched_by(one.axis, [one.value])
    return [f"{target} changes {in_words(found)}" for target, found in told.items() if found]


def _about(sweep: SweepFile, ground: Ground) -> dict[str, str]:
    """Return what the store keeps of how the scenarios were made."""
    axes = [
        {"name": axis.name, "target": axis.target, "values": axis.values} for axis in sweep.axes
    ]
    return {
        "name": sweep.name,
        "title": sweep.title,
        "design": sweep.design,
        "samples": json.dumps(sweep.samples),
        "seed": str(sweep.seed),
        "axes": json.dumps(axes, ensure_ascii=False),
        "changes": json.dumps(_changes(sweep, ground), ensure_ascii=False),
        "storylines": json.dumps(sweep.titles, ensure_ascii=False),
    }
