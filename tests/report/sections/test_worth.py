from pathlib import Path

import pandas as pd
import pytest

from builders import Tiny
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.explain.margins.margins import margins
from commission_opt.report.facts import Facts
from commission_opt.report.page import render
from commission_opt.report.pages import plan_page
from commission_opt.report.sections.worth import worth
from commission_opt.views.words import money, year
from report_pages import HOSTILE, Parsed, facts_of, hostile, make_plan

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


def test_what_more_is_worth_is_told_in_names_and_financial_years(facts: Facts) -> None:
    answer = margins(facts.found.plan)
    section = worth(facts, answer)
    first = section.exhibits[0].table
    assert first.shown()[0][:3] == ["tuition", "all regions", "2026/27"]
    exact = answer.frame("money")["worth"].iloc[0]
    assert float(first.shown()[0][3].replace(",", "")) == pytest.approx(exact, rel=1e-2)
    said = "£1m more in a budget, in one year would save most for: tuition"
    assert section.points[0].startswith(said)
    posts = answer.frame("posts")
    assert len(posts)
    titles = [block.table.title for block in section.exhibits]
    assert ("Ten more posts in every year" in titles) == (posts["worth"] > 1e-6).any()
    shown = " ".join(
        cell for block in section.exhibits for row in block.table.shown() for cell in row
    )
    for code in ("adult-north", "north", "leavers", "every_year", "2026 "):
        assert code not in shown
    assert "Adult nursing" in shown
    page = Parsed(render(plan_page(facts, answer)))
    text = page.all("body")[0].text
    assert "--format" not in text
    assert "What more of each budget" not in text  # it would say the same twice


@pytest.mark.slow
def test_what_is_really_spent_stands_beside_what_is_saved(facts: Facts) -> None:
    answer = margins(facts.found.plan)
    seen = 0
    for block in worth(facts, answer).exhibits:
        table, frame = block.table, answer.frame(block.table.name)
        names = [column.name for column in table.columns]
        assert ("spent" in names) == (table.name not in ("rates", "line_costs"))
        if "spent" not in names:
            continue
        rows = frame[frame["worth"].abs() > 1e-6].to_dict("records")
        for cells, row in zip(table.shown(), rows, strict=False):
            shown = dict(zip(names, cells, strict=True))
            assert float(shown["spent"].replace(",", "").replace("−", "-")) == pytest.approx(
                row["spent"] / 1e6, abs=0.051
            )
            if pd.isna(row["first_spent"]):
                continue
            years = [year(y) for y in (row["first_spent"], row["last_spent"])]
            assert shown["spent_in"] in (years[0], " to ".join(years))
            if row["spent"] >= 0.5:
                each = float(shown["per_million"].replace(",", ""))
                assert each == pytest.approx(row["worth"] / row["spent"] * 1e6, rel=1e-2)
                seen += 1
            else:
                assert shown["per_million"] == "–"
    assert seen
    (best,) = (text for text in worth(facts, answer).points if text.startswith("£1m more"))
    top = answer.frame("money").iloc[0]
    assert f"; {money(top['spent'])} more is spent in all, {year(top['first_spent'])}" in best


@pytest.mark.slow
def test_answers_about_hostile_texts_stay_texts(tmp_path: Path) -> None:
    facts = facts_of(make_plan(tmp_path, hostile()))
    plan = facts.found.plan
    answer = margins(plan)
    costs = ledger(plan, relaxed_only=True)
    page = Parsed(render(plan_page(facts, answer, costs)))
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    worth_of = next(e.text for e in page.all("section") if e.attributes["id"] == "worth")
    assert HOSTILE[1] in worth_of  # a profession


@pytest.mark.slow
def test_a_plan_without_placements_is_explained_too(tmp_path: Path) -> None:
    tiny = Tiny()
    del tiny.tables["placements"]
    del tiny.tables["placement_use"]
    facts = facts_of(make_plan(tmp_path, tiny))
    answer = margins(facts.found.plan)
    section = worth(facts, answer)
    assert section.points
    assert render(plan_page(facts, answer))
