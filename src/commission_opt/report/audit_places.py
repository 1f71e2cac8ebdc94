"""Which places of an audited plan are robust, and which hang on one row of the file: by name."""

from __future__ import annotations

from typing import Any

import pandas as pd

from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.uncertainty.audit.view import AuditView
from commission_opt.views import words

_MOST = 20  # decisions in a table


def places(view: AuditView) -> Section | None:
    """Return the section; None if it was not asked for."""
    found, table = view.record.get("places"), view.robust
    if not found or table is None:
        return None
    said = (
        f"In each of {words.plural(found['futures'], 'future')} a plan in fractions of places, "
        f"within {words.percent(found['near'])} of the best for it, was made as near to this plan "
        "as can be. robust.csv says of every decision how far it moves.",
    )
    exhibits = [_counts(found)]
    fragile = table[table["hangs_on"] != ""]
    if len(fragile):
        order = (fragile["most"] - fragile["least"]).sort_values(ascending=False, kind="stable")
        exhibits.append(_fragile(view, fragile.loc[order.index]))
    robust = table[table["robust"]].sort_values("amount", ascending=False, kind="stable")
    if len(robust):
        exhibits.append(_robust(view, robust))
    return Section("places", "Which places are robust", said, tuple(exhibits))


def _counts(found: dict[str, Any]) -> Exhibit:
    fragile = found["fragile"]
    others = found["decisions"] - found["robust"] - sum(fragile.values())
    rows = [
        ("robust: within one step of the plan in all futures tried", found["robust"]),
        *((f"fragile: move with “{words.clean(name)}” alone", n) for name, n in fragile.items()),
        ("move for other reasons, or for several", others),
    ]
    columns = (
        ("what", "decisions", [name for name, _ in rows]),
        ("count", "how many", [count for _, count in rows], words.count),
    )
    return Exhibit(tabled("places", "Decisions by what they hang on", columns))


def _fragile(view: AuditView, table: pd.DataFrame) -> Exhibit:
    """Name the decisions that move most with one row of the file, and no other."""
    shown = table.head(_MOST)
    columns = (
        *_decisions(view, shown),
        ("least", "good plans have at least", shown["least"].tolist(), words.count),
        ("most", "at most", shown["most"].tolist(), words.count),
        ("hangs_on", "hangs on", [words.clean(name) for name in shown["hangs_on"]]),
    )
    title = "Fragile: what moves with one row of the file alone, the widest first"
    return Exhibit(tabled("fragile", title, columns, note=_more(table)))


def _robust(view: AuditView, table: pd.DataFrame) -> Exhibit:
    """Name the decisions that good plans for all futures share."""
    title = "Robust: what stays within a step in all futures tried, the largest first"
    columns = _decisions(view, table.head(_MOST))
    return Exhibit(tabled("robust", title, columns, note=_more(table)), folded=True)


def _decisions(view: AuditView, shown: pd.DataFrame) -> tuple[Any, ...]:
    names = {key: view.record[f"{key}s"] for key in ("profession", "region")}
    return (
        ("line", "course or measure", [words.clean(code) for code in shown["line"]]),
        *((key, key, [words.clean(of[code]) for code in shown[key]]) for key, of in names.items()),
        ("year", "year", shown["year"].astype(int).tolist(), words.year),
        ("amount", "the plan has", shown["amount"].tolist(), words.count),
    )


def _more(table: pd.DataFrame) -> str:
    more = len(table) - _MOST
    return f"{words.plural(more, 'more decision')} in robust.csv." if more > 0 else ""
