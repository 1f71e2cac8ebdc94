from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.report.facts import Facts
from commission_opt.report.sections.places import places
from report_pages import facts_of, make_plan, scarce
from samples import model


def test_ends_of_the_pace_are_those_of_the_rule(facts: Facts) -> None:
    pace = facts.policy.rules.pace_of_change
    assert pace is not None
    courses = facts.instance.courses
    last = courses["last_intake"].to_numpy(float)
    fewer = last * pace.max_decrease + pace.allowance
    step = courses["cohort_step"].to_numpy(float)
    smallest = np.maximum(np.ceil(courses["min_cohort"] / step), 1) * step  # a course can open
    more = last * pace.max_increase + np.maximum(pace.allowance, smallest)
    ends = pd.DataFrame(
        {
            "least": np.floor(np.maximum(last - fewer, 0.0) + 1e-9),
            "most": np.ceil(last + more - 1e-9),
        }
    )
    assert not courses.duplicated(["profession", "region"]).any()
    order = np.lexsort((courses["q"], courses["p"]))
    (block,) = places(facts).exhibits
    frame = block.table.frame
    for name in ("least", "most"):
        shown = [float(text.replace(",", "")) for text in frame[name]]
        assert shown == ends[name].to_numpy()[order].tolist()
    first = frame[str(facts.commissioned_years[0])].to_numpy(float)
    assert (ends["least"].to_numpy()[order] <= first + 1e-6).all()
    assert (first <= ends["most"].to_numpy()[order] + 1e-6).all()
    assert len(block.total) == len(block.table.columns)


def test_a_model_without_a_pace_has_no_such_ends(tmp_path: Path) -> None:
    text = model(years=1, integer=False, pace="false")
    (block,) = places(facts_of(make_plan(tmp_path, scarce(), text))).exhibits
    assert "least" not in block.table.frame
    assert len(block.total) == len(block.table.columns)
