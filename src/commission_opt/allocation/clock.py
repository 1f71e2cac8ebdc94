"""What a plan takes, phase by phase."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Time by phase."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        """Add the time that a block takes to a phase."""
        start = time.perf_counter()
        yield
        self.laps[phase] = self.laps.get(phase, 0.0) + time.perf_counter() - start

    @property
    def total(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start
