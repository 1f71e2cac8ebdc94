"""Sobol and Morris indices of a sweep that was drawn for them, with confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.design import settings_of
from commission_opt.sweep.sampling import LEVELS, MORRIS, SOBOL, problem_of, sample
from commission_opt.sweep.summary.results import Results
from commission_opt.views.charts import BLUE, GREY, INK, ORANGE, chart, numbered, shortened, titled

NAME = "sensitivity"
CONFIDENCE = 0.95
_RESAMPLES = 1000
_LEAST = 4  # complete blocks from which indices mean anything


@dataclass(frozen=True)
class Indices:
    """Indices of D axes.

    Parameters
    ----------
    kind : {"sobol", "morris"}
    axes : tuple of str
    columns : dict of str to array, shape (D,)
        ``first``, ``total``, and half the width of their confidence intervals, ``first_conf`` and
        ``total_conf``; or ``mu``, ``mu_star``, ``mu_star_conf`` and ``sigma``.
    blocks, dropped : int
        Samples or trajectories of the design, and how many were left out since a scenario of
        theirs has no plan.
    """

    kind: str
    axes: tuple[str, ...]
    columns: dict[str, Floats]
    blocks: int
    dropped: int


def indices(results: Results) -> Indices | None:
    """Return the indices of a sweep; None if its design has none or too little is there.

    Raises
    ------
    UsageError
        If SALib is not installed.
    """
    if results.design not in (SOBOL, MORRIS) or results.samples is None:
        return None
    rows = sample(results.design, results.axes, results.samples, results.seed)
    values = {case.key: case.value for case in results.cases}
    keys = [Scenario("", settings_of(results.axes, row)).key for row in rows.tolist()]
    found = np.array([values.get(key, np.nan) for key in keys])
    return analyse(results.design, results.axes, rows, found, results.seed)


def analyse(
    design: str, axes: tuple[Axis, ...], rows: Floats, values: Floats, seed: int
) -> Indices | None:
    """Work out indices from a sample and its values.

    Parameters
    ----------
    design : {"sobol", "morris"}
    axes : tuple of Axis, D of them
    rows : array, shape (R, D)
        As ``sampling.sample`` drew them.
    values : array, shape (R,)
        Not a number where there is no plan. The block of rows that such a one belongs to, a
        Saltelli sample or a trajectory, is left out.
    seed : int
        Of the resampling behind the intervals.

    Returns
    -------
    Indices or None
        None if fewer than four blocks are left.
    """
    size = len(axes) + (2 if design == SOBOL else 1)
    complete = np.all(np.isfinite(values).reshape(-1, size), axis=1).reshape(-1)
    if complete.sum() < _LEAST:
        return None
    keep = np.repeat(complete, size)
    work = _sobol if design == SOBOL else _morris
    columns = work(problem_of(axes), rows[keep], values[keep], seed)
    names = tuple(axis.name for axis in axes)
    return Indices(design, names, columns, len(complete), int((~complete).sum()))


def _sobol(
    problem: dict[str, object], rows: Floats, values: Floats, seed: int
) -> dict[str, Floats]:
    spread = float(np.ptp(values))
    if spread <= 1e-9 * max(1.0, float(np.max(np.abs(values)))):
        zero = np.zeros(rows.shape[1])
        return dict.fromkeys(("first", "first_conf", "total", "total_conf"), zero)
    from SALib.analyze import sobol

    found = sobol.analyze(
        problem,
        values,
        calc_second_order=False,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # SALib takes 0 for none
    )
    kept = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    return {name: np.asarray(found[key], dtype=float) for name, key in kept.items()}


def _morris(
    problem: dict[str, object], rows: Floats, values: Floats, seed: int
) -> dict[str, Floats]:
    from SALib.analyze import morris

    found = morris.analyze(
        problem,
        rows,
        values,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=LEVELS,
        seed=seed,
    )
    names = ("mu", "mu_star", "mu_star_conf", "sigma")
    return {name: np.asarray(found[name], dtype=float) for name in names}


def _shown(found: Indices) -> list[int]:
    main = found.columns["total" if found.kind == SOBOL else "mu_star"]
    return [int(i) for i in np.argsort(-main, kind="stable")]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each axis, the most influential first; None if there are no indices."""
    found = _found(results)
    if found is None:
        return None
    order = _shown(found)
    columns = {name: column[order] for name, column in found.columns.items()}
    return pd.DataFrame({"axis": [found.axes[i] for i in order], **columns})


def _found(results: Results) -> Indices | None:
    try:
        return indices(results)
    except UsageError:
        return None


def draw(results: Results, folder: Path) -> None:
    """Draw the indices with their intervals."""
    found = _found(results)
    assert found is not None
    order, measure = _shown(found), results.measure
    place = np.arange(len(order))
    with chart(folder, NAME, 9.0, 2.4 + 0.6 * len(order)) as (figure, axes):
        axes.set_yticks(place, [shortened(found.axes[i]) for i in order])
        axes.invert_yaxis()
        axes.grid(visible=True, axis="x")
        error = {"ecolor": INK, "elinewidth": 1.2, "capsize": 3}
        if found.kind == SOBOL:
            for shift, name, colour, label in (
                (-0.19, "total", BLUE, "together with others (total)"),
                (0.19, "first", ORANGE, "alone (first order)"),
            ):
                axes.barh(
                    place + shift, found.columns[name][order], 0.36, color=colour, label=label,
                    xerr=found.columns[f"{name}_conf"][order], error_kw=error,
                )  # fmt: skip
            axes.set_xlabel(f"share of the variance of the {measure.label} (Sobol indices)")
        else:
            size = found.columns["mu_star"][order] / measure.scale
            half = found.columns["mu_star_conf"][order] / measure.scale
            axes.barh(
                place, size, 0.6, color=BLUE, xerr=half, error_kw=error,
                label="mean size of the effect (μ*)",
            )  # fmt: skip
            spread = found.columns["sigma"][order] / measure.scale
            axes.plot(spread, place, ls="", marker="D", color=ORANGE, mec=INK, label="spread (σ)")
            axes.set_xlabel(
                f"effect of the whole range of an axis on the {measure.label}, {measure.unit}"
            )
        numbered(axes.xaxis)
        axes.axvline(0.0, color=GREY, lw=1)
        figure.legend(loc="outside lower center", ncols=2)
        titled(axes, f"What moves the {measure.label}", results.title, "bars with 95 % intervals")


def say(results: Results) -> list[str]:
    """Name each axis with its index and interval."""
    if results.design not in (SOBOL, MORRIS):
        return []
    try:
        found = indices(results)
    except UsageError as error:
        return [str(error)]
    if found is None:
        return ["too few samples without a failure for indices"]
    lines = [_line(found, i, results) for i in _shown(found)]
    if found.dropped:
        what = "samples" if found.kind == SOBOL else "trajectories"
        lines.append(
            f"{found.dropped} of {found.blocks} {what} have a scenario without a plan and are left "
            "out: the indices speak of the part of the ranges where there are plans"
        )
    return lines


def _line(found: Indices, i: int, results: Results) -> str:
    column = {name: values[i] for name, values in found.columns.items()}
    if found.kind == SOBOL:
        return (
            f"{found.axes[i]}: total {column['total']:.2f} ± {column['total_conf']:.2f}, alone "
            f"{column['first']:.2f} ± {column['first_conf']:.2f}"
        )
    shown = results.measure.shown
    return (
        f"{found.axes[i]}: μ* {shown(column['mu_star'])} ± {shown(column['mu_star_conf'])}, σ "
        f"{shown(column['sigma'])}"
    )
