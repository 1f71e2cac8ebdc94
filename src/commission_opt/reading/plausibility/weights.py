"""Weights that are no relative numbers."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, summed

_MOST = 100.0  # priorities are numbers such as 1, 1.5 and 3


def weights(instance: Instance) -> Iterator[Problem]:
    """Warn of weights so large that they are probably something else, such as populations."""
    for name, column in (("professions", "profession"), ("regions", "region")):
        frame = instance.tables[name]
        doubts = [
            Doubt(
                int(row),
                float(weight),
                f"{weight:,.0f} is large for the weight of {code!r}: weights are priorities "
                "around 1, and do not count people (is it a population?)",
            )
            for row, code, weight in frame[[column, "weight"]].itertuples()
            if weight > _MOST
        ]
        yield from summed(name, "weight", doubts)
