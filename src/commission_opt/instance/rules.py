"""Rules that join several columns or tables, and warnings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY

Tables = Mapping[str, pd.DataFrame]


def _error(table: str, row: Hashable, column: str | None, message: str) -> Problem:
    return Problem("error", f"{table}.csv", int(str(row)), column, message)


def _warning(table: str, row: Hashable | None, column: str | None, message: str) -> Problem:
    line = None if row is None else int(str(row))
    return Problem("warning", f"{table}.csv", line, column, message)


_AMOUNTS = (
    ("courses", ("course", "min_cohort", "max_intake", "cohort_step"),
     "course {!r} cannot run", "course {!r} will get no places"),
    ("measures", ("measure", "min_amount", "max_amount", "step"),
     "measure {!r} cannot be bought", "measure {!r} will get no units"),
)  # fmt: skip


def check_amounts(tables: Tables) -> Iterator[Problem]:
    """Report least cohorts and amounts beyond the most, and steps that meet none between them."""
    for table, columns, never, none in _AMOUNTS:
        _, low, high, every = columns
        for row, code, least, most, step in tables[table][[*columns]].dropna().itertuples():
            if least > most:
                message = f"{least:g} is more than {high}, {most:g}; {never.format(code)}"
                yield _error(table, row, low, message)
            elif most > 0 and most // step * step < max(least, 1):
                message = (
                    f"no multiple of {step:g} lies between {low}, {least:g}, and {high}, "
                    f"{most:g}; {none.format(code)}"
                )
                yield _warning(table, row, every, message)


def check_early_leavers(tables: Tables) -> Iterator[Problem]:
    """Report an early leaver rate without its years, and the reverse."""
    frame = tables["workforce"]
    rate, years = frame["early_leaver_rate"].notna(), frame["early_years"].notna()
    for row in frame.index[rate & ~years]:
        yield _error("workforce", row, "early_years", "is empty; the early rate needs its years")
    for row in frame.index[years & ~rate]:
        yield _error("workforce", row, "early_leaver_rate", "is empty, but early_years is not")


_FILTERS = ("profession", "group", "region", "provider", "course")


def check_commitments(tables: Tables) -> Iterator[Problem]:
    """Report commitments that contradict themselves."""
    for row in tables["commitments"].reset_index().to_dict("records"):
        line, least, most = row["row"], row["min_places"], row["max_places"]
        if np.isnan(least) and np.isnan(most):
            yield _error("commitments", line, "min_places", "give min_places, max_places or both")
        elif least > most:
            message = f"{least:g} is more than max_places, {most:g}"
            yield _error("commitments", line, "min_places", message)
        if row["first_year"] > row["last_year"]:
            message = f"{row['last_year']:g} is before first_year, {row['first_year']:g}"
            yield _error("commitments", line, "last_year", message)
        for column in _FILTERS if row["measure"] else ():
            if row[column] not in (ANY, None):
                message = (
                    f"{row[column]!r} stands beside measure {row['measure']!r}; a commitment on a "
                    "measure leaves all other filters empty"
                )
                yield _error("commitments", line, column, message)


def check_pipeline_starts(tables: Tables, first_year: int) -> Iterator[Problem]:
    """Report cohorts that start in the plan's own years, and warn of those already entered."""
    durations = tables["courses"].dropna(subset=["course"]).drop_duplicates("course")
    duration_of = durations.set_index("course")["duration_years"]
    for row, course, start in tables["pipeline"][["course", "start_year"]].dropna().itertuples():
        entry = start + duration_of.get(course, np.nan)
        if start >= first_year:
            message = f"{start:g} is not before the first year of the plan, {first_year}"
            yield _error("pipeline", row, "start_year", message)
        elif entry < first_year:
            message = (
                f"the cohort of {start:g} entered in {entry:g}, before {first_year}; it is "
                "already in the workforce and is ignored"
            )
            yield _warning("pipeline", row, "start_year", message)


def warn_outside_horizon(tables: Tables, years: range) -> Iterator[Problem]:
    """Warn of rows for years that the plan does not look at."""
    for name in ("demand", "joiners", "budgets", "placements"):
        year = tables[name]["year"]
        dated = year[year.notna() & (year != ANY)]
        outside = dated[~dated.isin(years)]
        if len(outside):
            span = f"{years[0]}–{years[-1]}"
            message = f"{outside.iloc[0]:g} is outside the horizon {span}; the row is ignored"
            if len(outside) > 1:
                message += f", like {len(outside) - 1} more outside it"
            yield _warning(name, outside.index[0], "year", message)


def warn_parent_weights(tables: Tables) -> Iterator[Problem]:
    """Warn of weights of regions that have others within them: only leaves weigh anything."""
    regions = tables["regions"]
    parents = set(regions["parent"].dropna()) - {""}
    weighed = regions["weight"].notna() & (regions["weight"] != 1)
    for row, name in regions.loc[weighed & regions["region"].isin(parents), "region"].items():
        message = (
            f"the weight of {name!r} has no effect, as there are regions within it; "
            "give the weight to those"
        )
        yield _warning("regions", row, "weight", message)


def warn_rates(tables: Tables) -> Iterator[Problem]:
    """Warn of leaver rates above one half."""
    places = [("workforce", c) for c in ("leaver_rate", "early_leaver_rate")]
    for table, column in (*places, ("measures", "leaver_rate")):
        high = tables[table][column]
        for row, rate in high[high > 0.5].items():
            yield _warning(
                table, row, column, f"{rate:g} is above 0.5: more than half leave each year"
            )


def warn_demand_jumps(tables: Tables, years: range) -> Iterator[Problem]:
    """Warn of demand that changes by more than half from one year to the next."""
    frame = tables["demand"]
    inside = frame[frame["year"].isin(years)].dropna()
    ordered = inside.sort_values(["profession", "region", "year"])
    before = ordered.groupby(["profession", "region"])["fte"].shift()
    step = (ordered["fte"] - before).abs()
    jumps = ordered.assign(before=before)[(step > 0.5 * before) & (step > 0)]
    for row, old, now in jumps[["before", "fte"]].itertuples():
        message = f"demand jumps from {old:g} to {now:g} FTE in one year, more than 50 %"
        yield _warning("demand", row, "fte", message)


def warn_assumptions(tables: Tables) -> Iterator[Problem]:
    """Warn of assumptions that are weak and matter, or that name a column nobody has."""
    frame = tables["assumptions"]
    weak = frame[(frame["quality"] == "red") & (frame["impact"] == "red")]
    for row, name in weak["assumption"].items():
        message = f"{name!r} is rated red for both quality and impact"
        yield _warning("assumptions", row, None, message)
    for row, table, column in frame[["table", "column"]].itertuples():
        known = TABLES.get(table)
        if known is None or column not in {c.name for c in known.columns}:
            message = f"there is no column {column!r} in a table {table!r}"
            yield _warning("assumptions", row, "table" if known is None else "column", message)
