"""A line that follows a long solve."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.live import Live

from commission_opt.cli.screen import Console, Text, console
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Watch

T = TypeVar("T")
_FIRST, _EVERY = 1.0, 2.0  # seconds to and between lines where there is no screen to redraw


def line(watch: Watch) -> str:
    """Say how far a solve has come: bound, best plan, gap, seconds."""
    parts = [watch.phase or "preparing"]
    if math.isfinite(watch.bound):
        parts.append(f"bound {watch.bound * watch.unit:,.1f}")
    if math.isfinite(watch.best):
        parts.append(f"best plan {watch.best * watch.unit:,.1f}")
        if math.isfinite(watch.bound):
            gap = max(0.0, watch.best - watch.bound) / max(abs(watch.best), 1e-9)
            parts.append(f"gap {gap:.3%}")
    parts.append(f"{watch.seconds:.0f} s")
    return " · ".join(parts)


@contextmanager
def following(watch: Watch, screen: Console) -> Iterator[None]:
    """Show progress of a solve while the block runs."""

    def hint() -> str:
        return "Ctrl-C keeps the best plan" if math.isfinite(watch.best) else ""

    with telling(lambda: line(watch), screen, hint):
        yield


def followed(watch: Watch, work: Callable[[], T]) -> T:
    """Return what some work gives; it is followed on the screen, and Ctrl-C stops it."""
    with following(watch, console()):
        return interruptible(work, watch)


class _Line:
    def __init__(self, say: Callable[[], str], hint: Callable[[], str]) -> None:
        self.say, self.hint = say, hint

    def __rich__(self) -> Text:
        hint = self.hint()
        return Text(self.say() + (f"   ({hint})" if hint else ""), style="dim")


@contextmanager
def telling(
    say: Callable[[], str],
    screen: Console,
    hint: Callable[[], str] = lambda: "",
    every: float = _EVERY,
) -> Iterator[None]:
    """Tell how far it is while the block runs: redrawn on a screen, a line now and then elsewhere.

    ``hint`` is what the line on a screen says besides; ``every`` are the seconds between others.
    """
    if screen.is_terminal:
        with Live(_Line(say, hint), console=screen, refresh_per_second=4, transient=True):
            yield
        return
    done = threading.Event()

    def speak() -> None:
        pause = _FIRST
        while not done.wait(pause):
            screen.tell(say())
            pause = every

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
