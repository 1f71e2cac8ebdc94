"""A scenario and its answer as the store of a sweep gives them back."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.arrays import Floats


@dataclass(frozen=True)
class Changed:
    """What a scenario changes.

    Parameters
    ----------
    axis : str
        Name of the axis.
    target : str
        What is changed and how, as on the command line, such as ``budget[fund=tuition]*=``.
    value : float
    """

    axis: str
    target: str
    value: float


@dataclass(frozen=True)
class Row:
    """A scenario as it is kept.

    Parameters
    ----------
    number : int
        Position in the design, from 0.
    key, name : str
    settings : tuple of Changed
    status, reason, how : str
        As in ``ScenarioResult``.
    seconds : float
    measures : dict of str to float
    places : array, shape (C, K), or None
    units : array, shape (L − C, K), or None
    """

    number: int
    key: str
    name: str
    settings: tuple[Changed, ...]
    status: str
    reason: str
    how: str
    seconds: float
    measures: dict[str, float]
    places: Floats | None
    units: Floats | None = None
