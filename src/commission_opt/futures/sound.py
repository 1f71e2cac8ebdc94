"""Whether every future passes the checks of an instance that changed figures can break.

Checked for many futures at once; what one row says alone, its range, holds already. Figures of
places may be fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats
from commission_opt.errors import Problem
from commission_opt.futures.columns import Key, chunks
from commission_opt.instance.instance import Instance
from commission_opt.instance.pools import TOLERANCE
from commission_opt.instance.schema import TABLES
from commission_opt.instance.substitutes import check_circles
from commission_opt.instance.use import pipeline_charges
from commission_opt.scenario.sheets import VariedRows
from commission_opt.text.counts import plural

_WITHIN = 1e-9  # relative; what rounding may do to a sum of costs
Block = Callable[[str, str], Floats]
"""Figures of a table and column, shape (w, N), or (1, N) where they are the same in all."""


@dataclass(frozen=True, eq=False)
class Check:
    """Something that changed figures can break.

    Parameters
    ----------
    keys : tuple of (str, str)
        Tables and columns whose figures can break it.
    broken : callable
        Where it is, shape (w, n) or (1, n), and what is said of one of these, by row and column.
    """

    keys: tuple[Key, ...]
    broken: Callable[[Block], tuple[Bools, Callable[[int, int], str]]]


def checks(instance: Instance, sheet: Callable[[str], VariedRows]) -> list[Check]:
    """Return all checks that figures of an instance can break."""
    found = [_crossed(sheet, *pair) for pair in _PAIRS]
    found += [
        _met(instance, sheet),
        _pipeline(instance, sheet, "costs", "budgets", "amount"),
        _pipeline(instance, sheet, "placement_use", "placements", "capacity"),
        *(_shared(instance, sheet, role) for role in ("draws", "feeds")),
        _ratios(sheet),
        _circles(instance),
        _offers(instance, sheet),
    ]
    return found


_PAIRS = (
    ("courses", "min_cohort", "max_intake"),
    ("measures", "min_amount", "max_amount"),
    ("commitments", "min_places", "max_places"),
)


def _crossed(sheet: Callable[[str], VariedRows], table: str, low: str, high: str) -> Check:
    """Check that the least is not more than the most."""

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        least, most = block(table, low), block(table, high)
        beyond = least > most

        def say(w: int, i: int) -> str:
            here, there = (np.broadcast_to(one, beyond.shape)[w, i] for one in (least, most))
            return f"{_at(sheet, table, i, low)} is {here:.6g}, more than {high}, {there:.6g}"

        return beyond, say

    return Check(((table, low), (table, high)), broken)


def _met(instance: Instance, sheet: Callable[[str], VariedRows]) -> Check:
    """Check that courses and measures can meet the commitments."""
    lines = instance.commitment_lines.astype(float)

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        least = block("commitments", "min_places")
        places, units = block("courses", "max_intake"), block("measures", "max_amount")
        rows = max(len(places), len(units))
        every = [np.broadcast_to(one, (rows, one.shape[1])) for one in (places, units)]
        most = np.hstack(every) @ lines.T
        beyond = least > most * (1 + _WITHIN)

        def say(w: int, i: int) -> str:
            here, there = (np.broadcast_to(one, beyond.shape)[w, i] for one in (least, most))
            place = _at(sheet, "commitments", i, "min_places")
            return f"{place} is {here:.6g}, more than the {there:.6g} that it can have at most"

        return beyond, say

    of = ("commitments", "min_places"), ("courses", "max_intake"), ("measures", "max_amount")
    return Check(of, broken)


def _pipeline(
    instance: Instance, sheet: Callable[[str], VariedRows], rates: str, limits: str, column: str
) -> Check:
    """Check that students already on course do not exceed a budget or a pool alone."""
    charges = pipeline_charges(instance, getattr(instance, rates), getattr(instance, limits))
    terms = np.stack([charges.course, charges.left])
    powers, power = np.unique(terms, axis=1, return_inverse=True)
    course = powers[0].astype(np.int64)
    shape = (len(charges.limit), len(getattr(instance, limits)))
    of = np.arange(len(charges.limit)), charges.limit
    adds = sparse.csr_array((charges.started, of), shape=shape)
    fixed = getattr(instance, rates)["rate"].to_numpy(float)[None, :]

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        completion, limit = block("courses", "completion_rate"), block(limits, column)
        still = np.power(completion[:, course], powers[1])[:, power.reshape(-1)]
        rate = block("costs", "cost") if rates == "costs" else fixed
        need = (rate[:, charges.rate] * still) @ adds
        beyond = need > limit + _WITHIN * np.maximum(1.0, limit)

        def say(w: int, i: int) -> str:
            here, there = (np.broadcast_to(one, beyond.shape)[w, i] for one in (limit, need))
            place = _at(sheet, limits, i, column)
            return f"{place} is {here:,.6g}, less than the {there:,.6g} of students on course"

        return beyond, say

    own: tuple[Key, ...] = ((limits, column), ("courses", "completion_rate"))
    return Check((*own, ("costs", "cost")) if rates == "costs" else own, broken)


def _shared(instance: Instance, sheet: Callable[[str], VariedRows], role: str) -> Check:
    """Check that nobody goes on, is drawn or joins twice."""
    rows = np.flatnonzero((instance.pathways["role"] == role).to_numpy())
    courses, at = np.unique(instance.pathways["course"].to_numpy(int)[rows], return_inverse=True)
    adds = sparse.csr_array(
        (np.ones(len(rows)), (np.arange(len(rows)), at)), shape=(len(rows), len(courses))
    )
    first = [int(rows[at == i][0]) for i in range(len(courses))]

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        total: Floats = np.asarray(block("pathways", "share")[:, rows] @ adds)
        if role == "feeds":
            total = total + block("courses", "join_rate")[:, courses]

        def say(w: int, i: int) -> str:
            place = _at(sheet, "pathways", first[i], "share")
            beside = " with the join_rate" if role == "feeds" else ""
            here = total[min(w, len(total) - 1), i]
            return f"{place}: the shares of the course come to {here:.6g}{beside}, more than 1"

        return total > 1 + TOLERANCE, say

    own: tuple[Key, ...] = (("pathways", "share"),)
    return Check((*own, ("courses", "join_rate")) if role == "feeds" else own, broken)


def _ratios(sheet: Callable[[str], VariedRows]) -> Check:
    """Check that those who do the work of others do some of it."""

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        def say(_w: int, i: int) -> str:
            return f"{_at(sheet, 'substitution', i, 'ratio')} is 0; it must be above 0"

        return block("substitution", "ratio") <= 0, say

    return Check((("substitution", "ratio"),), broken)


def _circles(instance: Instance) -> Check:
    """Check that staff sent round do not make work of nothing."""

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        pairs, ratios = instance.substitution, block("substitution", "ratio")
        said = [
            next((p.message for p in check_circles(pairs.assign(ratio=one))), "")
            if (one > 0).all()
            else ""
            for one in ratios
        ]
        return np.array(said)[:, None] != "", lambda w, _: f"substitution.csv, ratio: {said[w]}"

    return Check((("substitution", "ratio"),), broken)


def _offers(instance: Instance, sheet: Callable[[str], VariedRows]) -> Check:
    """Check that nobody must be offered a place where no course draws from the pool."""
    drawn = instance.pathways.loc[instance.pathways["role"] == "draws", "place"]
    place = np.arange(len(instance.eligible)) // instance.horizon
    idle = np.flatnonzero(~np.isin(place, drawn))

    def broken(block: Block) -> tuple[Bools, Callable[[int, int], str]]:
        offered = block("eligible", "offer_rate")[:, idle]

        def say(w: int, i: int) -> str:
            where = _at(sheet, "eligible", int(idle[i]), "offer_rate")
            rate = offered[min(w, len(offered) - 1), i]
            return f"{where} is {rate:.6g}, but no course draws from the pool"

        return offered > 0, say

    return Check((("eligible", "offer_rate"),), broken)


def _at(sheet: Callable[[str], VariedRows], table: str, i: int, column: str) -> str:
    return f"{TABLES[table].file} row {sheet(table).lines[i]}, {column}"


def unsound(
    instance: Instance,
    sheet: Callable[[str], VariedRows],
    keys: Sequence[Key],
    names: Sequence[str],
    figures: Callable[[slice, Sequence[Key]], Mapping[Key, Floats]],
    file: str,
) -> Iterator[Problem]:
    """Report what some futures break: the first of each kind, and how many futures break it.

    Parameters
    ----------
    instance : Instance
    sheet : callable
        Rows of a table by its name.
    keys : sequence of (str, str)
        Tables and columns whose figures change.
    names : sequence of str
        Of the W futures.
    figures : callable
        Figures of some futures, of some of the keys.
    file : str
        Of the uncertainty, for messages.
    """
    for check in checks(instance, sheet):
        changed = [key for key in check.keys if key in keys]
        if not changed:
            continue
        said, count = "", 0
        for which in chunks(len(names)):
            block = partial(_block, figures(which, changed), sheet)
            wrong, say = check.broken(block)
            rows = np.flatnonzero(wrong.any(axis=1))
            count += len(rows)
            if len(rows) and not said:
                w = int(rows[0])
                said = f"in scenario {names[which][w]!r} {say(w, int(np.flatnonzero(wrong[w])[0]))}"
        if said:
            more = f"; {plural(count - 1, 'more scenario')} likewise" if count > 1 else ""
            yield Problem.of_file(file, said + more)


def _block(
    changed: Mapping[Key, Floats], sheet: Callable[[str], VariedRows], table: str, column: str
) -> Floats:
    found = changed.get((table, column))
    return sheet(table).columns[column][None, :] if found is None else found
