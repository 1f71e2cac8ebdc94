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
from commission_opt.sweep.design import LEVELS, MORRIS, SOBOL, problem_of, sample, settings_of
from commission_opt.sweep.summary.results import Results
from commission_opt.views.charts import BLUE, GREY, INK, ORANGE, chart, numbered, shortened, titled

CONFIDENCE = 0.95
_RESAMPLES = 1000
_LEAST = 4  # complete blocks from which indices mean anything


@dataclass(frozen=True, eq=False)
class Indices:
    """Indices of the axes of a sweep.

    Parameters
    ----------
    frame : pandas.DataFrame
        A row for each axis, the most influential first: ``axis``, its name, and ``first``,
        ``total``, and half the width of their confidence intervals, ``first_conf`` and
        ``total_conf``; or ``mu``, ``mu_star``, ``mu_star_conf`` and ``sigma``.
    blocks, dropped : int
        Samples or trajectories of the design, and how many were left out since a scenario of
        theirs has no plan.
    """

    frame: pd.DataFrame
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
    values = dict(zip(results.scenarios["key"], results.scenarios["value"], strict=True))
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
        As ``design.sample`` drew them.
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
    columns = _analysed(design, axes, rows[keep], values[keep], seed)
    frame = pd.DataFrame({"axis": [axis.name for axis in axes], **columns})
    main = "total" if design == SOBOL else "mu_star"
    frame = frame.sort_values(main, ascending=False, kind="stable", ignore_index=True)
    return Indices(frame, len(complete), int((~complete).sum()))


def _analysed(
    design: str, axes: tuple[Axis, ...], rows: Floats, values: Floats, seed: int
) -> dict[str, Floats]:
    """Return columns of indices by SALib; all 0 of Sobol where the values never move."""
    problem, resampled = problem_of(axes), {"num_resamples": _RESAMPLES, "conf_level": CONFIDENCE}
    if design == MORRIS:
        from SALib.analyze import morris

        found = morris.analyze(problem, rows, values, num_levels=LEVELS, seed=seed, **resampled)
        names = ("mu", "mu_star", "mu_star_conf", "sigma")
        return {name: np.asarray(found[name], dtype=float) for name in names}
    kept = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    if float(np.ptp(values)) <= 1e-9 * max(1.0, float(np.max(np.abs(values)))):
        return dict.fromkeys(kept, np.zeros(len(axes)))
    from SALib.analyze import sobol

    seed += 1  # SALib takes 0 for none
    found = sobol.analyze(problem, values, calc_second_order=False, seed=seed, **resampled)
    return {name: np.asarray(found[key], dtype=float) for name, key in kept.items()}


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each axis, the most influential first; None if there are no indices."""
    try:
        found = indices(results)
    except UsageError:
        return None
    return None if found is None else found.frame


def draw(results: Results, folder: Path) -> None:
    """Draw the indices with their intervals."""
    frame, measure = table(results), results.measure
    assert frame is not None
    place = np.arange(len(frame))
    with chart(folder, "sensitivity", 9.0, 2.4 + 0.6 * len(frame)) as (figure, axes):
        axes.set_yticks(place, [shortened(name) for name in frame["axis"]])
        axes.invert_yaxis()
        axes.grid(visible=True, axis="x")
        error = {"ecolor": INK, "elinewidth": 1.2, "capsize": 3}
        if results.design == SOBOL:
            for shift, name, colour, label in (
                (-0.19, "total", BLUE, "together with others (total)"),
                (0.19, "first", ORANGE, "alone (first order)"),
            ):
                axes.barh(
                    place + shift, frame[name], 0.36, color=colour, label=label,
                    xerr=frame[f"{name}_conf"], error_kw=error,
                )  # fmt: skip
            axes.set_xlabel(f"share of the variance of the {measure.label} (Sobol indices)")
        else:
            size, half, spread = (
                frame[name] / measure.scale for name in ("mu_star", "mu_star_conf", "sigma")
            )
            axes.barh(
                place, size, 0.6, color=BLUE, xerr=half, error_kw=error,
                label="mean size of the effect (μ*)",
            )  # fmt: skip
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
    sobol, shown = results.design == SOBOL, results.measure.shown
    lines = [
        f"{row['axis']}: total {row['total']:.2f} ± {row['total_conf']:.2f}, alone "
        f"{row['first']:.2f} ± {row['first_conf']:.2f}"
        if sobol
        else f"{row['axis']}: μ* {shown(row['mu_star'])} ± {shown(row['mu_star_conf'])}, σ "
        f"{shown(row['sigma'])}"
        for row in found.frame.to_dict("records")
    ]
    if found.dropped:
        what = "samples" if sobol else "trajectories"
        lines.append(
            f"{found.dropped} of {found.blocks} {what} have a scenario without a plan and are left "
            "out: the indices speak of the part of the ranges where there are plans"
        )
    return lines
