"""Decision columns of one kind of line, side by side in a program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Ints
from commission_opt.core.index import Index


@dataclass(frozen=True)
class Block:
    """Columns by line and year that is decided on its own.

    Parameters
    ----------
    name : str
        What its columns count: ``places``.
    index : Index
        Its columns, by line and year.
    start : int
        Its first column in the program.
    """

    name: str
    index: Index
    start: int = 0

    @property
    def stop(self) -> int:
        """The column after its last one."""
        return self.start + self.index.size

    @property
    def grid(self) -> Ints:
        """Columns of the program, by line and year."""
        return np.arange(self.start, self.stop, dtype=np.int64).reshape(self.index.shape)
