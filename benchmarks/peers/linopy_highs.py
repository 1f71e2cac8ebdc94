"""linopy: labelled arrays from end to end, on the sparse path that its release 0.10 recommends.

A sum with sparse coefficients is a long table of terms, grouped by the row that each belongs to.
`Model(sparse=True)` (with the semantics that linopy calls v1) keeps such sums as sparse matrices;
`sparse=False` pads every row to the longest, as linopy always did. linopy knows no constant in the
objective, so a variable that is always 1 carries it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, Literal

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from linopy.solvers import Solver
from peers.peer import Answer
from peers.statement import Statement
from scipy import sparse

from commission_opt.arrays import Floats


@dataclass
class Model:
    """A linopy model, and the solver that holds it."""

    statement: Statement
    linopy: linopy.Model
    whole: bool
    solver: Any = None


@dataclass(frozen=True)
class Linopy:
    """linopy with HiGHS.

    Parameters
    ----------
    seed : int
    io_api : {"direct", "lp", "mps"}
        By arrays or by a file.
    sparse : bool
        Whether sums are kept sparse.
    """

    seed: int = 0
    io_api: Literal["direct", "lp", "mps"] = "direct"
    sparse: bool = True

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Write variables and constraints over decisions, cells, tiers and limits."""
        s = statement
        linopy.options["semantics"] = "v1"
        m = linopy.Model(sparse=self.sparse)
        tier = pd.RangeIndex(s.width.shape[1], name="tier")
        cell = pd.RangeIndex(len(s.gap), name="cell")
        steps = m.add_variables(
            _over("decision", s.lower), _over("decision", s.upper), name="steps", integer=whole
        )
        short = m.add_variables(0, xr.DataArray(s.width, [cell, tier]), name="short")
        constant = m.add_variables(1, 1, name="constant")
        supply = _total(steps, s.supply, "cell")
        m.add_constraints(supply + short.sum("tier") >= _over("cell", s.gap), name="shortage")
        spent = _total(steps, s.budget, "budget")
        m.add_constraints(spent <= _over("budget", s.budget_left), name="budget", freeze=False)
        weeks = _total(steps, s.placement, "pool")
        m.add_constraints(weeks <= _over("pool", s.placement_left), name="placement")
        for name, limit, sign in (
            ("promised_least", s.promised_least, ">="),
            ("promised_most", s.promised_most, "<="),
        ):
            given = np.flatnonzero(np.isfinite(limit))
            if len(given):
                places = _total(steps, s.promise[given], "promise")
                m.add_constraints(places, sign, _over("promise", limit[given]), name=name)
        if len(s.now):
            now, before = (_along("pace", steps, decisions) for decisions in (s.now, s.before))
            m.add_constraints(now - s.fastest * before <= _over("pace", s.rise), name="pace_up")
            m.add_constraints(now - s.slowest * before >= _over("pace", -s.fall), name="pace_down")
        if whole and len(s.guarded):
            guarded = _along("guarded", steps, s.guarded)
            index = pd.RangeIndex(len(s.guarded), name="guarded")
            runs = m.add_variables(binary=True, coords=[index], name="runs")
            most = _over("guarded", s.upper[s.guarded])
            m.add_constraints(guarded - _over("guarded", s.least) * runs >= 0, name="least")
            m.add_constraints(guarded - most * runs <= 0, name="most")
        m.add_objective((xr.DataArray(s.price, [cell, tier]) * short).sum() + s.offset * constant)
        return Model(s, m, whole)

    def hand_over(self, model: Model) -> None:
        """Make a solver of the model: by HiGHS's arrays, or by writing the file it reads."""
        with redirect_stdout(io.StringIO()):
            model.solver = Solver.from_name(
                "highs",
                model=model.linopy,
                io_api=self.io_api,
                options={
                    "output_flag": False, "threads": 1, "parallel": "off",
                    "random_seed": self.seed,
                },
                **({"track_updates": True} if self.io_api == "direct" else {"progress": False}),
            )  # fmt: skip

    def solve_relaxation(self, model: Model) -> Answer:
        """Run HiGHS as it comes."""
        return self._solve(model, {})

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run branch and bound."""
        return self._solve(model, {"mip_rel_gap": gap, "time_limit": seconds})

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Update right-hand sides in place; linopy finds and passes on what changed."""
        found = []
        for factor in factors:
            left = _over("budget", model.statement.budgets(factor))
            model.linopy.constraints["budget"].update(rhs=left)
            if self.io_api != "direct" or model.solver is None:
                self.hand_over(model)
                result = model.solver.solve()
            else:
                result = model.solver.solve(model.linopy, disallow_rebuild=True)
            found.append(float(result.solution.objective))
        return found

    def _solve(self, model: Model, options: dict[str, float]) -> Answer:
        if model.solver is None:
            self.hand_over(model)
        model.solver.options.update(options)
        if model.solver.solver_model is not None:
            for name, value in options.items():
                model.solver.solver_model.setOptionValue(name, value)
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # a plan at the time limit is what we ask for
            result = model.solver.solve()
            model.linopy.assign_result(result)
        return _answer(model, result)


def _answer(model: Model, result: Any) -> Answer:
    condition = result.status.termination_condition.value
    message = str(condition)
    if condition == "infeasible":
        return Answer("infeasible", None, None, None, message)
    if condition not in ("optimal", "time_limit"):
        return Answer("failed", None, None, None, message)
    found = result.solution is not None and np.isfinite(result.solution.objective)
    value = float(result.solution.objective) if found else None
    bound = result.report.dual_bound if model.whole and result.report else value
    steps = np.asarray(model.linopy.variables["steps"].solution) if found else None
    return Answer("optimal" if condition == "optimal" else "limit", value, bound, steps, message)


def _over(name: str, values: Floats) -> xr.DataArray:
    """Label an array by position."""
    return xr.DataArray(values, [pd.RangeIndex(len(values), name=name)])


def _along(name: str, steps: linopy.Variable, decisions: Any) -> Any:
    """Return some decisions under a dimension of their own."""
    index = xr.DataArray(decisions, [pd.RangeIndex(len(decisions), name=name)])
    return (1 * steps.isel(decision=index)).drop_vars("decision")


def _total(steps: linopy.Variable, matrix: sparse.csr_array, name: str) -> Any:
    """Sum coefficients times decisions by row: a long table of terms, grouped."""
    table = matrix.tocoo()
    entry = pd.RangeIndex(table.nnz, name="entry")
    terms = xr.DataArray(table.data, [entry]) * steps.isel(
        decision=xr.DataArray(table.col, [entry])
    )
    return terms.groupby(pd.Series(table.row, index=entry, name=name)).sum()
