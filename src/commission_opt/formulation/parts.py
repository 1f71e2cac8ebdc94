"""What rules and objectives hand over: named blocks of columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.problem import Planning

PLACES, DEPLOYED = "places", "deployed"
OF_FUTURE = "@"  # between the name of a block and that of the future whose own it is


def is_decided(block: str) -> bool:
    """Say whether the columns of a block are decided: places and units, or who is deployed."""
    return block == PLACES or is_deployed(block)


def is_deployed(block: str) -> bool:
    """Say whether the columns of a block are FTE deployed, in any future."""
    return block.partition(OF_FUTURE)[0] == DEPLOYED


def deployed_columns(columns: Mapping[str, slice]) -> Ints:
    """Return the columns of a program that are FTE deployed, future by future."""
    none = [np.zeros(0, dtype=np.int64)]
    own = [np.arange(at.start, at.stop) for name, at in columns.items() if is_deployed(name)]
    return np.concatenate(none + own)


@dataclass(frozen=True)
class Columns:
    """A block of columns.

    Parameters
    ----------
    name : str
        Name of the block.
    lower, upper : array
        Its box; finite, so that every Lagrangian bound is.
    fill : callable
        The best values of these columns for given decision columns, and after them the FTE
        deployed, if anybody can be.
    key : callable
        Codes of the instance that the i-th column stands for, separated by commas.
    named : callable, optional
        What the i-th column counts, if not all count the same: ``places`` or ``units``.
    """

    name: str
    lower: Floats
    upper: Floats
    fill: Callable[[Floats], Floats]
    key: Callable[[int], str]
    named: Callable[[int], str] | None = None

    def counts(self, i: int) -> str:
        """Return what the i-th column counts."""
        return self.name if self.named is None else self.named(i)


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
    key : callable
        Codes of the instance that the i-th row stands for, separated by commas.
    unit : float or array
        What 1 in the rows stands for in £, weeks, FTE or places.
    origin : pair of Origin, optional
        Where lower and upper ends come from; of the rule itself if not given.
    items : array of int, optional
        Which item of the origin each row is; the i-th if not given.
    future : Planning, optional
        The problem whose figures they are, if it is not that of the program.
    hinges : tuple of (Hinges or None), optional
        Of rows on columns that are not decided, what each keeps at or below its upper end, as a
        sum of hinges; None where it is not to be kept.
    share : array, optional
        Of rows that hold a part of a sum of places to a share of it, that share: what all
        coefficients are less than those of the part.
    """

    name: str
    coefficients: Mapping[str, sparse.csr_array]
    lower: Floats
    upper: Floats
    label: Callable[[int], str]
    key: Callable[[int], str]
    unit: float | Floats = 1.0
    origin: tuple[Origin, Origin] | None = None
    items: Ints | None = None
    future: Planning | None = None
    hinges: tuple[Hinges | None, ...] = ()
    share: Floats | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """What one rule, or what several objectives share, adds to the program.

    Parameters
    ----------
    columns, rows : tuple
        New blocks.
    box : pair of arrays, optional
        Bounds of the decision columns.
    box_origin : pair of Origin, optional
        Where these come from, course by course; of the rule itself if not given.
    numbers_origin : pair of Origin, optional
        Where the step and the smallest number of places of a course come from.
    """

    columns: tuple[Columns, ...] = ()
    rows: tuple[Rows, ...] = ()
    box: tuple[Floats, Floats] | None = None
    box_origin: tuple[Origin, Origin] | None = None
    numbers_origin: tuple[Origin, Origin] | None = None


@dataclass(frozen=True, eq=False)
class Hinges:
    """``Σ_i Σ_l slope[l, i] · max(0, knot[l, i] − (reach · x)_i) + linear · x + offset``.

    Every slope is at least 0, so the function is convex in the places x, and in the FTE deployed,
    whose columns may come after them in ``reach``.

    Parameters
    ----------
    reach : scipy.sparse.csr_array, shape (cells, n)
        What a place adds to each cell, such as the FTE it supplies.
    knots, slopes : array, shape (levels, cells)
        Where each hinge sets in, and what a unit below it costs.
    linear : array, shape (n,)
        Cost of each decision column itself.
    offset : float
        The constant.
    exact : bool
        Whether the objective that it stands for is never less.
    """

    reach: sparse.csr_array
    knots: Floats
    slopes: Floats
    linear: Floats
    offset: float
    exact: bool = True

    def given(self, deployed: Floats) -> Hinges:
        """Return the same over places alone, for what is deployed."""
        n = len(self.linear)
        if self.reach.shape[1] == n:
            return self
        knots = self.knots - self.reach[:, n:] @ deployed.ravel()
        return replace(self, reach=sparse.csr_array(self.reach[:, :n]), knots=knots)

    def value(self, x: Floats) -> float:
        """Return the objective at some places, in its own unit."""
        below = np.maximum(self.knots - self.reach @ x, 0.0)
        return float(np.sum(self.slopes * below) + self.linear @ x) + self.offset

    def times(self, weight: float) -> Hinges:
        """Return so many times the function."""
        return replace(
            self,
            slopes=weight * self.slopes,
            linear=weight * self.linear,
            offset=weight * self.offset,
        )


