"""Page one, the words for weights, the glossary and the places in figures."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import Tiny
from commission_opt.report.facts import Facts
from commission_opt.report.pages import plan_page
from commission_opt.report.section import Section
from commission_opt.report.sections.decision import decision, headline
from commission_opt.report.sections.glossary import glossary
from commission_opt.report.sections.places_in_figures import places_in_figures
from commission_opt.report.sections.weights import explained, weights_words
from commission_opt.views.decision import three_lines
from plan_tables import numbers
from report_pages import facts_of, make_plan
from samples import model, sample


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return facts_of(make_plan(tmp_path_factory.mktemp("whole")))


def test_page_one_has_the_three_lines_and_the_figures_of_them(whole: Facts) -> None:
    (exhibit,) = decision(whole).exhibits
    rows, shown = three_lines(whole.proposal), exhibit.table.shown()
    for row, cells in zip(rows.to_dict("records"), shown, strict=True):
        found = [
            float(cell.replace(",", "").replace("−", "-").replace("+", "")) for cell in cells[1:]
        ]
        names = ("places", "units", "short_first", "short_last", "fte_years")
        assert found[:5] == pytest.approx([row[name] for name in names], abs=0.51)
        pounds = ("pounds_first", "extra_first", "pounds", "extra")
        assert found[5:9] == pytest.approx([row[name] / 1e6 for name in pounds], abs=0.00051)
    figures = {what: (value, against) for what, value, against in headline(whole)}
    value, against = figures["FTE short in 2031/32"]
    assert numbers(value)[0] == pytest.approx(rows["short_last"][2], abs=0.51)
    assert numbers(against) == pytest.approx(
        [rows["short_last"][1], rows["short_last"][0]], abs=0.51
    )
    more = next(what for what in figures if "spent in" in what and what[:4] in ("more", "less"))
    assert ("more" in more) == (rows["extra_first"][2] >= 0)
    assert numbers(figures[more][0])[0] == pytest.approx(
        abs(rows["extra_first"][2]) / 1e6, abs=6e-4
    )


def test_weighted_figures_have_their_meaning_in_the_same_section(whole: Facts) -> None:
    meaning = weights_words(whole)
    assert "Weighted FTE-years count" in meaning
    met = 0
    for section in plan_page(whole).sections:
        texts = [*section.sentences, *section.points, *(p for x in section.parts for p in x.points)]
        tables = [t for e in section.exhibits for t in (e.table.title, e.table.note)]
        headings = [c.heading for e in section.exhibits for c in e.table.columns]
        if any("weighted" in text.lower() for text in (*texts, *tables, *headings)):
            met += 1
            assert any(meaning in text for text in texts), section.key
    assert met >= 2
    plain = Section("k", "t", ("No such figure.",))
    assert explained(whole, plain) is plain
    once = explained(whole, replace(plain, sentences=("The weighted shortfall.",)))
    assert explained(whole, once) is once


def test_page_one_tells_weighted_figures_in_no_number(whole: Facts) -> None:
    section = decision(whole)
    for text in (*section.sentences, *section.points):
        assert not re.search(r"[\d.]+ weighted", text)
        assert "weighted shortfall of" not in text


def test_a_plan_whose_first_objective_is_money_says_how_good_it_is(tmp_path: Path) -> None:
    text = model(years=1, stages=[("cost", 0.0)])
    said = " ".join(decision(facts_of(make_plan(tmp_path, text=text))).points)
    assert "The cost of £" in said


def test_the_annex_comes_last_and_has_what_analysts_read(whole: Facts) -> None:
    sections = plan_page(whole).sections
    kinds = [section.annex for section in sections]
    assert kinds == sorted(kinds)
    assert [section.key for section in sections if section.annex] == [
        "limits", "proof", "provenance",
    ]  # fmt: skip
    assert sections[kinds.index(True) - 1].key == "glossary"


def test_the_glossary_has_the_words_of_what_there_is(whole: Facts, tmp_path: Path) -> None:
    terms = dict(glossary(whole).terms)
    assert {"measure, unit", "commitment", "floor of service", "fund, budget"} <= terms.keys()
    tiny = Tiny()
    for table in ("commitments", "floors", "measures", "substitution", "posts"):
        del tiny.tables[table]
    tiny.tables["costs"] = [r for r in tiny.tables["costs"] if r["course"] not in ("abroad",)]
    bare = dict(glossary(facts_of(make_plan(tmp_path, tiny, model(years=1)))).terms)
    assert not {"measure, unit", "commitment", "floor of service"} & bare.keys()
    assert "without new places" in bare


def test_many_regions_have_their_places_in_figures(whole: Facts, tmp_path: Path) -> None:
    from commission_opt.allocation.allocate import allocate
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import parse_policy

    assert places_in_figures(whole) is None
    instance = sample(3, 13, 1, 1).instance
    write_plan(allocate(instance, parse_policy(model(years=1).encode())), tmp_path / "plan")
    facts = facts_of(tmp_path / "plan")
    section = places_in_figures(facts)
    assert section is not None
    assert len(section.exhibits) == 2
    seen: dict[tuple[str, str], str] = {}
    for exhibit in section.exhibits:
        assert len(exhibit.table.columns) <= 9
        regions = [column.heading for column in exhibit.table.columns[1:]]
        for row in exhibit.table.shown():
            seen |= {(row[0], region): cell for region, cell in zip(regions, row[1:], strict=True)}
        assert len(exhibit.total) == len(exhibit.table.columns)
        assert (
            numbers(exhibit.total[1])[0]
            == facts.places[:, facts.regions.index(regions[0]), 0].sum()
        )
    assert len(seen) == 3 * 13
    for (profession, region), cell in seen.items():
        at = facts.professions.index(profession), facts.regions.index(region)
        if not facts.taught[at]:
            assert cell == "–"
            continue
        now, last = facts.places[*at, 0], facts.last_year[at]
        assert numbers(cell)[0] == now
        if last > 0 and not np.isclose(now, last):
            assert f"({'+' if now > last else '−'}{abs(100 * (now / last - 1)):.0f} %)" in cell
    assert any(s.key == "places-in-figures" and s.annex for s in plan_page(facts).sections)
