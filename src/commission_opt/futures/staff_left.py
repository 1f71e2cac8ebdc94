"""Whether in every future there are staff left of those whom courses take from work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.columns import Key, chunks
from commission_opt.instance.instance import Instance
from commission_opt.scenario.sheets import VariedRows
from commission_opt.supply import baseline
from commission_opt.supply.taken import taken_by_pipeline, takers

_STAFF: tuple[Key, ...] = (
    ("workforce", "fte"), ("workforce", "leaver_rate"), ("joiners", "fte"),
    ("courses", "completion_rate"), ("courses", "join_rate"), ("courses", "fte_per_joiner"),
    ("workforce", "early_leaver_rate"),
)  # fmt: skip


def nobody_left(
    instance: Instance,
    sheet: Callable[[str], VariedRows],
    keys: Sequence[Key],
    count: int,
    figures: Callable[[slice, Sequence[Key]], Mapping[Key, Floats]],
    in_future: Callable[[int], Instance],
) -> Iterator[tuple[int, str]]:
    """Say in which of W futures a course takes staff where there are none without any place.

    Parameters
    ----------
    instance, sheet, keys, figures
        As for ``sound.unsound``.
    count : int
        W.
    in_future : callable
        The instance of a future, by its position.

    Yields
    ------
    w : int
    words : str
        Which staff, and which course takes them.
    """
    courses = instance.courses.iloc[takers(instance)]
    changed = [key for key in _STAFF if key in keys]
    if not len(courses) or not changed:
        return
    p, q = courses["from_p"].to_numpy(int), courses["q"].to_numpy(int)
    for w in _in_doubt(instance, sheet, changed, count, figures, (p, q)):
        short = np.flatnonzero((baseline(in_future(w))[p, q] < 0).any(axis=1))
        if len(short):
            who, line = courses["from_profession"].iloc[short[0]], courses.index[short[0]]
            where = courses["region"].iloc[short[0]]
            said = f"staff of {who!r} in {where!r} fall below 0 with no place bought, and "
            yield w, f"{said}the course in courses.csv row {line} takes them"


def _in_doubt(
    instance: Instance,
    sheet: Callable[[str], VariedRows],
    changed: Sequence[Key],
    count: int,
    figures: Callable[[slice, Sequence[Key]], Mapping[Key, Floats]],
    where: tuple[Ints, Ints],
) -> Iterator[int]:
    """Find futures in which a bound on staff falls below 0: without those on course who will join.

    The most that cohorts on course can take is worked out once, at the least leaver rates and the
    greatest completion rates of all futures.
    """
    given = {key: sheet(key[0]).columns[key[1]][None, :] for key in _STAFF}
    least, most = dict(given), dict(given)
    for which in chunks(count):
        for key, block in figures(which, changed).items():
            least[key] = np.fmin(least[key], block.min(axis=0))
            most[key] = np.fmax(most[key], block.max(axis=0))
    rates, _ = sheet("workforce").renew({"leaver_rate": least["workforce", "leaver_rate"][0]})
    done, _ = sheet("courses").renew({"completion_rate": most["courses", "completion_rate"][0]})
    gone = taken_by_pipeline(instance.changed(**{**rates, **done}))[where]
    staff = _at(instance, instance.tables["workforce"], where)
    joiners = sheet("joiners")
    for which in chunks(count):
        now = {**given, **figures(which, changed)}
        stays = 1.0 - now["workforce", "leaver_rate"][:, staff]
        coming = _by_year(instance, joiners, now["joiners", "fte"], where)
        in_post = now["workforce", "fte"][:, staff]
        short = np.zeros(which.stop - which.start, dtype=bool)
        for year in range(instance.horizon):
            in_post = (in_post * stays if year else in_post) + coming[..., year]
            short |= (in_post < gone[:, year]).any(axis=1)
        yield from (which.start + np.flatnonzero(short)).tolist()


def _at(instance: Instance, table: pd.DataFrame, where: tuple[Ints, Ints]) -> Ints:
    """Return the row of the workforce of each pair of profession and region."""
    p = pd.Index(instance.professions["profession"]).get_indexer(table["profession"])
    q = pd.Index(instance.regions["region"]).get_indexer(table["region"])
    row = np.zeros(instance.shape[:2], dtype=np.int64)
    row[p, q] = np.arange(len(table))
    return np.asarray(row[where])


def _by_year(
    instance: Instance, joiners: VariedRows, fte: Floats, where: tuple[Ints, Ints]
) -> Floats:
    """Return joiners of each pair by year, shape (w, pairs, Y)."""
    p = pd.Index(instance.professions["profession"]).get_indexer(joiners.codes["profession"])
    q = pd.Index(instance.regions["region"]).get_indexer(joiners.codes["region"])
    year = joiners.codes["year"].astype(np.int64) - instance.first_year
    row = np.full(instance.shape, len(p), dtype=np.int64)
    row[p, q, year] = np.arange(len(p))
    filled = np.hstack([fte, np.zeros((len(fte), 1))])
    return np.asarray(filled[:, row[where]])
