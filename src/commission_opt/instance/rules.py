"""Rules that join several columns or tables, and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY

Tables = Mapping[str, pd.DataFrame]

_error, _warning = partial(found, "error"), partial(found, "warning")

_AMOUNTS = (
    ("courses", ("course", "min_cohort", "max_intake", "cohort_step"),
     "course {code!r} cannot run", "course {code!r} will get no places"),
    ("measures", ("measure", "min_amount", "max_amount", "step"),
     "measure {code!r} cannot be bought", "measure {code!r} will get no units"),
)  # fmt: skip


def check_amounts(tables: Tables) -> Iterator[Problem]:
    """Report least cohorts and amounts beyond the most, and steps that meet none between them."""
    for table, columns, never, none in _AMOUNTS:
        if not len(tables[table]):
            continue
        _, low, high, every = columns
        rows = (
            tables[table][[*columns]].dropna().set_axis(["code", "least", "most", "step"], axis=1)
        )
        least, most, step = rows["least"], rows["most"], rows["step"]
        beyond = f"{{least:g}} is more than {high}, {{most:g}}; {never}"
        yield from _error(table, rows[least > most], low, beyond)
        missed = (least <= most) & (most > 0) & (most // step * step < least.clip(lower=1))
        message = (
            f"no multiple of {{step:g}} lies between {low}, {{least:g}}, and {high}, "
            f"{{most:g}}; {none}"
        )
        yield from _warning(table, rows[missed], every, message)


def check_early_leavers(tables: Tables) -> Iterator[Problem]:
    """Report an early leaver rate without its years, and the reverse."""
    frame = tables["workforce"]
    rate, years = frame["early_leaver_rate"].notna(), frame["early_years"].notna()
    message = "is empty; the early rate needs its years"
    yield from _error("workforce", frame[rate & ~years], "early_years", message)
    message = "is empty, but early_years is not"
    yield from _error("workforce", frame[years & ~rate], "early_leaver_rate", message)


def check_staff_taken(tables: Tables) -> Iterator[Problem]:
    """Report courses that take staff without saying whom or how many, or from their own."""
    frame = tables["courses"]
    takes = frame["from_profession"].notna() & (frame["from_profession"] != "")
    says = frame["from_profession"].notna()
    message = "is empty; a course that takes staff from {from_profession!r} needs their FTE"
    yield from _error("courses", frame[takes & frame["fte_from"].isna()], "fte_from", message)
    for column in ("fte_from", "release_rate"):
        message = f"{{{column}:g}} is given without from_profession; name it, or leave this empty"
        odd = frame[says & ~takes & frame[column].notna()]
        yield from _error("courses", odd, column, message)
    own = frame[takes & (frame["from_profession"] == frame["profession"])]
    message = "{from_profession!r} is the course's own profession; leave it empty"
    yield from _error("courses", own, "from_profession", message)


_FILTERS = ("profession", "group", "region", "provider", "course")


def check_commitments(tables: Tables) -> Iterator[Problem]:
    """Report commitments that contradict themselves."""
    frame = tables["commitments"]
    least, most, first, last = (
        frame[column] for column in ("min_places", "max_places", "first_year", "last_year")
    )
    of_measure = frame["measure"].notna() & (frame["measure"] != "")
    for wrong, column, message in (
        (least.isna() & most.isna(), "min_places", "give min_places, max_places or both"),
        (least > most, "min_places", "{min_places:g} is more than max_places, {max_places:g}"),
        (first > last, "last_year", "{last_year:g} is before first_year, {first_year:g}"),
        *(
            (of_measure & frame[column].notna() & (frame[column] != ANY), column,
             f"{{{column}!r}} stands beside measure {{measure!r}}; a commitment on a measure "
             "leaves all other filters empty")
            for column in _FILTERS
        ),
    ):  # fmt: skip
        yield from _error("commitments", frame[wrong], column, message)


def check_pipeline_starts(tables: Tables, first_year: int) -> Iterator[Problem]:
    """Report cohorts that start in the plan's own years, and warn of those already entered.

    Of these, some may yet enter a pool of people.
    """
    courses = tables["courses"].dropna(subset=["course"]).drop_duplicates("course")
    cohorts = tables["pipeline"][["course", "start_year"]].dropna()
    start = cohorts["start_year"]
    entry = start + cohorts["course"].map(courses.set_index("course")["duration_years"])
    message = f"{{start_year:g}} is not before the first year of the plan, {first_year}"
    yield from _error("pipeline", cohorts[start >= first_year], "start_year", message)
    message = (
        f"the cohort of {{start_year:g}} entered in {{entry:g}}, before {first_year}; it is "
        "already in the workforce and is ignored"
    )
    feeds = tables["pathways"][tables["pathways"]["role"] == "feeds"]
    lag = feeds.assign(lag=feeds["lag_years"].fillna(0)).groupby("course")["lag"].max()
    goes_on = entry + cohorts["course"].map(lag) >= first_year
    entered = cohorts.assign(entry=entry)[(start < first_year) & (entry < first_year) & ~goes_on]
    yield from _warning("pipeline", entered, "start_year", message)


def warn_outside_horizon(tables: Tables, years: range) -> Iterator[Problem]:
    """Warn of rows for years that the plan does not look at."""
    names = ("demand", "posts", "joiners", "eligible", "budgets", "pay", "placements", "floors")
    for name in names:
        frame = tables[name]
        if not len(frame):
            continue
        dated = frame[frame["year"].notna() & (frame["year"] != ANY)]
        outside = dated[~dated["year"].isin(years)]
        span = f"{years[0]}–{years[-1]}"
        message = f"{{year:g}} is outside the horizon {span}; the row is ignored"
        if len(outside) > 1:
            message += f", like {len(outside) - 1} more outside it"
        yield from _warning(name, outside[:1], "year", message)


def warn_parent_weights(tables: Tables) -> Iterator[Problem]:
    """Warn of weights of regions that have others within them: only leaves weigh anything."""
    regions = tables["regions"]
    parents = set(regions["parent"].dropna()) - {""}
    weighed = regions["weight"].notna() & (regions["weight"] != 1)
    message = (
        "the weight of {region!r} has no effect, as there are regions within it; "
        "give the weight to those"
    )
    own = regions[weighed & regions["region"].isin(parents)]
    yield from _warning("regions", own, "weight", message)


def warn_rates(tables: Tables) -> Iterator[Problem]:
    """Warn of leaver rates above one half."""
    places = [("workforce", c) for c in ("leaver_rate", "early_leaver_rate")]
    for table, column in (*places, ("measures", "leaver_rate")):
        message = f"{{{column}:g}} is above 0.5: more than half leave each year"
        frame = tables[table]
        yield from _warning(table, frame[frame[column] > 0.5], column, message)


def warn_demand_jumps(tables: Tables, years: range) -> Iterator[Problem]:
    """Warn of demand that changes by more than half from one year to the next."""
    frame = tables["demand"]
    inside = frame[frame["year"].isin(years)].dropna()
    ordered = inside.sort_values(["profession", "region", "year"])
    before = ordered.groupby(["profession", "region"])["fte"].shift()
    step = (ordered["fte"] - before).abs()
    jumps = ordered.assign(before=before)[(step > 0.5 * before) & (step > 0)]
    message = "demand jumps from {before:g} to {fte:g} FTE in one year, more than 50 %"
    yield from _warning("demand", jumps, "fte", message)


def warn_assumptions(tables: Tables) -> Iterator[Problem]:
    """Warn of assumptions that are weak and matter, or that name a column nobody has."""
    frame = tables["assumptions"]
    weak = frame[(frame["quality"] == "red") & (frame["impact"] == "red")]
    message = "{assumption!r} is rated red for both quality and impact"
    yield from _warning("assumptions", weak, None, message)
    named = pd.MultiIndex.from_frame(frame[["table", "column"]])
    lacking = ~named.isin([(t.name, c.name) for t in TABLES.values() for c in t.columns])
    of_table = frame["table"].isin(TABLES)
    message = "there is no column {column!r} in a table {table!r}"
    for wrong, column in ((~of_table, "table"), (of_table & lacking, "column")):
        yield from _warning("assumptions", frame[wrong], column, message)
