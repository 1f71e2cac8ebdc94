"""What is told of some places in many futures, out of what follows in a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.futures.outcomes import Outcomes


@dataclass(frozen=True, eq=False)
class Seen:
    """What is told of some places.

    Parameters
    ----------
    objectives : mapping of str to array, shape (W,)
    worst : mapping of str to (float, int, str)
        Of each rule its worst break: how far, in which future, and where.
    breaks : mapping of (str, str) to (float, int)
        Of each rule and place where some future breaks it worst, how far and in which future.
    """

    objectives: Mapping[str, Floats]
    worst: Mapping[str, tuple[float, int, str]]
    breaks: Mapping[tuple[str, str], tuple[float, int]]


def seen_in(chunks_of: Iterable[Outcomes]) -> Seen:
    """Gather what chunks of futures tell, in their order."""
    values: dict[str, list[Floats]] = {}
    worst: dict[str, tuple[float, int, str]] = {}
    breaks: dict[tuple[str, str], tuple[float, int]] = {}
    start = 0
    for some in chunks_of:
        for name, each in some.objectives.items():
            values.setdefault(name, []).append(each)
        for rule, broken in some.broken.items():
            w = int(np.argmax(broken.size))
            if rule not in worst or broken.size[w] > worst[rule][0]:
                worst[rule] = float(broken.size[w]), start + w, broken.where(w)
            for w in np.flatnonzero(broken.size > TOLERANCE).tolist():
                at, size = (rule, broken.where(w)), float(broken.size[w])
                breaks[at] = max(breaks.get(at, (0.0, 0)), (size, start + w))
        start += some.balance.supply.shape[-1]
    return Seen({name: np.concatenate(each) for name, each in values.items()}, worst, breaks)
