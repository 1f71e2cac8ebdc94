"""All plans that are nearly as good, and whose amounts are asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.allocation.settled import first_value, settled
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.certificate.certify import keeps_rules
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import UsageError
from commission_opt.explain.naming import code_position, unknown
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch

PATIENCE = 60.0  # seconds that the relaxation may take, however short the time
_ROUNDING = 1e-9  # relative room over a cap


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


@dataclass(frozen=True, eq=False)
class NearOptimal:
    """Everything that the ends of ranges follow from.

    Parameters
    ----------
    relaxation : Relaxation
        Of the first stage of the model, within the smallest cap.
    targets : Targets
        m of them.
    best : float
        The objective that tolerances are counted from, in its own unit.
    within : tuple of float
        Tolerances, rising, as shares of ``best``; e of them.
    places : array, shape (n,), or None
        Decision columns of the plan, if it is in whole places.
    """

    problem: Planning
    relaxation: Relaxation
    targets: Targets
    best: float
    within: tuple[float, ...]
    places: Floats | None

    @property
    def whole(self) -> bool:
        """Whether places must be whole."""
        return self.places is not None

    @cached_property
    def formulation(self) -> Formulation:
        """The first stage of the model."""
        return formulate(self.problem, aims(self.problem)[0])

    @cached_property
    def box(self) -> Floats:
        """Least and most of the targets within the bounds of their columns, shape (2, m)."""
        program = self.formulation.program
        places = program.columns[PLACES]
        bounds = np.stack([program.lower[places], program.upper[places]], axis=1)
        return np.asarray(self.targets.weights @ bounds).T

    @cached_property
    def caps(self) -> Floats:
        """The most that the objective may be, in units of the program, shape (e,)."""
        most = self.best + np.array(self.within) * abs(self.best)
        most = most + _ROUNDING * max(1.0, abs(self.best))
        return np.asarray(most / self.formulation.aim.scale)

    @cached_property
    def _capped(self) -> LinearProgram:
        return capped(self.formulation.program, np.inf)

    def driven(self, k: int, sign: float, e: int) -> LinearProgram:
        """Return the program of the least of a target, times a sign, within a tolerance."""
        program, own = self.formulation.program, self.targets.weights[[k]]
        cost = np.zeros_like(program.cost)
        cost[own.indices] = sign * own.data
        most = np.append(program.row_upper, self.caps[e] - program.offset)
        return replace(self._capped, cost=cost, offset=0.0, row_upper=most)

    @cached_property
    def numbers(self) -> tuple[Floats, Floats]:
        """Step and smallest number that a target can be in whole places, shape (m, 1) each.

        A total of several courses or years is a multiple of what divides all their steps; nothing
        more is said of it.
        """
        weights, stage = self.targets.weights, self.formulation
        column, weight, starts = weights.indices, weights.data, weights.indptr[:-1]
        sizes = np.round(weight * stage.step[column]).astype(np.int64)
        step = np.maximum(1.0, np.gcd.reduceat(sizes, starts))
        least = stage.smallest[column] * weight
        smallest = np.minimum.reduceat(np.where(least > 0, least, np.inf), starts)
        return step[:, None], np.where(np.isinf(smallest), 0.0, smallest)[:, None]

    def inwards(self, ends: Floats, k: int | slice) -> Floats:
        """Round the least and the most of one target, shape (2, e), or more to what they can be."""
        if not self.whole:
            return ends
        step, smallest = self.numbers
        return np.stack(outermost(ends[0], ends[1], step[k], smallest[k]))

    def judged(self, x: Floats, *, whole: bool) -> tuple[float, bool]:
        """Return the objective of decision columns, in units of the program, worked out from them.

        And whether every rule is kept, in whole places or else in fractions.
        """
        problem, aim = self.problem, self.formulation.aim
        if not whole:
            problem = replace(problem, policy=problem.policy.relaxed())
        amounts = problem.layout.to_amounts(x)
        result = problem.outcome(amounts, settled(self.formulation, amounts))
        kept = keeps_rules(problem, result)
        return OBJECTIVES[aim.name].value(problem, result) / aim.scale, kept


def near_optimal(
    plan: StoredPlan,
    lines: Ints,
    within: Sequence[float],
    limits: Limits,
    watch: Watch,
    *,
    totals: bool,
) -> NearOptimal:
    """Solve the relaxation, and lay out what is as near to a plan, or to it, as tolerances say.

    Raises
    ------
    UsageError
        If there is no tolerance, or one is negative or no number.
    InfeasibleError, NoPlanError, StoppedError
        If the relaxation cannot be solved.
    """
    if not within:
        raise UsageError("give a tolerance, such as 0.01 for 1 %")
    for share in within:
        if not (np.isfinite(share) and share >= 0):
            raise UsageError(f"a tolerance is a share of 0 or more, such as 0.01, not {share:g}")
    problem, layout = plan.problem, plan.problem.layout
    relaxation = solve_relaxation(formulate(problem, aims(problem)[0]), limits, watch)
    whole = plan.policy.integer
    best = first_value(problem, plan.amounts if whole else layout.to_amounts(relaxation.columns))
    return NearOptimal(
        problem, relaxation, targets(problem, lines, totals=totals), best,
        tuple(sorted(set(within))), layout.to_columns(plan.amounts) if whole else None,
    )  # fmt: skip


def capped(program: LinearProgram, cap: float) -> LinearProgram:
    """Return the program with its objective held at a cap, by its last row."""
    row = sparse.csr_array(program.cost[None, :])
    return replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([program.matrix, row])),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, cap - program.offset),
    )


def decision_columns(program: LinearProgram, x: Floats) -> Floats:
    """Return the decision columns of a point, within their box."""
    places = program.columns[PLACES]
    return np.asarray(np.clip(x[places], program.lower[places], program.upper[places]))
