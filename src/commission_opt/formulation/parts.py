"""What a rule hands over: named blocks of columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scipy import sparse

from commission_opt.linear_program import Floats

PLACES = "places"


@dataclass(frozen=True)
class Columns:
    """A block of columns with its box."""

    name: str
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Rows:
    """A block of rows.

    Parameters
    ----------
    name : str
        Name of the block.
    coefficients : mapping of str to scipy.sparse.csr_array
        Coefficients for each block of columns that the rows touch.
    lower, upper : array
        Bounds of the rows.
    label : callable
        Says in the words of the instance what the i-th row demands.
    """

    name: str
    coefficients: Mapping[str, sparse.csr_array]
    lower: Floats
    upper: Floats
    label: Callable[[int], str]


@dataclass(frozen=True)
class Part:
    """What one rule or objective adds to the program.

    Parameters
    ----------
    columns, rows : tuple
        New blocks.
    cost : mapping of str to array
        Cost of the columns of a block, if this part is an objective.
    offset : float
        Constant of the objective.
    """

    columns: tuple[Columns, ...] = ()
    rows: tuple[Rows, ...] = ()
    cost: Mapping[str, Floats] = field(default_factory=dict)
    offset: float = 0.0
