"""What a change at the margin really spends: in columns, in sentences and year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerColumn, AnswerTable, columns
from commission_opt.explain.margins.consequences import LEAST
from commission_opt.explain.margins.questions import Question, written
from commission_opt.explain.margins.worth import Worth
from commission_opt.views import words

_WORTH = 1e-6


def taken_columns(worth: Worth) -> dict[str, object]:
    """Return what more is taken, by column of a table of changes."""
    more = worth.more
    if more is None:
        none = dict.fromkeys(("spent", "paid", "first_spent", "last_spent", "per_million"), np.nan)
        return {**none, "span": None, "weeks": np.nan, "places": np.nan, "units": np.nan}
    years = more.span()
    first, last = years or (np.nan, np.nan)
    span = f"{first}" if first == last else f"{first}–{last % 100:02g}"
    return {
        "spent": more.pounds,
        "paid": float(more.paid.sum()),
        "first_spent": first,
        "last_spent": last,
        "per_million": worth.worth / more.pounds * 1e6 if more.pounds >= LEAST else np.nan,
        "span": span if years else None,
        "weeks": float(more.weeks.sum()),
        "places": float(more.places.sum()),
        "units": float(more.units.sum()),
    }


def _years(row: Mapping[str, Any] | pd.Series) -> str:
    """Write the same years in a sentence: ``2026/27 to 2040/41``."""
    first, last = words.year(row["first_spent"]), words.year(row["last_spent"])
    return first if first == last else f"{first} to {last}"


def spends(row: Mapping[str, Any] | pd.Series, unit: str, what: str = "It") -> str:
    """Say in a sentence what is spent, and what each £1m of it saves; empty where not known."""
    pounds = float(row["spent"])
    return "" if np.isnan(pounds) else f"{what} would spend {in_words(row, unit)}."


def in_words(row: Mapping[str, Any] | pd.Series, unit: str) -> str:
    """Say how much is spent in all, pay of it, in which years, and what each £1m of it saves."""
    pounds, paid = float(row["spent"]), float(row.get("paid", 0.0))
    if max(abs(pounds), abs(paid)) < LEAST:
        return "nothing more"
    pay = "" if abs(paid) < LEAST else f" ({_parted(pounds - paid, paid)})"
    if pounds < LEAST:
        return f"{figures.pounds(-pounds)} less in all{pay}, {_years(row)}"
    each = f"{figures.fte(row['per_million'])} {unit}".rstrip()
    return f"{figures.pounds(pounds)} more in all{pay}, {_years(row)}: {each} for each £1m spent"


def _parted(lines: float, paid: float) -> str:
    """Say what of a change is spent on lines, and what on pay of those they bring."""
    parts = ((lines, "on what is bought"), (paid, "on pay of staff"))
    return ", ".join(
        f"{figures.pounds(abs(pounds))} {'less' if pounds < 0 else 'more'} {what}"
        for pounds, what in parts
        if abs(pounds) >= LEAST
    )


def table(found: Sequence[tuple[Question, Worth]]) -> AnswerTable:
    """Tabulate what is more spent by fund and year for each change that is worth something."""
    rows = [
        {"change": " and ".join(written(q.settings)), "fund": fund, "year": year, "spent": pounds}
        for q, w in sorted(found, key=lambda each: -each[1].worth)
        if w.more is not None and w.worth > _WORTH
        for fund, by_year in w.more.spent.iterrows()
        for year, pounds in by_year.items()
        if abs(pounds) >= LEAST
    ]
    shown = (
        *columns(change="change", fund="fund"), AnswerColumn("year", "year", figures.year),
        AnswerColumn("spent", "£ more spent", figures.pounds),
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[column.name for column in shown])
    title = "What each change would spend more, by fund and year"
    return AnswerTable("spending", title, frame, shown, 0)
