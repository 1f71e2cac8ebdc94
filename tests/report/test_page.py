"""A page is one safe, complete document, whatever texts the instance holds."""

import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from commission_opt.explain.answer import AnswerColumn, AnswerTable
from commission_opt.report.page import Page, render
from commission_opt.report.section import Exhibit, Section
from report_pages import HOSTILE, Parsed, facts_of, hostile, make_plan, page_of

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plan(tmp_path_factory.mktemp("plan"), command="commission-opt <b>solve</b>")


@pytest.fixture(scope="module")
def page(plan: Path) -> Parsed:
    return Parsed(page_of(plan))


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page_of(make_plan(tmp_path_factory.mktemp("hostile"), hostile()))


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes(plan: Path) -> None:
    assert page_of(plan) == page_of(plan)


@pytest.mark.slow
def test_nothing_is_loaded_and_nothing_else_runs(page: Parsed) -> None:
    policy = next(e for e in page.all("meta") if e.attributes.get("http-equiv")).attributes
    assert "default-src 'none'" in str(policy["content"])
    assert "unsafe" not in str(policy["content"])
    assert len(page.all("script")) == len(page.all("style")) == 1
    for element in page.elements:
        assert element.tag not in ("link", "iframe", "object", "embed", "img", "base")
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("src", "href", "xlink:href", "action"):
                assert str(value).startswith("#")
            if name not in ("xmlns", "content"):
                assert "http" not in str(value)


def test_texts_of_an_instance_stay_texts(hostile_page: str) -> None:
    parsed = Parsed(hostile_page)
    assert len(parsed.all("script")) == len(parsed.all("style")) == 1
    assert not parsed.all("img")
    assert not any(str(a.attributes.get("href")).startswith("javascript") for a in parsed.all("a"))
    assert "{{7*7}}{% raw %}" in hostile_page
    money = next(e.text for e in parsed.all("p") if "not discounted" in e.text)
    assert "{{7*7}}" in money
    assert "49" not in money
    assert "\u202e" not in hostile_page
    assert "abc\ufffdgnp.exe" in hostile_page
    whole = " ".join(parsed.all("body")[0].text.split())
    for text in HOSTILE:
        if "\u202e" not in text:
            assert text in whole
    assert parsed.all("h1")[0].text == parsed.all("title")[0].text.split(": ", 1)[1] == HOSTILE[0]


def test_sections_are_escaped() -> None:
    frame = pd.DataFrame({"profession": [HOSTILE[0]], "worth": [1.5]})
    table = AnswerTable("t", HOSTILE[1], frame, (AnswerColumn("profession", "x"),), note=HOSTILE[2])
    section = Section("key", "Ledger", (HOSTILE[3],), (Exhibit(table),))
    parsed = Parsed(render(Page("t", "k", "s", (section,))))
    assert parsed.table(HOSTILE[1]) == [["X"], [HOSTILE[0]]]
    assert len(parsed.all("script")) == 1
    assert any(p.text == HOSTILE[3] for p in parsed.all("p"))


@pytest.mark.slow
def test_ids_are_unique_and_references_lead_somewhere(page: Parsed) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for name in ("aria-labelledby", "for"):
            for target in str(element.attributes.get(name) or "").split():
                assert target in ids
        if str(element.attributes.get("href", "")).startswith("#"):
            assert str(element.attributes["href"])[1:] in ids
        for value in element.attributes.values():
            for target in re.findall(r"url\(#([^)]*)\)", str(value)):
                assert target in ids


def test_structure_can_be_followed_without_sight(page: Parsed) -> None:
    assert page.all("html")[0].attributes["lang"] == "en-GB"
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for table in page.all("table"):
        assert table.cells
    for cell in page.all("th"):
        assert cell.attributes["scope"] in ("col", "row")
    charts = page.all("svg")
    assert len(charts) == 2 * 10  # wide, and narrow for a phone
    for chart in charts:
        assert chart.attributes["role"] == "img"
    assert all(e.attributes.get("tabindex") == "0" for e in page.elements if _scrolls(e.attributes))


def _scrolls(attributes: dict[str, str | None]) -> bool:
    return "scroll" in str(attributes.get("class", "")).split()


def test_every_chart_has_its_figures_in_a_table(page: Parsed) -> None:
    assert sum("figure" in e.parents for e in page.all("svg")) == 2 * 10
    folded = [e for e in page.all("table") if "details" in e.parents]
    assert len(folded) >= 5


def test_the_page_says_who_signed(tmp_path: Path) -> None:
    from commission_opt.plan.sign import Role, sign

    plan = make_plan(tmp_path)
    facts = facts_of(plan)
    sign(facts.found.plan, Role.assurer, "A <b>Surer</b>", "=1+1")
    parsed = Parsed(page_of(plan))
    row = parsed.table("Signatures")[1]
    assert (row[0], row[1], row[3], row[4]) == ("A <b>Surer</b>", "assurer", "=1+1", "as it is")
    assert "it is signed by A <b>Surer</b> (assurer)" in parsed.all("li")[-1].text or any(
        "it is signed by A <b>Surer</b> (assurer)" in e.text for e in parsed.all("li")
    )
