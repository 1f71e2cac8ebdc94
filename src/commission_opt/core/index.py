"""How cells with several coordinates are numbered: the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from commission_opt.arrays import Ints


@dataclass(frozen=True)
class Index:
    """Positions of cells along named axes, the last axis running fastest.

    Parameters
    ----------
    axes : tuple of str
        Names of the axes.
    shape : tuple of int
        Cells along each axis.

    Raises
    ------
    ValueError
        If an axis has a negative length or none given, or a name comes twice.
    """

    axes: tuple[str, ...]
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse axes that number nothing."""
        if len(self.axes) != len(self.shape) or len({*self.axes}) < len(self.axes):
            raise ValueError(f"axes {self.axes} do not go with the shape {self.shape}")
        if any(length < 0 for length in self.shape):
            raise ValueError(f"the shape {self.shape} has a negative length")

    @property
    def size(self) -> int:
        """Number of cells."""
        return prod(self.shape)

    def at(self, *coordinates: npt.ArrayLike) -> Ints:
        """Return the positions of cells by one coordinate for each axis, broadcast."""
        position = np.zeros((), dtype=np.int64)
        for length, coordinate in zip(self.shape, coordinates, strict=True):
            position = position * length + np.asarray(coordinate, dtype=np.int64)
        return position

    def of(self, axis: str, positions: npt.ArrayLike | None = None) -> Ints:
        """Return the coordinates along an axis, of some positions or of all cells."""
        k = self.axes.index(axis)
        every = np.arange(self.size) if positions is None else np.asarray(positions, dtype=np.int64)
        coordinates: Ints = every // prod(self.shape[k + 1 :]) % self.shape[k]
        return coordinates
