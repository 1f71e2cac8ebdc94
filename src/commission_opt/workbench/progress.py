"""How far a command is, read from the lines that it prints where there is no screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PART = {
    "bound": re.compile(r"bound (-?[\d,]+\.\d)"),
    "best": re.compile(r"best plan (-?[\d,]+\.\d)"),
    "gap": re.compile(r"gap ([\d.]+)%"),
    "seconds": re.compile(r"(\d+) s"),
}
_TAIL = 64 * 1024  # bytes of output that are looked through
_POINTS = 400


@dataclass(frozen=True)
class ProgressPoint:
    """One line of progress.

    Parameters
    ----------
    seconds : float
        Since the start of the command.
    best, bound, gap : float or None
        As ``solvers.status.Watch`` has them; the gap in per cent. None where there is none.
    """

    phase: str
    seconds: float
    best: float | None = None
    bound: float | None = None
    gap: float | None = None


def points_of(text: str) -> list[ProgressPoint]:
    """Return the lines of progress of what a command printed, in order."""
    return [point for line in text.splitlines() if (point := _point(line)) is not None]


def _point(line: str) -> ProgressPoint | None:
    phase, *parts = line.strip().split(" · ")
    if not parts:
        return None
    found: dict[str, float] = {}
    for part in parts:
        for name, pattern in _PART.items():
            if match := pattern.fullmatch(part):
                found[name] = float(match[1].replace(",", ""))
    if "seconds" not in found:
        return None
    return ProgressPoint(phase, **found)


def tail(path: Path, most: int = _TAIL) -> str:
    """Return the end of what a command printed; nothing if it has not begun to."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            text = file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
    return text if size <= most else text.partition("\n")[2]


def progress(path: Path) -> list[ProgressPoint]:
    """Return the latest lines of progress in a file of what a command printed."""
    return points_of(tail(path))[-_POINTS:]
