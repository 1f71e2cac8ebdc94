"""What stands behind a heading: what the column holds, its rule, and an example.

The examples are rows of the small case that docs/guide.md works through.
"""

from __future__ import annotations

from collections.abc import Mapping

from commission_opt.activities import KINDS
from commission_opt.instance.schema import Column
from commission_opt.workbook.drop_downs import rule_text

_ROWS = (
    ("professions", "profession=na, title=Nursing associate, group=nursing, weight=1"),
    ("regions", "region=coast, title=The Coast, parent=south, population=250000, weight=1"),
    (
        "workforce",
        "profession=na, region=coast, fte=160, leaver_rate=0.09, early_leaver_rate=0.12, "
        "early_years=2",
    ),
    ("demand", "profession=na, region=coast, year=2026, fte=170"),
    ("posts", "profession=na, region=coast, year=2026, posts=165"),
    (
        "courses",
        "course=na-coast, profession=na, region=coast, provider=coast-college, "
        "title=Nursing associate at the Coast College, duration_years=2, last_intake=24, "
        "max_intake=45, min_cohort=8, cohort_step=1, fill_rate=0.95, completion_rate=0.85, "
        "join_rate=0.8, fte_per_joiner=0.9, from_profession=hca, fte_from=0.9, release_rate=0.4",
    ),
    (
        "measures",
        "measure=na-abroad, kind=recruit, profession=na, region=coast, "
        "title=Nursing associates from abroad, lead_years=1, fte_per_unit=0.9, success_rate=0.85, "
        "leaver_rate=0.15, lasts_years=1, paid_years=1, last_amount=10, max_amount=40, "
        "min_amount=5, step=1",
    ),
    ("pathways", "pool=na-graduates, course=na-coast, role=feeds, share=0.2, lag_years=1"),
    (
        "eligible",
        "pool=na-graduates, region=coast, year=2026, entrants=12, stay_rate=0.5, offer_rate=0.25",
    ),
    ("substitution", "needed=na, by=hca, region=coast, ratio=0.6, max_share=0.1"),
    ("costs", "course=na-coast, profession=na, study_year=1, fund=training, cost=5200"),
    ("budgets", "fund=training, region=coast, year=2026, amount=1150000"),
    ("pay", "fund=salaries, profession=na, region=coast, year=2026, pay=38500"),
    ("placements", "pool=wards, region=coast, year=2026, capacity=2400"),
    ("placement_use", "course=na-coast, profession=na, study_year=1, pool=wards, weeks=20"),
    ("destinations", "profession=na, from_region=valley, to_region=coast, share=0.15"),
    ("pipeline", "course=na-coast, start_year=2025, started=24"),
    ("joiners", "profession=na, region=coast, year=2026, fte=6"),
    (
        "commitments",
        "commitment=keep-na, profession=na, group=nursing, region=coast, provider=coast-college, "
        "course=na-coast, first_year=2026, last_year=2028, min_places=20, max_places=30, "
        "owner=Director of nursing, reason=Agreed with the college in 2025, measure=na-abroad",
    ),
    (
        "floors",
        "floor=safe-wards, profession=nursing, region=coast, year=2028, min_fte=150, "
        "min_demand_share=0.9, min_mix_share=0.4, of=na",
    ),
    (
        "assumptions",
        "assumption=leavers, table=workforce, column=leaver_rate, value=0.07 to 0.14, "
        "source=Payroll returns 2025, owner=HR analytics, quality=amber, impact=red",
    ),
)
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    table: dict(pair.split("=", 1) for pair in row.split(", ")) for table, row in _ROWS
}

SETTING_HINTS: Mapping[str, str] = {
    "name": "letters, digits, - _ and . only: valley-2026",
    "title": "The Valley and the Coast, 2026/27 to 2028/29",
    "first_year": "four digits: 2026 for 2026/27",
    "horizon": "a number of years, long enough for new students to qualify: 15",
    "price_base": "2025/26 prices",
    "description": "a sentence or two: what it is for, and who made it",
}


def header_help(table: str, column: Column | None) -> str:
    """Return the text behind a heading; None is a column of the user's own."""
    if column is None:
        return "A column of your own; commission-opt does not use it."
    said = column.said(measures=True)
    holds = f"{said[0].upper()}{said[1:]}."
    lines = [holds, f"{rule_text(column)}.", *_units(column), *_of_kinds(table, column)]
    lines.append(f"Example: {EXAMPLES[table][column.name]}")
    return "\n\n".join(lines)


def _of_kinds(table: str, column: Column) -> list[str]:
    """Say which kinds of measures a column says nothing of."""
    kinds = [kind for kind, of in KINDS.items() if table == "measures" and column.name in of.unused]
    return [f"Leave it empty where kind is {' or '.join(kinds)}."] if kinds else []


def _units(column: Column) -> list[str]:
    """Say how a figure is typed that people write in more ways than one."""
    if (column.low, column.high) == (0, 1):
        return ["A share: 0.85 or 85% for 85 in a hundred, not 85."]
    if column.name == "year" or (column.name.endswith("_year") and column.name != "study_year"):
        return ["Four digits, no date: 2026, not 2026/27 or 01/04/2026."]
    if "FTE" in column.help:
        return ["FTE are full-time equivalents."]
    if "leaf region" in column.help:
        return ["A leaf region is one that contains no other."]
    return []
