"""What options come to, one row each: the same table on the page, in the workbook and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.answer import AnswerTable
from commission_opt.report.facts import share
from commission_opt.report.options.made import Option
from commission_opt.report.section import known, tabled
from commission_opt.uncertainty.audit.gathered import FTE_YEARS
from commission_opt.views import words


def figures(options: Sequence[Option]) -> pd.DataFrame:
    """Return a row for each option, exact.

    Returns
    -------
    pandas.DataFrame
        ``option``; ``places`` in the first year and ``change`` on last year; ``units`` where there
        are measures; ``missing``, FTE at the end, and ``missing_years``, FTE-years in all;
        ``cut``, the part of the latter without new places that is taken away; ``spent`` in the
        first year and ``spent_all``, £, each with ``…_more`` than last year repeated; ``worst`` and
        ``spread``, the largest share of demand that is missing in any region, all years, and how
        far it is above the least; ``gap`` of a plan to the best possible; and, where options are
        audited, ``mean`` and ``tenth``, FTE-years missing over the draws and in their worst tenth,
        and ``breaks``, the largest probability with which a rule is broken.
    """
    nothing, last = options[0], options[1]
    frame = pd.DataFrame({"option": [each.name for each in options]})
    first = np.array([each.outcome.places[:, 0].sum() for each in options])
    frame["places"] = first
    frame["change"] = [
        at - each.facts.last_year.sum() for at, each in zip(first, options, strict=True)
    ]
    if any(each.facts.units for each in options):
        frame["units"] = [each.outcome.units[:, 0].sum() for each in options]
    years = [each.missing.sum() for each in options]
    frame["missing"] = [each.missing[:, :, -1].sum() for each in options]
    frame["missing_years"] = years
    frame["cut"] = share(nothing.missing.sum() - np.array(years), nothing.missing.sum())
    for name, at in (("spent", slice(0, 1)), ("spent_all", slice(None))):
        frame[name] = [each.spent[at].sum() for each in options]
        frame[f"{name}_more"] = frame[name] - last.spent[at].sum()
    shares = [regional(each) for each in options]
    frame["worst"] = [values.max() for values in shares]
    frame["spread"] = [values.max() - values.min() for values in shares]
    frame["gap"] = [_gap(each) for each in options]
    if any(each.risk is not None for each in options):
        risks = [_risk(each) for each in options]
        for name in ("mean", "tenth", "breaks"):
            frame[name] = [risk[name] for risk in risks]
    return frame


def regional(option: Option) -> Floats:
    """Return the share of demand that is missing in each leaf region, all years together."""
    demand = option.facts.instance.demand.sum(axis=(0, 2))
    return np.nan_to_num(share(option.missing.sum(axis=(0, 2)), demand))


def _gap(option: Option) -> float:
    """Return how far a plan may be from the best of its first objective; NaN of no plan."""
    return option.facts.found.certificate.stages[0].final_gap if option.is_plan else np.nan


def _risk(option: Option) -> dict[str, float]:
    assert option.risk is not None
    plain = next(each for each in option.risk["values"] if each["name"] == FTE_YEARS)
    broken = [float(each["probability"]) for each in option.risk["rules"]]
    return {
        "mean": float(plain["mean"]), "tenth": float(plain["worst_tenth"]),
        "breaks": max(broken, default=0.0),
    }  # fmt: skip


def table(options: Sequence[Option]) -> AnswerTable:
    """Return the table of all options, as it is read."""
    frame, facts = figures(options), options[0].facts
    first, end = words.year(facts.years[0]), words.year(facts.years[-1])
    span = words.span(facts.years[0], facts.years[-1])
    heads: dict[str, tuple[Any, ...]] = {
        "places": (f"places in {first}", words.count),
        "change": ("on last year", words.change),
        "units": (f"units in {first}", words.count),
        "missing": (f"FTE short in {end}", words.count),
        "missing_years": (f"FTE-years short, {span}", words.count),
        "cut": ("of the shortfall taken away", words.part),
        "spent": (f"£m in {first}", words.millions),
        "spent_more": ("£m on last year repeated", words.millions),
        "spent_all": (f"£m, {span}", words.millions),
        "spent_all_more": ("£m in all on last year repeated", words.millions),
        "worst": ("shortest region, of demand", words.part),
        "spread": ("beyond the least short", words.part),
        "gap": ("gap to the best possible", known(words.ceil_percent)),
    }
    columns = [
        ("option", "option", [words.clean(name) for name in frame["option"]]),
        *(
            (name, head, frame[name].to_numpy(float), show)
            for name, (head, show) in heads.items()
            if name in frame
        ),
    ]
    note = (
        "Shares of regions are over all years. Money is undiscounted, all funds, students already "
        "on course included. “No new places” and “last year repeated” are comparisons and need "
        "not keep the rules; the gap is that of the first objective of a plan's own model."
    )
    return tabled("options", "The options side by side", columns, note=note)


def csv_of(options: Sequence[Option]) -> str:
    """Return the figures as CSV, with the shortfall and the money of every year."""
    frame = figures(options)
    for i, year in enumerate(options[0].facts.years):
        frame[f"missing_{year}"] = [float(each.missing[:, :, i].sum()) for each in options]
        frame[f"spent_{year}"] = [float(each.spent[i]) for each in options]
    return str(frame.to_csv(index=False, lineterminator="\n"))
