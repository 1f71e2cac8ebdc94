from pathlib import Path

import pytest

from commission_opt.report.facts import Facts
from commission_opt.report.sections.limits import limits
from report_pages import facts_of, make_plan, scarce
from samples import model


def test_what_a_step_more_of_a_budget_saves_is_what_a_richer_plan_saves(
    facts: Facts, tmp_path: Path
) -> None:
    more = facts_of(make_plan(tmp_path, scarce(tuition=3_000_000), model(years=1, integer=False)))
    saved = facts.found.certificate.objective - more.found.certificate.objective
    section = limits(facts, priced=True)
    table = section.exhibits[0].table
    assert table.shown()[0][:3] == ["tuition", "all regions", "2026/27"]
    assert saved > 0
    assert table.frame["saved"].iloc[0] == pytest.approx(saved, rel=1e-6)
    assert any(
        text.startswith("1 of ") and " by region and year holds" in text
        for text in section.sentences
    )
    assert any("£1m more would save" in text for text in section.sentences)
    assert limits(facts, priced=False).exhibits == ()
