"""What a region, a profession or a provider may see: its own rows, held to the plan's tables."""

import io
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from builders import Tiny
from commission_opt.errors import UsageError
from commission_opt.report.book import page_workbook
from commission_opt.report.facts import Facts
from commission_opt.report.packs.asking import asks
from commission_opt.report.packs.money import spent
from commission_opt.report.packs.page import pack_page
from commission_opt.report.packs.scope import every_scope, providers, scope_of
from commission_opt.report.page import render
from commission_opt.report.sections.moves import of_line
from commission_opt.views.money import PARTS
from report_pages import HOSTILE, Parsed, facts_of, hostile, make_plan, rows
from samples import model

SCOPES = [
    ("region", "north"), ("region", "land"), ("region", "coast"), ("profession", "adult"),
    ("profession", "gp"), ("provider", "uni-a"), ("provider", "uni-b"),
]  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tiny = Tiny()
    tiny.cell("pay", 2, "pay", "40000")
    for line in tiny.tables["budgets"]:
        line["amount"] = str(10 * float(line["amount"]))
    return make_plan(tmp_path_factory.mktemp("packs"), tiny, model(years=2))


@pytest.fixture(scope="module")
def facts(plan: Path) -> Facts:
    return facts_of(plan)


def own(plan: Path, kind: str, code: str) -> dict[str, dict[str, str]]:
    """The courses of a scope, worked out from the files."""
    inside = {"land": {"north", "south"}}.get(code, {code})
    found = {}
    for line in rows(plan / "instance" / "courses.csv"):
        if line[kind] in inside:
            found[line["course"]] = line
    return found


def number(text: str) -> float:
    return float(re.sub(r"[,£%+±\s]", "", text).replace("−", "-"))


@pytest.mark.parametrize(("kind", "code"), SCOPES)
def test_a_pack_has_the_places_of_its_own_courses_only(
    plan: Path, facts: Facts, kind: str, code: str
) -> None:
    mine = own(plan, kind, code)
    page = pack_page(facts, scope_of(facts, kind, code))
    table = next(s for s in page.sections if s.key == "given").exhibits[0].table
    now = {
        (line["course"], line["year"]): float(line["places"])
        for line in rows(plan / "allocation.csv")
        if line["course"] in mine
    }
    measures = [
        line["measure"]
        for line in rows(plan / "instance" / "measures.csv")
        if kind != "provider" and line[kind] in {"land": ("north", "south")}.get(code, (code,))
    ]
    assert len(table.frame) == len(mine) + len(measures)
    for year in ("2026", "2027"):
        sums = sum(v for (_, y), v in now.items() if y == year)
        assert table.frame[year].iloc[: len(mine)].sum() == pytest.approx(sums)
    last = sum(float(line["last_intake"]) for line in mine.values())
    assert table.frame["last"].iloc[: len(mine)].sum() == last
    first = sum(v for (_, y), v in now.items() if y == "2026")
    said = page.sections[0].points[0]
    assert not mine or f"gets {first:,.0f} places in 2026/27" in said
    assert not mine or f"on last year's {last:,.0f}" in said


@pytest.mark.parametrize(("kind", "code"), SCOPES)
def test_a_pack_shows_nothing_of_others(facts: Facts, kind: str, code: str) -> None:
    scope = scope_of(facts, kind, code)
    text = Parsed(render(pack_page(facts, scope))).all("main")[0].text
    theirs = facts.instance.lines["line"].to_numpy()[~scope.lines]
    names = {**facts.names.courses, **facts.names.measures}
    for line in theirs:
        assert names[line] not in text
    for provider in providers(facts.instance):
        taught = scope.lines[: len(facts.instance.courses)]
        if (kind == "provider" and provider != code) or provider not in set(
            facts.instance.courses["provider"][taught]
        ):
            assert provider not in text


