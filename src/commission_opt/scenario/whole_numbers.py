"""Axes over what is counted in whole numbers: courses' capacities, commitments, years."""

from __future__ import annotations

from commission_opt.errors import UsageError
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.fields import FIELDS, MODEL
from commission_opt.scenario.model_keys import WHOLE_KEYS


def takes_whole(axis: Axis) -> bool:
    """Say whether an axis adds to or replaces whole numbers, so that its values must be whole.

    What is multiplied is rounded, each figure by itself.
    """
    return axis.operator != "*=" and _is_whole(axis.field)


def check_whole(axis: Axis) -> None:
    """Make sure that an axis makes no fractions of whole numbers.

    Raises
    ------
    UsageError
        Names the first value that does.
    """
    fraction = next((value for value in axis.values if value != round(value)), None)
    if fraction is not None and takes_whole(axis):
        raise UsageError(
            f"{axis.target}{fraction:.12g}: {axis.field} is counted in whole numbers, so write "
            "whole values"
        )


def _is_whole(field: str) -> bool:
    if field in FIELDS:
        of = FIELDS[field]
        return any(TABLES[of.table].column(name).kind == "whole" for name in of.columns)
    return field.removeprefix(MODEL) in WHOLE_KEYS
