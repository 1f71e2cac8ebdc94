"""A sweep from plain values to its result, which is read from its store when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from commission_opt.allocation.methods import Method
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import GRID
from commission_opt.sweep.export import frames
from commission_opt.sweep.run import Progress, plan_sweep, work_out
from commission_opt.sweep.store import reading
from commission_opt.sweep.sweep_file import asked_for
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural
from commission_opt.workers.executor import in_turn
from commission_opt.workers.processes import local

_LISTED = ("name", "status", "objective", "shortfall", "spend", "places", "units")


@dataclass(frozen=True, repr=False)
class SweepResult(Shown):
    """The results of a sweep in its folder.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return ``scenarios``, one row each; ``measures``; ``places``; ``units``; see ``export``.

        Raises
        ------
        UsageError
            If the folder holds no sweep.
        """
        with reading(self.folder) as store:
            return frames(store)

    def card(self) -> Card:
        """Return how the scenarios ended, with the first of them."""
        with reading(self.folder) as store:
            about, counts = store.about(), store.counts()
            scenarios = frames(store)["scenarios"]
        done, size = sum(counts.values()), int(about["size"])
        ended = ", ".join(f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items())
        listed = [name for name in _LISTED if name in scenarios]
        rows = [_row(row) for row in scenarios[listed].itertuples(index=False)]
        return Card(
            f"Sweep of {about['instance']} under {about['model']}: "
            f"{done:,} of {plural(size, 'scenario')} done",
            (f"{ended}.",) if ended else (),
            (Grid("scenarios", listed, rows, (0, 1)),),
        )


def _row(values: Sequence[object]) -> list[str]:
    return [f"{value:,.6g}" if isinstance(value, float) else str(value) for value in values]


def run_sweep(
    instance: Instance,
    policy: Policy,
    vary: Sequence[str],
    out: Path | str,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    design: str = GRID,
    samples: int | None = None,
    seed: int = 0,
    relaxed: bool = False,
    method: Method | str = Method.FAST,
    processes: int | None = None,
    resume: bool = False,
    force: bool = False,
) -> SweepResult:
    """Solve many scenarios of an instance, each with its proof, and keep them in a folder.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    vary : sequence of str
        What varies, such as ``budget*=0.9,1,1.1``.
    out : path
        Folder of the store.
    limits : Limits, optional
        For each scenario.
    watch : Watch, optional
        Can stop the sweep; what is done is kept.
    design : str
        How values are combined: ``grid``, ``one-at-a-time`` or one that draws ``samples``.
    samples : int, optional
    seed : int
        Of a design that draws values.
    relaxed : bool
        Fractions of places, which is quicker.
    method : str
        How whole places are found: ``fast``, ``auto`` or ``exact``.
    processes : int, optional
        Processes of this machine; in this process if not given.
    resume, force : bool
        Whether a sweep in the folder is gone on with, or replaced.

    Returns
    -------
    SweepResult

    Raises
    ------
    UsageError
        If an axis or the design cannot be read, or the folder may not be used.
    InputError
        If an axis takes a figure out of its range.
    """
    asked = asked_for(vary, design, samples, seed)
    about = {**asked.about(instance, policy), "command": ""}
    sweep = plan_sweep(
        instance, policy, asked.scenarios(), limits or Limits(),
        relaxed=relaxed, method=Method(method), about=about,
    )  # fmt: skip
    execute = in_turn if processes is None else local(processes)
    work_out(sweep, Path(out), execute, Progress(watch or Watch()), resume=resume, force=force)
    return SweepResult(Path(out))
