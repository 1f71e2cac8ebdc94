"""Warnings of who can do whose work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.supply import baseline
from commission_opt.text.counts import plural


def warn_nobody_to_deploy(instance: Instance) -> Iterator[Problem]:
    """Warn of staff who are below nothing before anything is bought, so that none is deployed."""
    pairs = instance.substitution
    if not len(pairs):
        return
    base = baseline(instance)[pairs["b"].to_numpy(int), pairs["q"].to_numpy(int)]
    short = base < 0
    year, cases = instance.first_year + np.argmax(short, axis=1), short.sum(axis=1)
    own = pairs.assign(year=year, cases=cases)[short.any(axis=1)]
    for row, these in own.groupby(level=0, sort=False):
        first, more = these.iloc[0], int(these["cases"].sum()) - 1
        also = f", and in {plural(more, 'more case')}" if more else ""
        message = (
            f"staff of {first['by']!r} in {first['region']!r} are below 0 FTE in {first['year']} "
            f"before anything is bought{also}; nobody of them is deployed there then"
        )
        yield Problem("warning", "substitution.csv", int(str(row)), "by", message)
