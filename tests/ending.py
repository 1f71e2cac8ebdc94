"""A clock that is over, or somebody who asks for the end, at some work: as on a slower machine."""

from dataclasses import dataclass
from math import inf

from commission_opt.solvers.work import End, Meter


@dataclass
class Ending(Meter):
    """A meter whose rounds end at some work."""

    over_at: float = inf
    somebody: bool = False

    @property
    def left(self) -> float:
        """Nothing by then, if it is the clock."""
        over = self.work >= self.over_at and not self.somebody
        return 0.0 if over else super().left

    def look(self, *, asked: bool) -> End | None:
        """Somebody asks by then, if it is not the clock."""
        return super().look(asked=asked or (self.somebody and self.work >= self.over_at))