@pytest.mark.parametrize(("kind", "code"), SCOPES)
def test_who_is_missing_is_what_the_supply_table_says(
    plan: Path, facts: Facts, kind: str, code: str
) -> None:
    scope = scope_of(facts, kind, code)
    pairs = {(line["profession"], line["region"]) for line in own(plan, kind, code).values()}
    inside = {"land": {"north", "south"}}.get(code, {code})
    with_plan: dict[int, float] = defaultdict(float)
    needed: dict[int, float] = defaultdict(float)
    for line in rows(plan / "supply.csv"):
        pair = line["profession"], line["region"]
        if pair in pairs if kind == "provider" else line[kind] in inside:
            with_plan[int(line["year"])] += float(line["shortfall"])
            needed[int(line["year"])] += float(line["demand"])
    page = pack_page(facts, scope)
    by_year = next(s for s in page.sections if s.key == "shortfall").exhibits[0].table.frame
    assert by_year["with"].tolist() == pytest.approx([*with_plan.values()])
    assert by_year["demand"].tolist() == pytest.approx([*needed.values()])
    by_cell = next(s for s in page.sections if s.key == "shortfall").exhibits[1].table.frame
    assert by_cell["with"].sum() == pytest.approx(with_plan[facts.years[-1]])


@pytest.mark.parametrize("kind", ["region", "profession"])
def test_the_money_of_all_packs_is_that_of_the_plan(facts: Facts, kind: str) -> None:
    codes = facts.instance.regions["region"] if kind == "region" else facts.names.professions
    for outcome in (facts.outcome, facts.futures.last_year):
        found: dict[tuple[str, int], np.ndarray] = defaultdict(lambda: np.zeros(3))
        for code in codes:
            for row in spent(facts, scope_of(facts, kind, str(code)), outcome).to_dict("records"):
                found[row["fund"], row["year"]] += [row[part] for part in PARTS]
        if outcome is facts.outcome:
            for fund in facts.funds:
                for i, year in enumerate(facts.years):
                    whole = fund.spent[:, :, i].sum(axis=1)
                    assert found[fund.code, year] == pytest.approx(whole), (fund.code, year)
        assert sum(value.sum() for value in found.values()) > 0


@pytest.mark.parametrize(("code", "own"), [("land", 1), ("north", 0), ("coast", 1)])
def test_budgets_on_its_regions_alone_are_its_own(
    plan: Path, facts: Facts, code: str, own: int
) -> None:
    page = pack_page(facts, scope_of(facts, "region", code))
    money = next(s for s in page.sections if s.key == "money")
    found = [each.table for each in money.exhibits if each.table.name == "budgets"]
    assert len(found) == own
    for table in found:
        mine = [line for line in rows(plan / "budgets.csv") if line["region"] == code]
        assert table.frame["budget"].tolist() == [float(line["amount"]) for line in mine]
        parts = ("committed", "planned", "continued")
        spends = [sum(float(line[part]) for part in parts) for line in mine]
        assert table.frame["spent"].tolist() == pytest.approx(spends)
    held = [
        row
        for s in page.sections
        if s.key == "limits"
        for each in s.exhibits
        for row in each.table.frame.to_dict("records")
    ]
    assert all((row["region"] == "all regions") <= (row["own"] == "shared") for row in held)


def test_a_provider_pays_no_staff_and_shows_no_pay(facts: Facts) -> None:
    scope = scope_of(facts, "provider", "uni-a")
    assert not scope.staff.any()
    before = spent(facts, scope, facts.outcome)
    assert (
        0
        < before[list(PARTS)].to_numpy().sum()
        < spent(facts, scope_of(facts, "region", "north"), facts.outcome)[list(PARTS)]
        .to_numpy()
        .sum()
    )


def plain() -> Tiny:
    """The tiny instance without what makes its program large."""
    tiny = Tiny()
    for table in ("measures", "pathways", "eligible", "substitution", "floors", "posts"):
        del tiny.tables[table]
    tiny.drop_column("commitments", "measure")
    return tiny


