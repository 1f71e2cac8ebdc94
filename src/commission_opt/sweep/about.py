"""What the store of a sweep keeps of how its scenarios were made."""

from __future__ import annotations

import json

from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.touched import in_words
from commission_opt.sweep.sweep_file import SweepFile


def about_of(sweep: SweepFile, instance: Instance, policy: Policy) -> dict[str, str]:
    """Return what is kept of a sweep beside its results, by name.

    Raises
    ------
    UsageError
        If an axis names what is not there.
    """
    ground = Ground(instance, policy)
    ground.check(sweep.all_axes())
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


def _changes(sweep: SweepFile, ground: Ground) -> list[str]:
    told = {axis.target: ground.touched_by(axis, axis.values) for axis in sweep.axes}
    for line in sweep.storylines:
        for one in line.settings:
            told[f"{one.axis.target}{one.value:.12g}"] = ground.touched_by(one.axis, [one.value])
    return [f"{target} changes {in_words(found)}" for target, found in told.items() if found]
