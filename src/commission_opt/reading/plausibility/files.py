"""What texts and a commissioning model hold that was probably not meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.files.toml.read import load_toml
from commission_opt.files.toml.table import Path
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.schema import TABLES
from commission_opt.reading.plausibility.saying import summed, warning
from commission_opt.text.plain import is_unseen, shortened, unseen_in

_SPACES = {"\u00a0": "a non-breaking space", "\u202f": "a narrow non-breaking space"}
_MOST = {  # of a share, by key: beyond it a model would hardly limit anything
    "max_increase": (2.0, "a course may grow to {times:,.4g} times what it took"),
    "max_decrease": (1.0, "a course may fall to nothing"),
    "discount_rate": (0.2, "a year later counts {less:.0%} less"),
    "tolerance": (0.25, "later stages may give up {share:,.4g} % of this one"),
    "max_deviation": (1.0, "a region may have {times:,.4g} times its share"),
    "up_to": (1.0, "the band reaches {share:,.4g} % of demand"),
}
_PAY_FIRST = (
    "cost with pay is the first objective, so the cheapest plan has as few staff as the rules let "
    "it and may train people away; put an objective such as “shortfall” before it"
)
_NONE = (float("inf"), "")


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


def doubts_about_model(content: bytes, file: str) -> Iterator[Problem]:
    """Warn of shares larger than anybody would write, and of pay in the first objective, by key.

    Parameters
    ----------
    content : bytes
        A valid commissioning model as it was read; empty for one that was not.
    file : str
        Its name, for messages.
    """
    text = content.decode("utf-8-sig")
    model = load_toml(text)
    found = [*_large(model, ())]
    first: Mapping[str, object] = next(iter(model.get("objective", ())), {})
    if not found and not first.get("pay"):
        return
    from commission_opt.files.toml.lines import lines_of

    lines = lines_of(text)
    if first.get("pay"):
        yield warning(file, lines.get(("objective", 0, "pay")), "pay", _PAY_FIRST)
    for path, value in found:
        key = str(path[-1])
        what = _MOST[key][1].format(times=1 + value, share=100 * value, less=1 - 1 / (1 + value))
        message = f"{value:g} is a share, so {what}; for {value:g} % write {value / 100:g}"
        row = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
        yield warning(file, row, key, message)


def _large(value: object, path: Path) -> Iterator[tuple[Path, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _large(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _large(inner, (*path, i))
    elif isinstance(value, int | float) and path and value > _MOST.get(str(path[-1]), _NONE)[0]:
        yield path, float(value)
