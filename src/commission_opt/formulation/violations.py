"""How far an allocation breaks a rule, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance


@dataclass(frozen=True)
class Violation:
    """The worst break of one rule.

    Parameters
    ----------
    size : float
        Relative to max(1, |limit|); 0 where the rule is kept.
    where : str
        What is broken, for a reader.
    """

    size: float
    where: str


def worst(
    excess: Floats, limit: Floats | float, where: Callable[[tuple[int, ...]], str]
) -> Violation:
    """Find the largest excess over a limit, relative to max(1, |limit|).

    Parameters
    ----------
    excess : array
        By how much each limit is exceeded; not positive where it is kept.
    limit : array or float
        The limits.
    where : callable
        Names the position of the worst.
    """
    relative = excess / np.maximum(1.0, np.abs(limit))
    if not relative.size:
        return Violation(0.0, "")
    at = np.unravel_index(int(np.argmax(relative)), relative.shape)
    size = float(relative[at])
    return Violation(size, where(tuple(map(int, at)))) if size > 0 else Violation(0.0, "")


def of_line(instance: Instance, what: str) -> Callable[[tuple[int, ...]], str]:
    """Name a rule of the course or measure and commissioning year at a position of amounts."""
    code, kind = instance.lines["line"].to_numpy(), instance.lines["kind"].to_numpy()

    def where(at: tuple[int, ...]) -> str:
        called = "course" if kind[at[0]] == "course" else "measure"
        return f"{what} of {called} {code[at[0]]!r} in {instance.first_year + at[1]}"

    return where
