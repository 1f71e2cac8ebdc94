"""Kinds of measures, and the columns that say something of each."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commission_opt.activities import KINDS
from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.text.near_names import did_you_mean


def check_kinds(measures: pd.DataFrame) -> Iterator[Problem]:
    """Report kinds of measures that there are not, and cells that say nothing of their kind."""
    kinds = measures["kind"].dropna()
    for row, kind in kinds[~kinds.isin([*KINDS])].items():
        message = f"there is no kind of measure {kind!r}"
        message += did_you_mean(kind, KINDS) or f"; the kinds are {', '.join(KINDS)}"
        yield Problem("error", "measures.csv", int(str(row)), "kind", message)
    message = "says nothing of a measure of kind {kind!r}; leave it empty"
    for kind, activity in KINDS.items():
        own = measures[measures["kind"] == kind]
        for column in activity.unused:
            yield from found("error", "measures", own[own[column].notna()], column, message)
