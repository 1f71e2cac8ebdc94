"""What the figures rest on, one assumption for every row of a source table that is rated."""

from __future__ import annotations

from collections.abc import Iterator

from builder.sources import ALL, Record, Row, Sources

# Source table; table and column that it feeds; columns that name a row; column of the value.
RATED: tuple[tuple[str, tuple[str, str], tuple[str, ...], str], ...] = (
    ("past_intakes", ("pipeline", "started"), ("series", "year"), "value"),
    ("areas", ("regions", "population"), ("area",), "region"),
    ("mobility", ("destinations", "share"), ("profession", "from_region"), "stay"),
    ("local_mobility", ("destinations", "share"), ("profession", "region"), "stay"),
    ("costs", ("costs", "cost"), ("profession", "study_year", "fund", "component"), "cost"),
    ("deflators", ("costs", "cost"), ("price_year",), "to_2025"),
    ("practice_hours", ("placement_use", "weeks"), ("profession", "pool"), "hours"),
    ("lever_costs", ("costs", "cost"), ("line", "study_year", "fund", "component"), "cost"),
    ("pay_scales", ("pay", "pay"), ("scope",), "basic_pay"),
    ("floors", ("floors", "min_demand_share"), ("floor",), "min_demand_share"),
    ("floors", ("floors", "min_mix_share"), ("floor",), "min_mix_share"),
    ("substitution", ("substitution", "ratio"), ("needed", "by"), "ratio"),
    ("lever_hours", ("placement_use", "weeks"), ("line", "pool"), "hours"),
    ("capacity", ("placements", "capacity"), ("pool", "region"), "headroom"),
    ("budget_growth", ("budgets", "amount"), ("fund", "region"), "yearly_growth"),
)


def assumption_rows(sources: Sources) -> Iterator[Row]:
    """Yield the assumptions table: those on structure first, then those behind single figures.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each assumption.
    """
    for row in sources.tables["assumptions"]:
        yield assumption_row(row["assumption"], (row["table"], row["column"]), row["value"], row)
    columns = {r["figure"]: (r["table"], r["column"]) for r in sources.tables["figure_columns"]}
    for row in sources.tables["figures"]:
        name = row_name(row["figure"], row["scope"], row["region"])
        yield assumption_row(name, columns[row["figure"]], row["value"], row)
    for table, where, keys, value in RATED:
        for row in filter(lambda row: row[value], sources.tables.get(table, [])):
            name = row_name(table, *(row[key] for key in keys))
            yield assumption_row(name, where, row[value], row)


def assumption_row(name: str, where: tuple[str, str], value: str, row: Record) -> Row:
    """Return a row of the assumptions table.

    Parameters
    ----------
    name
        Name of the assumption.
    where
        Table and column that it feeds.
    value
        What is assumed.
    row
        Row of a source table, with its source, its ratings and perhaps its owner.

    Returns
    -------
    dict
    """
    return {
        "assumption": name,
        "table": where[0],
        "column": where[1],
        "value": value,
        "source": row["source"],
        "owner": row.get("owner") or "instance maintainers",
        "quality": row["quality"],
        "impact": row["impact"],
    }


def row_name(*parts: str) -> str:
    """Join the parts of a name, leaving out the empty ones."""
    return "-".join(part.replace("_", "-") for part in parts if part).replace(ALL, "all")
