from pathlib import Path

from builders import Tiny
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.report.facts import Facts
from commission_opt.report.sections.commitments import commitments
from report_pages import facts_of, make_plan


def test_commitments_are_there_with_prices_or_without(facts: Facts) -> None:
    plain = commitments(facts)
    assert plain is not None
    assert [block.table.name for block in plain.exhibits] == ["promises", "lapsed"]
    priced = commitments(facts, ledger(facts.found.plan, relaxed_only=True))
    assert priced is not None
    assert priced.title == "What commitments cost"
    assert priced.exhibits[0].table.name == "prices"


def test_without_commitments_there_is_no_section(tmp_path: Path) -> None:
    tiny = Tiny()
    del tiny.tables["commitments"]
    assert commitments(facts_of(make_plan(tmp_path, tiny))) is None
