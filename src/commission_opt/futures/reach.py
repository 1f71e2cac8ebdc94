"""How far decisions reach in many futures: what is missing in each cell, affine in the places.

Decision columns whose places bring staff to a profession and region in the same proportions over
years and futures are one stream. Streams are few (one for each profession, region and duration
where places are decided for one year), so that what is missing in a year and future is

    gap − Σ over streams of stays · supply,    supply = supplies · x

with one number ``stays`` for each stream, year and future, whatever the number of columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.futures import flows
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.staff import Staff
from commission_opt.futures.staying import convolved, stayed
from commission_opt.futures.varied import RowsByCell, Varied

_BRINGS: tuple[Key, ...] = (
    *(("courses", f"{name}_rate") for name in ("fill", "completion", "join")),
    ("courses", "fte_per_joiner"), ("measures", "fte_per_unit"), ("measures", "success_rate"),
)  # fmt: skip
_DIGITS = 9  # to which the years of a stream are alike
_EQUAL = 1e-12  # relative; what places bring is alike so far


@dataclass(frozen=True, eq=False)
class Missing:
    """What is missing in w futures.

    Parameters
    ----------
    needed : array, shape (P * Q, Y, w)
        FTE needed as ``demand.csv`` has them.
    gap : array, shape (P * Q, Y, w)
        FTE missing, or to spare if below 0, with every decision column at 0.
    stays : array, shape (S, Y, w) or (S, Y, 1)
        FTE that 1 of a stream supplies, or takes off what is needed.
    """

    needed: Floats
    gap: Floats
    stays: Floats


@dataclass(frozen=True, eq=False)
class _Stream:
    """One stream: what starts by year for 1 of it, and the row of ``each`` or the flow it has."""

    pair: int
    starts: Floats
    alike: int
    flow: flows.OwnFlow | None = None


@dataclass(frozen=True, eq=False)
class _Usual:
    """Streams as arrays: their positions, what starts by year, and the row of ``each`` of each."""

    streams: Ints
    starts: Floats
    alike: Ints


@dataclass(frozen=True, eq=False)
class Reach:
    """The streams of a problem.

    Parameters
    ----------
    problem : Planning
        As given.
    futures : Futures
    """

    problem: Planning
    futures: Futures

    @property
    def horizon(self) -> int:
        """Y."""
        return self.problem.instance.horizon

    @property
    def pairs(self) -> int:
        """P · Q."""
        return self.problem.instance.cells.size // self.horizon

    @cached_property
    def pair(self) -> Ints:
        """The pair of a profession and a region that each stream reaches, ascending."""
        return np.array([stream.pair for stream in self._streams[0]], dtype=np.int64)

    @cached_property
    def alone(self) -> Bools:
        """Where no more than one stream reaches a pair, and takes no staff away, shape (P * Q,)."""
        alone = np.bincount(self.pair, minlength=self.pairs) <= 1
        alone[[each.pair for each in self._streams[0] if each.flow is not None]] = False
        return alone

    @property
    def supplies(self) -> sparse.csr_array:
        """What 1 in each decision column adds to each stream, shape (S, n)."""
        return self._streams[1]

    def missing(self, which: slice) -> Missing:
        """Return what is missing in some futures."""
        varied = self.nothing.varied(self.futures.figures(which))
        early, late = varied.leaving()
        count = len(next(iter(varied.figures.values())))
        needed = self.nothing.needed(varied)
        spared = self.nothing.spared(varied, late)
        gap = needed - spared - self.nothing.supply(varied, early, late)
        whole = (self.pairs, self.horizon, count)
        stays = self._stays(varied, early, late)
        return Missing(np.broadcast_to(needed, whole), np.broadcast_to(gap, whole), stays)

    def _stays(self, varied: Varied, early: Floats, late: Floats) -> Floats:
        """Return what 1 of each stream supplies, once if it is the same in all futures."""
        usual, others = self._usual, self._of_usual(varied, early, late)
        own = {
            s: convolved(each.starts[:, None], each.flow.stays(varied, late), each.flow.delay)
            for s, each in enumerate(self._streams[0])
            if each.flow is not None
        }
        if not own:
            return others
        width = max([others.shape[2], *(each.shape[1] for each in own.values())])
        stays = np.empty((len(self.pair), self.horizon, width))
        stays[usual.streams] = others
        for s, each in own.items():
            stays[s] = each
        return stays

    def _of_usual(self, varied: Varied, early: Floats, late: Floats) -> Floats:
        """Return the same of those who stay like all others."""
        usual = self._usual
        bought = flows.each(varied)[0] / self._size[:, None]
        entering = usual.starts[:, :, None] * bought[usual.alike][:, None]
        pair, none = self.pair[usual.streams], np.zeros((1, self.horizon, 1))
        years = self.problem.instance.early_years.ravel()[pair]
        return stayed(entering, none, early[pair], late[pair], years)

    @cached_property
    def _usual(self) -> _Usual:
        """The streams of those who stay like all others."""
        own = [(s, each) for s, each in enumerate(self._streams[0]) if each.flow is None]
        starts = [np.empty((0, self.horizon)), *(each.starts[None] for _, each in own)]
        return _Usual(
            np.array([s for s, _ in own], dtype=np.int64),
            np.concatenate(starts),
            np.array([each.alike for _, each in own], dtype=np.int64),
        )

    @cached_property
    def nothing(self) -> Staff:
        """What follows where every decision column is 0."""
        layout, by_cell = self.problem.layout, RowsByCell(self.problem.instance)
        nothing = layout.to_amounts(np.zeros(layout.size))
        return Staff(self.problem, nothing, by_cell=by_cell)

    @cached_property
    def _size(self) -> Floats:
        """FTE who enter for each place or unit in the first future, 1 where nobody does; (L,)."""
        first = self.futures.figures(slice(0, 1), _BRINGS)
        each = flows.each(self.nothing.varied(first))[0][:, 0]
        return np.where(each == 0, 1.0, each)

    @cached_property
    def _alike(self) -> Ints:
        """The first line that brings staff in the same proportions in all futures; (L,)."""
        alike = np.zeros(len(self._size), dtype=np.int64)
        random = np.random.default_rng(0)
        vary = any(key in _BRINGS for key in self.futures.keys)
        for which in chunks(len(self.futures.names) if vary else 1):
            varied = self.nothing.varied(self.futures.figures(which, _BRINGS))
            alike = _refined(alike, flows.each(varied)[0] / self._size[:, None], random)
        return alike

    @cached_property
    def _streams(self) -> tuple[list[_Stream], sparse.csr_array]:
        """The streams by pair, and what columns add to them."""
        found: dict[tuple[object, ...], _Stream] = {}
        entries: list[tuple[_Stream, int, float]] = []
        for pair, column, line, flow, starts in self._touches():
            size = float(np.abs(starts).max())
            if size == 0:
                continue
            starts = starts / size
            alike = line if flow is not None else int(self._alike[line])
            key = pair, id(flow), alike, np.round(starts, _DIGITS).tobytes()
            stream = found.setdefault(key, _Stream(pair, starts, alike, flow))
            each = 1.0 if flow is not None else float(self._size[line])
            entries.append((stream, column, size * each))
        streams = sorted(found.values(), key=lambda stream: stream.pair)
        at = {id(stream): s for s, stream in enumerate(streams)}
        row = [at[id(stream)] for stream, _, _ in entries]
        where = (row, [column for _, column, _ in entries])
        shape = len(streams), self.problem.layout.size
        supplies = sparse.csr_array(([size for _, _, size in entries], where), shape=shape)
        return streams, supplies

    def _touches(self) -> Iterator[tuple[int, int, int, flows.OwnFlow | None, Floats]]:
        """Yield pair, column, line, flow and what starts by year, wherever a column reaches."""
        instance, line, horizon = self.problem.instance, self.problem.layout.line, self.horizon
        started = sparse.csr_array(self.problem.layout.started.matrix)
        entering = sparse.coo_array(flows.entering(instance) @ started)
        cell, column = entering.coords
        key = cell // horizon * len(line) + column
        named, at = np.unique(key, return_inverse=True)
        starts = np.zeros((len(named), horizon))
        np.add.at(starts, (at, cell % horizon), entering.data)
        for k, own in zip(named.tolist(), starts, strict=True):
            pair, c = divmod(k, len(line))
            yield pair, c, int(line[c]), None, own
        for flow in (*flows.own_flows(instance), *flows.relief(instance)):
            rows = slice(flow.line * horizon, (flow.line + 1) * horizon)
            by_year = started[rows].toarray()
            for c in np.flatnonzero(line == flow.line).tolist():
                yield flow.pair, c, flow.line, flow, by_year[:, c]


def _refined(alike: Ints, ratio: Floats, random: np.random.Generator) -> Ints:
    """Tell lines apart that bring staff in other proportions, (L, w); the first names its like.

    Rows are sorted by a random sum of each, and the neighbours compared.
    """
    key = ratio @ random.uniform(1.0, 2.0, ratio.shape[1])
    found = alike.copy()
    first = -1
    for line in np.lexsort((key, alike)).tolist():
        same = first >= 0 and alike[first] == alike[line]
        same = same and np.allclose(ratio[first], ratio[line], rtol=_EQUAL, atol=0.0)
        first = first if same else line
        found[line] = first
    return found
