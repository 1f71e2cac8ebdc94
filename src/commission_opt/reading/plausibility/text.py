"""Characters in texts that do not show themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.schema import TABLES
from commission_opt.reading.plausibility.saying import summed, warning
from commission_opt.text.plain import is_unseen, shortened, unseen_in

_SPACES = {"\u00a0": "a non-breaking space", "\u202f": "a narrow non-breaking space"}


def unseen_characters(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Warn of control, bidirectional and invisible characters in codes and texts of tables."""
    for name, table in TABLES.items():
        for column in table.columns if len(tables[name]) else ():
            if column.kind in ("code", "text"):
                cells = tables[name][column.name]
                found = {text: _odd(text, column.kind) for text in cells.unique()}
                odd = {text: _said(text, what, column.kind) for text, what in found.items() if what}
                if odd:
                    rows = cells[cells.isin(odd)].map(odd).to_frame("said")
                    size = pd.Series(1.0, rows.index)
                    yield from summed(name, column.name, rows, size, lambda row: str(row.said))


def _said(text: str, what: str, kind: str) -> str:
    then = "codes are compared as written" if kind == "code" else "it is shown as escapes"
    return f"has {what} in it, {shortened(text, 40)!r}; {then}"


def unseen_in_settings(settings: Mapping[str, object]) -> Iterator[Problem]:
    """Warn of the same in ``instance.toml``."""
    for key, value in settings.items():
        kind = "text" if key == "description" else "code"  # which may have several lines
        if isinstance(value, str) and (what := _odd(value, kind)):
            yield warning(SETTINGS_FILE, None, key, _said(value, what, "text"))


def _odd(text: object, kind: str) -> str:
    """Name what is unseen in a text; line breaks may stand in texts."""
    if not isinstance(text, str) or text.isprintable():
        return ""
    looked_at = text if kind == "code" else text.replace("\n", "").replace("\r", "")
    found = list(unseen_in("".join(c for c in looked_at if is_unseen(c))))
    if kind == "code":
        found += [what for sign, what in _SPACES.items() if sign in text]
    return " and ".join(found)
