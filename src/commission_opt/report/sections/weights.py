"""What weighted figures mean, beside wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.report.facts import Facts
from commission_opt.report.section import Section
from commission_opt.views import words

_WEIGHTED = "weighted"


def explained(facts: Facts, section: Section) -> Section:
    """Return a section that says what weighted figures mean, if it has any and does not say so."""
    meaning = weights_words(facts)
    said = list(_texts(section))
    if not meaning or any(meaning in text for text in said):
        return section
    if not any(_WEIGHTED in text for text in said):
        return section
    return replace(section, sentences=(*section.sentences, meaning))


def _texts(section: Section) -> Iterator[str]:
    """Yield what a section says in sentences, titles and headings."""
    yield from section.sentences
    yield from section.points
    for part in section.parts:
        yield from part.points
    for exhibit in section.exhibits:
        yield from (exhibit.table.title, exhibit.table.note)
        yield from (column.heading for column in exhibit.table.columns)
        yield from (chart.title for chart in exhibit.charts)


def weights_words(facts: Facts) -> str:
    """Say what the weights of a shortfall are, where one is made least; "" where none is."""
    aim = next((o for o in facts.policy.objectives if OBJECTIVES[o.minimise].weighted), None)
    if aim is None:
        return ""
    counted = [
        f"{what} by weights from {weights.min():g} to {weights.max():g}"
        for what, table in (
            ("professions", facts.instance.professions), ("regions", facts.instance.regions),
        )
        if "weight" in table and np.ptp(weights := table["weight"].to_numpy(float)) > 0
    ]  # fmt: skip
    if len(aim.tiers) > 1:
        bands = [
            f"{tier.weight:g} times "
            + ("beyond" if np.isinf(tier.up_to) else f"up to {100 * tier.up_to:g} % of demand")
            for tier in aim.tiers
        ]
        counted.append(f"deep shortfalls more ({words.joined(bands)})")
    if facts.policy.discount_rate:
        counted.append(
            f"later years at a discount of {words.percent(facts.policy.discount_rate)} a year"
        )
    how = "; ".join(counted) if counted else "all professions, regions and years alike"
    return f"Weighted FTE-years count {how}. Figures that are not called weighted are plain counts."
