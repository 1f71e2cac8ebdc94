"""What a search keeps below an end: earlier objectives held, rows of rules, parts of a largest.

Each is a sum of hinges over the cells of the objective. The largest of several, such as the share
of the worst region, is held by an end for each of them. Where it is the objective itself, the
search makes the sum of them least that the prices of the relaxation weigh, and pays for what any of
them is above what is proved to be the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.conditioned import Conditioned, as_given, rounded
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.formulation.assemble import HELD, Formulation, held_name
from commission_opt.formulation.parts import PLACES, Aim, Hinges, Rows

_DEARER = 3.0  # a unit beyond the most, against what the relaxation pays for it


@dataclass(frozen=True, eq=False)
class Caps:
    """Further sums of hinges over the same knots and cells, each with an end.

    Those that count in different cells share a layer.

    Parameters
    ----------
    slopes : array, shape (layers, levels, cells)
        What a unit below each knot counts in the cap of its cell, in units of that.
    of : array of int, shape (layers, cells)
        The cap in which each cell counts.
    most : array, shape (caps,)
        The ends.
    price : array, shape (caps,)
        What a unit of each is worth, by the multipliers of the relaxation.
    penalty : array, shape (caps,)
        Cost of a unit beyond the end.
    aimed : array of bool, shape (caps,)
        Whether the largest of these is the objective: their ends may be exceeded.
    least : float
        What the objective is where the largest of those reaches its end.
    """

    slopes: Floats
    of: Ints
    most: Floats
    price: Floats
    penalty: Floats
    aimed: Bools
    least: float = -np.inf

    def __len__(self) -> int:
        return len(self.most)

    def counted(self, left: Floats, cells: Ints | slice) -> Floats:
        """Return what each of some cells counts in each layer; given what it is below its knots.

        Parameters
        ----------
        left : array, shape (levels, some)
        cells : array of int, shape (some,), or slice
        """
        return np.asarray(np.einsum("kij,ij->kj", self.slopes[:, :, cells], left))

    def summed(self, each: Floats, cells: Ints | slice) -> Floats:
        """Add up by cap what cells count in each layer, shape (caps,)."""
        if not len(self.of):
            return np.zeros(0)
        kinds = self.of[:, cells].ravel()
        return np.bincount(kinds, each.ravel(), minlength=len(self)).astype(float)

    def dense(self, cells: Ints) -> Floats:
        """Return the slopes of some cells by cap, shape (levels, some, caps)."""
        found = np.zeros((self.slopes.shape[1], len(cells), len(self)))
        for slopes, of in zip(self.slopes[:, :, cells], self.of[:, cells], strict=True):
            found[:, np.arange(len(cells)), of] += slopes
        return found

    def over(self, now: Floats) -> Floats:
        """Return how far what is held is above its ends; 0 for what is aimed at."""
        return np.where(self.aimed, 0.0, np.maximum(now - self.most, 0.0))

    def pushed(self, now: Floats, more: Floats) -> Floats:
        """Return what it costs the objective that caps change, shape (caps, …) → (…)."""
        if not self.aimed.any():
            return np.zeros(more.shape[1:])
        above = (now - self.most)[self.aimed]
        wide = above.reshape(-1, *(1,) * (more.ndim - 1))
        change = np.maximum(wide + more[self.aimed], 0.0) - np.maximum(wide, 0.0)
        return np.asarray(np.tensordot(self.penalty[self.aimed], change, 1))


@dataclass(frozen=True, eq=False)
class _Cap:
    hinges: Hinges
    most: float
    price: float
    aimed: bool = False


def with_caps(
    formulation: Formulation,
    goal: Hinges,
    most: Floats,
    multipliers: Floats,
    deployed: Floats | None = None,
    least: float = -np.inf,
) -> tuple[Hinges, Caps] | None:
    """Return an objective over the cells of all that is held too, and the caps.

    Parameters
    ----------
    formulation : Formulation
    goal : Hinges
        Its objective.
    most : array, shape (m,)
        Upper ends of its rows, with what rounding errors may take.
    multipliers : array, shape (m,)
        Row multipliers of the relaxation.
    deployed : array, shape (S, Y), optional
        Who is deployed, whatever the places; left out where nobody can be.
    least : float
        What the objective is proved to be at least, in units of the program.

    Returns
    -------
    (Hinges, Caps) or None
        None if something that is held is no sum of hinges. What costs decisions alone is held by
        a row like any other and needs no cap.
    """
    goal = goal if deployed is None else goal.given(deployed)
    caps = list(_aimed(formulation, least))
    for cap in _held(formulation, most, multipliers):
        if cap is None:
            return None
        caps.append(cap)
    if deployed is not None:
        caps = [replace(cap, hinges=cap.hinges.given(deployed)) for cap in caps]
    over, *every = _side_by_side([goal, *(one.hinges for one in caps)])
    slopes, of = _layers([hinges.slopes for hinges in every], over.slopes.shape)
    return over, Caps(
        slopes, of,
        np.array([one.most - one.hinges.offset for one in caps]),
        np.array([one.price for one in caps]),
        _DEARER * np.array([1.0 if one.aimed else _worth(goal, one) for one in caps]),
        np.array([one.aimed for one in caps], dtype=bool),
        least,
    )  # fmt: skip


def _side_by_side(parts: Sequence[Hinges]) -> tuple[Hinges, ...]:
    """Return the same functions over one reach and the same knots for all; only slopes differ."""
    knots: dict[bytes, dict[bytes, Floats]] = {}
    reach: dict[bytes, sparse.csr_array] = {}
    named = []
    for part in parts:
        own = part.reach
        key = own.indptr.tobytes() + own.indices.tobytes() + own.data.tobytes()
        reach.setdefault(key, own)
        levels = [level.tobytes() for level in part.knots]
        knots.setdefault(key, {}).update(zip(levels, part.knots, strict=True))
        named.append((key, levels))
    deep = max(len(levels) for levels in knots.values())
    starts = dict(zip(knots, np.cumsum([0, *(r.shape[0] for r in reach.values())]), strict=False))
    whole = sparse.csr_array(sparse.vstack(list(reach.values())))
    edges = np.zeros((deep, whole.shape[0]))
    for key, own_knots in knots.items():
        where = slice(starts[key], starts[key] + reach[key].shape[0])
        edges[: len(own_knots), where] = [*own_knots.values()]
    found = []
    for part, (key, levels) in zip(parts, named, strict=True):
        slopes, order = np.zeros_like(edges), list(knots[key])
        for level, each in zip(levels, part.slopes, strict=True):
            slopes[order.index(level), starts[key] : starts[key] + len(each)] += each
        found.append(replace(part, reach=whole, knots=edges, slopes=slopes))
    return tuple(found)


def _layers(every: list[Floats], shape: tuple[int, ...]) -> tuple[Floats, Ints]:
    """Put sums of hinges that count in different cells into one layer."""
    slopes: list[Floats] = []
    of: list[Ints] = []
    used: list[Bools] = []
    for k, own in enumerate(every):
        cells = own.any(axis=0)
        at = next((i for i, taken in enumerate(used) if not (taken & cells).any()), len(used))
        if at == len(used):
            slopes.append(np.zeros(shape))
            of.append(np.full(shape[1], k))
            used.append(np.zeros(shape[1], dtype=bool))
        slopes[at] += own
        of[at][cells] = k
        used[at] |= cells
    if not every:
        return np.zeros((0, *shape)), np.zeros((0, shape[1]), dtype=np.int64)
    return np.stack(slopes), np.stack(of)


def _aimed(formulation: Formulation, least: float) -> Iterator[_Cap]:
    """Yield the parts of an objective that is the largest of them, in units of the program."""
    spread, scale = formulation.aim.spread, formulation.aim.scale
    if spread is None or not np.isfinite(least):
        return
    for hinges in spread.hinges:
        yield _Cap(_in_units(hinges, scale), least, 0.0, aimed=True)


def _held(formulation: Formulation, most: Floats, multipliers: Floats) -> Iterator[_Cap | None]:
    """Yield what is held beside decisions, in units of its row; None if it is no sum of hinges."""
    aims = {held_name(aim): aim for aim, _ in formulation.held}
    for block in formulation.rows:
        if not block.name.startswith(HELD) or set(block.coefficients) == {PLACES}:
            continue
        row = formulation.program.rows[block.name].start
        aim = aims.get(block.name)
        if not np.isfinite(most[row]):
            continue
        parts = [] if aim is None else _parts(formulation, aim, block, multipliers)
        if aim is None or not parts:
            yield None
            continue
        for hinges, price in parts:
            yield _Cap(hinges, float(most[row]), price)
    for block in formulation.rows:
        yield from _of_rule(formulation, block, most, multipliers)


def _of_rule(
    formulation: Formulation, block: Rows, most: Floats, multipliers: Floats
) -> Iterator[_Cap]:
    """Yield what rows of a rule keep beside decisions, in units of each row."""
    first = formulation.program.rows[block.name].start
    unit = np.broadcast_to(block.unit, len(block.lower))
    for i, hinges in enumerate(block.hinges):
        if hinges is not None and np.isfinite(most[first + i]):
            price = max(0.0, -float(multipliers[first + i]))
            yield _Cap(_in_units(hinges, float(unit[i])), float(most[first + i]), price)


def _parts(
    formulation: Formulation, aim: Aim, block: Rows, multipliers: Floats
) -> list[tuple[Hinges, float]]:
    """Return the sums of hinges of which the largest is held, and what a unit of each is worth."""
    unit, rows = float(np.max(block.unit)), formulation.program.rows
    if aim.hinges is not None and not aim.hinges.linear.any():
        price = max(0.0, -float(multipliers[rows[block.name].start]))
        return [(_in_units(aim.hinges, unit, aim.offset), price)]
    if aim.spread is None or not aim.spread.largest:
        return []
    given = as_given(formulation, multipliers)[1][rows[aim.spread.rows]]
    own = formulation.unit if isinstance(formulation, Conditioned) else 1.0
    prices = np.maximum(given, 0.0) * unit / own
    pairs = zip(aim.spread.hinges, prices.tolist(), strict=True)
    return [(_in_units(hinges, unit, aim.offset), price) for hinges, price in pairs]


def _in_units(hinges: Hinges, unit: float, without: float = 0.0) -> Hinges:
    """Return a sum of hinges less a constant, in other units."""
    slopes = rounded(hinges.slopes / unit)
    return replace(
        hinges, slopes=slopes, offset=float(rounded(np.array((hinges.offset - without) / unit)))
    )


def _worth(goal: Hinges, cap: _Cap) -> float:
    """Return its price, or if more what a unit costs of the goal for the decision in the middle."""

    def steepest(hinges: Hinges) -> Floats:
        return np.asarray(abs(hinges.reach).T @ hinges.slopes.sum(axis=0) + np.abs(hinges.linear))

    per, against = steepest(goal), steepest(cap.hinges)
    both = (per > 0) & (against > 0)
    return max(cap.price, float(np.median(per[both] / against[both])) if both.any() else 1.0)
