from pathlib import Path

from commission_opt.report.sections.decision import decision
from commission_opt.report.sections.provenance import rules
from plan_of_futures import weighing, written
from report_pages import facts_of
from samples import model, sample


def test_a_page_says_which_years_are_whole(tmp_path: Path) -> None:
    text = weighing(model(2, pace="false"), "expected") + "decide_now = 1\n"
    facts = facts_of(written(tmp_path / "plan", sample(2, 2, 3, 3).instance, text))
    which = (
        "in what is decided now; later years are decided in each scenario, in fractions, which are "
        "not carried out"
    )
    assert dict(rules(facts))["places"] == f"whole {which}"
    assert f"(whole places {which})" in " ".join(decision(facts).points)
