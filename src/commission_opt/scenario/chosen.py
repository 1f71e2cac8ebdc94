"""Which rows an axis speaks of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from commission_opt.arrays import Bools, Ints
from commission_opt.errors import UsageError
from commission_opt.instance import hierarchy
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY
from commission_opt.scenario.axis import Axis, Filters
from commission_opt.scenario.fields import FIELDS, near
from commission_opt.scenario.sheets import Codes, VariedRows, line_codes
from commission_opt.text.near_names import did_you_mean, skeleton

_SHOWN = 8  # codes in a message


def chosen(axis: Axis, instance: Instance, sheet: VariedRows) -> dict[str, Ints]:
    """Return the positions of the cells that an axis varies, by column: of those chosen, not empty.

    The sheet is that of the table of the axis's field.

    Raises
    ------
    UsageError
        If a filter names what the instance does not have, or nothing is left to vary.
    """
    lines = line_codes(instance)
    for key, codes in axis.filters:
        _check_codes(axis, key, codes, _known(key, instance, {**lines, **sheet.codes}))
    own = tuple(f for f in axis.filters if f[0] in sheet.codes)
    mask = _matching(own, sheet.codes, instance, len(sheet.lines))
    others = tuple(f for f in axis.filters if f[0] not in sheet.codes)
    if others and sheet.spoken_of is not None:
        # A row that speaks of several lines is chosen if all of them are.
        wanted = _matching(others, lines, instance, len(instance.lines))
        mask &= sheet.spoken_of.any(axis=1) & ~(sheet.spoken_of & ~wanted).any(axis=1)
    field = FIELDS[axis.field]
    cells = {
        column: np.flatnonzero(mask & ~np.isnan(sheet.columns[column])) for column in field.columns
    }
    if any(len(rows) for rows in cells.values()):
        return cells
    file = TABLES[field.table].file
    why = f"{' and '.join(field.columns)} of {file} are empty in the rows chosen"
    if not len(mask):
        why = (
            f"there is nothing to vary, as {file} has no rows within the horizon; write the rows "
            "that are to vary into it, with 0 if that is what they are as given"
        )
    elif not mask.any():
        why = f"no row of {file} has all of these codes; take a filter out"
    raise UsageError(f"{axis.target!r}: {why}")


def _matching(
    filters: Filters, columns: Mapping[str, Codes], instance: Instance, count: int
) -> Bools:
    """Return the rows that have a code of every filter; a region covers those within it."""
    mask = np.ones(count, dtype=bool)
    parent_of = hierarchy.parents(instance.tables["regions"])
    for key, codes in filters:
        wanted = set(codes)
        if key == "region":
            within = {r for r in parent_of if wanted & {*hierarchy.ancestors(r, parent_of)}}
            wanted = within | (wanted & {ANY})  # rows for all regions are asked for by “*” alone
        mask &= np.array([code in wanted for code in columns[key]], dtype=bool)
    return mask


def _known(key: str, instance: Instance, columns: Mapping[str, Codes]) -> set[str]:
    if key == "region":
        return set(instance.tables["regions"]["region"])
    if key in ("profession", "group"):
        return set(instance.professions[key])
    if key == "year":
        return {str(year) for year in instance.years}
    return set(columns[key]) - {""}


def _check_codes(axis: Axis, key: str, codes: tuple[str, ...], known: set[str]) -> None:
    for code in codes:
        if code in known or code == ANY:
            continue
        if key == "year":
            message = f"{code} is outside the horizon, {min(known)}–{max(known)}"
        else:
            message = f"the instance has no {key} {code!r} here; {_hint(code, known)}"
        raise UsageError(f"{axis.target!r}: {message}")


def _hint(code: str, known: set[str]) -> str:
    if skeleton(code) in map(skeleton, known):
        return did_you_mean(code, known).removeprefix("; ")
    meant = near(code, sorted(known))
    if meant:
        return f"did you mean {' or '.join(map(repr, meant))}?"
    shown = sorted(known)[:_SHOWN]
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"there are {', '.join(shown)}{more}" if shown else "there are none"