def test_what_it_could_ask_for_is_the_most_that_the_plan_would_gain(tmp_path: Path) -> None:
    """One more place of capacity, solved again from files, saves that at most, and much of it."""
    text, tested = model(years=1, integer=False, pace="false"), 0
    (tmp_path / "as-it-is").mkdir()
    facts = facts_of(make_plan(tmp_path / "as-it-is", plain(), text))
    assert facts.balances is not None
    for ask in asks(facts, facts.balances, scope_of(facts, "region", "land")):
        more, line = plain(), facts.instance.courses["course"].tolist()[ask.line]
        at = [each["course"] for each in more.tables["courses"]].index(line)
        capacity = int(more.tables["courses"][at]["max_intake"])
        more.cell("courses", at + 2, "max_intake", str(capacity + 1))
        (tmp_path / line).mkdir()
        again = facts_of(make_plan(tmp_path / line, more, text))
        saved = facts.found.certificate.objective - again.found.certificate.objective
        assert ask.net / 2 <= saved <= ask.net + 1e-6
        tested += 1
    assert tested


def test_measures_stand_at_the_most_there_is(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("measures", 2, "max_amount", "10")
    facts = facts_of(make_plan(tmp_path, tiny))
    line = facts.instance.lines["line"].tolist().index("abroad")
    assert facts.outcome.amounts[line, 0] == 10
    said = of_line(facts, line)
    assert said.startswith(
        "Nurses from abroad rises from none to 10 units (new), the most there is: "
    )
    assert "one more unit would bring" in said


def test_every_scope_is_there_once(facts: Facts) -> None:
    found = [(scope.kind, scope.code) for scope in every_scope(facts)]
    assert len(found) == len(set(found)) == 4 + 3 + 2
    assert ("region", "*") not in found


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("region", "nroth", "there is no region 'nroth'; did you mean 'north'?"),
        ("region", "*", "there is no region '*'; there are north, land, south, coast"),
        ("profession", "adlut", "there is no profession 'adlut'; did you mean 'adult'?"),
        ("provider", "uni-c", "there is no provider 'uni-c'; did you mean"),
        ("provider", "", "there is no provider ''; there are uni-a, uni-b"),
    ],
)
def test_what_there_is_not_is_refused(facts: Facts, kind: str, code: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        scope_of(facts, kind, code)
    assert said in str(error.value)


def test_the_workbook_has_the_figures_of_the_page(facts: Facts) -> None:
    page = pack_page(facts, scope_of(facts, "region", "land"))
    book = openpyxl.load_workbook(io.BytesIO(page_workbook(page)))
    assert book.sheetnames == [section.key for section in page.sections]
    for section in page.sections:
        cells = [cell.value for row in book[section.key].iter_rows() for cell in row]
        texts = {value for value in cells if isinstance(value, str)}
        assert {*section.sentences, *section.points} <= texts
        numbers = [value for value in cells if isinstance(value, int | float)]
        for exhibit in section.exhibits:
            for column in exhibit.table.columns:
                for value in exhibit.table.frame[column.name]:
                    if isinstance(value, float) and np.isfinite(value) and column.name != "year":
                        assert any(value == pytest.approx(n) for n in numbers), column.name


def test_texts_of_an_instance_stay_texts(tmp_path: Path) -> None:
    facts = facts_of(make_plan(tmp_path, hostile()))
    scopes = {scope.kind: scope for scope in every_scope(facts)}  # the last of each kind
    scopes |= {"hostile": scope_of(facts, "provider", HOSTILE[0])}
    for scope in scopes.values():
        page = pack_page(facts, scope)
        parsed = Parsed(render(page))
        assert len(parsed.all("script")) == len(parsed.all("style")) == 1
        assert not parsed.all("img")
        assert "\u202e" not in parsed.all("body")[0].text
        book = openpyxl.load_workbook(io.BytesIO(page_workbook(page)))
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds
