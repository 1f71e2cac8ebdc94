"""Functions that workers of a sweep are given in tests; in a file of their own to be imported."""

import os
import time
from pathlib import Path

from commission_opt.errors import UsageError


def doubled(chunk: list[int]) -> list[int]:
    return [2 * value for value in chunk]


def slowly_doubled(chunk: list[int]) -> list[int]:
    time.sleep(0.3)
    return doubled(chunk)


def deadly(chunk: list[int]) -> list[int]:
    """Kill the process that works on a 13."""
    if 13 in chunk:
        os._exit(7)
    return doubled(chunk)


def deadly_once(chunk: tuple[Path, list[int]]) -> list[int]:
    """Kill the first process that works on a chunk."""
    folder, values = chunk
    file = folder / f"{values[0]}"
    if not file.exists():
        file.touch()
        os._exit(7)
    return doubled(values)


def wrong(chunk: list[int]) -> list[int]:
    if 13 in chunk:
        raise ValueError("13 will not do")
    return doubled(chunk)


def refused(_chunk: list[int]) -> list[int]:
    raise UsageError("this worker will not")


def process_id(_chunk: list[int]) -> int:
    return os.getpid()


def process_id_and_nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def threads(_chunk: list[int]) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")


def process_id_and_count_for_ever(go_on: bool) -> int:
    """Give the number of the process, or keep it busy where no thread of it gets a turn."""
    return sum(range(10**14)) if go_on else os.getpid()