def mixed(parts: Sequence[Hinges], weights: Floats) -> Hinges:
    """Return a weighted sum of sums of hinges; those over the same reach become its levels.

    Parameters
    ----------
    weights : array, shape (len(parts),)
        Of 0 or more, and not all 0.
    """
    some = [part.times(float(w)) for part, w in zip(parts, weights, strict=True) if w > 0]
    by_reach: dict[bytes, Hinges] = {}
    for part in some:
        reach = part.reach
        key = reach.indptr.tobytes() + reach.indices.tobytes() + reach.data.tobytes()
        before = by_reach.get(key)
        by_reach[key] = part if before is None else _levels(before, part)
    return reduce(stacked, by_reach.values())


def _levels(first: Hinges, second: Hinges) -> Hinges:
    """Add two sums of hinges over the same reach."""
    return Hinges(
        first.reach,
        np.vstack([first.knots, second.knots]),
        np.vstack([first.slopes, second.slopes]),
        first.linear + second.linear,
        first.offset + second.offset,
        first.exact and second.exact,
    )


def stacked(first: Hinges, second: Hinges) -> Hinges:
    """Add two sums of hinges over the same columns."""
    levels = max(len(first.knots), len(second.knots))
    width = max(first.reach.shape[1], second.reach.shape[1])

    def wide(reach: sparse.csr_array) -> sparse.csr_array:
        shape = reach.shape[0], width
        return sparse.csr_array((reach.data, reach.indices, reach.indptr), shape=shape)

    def padded(values: Floats) -> Floats:
        return np.pad(values, ((0, levels - len(values)), (0, 0)))

    return Hinges(
        sparse.csr_array(sparse.vstack([wide(first.reach), wide(second.reach)])),
        np.hstack([padded(first.knots), padded(second.knots)]),
        np.hstack([padded(first.slopes), padded(second.slopes)]),
        first.linear + second.linear,
        first.offset + second.offset,
        first.exact and second.exact,
    )


@dataclass(frozen=True, eq=False)
class Spread:
    """An objective that is the largest of weighted sums of W values: in futures, or of regions.

    Parameters
    ----------
    rows : str
        The block with a row for each value, whose multipliers are weights.
    always : array, shape (W,)
        What each value counts beside those.
    hinges : tuple of Hinges
        The values.
    weights : callable
        The weights, shape (W,), by which the values, shape (W,), count most.
    largest : bool
        Whether it is the largest of the values themselves.
    """

    rows: str
    always: Floats
    hinges: tuple[Hinges, ...]
    weights: Callable[[Floats], Floats]
    largest: bool = False

    def at(self, x: Floats) -> Floats:
        """Return the weights that count most at some places."""
        return self.weights(np.array([hinges.value(x) for hinges in self.hinges]))


@dataclass(frozen=True)
class Aim:
    """An objective as a linear function of columns.

    Parameters
    ----------
    name : str
        Name of the objective.
    cost : mapping of str to array
        Cost of the columns of each block that it touches.
    offset : float
        Its constant.
    parts : tuple of Part
        Columns and rows that it needs.
    scale : float
        What one unit of the program's objective stands for, so that its coefficients are
        near 1.
    hinges : Hinges or None
        The same objective as a sum of hinges over the places, if it is one; or what is never less.
    risk : str
        How it is weighed over several futures: as ``policy.UnderUncertainty`` has it, or "".
    spread : Spread or None
        The values of which it is the largest weighted sum, such as those in several futures.
    below : bool
        Whether it may be below the objective, which it under-estimates.
    size : float
        What its gap and tolerance are relative to at least, in the unit of the objective.
    """

    name: str
    cost: Mapping[str, Floats]
    offset: float = 0.0
    parts: tuple[Part, ...] = ()
    scale: float = 1.0
    hinges: Hinges | None = None
    risk: str = ""
    spread: Spread | None = None
    below: bool = False
    size: float = 0.0
