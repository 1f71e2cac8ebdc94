"""Whom lines bring to work or take from it, in many futures at once.

What ``activities/`` say of one instance is said here of figures with an axis of futures: those who
enter and stay as all others do (graduates, most of those recruited) by one sparse operator, and the
few whose stay is their own (retained, temporary, taken by courses) line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.staying import convolved
from commission_opt.futures.varied import Varied
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course
from commission_opt.supply import spread
from commission_opt.supply.arrivals import lasting, of_kind
from commission_opt.supply.taken import takers

KINDS = ("recruit", "reshape", "retain", "temporary")
"""The kinds of measures that are known here."""

Stays = Callable[[Varied, Floats], Floats]


@dataclass(frozen=True, eq=False)
class OwnFlow:
    """Staff of one line who do not stay like others, or work that a unit takes away.

    Parameters
    ----------
    line : int
        Position in ``Instance.lines``.
    pair : int
        Profession and region of work, a position in (P, Q).
    delay : int
        Years from buying to the first year.
    stays : callable
        FTE of one place or unit k years later, shape (Y, W), from figures and the shares of each
        pair, (P * Q, W), who leave in a year.
    """

    line: int
    pair: int
    delay: int
    stays: Stays


def entering(instance: Instance) -> sparse.csr_array:
    """Return who enters by line and start year, before the rates of ``each``.

    Returns
    -------
    scipy.sparse.csr_array, shape (P * Q * Y, L * Y)
        Shares of destinations of graduates, 1 of those recruited.
    """
    courses, own = instance.courses, _usual_recruits(instance)
    c, to, share = spread(instance, courses["p"].to_numpy(int), courses["q"].to_numpy(int))
    measures = instance.measures.iloc[own]
    p = np.append(courses["p"].to_numpy(int)[c], measures["p"].to_numpy(int))
    q = np.append(to, measures["q"].to_numpy(int))
    line = np.append(c, len(courses) + own)
    value = np.append(share, np.ones(len(own)))
    delay = instance.lines["delay_years"].to_numpy(int)[line]
    start = np.arange(instance.horizon)
    entry, start = np.nonzero(start[None, :] + delay[:, None] < instance.horizon)
    row = instance.cells.at(p[entry], q[entry], start + delay[entry])
    column = instance.starts.at(line[entry], start)
    shape = instance.cells.size, instance.starts.size
    return sparse.csr_array((value[entry], (row, column)), shape=shape)


def by_line(entering: sparse.csr_array, started: Floats) -> sparse.csr_array:
    """Return who enters of what starts, shape (L, Y), by line: of shape (P * Q * Y, L)."""
    flat = entering.tocoo()
    amount = flat.data * started.ravel()[flat.col]
    some = amount != 0
    where = flat.row[some], flat.col[some] // started.shape[1]
    return sparse.csr_array((amount[some], where), shape=(entering.shape[0], len(started)))


def each(varied: Varied) -> tuple[Floats, Floats]:
    """Return the FTE who enter for each place or unit, and for each student on course.

    Returns
    -------
    bought, started : array, shape (L, W) or (L, 1)
        ``fill · completion · join · fte_per_joiner`` of places, ``fte_per_unit · success_rate`` of
        units; the second without fill, and 0 of units.
    """
    rates = ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner")
    fill, completion, join, fte = (varied.of("courses", rate) for rate in rates)
    started = completion * join * fte
    bought, units = fill * started, unit_fte(varied)
    if not len(units):
        return bought, started
    width = np.broadcast_shapes((1, bought.shape[1]), (1, units.shape[1]))[1]
    both = [np.broadcast_to(part, (len(part), width)) for part in (bought, units)]
    started = np.vstack([started, np.zeros((len(units), started.shape[1]))])
    return np.vstack(both), started


def unit_fte(varied: Varied) -> Floats:
    """Return ``fte_per_unit · success_rate`` of each measure, shape (M, W) or (M, 1)."""
    return varied.of("measures", "fte_per_unit") * varied.of("measures", "success_rate")


def pipeline_entering(instance: Instance) -> sparse.csr_array:
    """Return the students on course by where and when they enter, shape (P * Q * Y, L)."""
    cohorts, courses = instance.pipeline, instance.courses
    course = cohorts["course"].to_numpy(int)
    own = courses.iloc[course]
    p = own["p"].to_numpy(int)
    duration = own["duration_years"].to_numpy(int)
    year = cohorts["start_year"].to_numpy(int) + duration - instance.first_year
    k, to, share = spread(instance, p, own["q"].to_numpy(int))
    inside = year[k] < instance.horizon
    k, to, share = k[inside], to[inside], share[inside]
    amount = cohorts["started"].to_numpy(float)[k] * share
    row = instance.cells.at(p[k], to, year[k])
    shape = instance.cells.size, len(instance.lines)
    return sparse.csr_array((amount, (row, course[k])), shape=shape)


def own_flows(instance: Instance) -> tuple[OwnFlow, ...]:
    """Return what adds to supply, or takes from it, line by line."""
    return (*_measures(instance), *_taken(instance, afterwards=True, sign=-1.0))


def released(instance: Instance) -> tuple[OwnFlow, ...]:
    """Return the staff of each course who are on release, and so still paid."""
    return tuple(_taken(instance, afterwards=False, sign=1.0))


def relief(instance: Instance) -> tuple[OwnFlow, ...]:
    """Return the demand that each measure takes away."""
    which = of_kind(instance, "reshape")
    window = lasting(instance, which)
    return tuple(_while(instance, int(m), window[i]) for i, m in enumerate(which))


def retained(instance: Instance) -> tuple[OwnFlow, ...]:
    """Return those whom each measure retains, in the year in which they would have left."""
    once = np.zeros(instance.horizon)
    once[0] = 1.0
    return tuple(_while(instance, int(m), once) for m in of_kind(instance, "retain"))


def flowing(
    flows: tuple[OwnFlow, ...], varied: Varied, late: Floats, started: Floats, size: int
) -> Floats:
    """Add flows up by cell, shape (P * Q, Y, W).

    Parameters
    ----------
    flows : tuple of OwnFlow
    varied : Varied
    late : array, shape (P * Q, W)
        Later leaver rates.
    started : array, shape (L, Y, W)
        What starts; any axis of W may be 1.
    size : int
        The number of pairs asked for.
    """
    parts = [
        (flow.pair, convolved(started[flow.line], flow.stays(varied, late), flow.delay))
        for flow in flows
        if 0 <= flow.pair - varied.first < size and started[flow.line].any()
    ]
    width = max([1, *(part.shape[1] for _, part in parts)])
    total = np.zeros((size, started.shape[1], width))
    for pair, part in parts:
        total[pair - varied.first] += part
    return total


def taken_by_cohorts(varied: Varied, late: Floats, *, afterwards: bool) -> Floats:
    """Return the FTE whom cohorts on course take from work, shape (P * Q, Y, W).

    Parameters
    ----------
    varied : Varied
    late : array, shape (P * Q, W)
    afterwards : bool
        Whether those who completed count; else those on release do, and nobody else.
    """
    instance = varied.instance
    total = np.zeros((varied.size, instance.horizon, 1))
    some = takers(instance)
    for course, start, students in instance.pipeline[
        ["course", "start_year", "started"]
    ].itertuples(index=False, name=None):
        if course not in some:
            continue
        pair = _from_pair(instance, course) - varied.first
        if not 0 <= pair < varied.size:
            continue
        away = _away(
            instance, course, instance.first_year - int(start), varied, late[pair],
            afterwards=afterwards,
        )  # fmt: skip
        if away.shape[1] > total.shape[2]:
            total = np.repeat(total, away.shape[1], axis=2)
        total[pair] += students * away
    return total


def _usual_recruits(instance: Instance) -> Ints:
    """Return the measures whose staff stay like all who join, positions in the measures."""
    which = of_kind(instance, "recruit")
    own_rate = instance.measures["leaver_rate"].to_numpy(float)[which]
    return np.asarray(which[np.isnan(own_rate)], dtype=np.int64)


def _measures(instance: Instance) -> Iterator[OwnFlow]:
    which = of_kind(instance, "recruit")
    years = np.arange(instance.horizon)[:, None]
    for m in sorted({*which.tolist()} - {*_usual_recruits(instance).tolist()}):

        def recruited(varied: Varied, _late: Floats, m: int = m) -> Floats:
            rate = varied.of("measures", "leaver_rate")[m]
            return np.asarray(unit_fte(varied)[m] * (1.0 - rate) ** years)

        yield _flow(instance, m, recruited)
    which = of_kind(instance, "retain")
    for m, window in zip(which.tolist(), lasting(instance, which), strict=True):

        def kept(varied: Varied, late: Floats, m: int = m, window: Floats = window) -> Floats:
            stay = (1.0 - late[_pair(instance, m) - varied.first]) ** years
            return np.asarray(unit_fte(varied)[m] * window[:, None] * stay)

        yield _flow(instance, m, kept, later=1)
    which = of_kind(instance, "temporary")
    for m, window in zip(which.tolist(), lasting(instance, which, 1), strict=True):
        yield _while(instance, m, window)


def _while(instance: Instance, m: int, window: Floats) -> OwnFlow:
    """Return a flow of all FTE of a unit in some years, and of none in others."""
    return _flow(instance, m, lambda varied, _: unit_fte(varied)[m] * window[:, None])


def _flow(instance: Instance, m: int, stays: Stays, later: int = 0) -> OwnFlow:
    delay = int(instance.measures["lead_years"].to_numpy(int)[m]) + later
    return OwnFlow(len(instance.courses) + m, _pair(instance, m), delay, stays)


def _pair(instance: Instance, m: int) -> int:
    p, q = (int(instance.measures[name].to_numpy(int)[m]) for name in ("p", "q"))
    return p * instance.shape[1] + q


def _taken(instance: Instance, *, afterwards: bool, sign: float) -> Iterator[OwnFlow]:
    for course in takers(instance).tolist():
        pair = _from_pair(instance, course)

        def away(varied: Varied, late: Floats, course: int = course, pair: int = pair) -> Floats:
            own = late[pair - varied.first]
            missing = _away(instance, course, 0, varied, own, afterwards=afterwards)
            return np.asarray(sign * varied.of("courses", "fill_rate")[course] * missing)

        yield OwnFlow(course, pair, 0, away)


def _from_pair(instance: Instance, course: int) -> int:
    p, q = (int(instance.courses[name].to_numpy(int)[course]) for name in ("from_p", "q"))
    return p * instance.shape[1] + q


def _away(
    instance: Instance, course: int, done: int, varied: Varied, late: Floats, *, afterwards: bool
) -> Floats:
    """Return the FTE missing for each student who started, shape (Y, W); as ``supply.taken``."""
    own = instance.courses.iloc[course]
    completion = varied.of("courses", "completion_rate")[course]
    k = np.arange(instance.horizon)[:, None]
    j, duration = k + 1 + done, np.array(own["duration_years"], dtype=np.int64)
    gone = completion if afterwards else 0.0
    share = np.where(
        j > duration, gone, own["release_rate"] * still_on_course(completion, duration, j)
    )
    return np.asarray(own["fte_from"] * share * (1.0 - late) ** k)
