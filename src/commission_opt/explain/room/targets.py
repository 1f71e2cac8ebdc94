"""What has a range: the places of a course or units of a measure in a year, and totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Ints
from commission_opt.errors import UsageError
from commission_opt.explain.naming import code_position, unknown
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Bools


@dataclass(frozen=True, eq=False)
class Targets:
    """Numbers of places or units that have a range, m of them.

    Parameters
    ----------
    names : mapping of str to pandas.DataFrame
        The targets in turn, by kind: ``courses`` and ``measures`` over all commissioning years,
        the same ``_by_year``, ``professions`` and ``regions``. Columns are the code and, of lines,
        profession, region and, where it is one year, ``year``.
    weights : scipy.sparse.csr_array, shape (m, n)
        Places or units per unit of each decision column.
    """

    names: Mapping[str, pd.DataFrame]
    weights: sparse.csr_array

    def __len__(self) -> int:
        return int(self.weights.shape[0])

    def of(self, kind: str) -> slice:
        """Return where the targets of a kind are."""
        kinds = list(self.names)
        start = sum(len(self.names[other]) for other in kinds[: kinds.index(kind)])
        return slice(start, start + len(self.names[kind]))

    @cached_property
    def single(self) -> Bools:
        """Whether a target is one decision column, and no total, shape (m,)."""
        ones = np.asarray(self.weights.sum(axis=1)) == 1.0
        return np.asarray((np.diff(self.weights.indptr) == 1) & ones)

    def counted(self, k: int) -> Ints:
        """Return the decision columns that a target counts."""
        return self.weights[[k]].indices.astype(np.int64)


def targets(problem: Planning, lines: Ints, *, totals: bool) -> Targets:
    """Lay out the targets of some lines, positions of courses and measures, rising.

    With ``totals``, all places of each profession and region of these courses are targets too. With
    one number for all years, a course has that number only.
    """
    layout, instance, line = problem.layout, problem.instance, problem.layout.line
    n_courses, decided = layout.grid.shape
    names, weights = dict[str, pd.DataFrame](), []

    def add(kind: str, codes: pd.DataFrame, counted: Any) -> None:
        if len(codes):
            names[kind] = codes.reset_index(drop=True)
            weights.append(sparse.csr_array(counted, dtype=float))

    def coded(key: str, at: Ints, **year: Any) -> pd.DataFrame:
        codes = instance.lines.iloc[at][["line", "profession", "region"]]
        return codes.rename(columns={"line": key}).assign(**year)

    kinds = {"course": lines[lines < n_courses], "measure": lines[lines >= n_courses]}
    for key, own in kinds.items():
        year = {"year": instance.first_year} if layout.years == 1 else {}
        add(f"{key}s", coded(key, own, **year), line == own[:, None])
    for key, own in kinds.items():
        columns = np.flatnonzero(np.isin(line, own))
        if len(columns) > len(own):
            codes = coded(key, line[columns], year=instance.first_year + layout.year[columns])
            add(f"{key}s_by_year", codes, sparse.eye_array(layout.size, format="csr")[columns])
    for key, position in (("profession", "p"), ("region", "q")) if totals else ():
        of = instance.lines[position].to_numpy(int)
        at = np.unique(of[kinds["course"]])
        counted = ((of[line] == at[:, None]) & (line < n_courses)) * (layout.years // decided)
        add(f"{key}s", getattr(instance, f"{key}s").iloc[at][[key]], counted)
    return Targets(names, sparse.csr_array(sparse.vstack(weights)))


def chosen(
    problem: Planning,
    course: Sequence[str],
    profession: Sequence[str],
    region: Sequence[str],
    measure: Sequence[str] = (),
) -> Ints:
    """Return the positions of the lines that every filter lets through; no filter, all.

    Courses and measures that are named are those of either name.

    Raises
    ------
    UsageError
        If a code is not there, or no line is left.
    """
    instance = problem.instance
    lines, n_courses = instance.lines, len(instance.courses)
    left = np.ones(len(lines), dtype=bool)
    if course or measure:
        named = [code_position(instance, "course", code) for code in course]
        named += [n_courses + code_position(instance, "measure", code) for code in measure]
        left &= np.isin(np.arange(len(lines)), named)
    if profession:
        some = [code_position(instance, "profession", p) for p in profession]
        left &= np.isin(lines["p"].to_numpy(int), some)
    if region:
        for code in region:
            if code not in instance.scopes:
                raise unknown("region", code, instance.scopes)
        inside = np.any([instance.scopes[code] for code in region], axis=0)
        left &= inside[lines["q"].to_numpy(int)]
    if not left.any():
        what = "course or measure" if len(instance.measures) else "course"
        raise UsageError(f"no {what} is of that course, profession and region together")
    return np.flatnonzero(left)
