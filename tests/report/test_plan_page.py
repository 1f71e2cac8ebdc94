"""The figures of a page are those of the plan's tables, worked out here from the files alone."""

import json
import math
import re
from collections import defaultdict
from pathlib import Path

import pytest

from builders import Tiny
from report_pages import Parsed, facts_of, make_plan, page_of, rows
from samples import model
from some import some

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plan(tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module")
def page(plan: Path) -> Parsed:
    return Parsed(page_of(plan))


def titles(plan: Path, kind: str) -> dict[str, str]:
    return {line[kind]: line["title"] for line in rows(plan / "instance" / f"{kind}s.csv")}


def number(text: str) -> float:
    plain = re.sub(r"[,£%+±\s]", "", text).replace("−", "-")
    return float(plain.removesuffix("m"))


def sentences(page: Parsed) -> list[str]:
    """The points of page one."""
    return [e.text for e in page.all("li") if "ul" in e.parents][:20]


def saying(page: Parsed, words: str) -> str:
    """The one point of page one that has some words."""
    (found,) = (text for text in sentences(page) if words in text)
    return found


@pytest.mark.slow
def test_places_are_those_of_the_allocation(plan: Path, page: Parsed) -> None:
    professions, regions = titles(plan, "profession"), titles(plan, "region")
    now: dict[tuple[str, str, str], float] = defaultdict(float)
    last: dict[tuple[str, str], float] = defaultdict(float)
    for line in rows(plan / "allocation.csv"):
        pair = professions[line["profession"]], regions[line["region"]]
        now[*pair, line["year"]] += float(line["places"])
        if line["year"] == "2026":
            last[pair] += float(line["last_intake"])
    heading, *body, total = page.table("Places and shortfall")
    assert heading[:5] == ["Profession", "Region", "Last year", "2026/27", "2027/28"]
    found = {(row[0], row[1]): row for row in body}
    assert found.keys() == last.keys()
    for pair, row in found.items():
        assert number(row[2]) == last[pair]
        assert number(row[3]) == now[*pair, "2026"]
        assert number(row[4]) == now[*pair, "2027"]
        assert number(row[5]) == now[*pair, "2026"] - last[pair]
    first = sum(v for k, v in now.items() if k[2] == "2026")
    assert [number(total[2]), number(total[3])] == [sum(last.values()), first]
    said = sentences(page)[0]
    assert f"{first:,.0f} training places" in said
    assert f"last year's {sum(last.values()):,.0f}" in said


@pytest.mark.slow
def test_shortfalls_are_those_of_the_supply_table(plan: Path, page: Parsed) -> None:
    regions = titles(plan, "region")
    before: dict[str, float] = defaultdict(float)
    after: dict[str, float] = defaultdict(float)
    there: dict[tuple[str, str], float] = defaultdict(float)
    for line in rows(plan / "supply.csv"):
        demand = float(line["demand"])
        before[line["year"]] += max(0.0, demand - float(line["supply_base"]))
        after[line["year"]] += max(0.0, demand - float(line["supply"]))
        there[regions[line["region"]], line["year"]] += max(0.0, demand - float(line["supply"]))
    body = page.table("Shortfall by year")[1:]
    assert [row[0][:4] for row in body] == sorted(before)
    for row in body:
        assert number(row[2]) == pytest.approx(before[row[0][:4]], abs=0.5)
        assert number(row[4]) == pytest.approx(after[row[0][:4]], abs=0.5)
    for row in page.table("Shortfall by region and year")[1:]:
        assert number(row[5]) == pytest.approx(there[row[0], row[1][:4]], abs=0.5)
    cut = 1 - sum(after.values()) / sum(before.values())
    assert f"takes away {100 * cut:.1f} %" in saying(page, "With the plan, the shortfall")


@pytest.mark.slow
def test_money_is_that_of_the_widest_budgets(plan: Path, page: Parsed) -> None:
    national = [line for line in rows(plan / "budgets.csv") if line["region"] == "*"]
    expected = {(line["fund"], line["year"]): line for line in national}
    body = page.table("Money by fund and year")[1:]
    assert len(body) == len(expected)
    for row in body:
        budget = expected[row[0], row[1][:4]]
        assert number(row[2]) == pytest.approx(float(budget["amount"]) / 1e6, abs=0.05)
        assert number(row[4]) == pytest.approx(float(budget["planned"]) / 1e6, abs=0.05)
        spent = sum(float(budget[part]) for part in ("committed", "planned", "continued"))
        used = 100 * spent / float(budget["amount"])
        assert number(row[-1]) == pytest.approx(used, abs=0.1 if used >= 99 else 0.05)
        assert used < 99 or number(row[7]) <= used + 1e-9


def test_regions_within_a_budget_are_not_counted_twice(tmp_path: Path) -> None:
    tiny = Tiny()
    budgets = tiny.tables["budgets"]
    budgets[:] = [line for line in budgets if line["region"] != "*" or line["fund"] != "tuition"]
    tiny.add("budgets", "tuition,north,2026,7000000", "tuition,coast,2026,2000000")
    facts = facts_of(make_plan(tmp_path, tiny))
    tuition = next(fund for fund in facts.funds if fund.code == "tuition")
    assert tuition.years == [2026, 2027]
    assert tuition.budget[:2].tolist() == [8_000_000 + 2_000_000, 4_000_000]  # north lies in land


def test_the_proof_is_what_was_worked_out_again(plan: Path, page: Parsed) -> None:
    record = json.loads((plan / "plan.json").read_text("utf-8"))
    row = page.table("Objectives and what is proved")[1]
    assert row[0] == "weighted shortfall"
    assert number(row[3]) == pytest.approx(record["stages"][0]["final"], rel=1e-5)
    assert number(row[4]) == pytest.approx(record["bound"], rel=1e-5)
    least = record["stages"][0]["gap"] <= 0
    achieved = 100.0 if least else math.floor(record["achieved"] * 1e4) / 100
    said = f"The plan achieves {achieved:.2f} % of what is possible"
    assert any(said in text for text in sentences(page))


@pytest.mark.each(2)
@pytest.mark.parametrize("short", [False, True])
def test_page_one_tells_of_floors_and_posts(tmp_path: Path, *, short: bool) -> None:
    tiny = Tiny()
    if short:
        tiny.cell("posts", 2, "posts", "10")
    for row, column in enumerate(("min_demand_share", "min_fte", "min_mix_share"), start=2):
        tiny.cell("floors", row, column, "6000" if short and column == "min_fte" else "0.01")
    folder = make_plan(tmp_path, tiny)
    said = " ".join(sentences(Parsed(page_of(folder))))
    kept = rows(folder / "floors.csv")
    below = {line["floor"]: 0.0 for line in kept}
    for line in kept:
        below[line["floor"]] += float(line["below"])
    lost = sum(fte > 1e-3 for fte in below.values())
    without = sum(float(line["unemployed"] or 0.0) for line in rows(folder / "supply.csv"))
    assert (lost > 0, without > 0) == (short, short)
    if short:
        assert f"{lost} of {len(below)} floors of service" in said
        assert f"missed, by {sum(below.values()):,.0f} FTE-years in all" in said
        assert f"With the plan {without:,.0f} FTE-years of staff are without a post" in said
    else:
        assert f"All {len(below)} floors of service are kept" in said
        assert "With the plan nobody is without a post" in said


def test_red_assumptions_are_listed(page: Parsed) -> None:
    text = next(e.text for e in page.all("section") if e.attributes["id"] == "assumptions")
    assert "2 assumptions" in text
    assert "0 are rated red for both" in text
    assert [row[0] for row in page.table("Red for quality only")[1:]] == ["turnover"]
    assert [row[0] for row in page.table("Red for effect only")[1:]] == ["attrition"]


def test_fairness_sets_the_shortfall_against_people(plan: Path, page: Parsed) -> None:
    missing: dict[str, float] = defaultdict(float)
    demand: dict[str, float] = defaultdict(float)
    regions = titles(plan, "region")
    for line in rows(plan / "supply.csv"):
        missing[regions[line["region"]]] += float(line["shortfall"])
        demand[regions[line["region"]]] += float(line["demand"])
    heading, *body = page.table("Shortfall, people and places")
    people = {"North": 50.0, "South": 40.0, "Coast": 10.0}
    at = heading.index("Share of the population")
    for row in body:
        assert number(row[1]) == pytest.approx(100 * missing[row[0]] / demand[row[0]], abs=0.05)
        assert number(row[3]) == pytest.approx(
            100 * missing[row[0]] / sum(missing.values()), abs=0.05
        )
        assert number(row[at]) == people[row[0]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    some(
        [
            (model(years=1), "Places and units for 2026/27, "),
            (model(years=2, integer=False), "fractions of places: a bound"),
            (model(years=1, budgets=False, placements=False), "no limit to budgets"),
            (model(years=1, stages=[("worst_region", 0.01), ("cost", 0.0)]), "The cost of £"),
            (model(years=1, stages=[("change", 0.0)]), "The change of"),
            (model(years=1, continuation="none"), "no places or units are counted after"),
            (model(years=1, rules='commitments = "soft"\ncommitment_price = 2.5'), "2.5 weighted"),
        ],
        3,
    ),
)
def test_every_kind_of_model_has_a_page(tmp_path: Path, text: str, words: str) -> None:
    page = page_of(make_plan(tmp_path, text=text))
    assert words in page
    body = re.sub(r"<script>.*", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|inf|None)\b", body)


@pytest.mark.slow
def test_bare_instances_have_a_page(tmp_path: Path) -> None:
    tiny = Tiny()
    for table in ("placements", "placement_use", "destinations", "pipeline", "joiners"):
        del tiny.tables[table]
    del tiny.tables["commitments"]
    tiny.drop_column("regions", "population")
    tiny.tables["demand"] = [line | {"fte": "0"} for line in tiny.tables["demand"]]
    tiny.tables["budgets"] = [
        line | {"year": str(int(line["year"]) + 50)} for line in tiny.tables["budgets"]
    ]
    page = page_of(make_plan(tmp_path, tiny, model(years=1)))
    assert "No staff are missing in any year" in page
    assert "No budget limits the plan" in page
    assert "does not say how many people" in page
