"""What splitting a decision has gained so far, which says which is split next."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from commission_opt.arrays import Floats, Ints

_TRUSTED = 4  # splits of a decision that tell what another will gain
_LEAST = 1e-6  # gain or distance that counts, so that no score is zero


@dataclass(eq=False)
class Pseudocosts:
    """Mean gain of the bound for each unit that a decision is moved, down and up.

    After Benichou et al., "Experiments in mixed-integer linear programming", Mathematical
    Programming 1 (1971). Decisions that were never split are tried first, as in Achterberg, Koch
    and Martin, "Branching rules revisited", Operations Research Letters 33 (2005).
    """

    decisions: int
    _gain: Floats = field(init=False)
    _count: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._gain, self._count = np.zeros((2, self.decisions)), np.zeros((2, self.decisions))

    def learn(self, decision: int, distance: Floats, gain: Floats) -> None:
        """Note what a split gained below and above, and how far it moved the decision."""
        self._gain[:, decision] += gain / np.maximum(distance, _LEAST)
        self._count[:, decision] += 1

    def knows(self, decision: int) -> bool:
        """Say whether the decision was split often enough to go by that."""
        return bool(self._count[0, decision] >= _TRUSTED)

    def scores(self, decisions: Ints, distance: Floats, room: float) -> Floats:
        """Return the product of the gains to be expected below and above, shape (k,).

        Splits move decisions by distances, shape (2, k). A gain beyond the room makes no
        difference; a decision that was never split is taken for an average one.
        """
        total, times = self._gain.sum(axis=1), self._count.sum(axis=1)
        average = np.where(total > 0, total / np.maximum(times, 1.0), 1.0)[:, None]
        count = self._count[:, decisions]
        each = np.where(count > 0, self._gain[:, decisions] / np.maximum(count, 1.0), average)
        return score(each * np.maximum(distance, _LEAST), room)


def score(gain: Floats, room: float) -> Floats:
    """Return the product of gains below and above, shape (2, ...), each at most the room."""
    below, above = np.clip(gain, _LEAST, max(room, _LEAST))
    product: Floats = below * above
    return product
