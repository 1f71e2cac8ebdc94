"""A sweep that was run, read from its store when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from commission_opt.sweep.export import frames
from commission_opt.sweep.store import reading
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural

_LISTED = ("name", "status", "objective", "shortfall", "spend", "places")


@dataclass(frozen=True, repr=False)
class SweepResult(Shown):
    """The results of a sweep in its folder.

    Parameters
    ----------
    folder : Path
    """

    folder: Path

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return ``scenarios``, one row each; ``measures``; and ``places``, as ``export`` does.

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
