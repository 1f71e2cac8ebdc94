"""A line that follows a long solve."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.live import Live
from rich.text import Text

from commission_opt.solvers.status import Watch

_FIRST, _EVERY = 1.0, 2.0  # seconds to and between lines where there is no screen to redraw


def line(watch: Watch) -> str:
    """Say how far a solve has come: bound, best plan, gap, seconds."""
    parts = [watch.phase or "preparing"]
    if np.isfinite(watch.bound):
        parts.append(f"bound {watch.bound:,.1f}")
    if np.isfinite(watch.best):
        parts.append(f"best plan {watch.best:,.1f}")
        if np.isfinite(watch.bound):
            gap = max(0.0, watch.best - watch.bound) / max(abs(watch.best), 1e-9)
            parts.append(f"gap {gap:.3%}")
    parts.append(f"{watch.seconds:.0f} s")
    return " · ".join(parts)


class _Line:
    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __rich__(self) -> Text:
        found = np.isfinite(self.watch.best)
        hint = "   (Ctrl-C keeps the best plan)" if found else ""
        return Text(line(self.watch) + hint, style="dim")


@contextmanager
def following(watch: Watch, screen: Console) -> Iterator[None]:
    """Show progress while the block runs: redrawn on a screen, a line now and then elsewhere."""
    if screen.is_terminal:
        with Live(_Line(watch), console=screen, refresh_per_second=4, transient=True):
            yield
        return
    done = threading.Event()

    def speak() -> None:
        pause = _FIRST
        while not done.wait(pause):
            screen.print(line(watch), highlight=False, markup=False)
            pause = _EVERY

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
