"""The assumptions that are rated red."""

from __future__ import annotations

import pandas as pd

from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words

_COLUMNS = (
    ("assumption", "assumption"), ("about", "table and column"), ("value", "value"),
    ("source", "where it comes from"), ("owner", "owner"),
)  # fmt: skip


def assumptions(facts: Facts) -> Section:
    """Return the section."""
    table = facts.instance.tables["assumptions"]
    frame = pd.DataFrame({name: table[name].fillna("").astype(str) for name in table.columns})
    frame["about"] = frame["table"] + " " + frame["column"]
    bad, strong = frame["quality"] == "red", frame["impact"] == "red"
    both = int((bad & strong).sum())
    said = (
        f"The instance lists {words.plural(len(frame), 'assumption')}. "
        f"{both:,} {words.agreed(both, 'is', 'are')} rated red for both the quality "
        "of the evidence and the effect on the plan, "
        f"{int((bad & ~strong).sum())} for quality only, {int((strong & ~bad).sum())} for "
        "effect only. They are ratings of whoever made the instance.",
    )
    return Section(
        "assumptions",
        "Assumptions rated red",
        said,
        (
            _listed("red", "Red for both: weak evidence, strong effect", frame[bad & strong]),
            _listed("quality", "Red for quality only", frame[bad & ~strong]),
            _listed("impact", "Red for effect only", frame[strong & ~bad]),
        ),
    )


def _listed(name: str, title: str, frame: pd.DataFrame) -> Exhibit:
    columns = ((key, heading, frame[key].tolist()) for key, heading in _COLUMNS)
    return Exhibit(tabled(name, title, columns), folded=name != "red")
