"""The three lines and the sentences of a decision, against a naive model and the plan's tables."""

import re
from pathlib import Path

import pytest

import bought_besides
import independent
from builders import YEARS, Tiny
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.plan.write import write_plan
from commission_opt.reading.read import read_instance
from commission_opt.views import decision as view
from commission_opt.views.caveats import caveats, red_words
from commission_opt.views.decision import Proposal, three_lines
from commission_opt.views.shortfall import Baselines
from plan_tables import PlanTables, total
from samples import as_amounts, model, policy


def decided(found: Allocation) -> Proposal:
    return Proposal(Baselines(found.problem, found.outcome))


def amounts_of(text: str) -> list[float]:
    """The £m of a sentence, in order."""
    return [float(each.replace(",", "")) for each in re.findall(r"£([\d,.]+\d)m", text)]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Allocation, Path]:
    folder = tmp_path_factory.mktemp("decided")
    found = allocate(read_instance(Tiny().write(folder / "tiny")), policy(model(2)))
    write_plan(found, folder / "plan")
    return found, folder


@pytest.fixture
def at(solved: tuple[Allocation, Path]) -> Proposal:
    return decided(solved[0])


@pytest.fixture
def plan(solved: tuple[Allocation, Path]) -> PlanTables:
    return PlanTables(solved[1] / "plan")


def spent(folder: Path, places: dict[tuple[str, int], float], continuation: str) -> list[float]:
    """What a naive model spends in each year of the horizon, by budgets of everywhere."""
    tiny = Tiny()
    tiny.tables["budgets"] = tiny.tables["budgets"][:1]
    tiny.cell("budgets", 2, "year", "2050")
    tiny.add("budgets", *(f"{fund},*,{y},9e9" for fund in ("tuition", "placement") for y in YEARS))
    case = independent.load(tiny.write(folder / f"all-{continuation}"))
    settings = folder / "model.toml"
    settings.write_text(model(2, continuation=continuation), encoding="utf-8")
    found = independent.simulate(case, independent.load_policy(settings), places).spend
    return [sum(sum(use) for key, use in found.items() if key[2] == year) for year in YEARS]


def test_money_of_the_three_lines_is_that_of_a_naive_model(
    solved: tuple[Allocation, Path], at: Proposal, tmp_path: Path
) -> None:
    found, _ = solved
    instance, rows = found.instance, three_lines(at)
    last = instance.lines["last_amount"].to_numpy(float)
    repeated = {(line, y): last[i] for i, line in enumerate(instance.lines["line"])
                for y in (2026, 2027)}  # fmt: skip
    naive = [
        spent(tmp_path, dict.fromkeys(repeated, 0.0), "none"),
        spent(tmp_path, repeated, "repeat"),
        spent(tmp_path, as_amounts(instance, found.amounts), "repeat"),
    ]
    assert rows["line"].tolist() == [
        "Without new places or units", "Last year repeated", "With the plan",
    ]  # fmt: skip
    assert rows["pounds_first"].tolist() == pytest.approx([each[0] for each in naive])
    assert rows["pounds"].tolist() == pytest.approx([sum(each) for each in naive])
    assert rows["extra"].iloc[2] == pytest.approx(sum(naive[2]) - sum(naive[1]))
    assert rows["extra"].iloc[1] == 0.0
    said = view.extra_words(at)
    now, whole = naive[2][0] - naive[1][0], sum(naive[2]) - sum(naive[1])
    shown = amounts_of(said)
    assert shown == pytest.approx([x / 1e6 for x in map(abs, (now, whole))], abs=0.00051)
    ways = re.findall(r"\b(more|less)\b", said)
    assert ways == ["more" if value > 0 else "less" for value in (now, whole)]


def test_short_and_places_of_the_three_lines_are_those_of_the_tables(
    at: Proposal, plan: PlanTables
) -> None:
    rows, after, before = three_lines(at), plan.short(), plan.short("supply_base")
    allocation = [row for row in plan.rows("allocation") if row["year"] == "2026"]
    assert rows["places"].tolist() == [
        0.0, total(allocation, "last_intake"), total(allocation, "places"),
    ]  # fmt: skip
    for row, short in ((0, before), (2, after)):
        assert rows["short_first"][row] == pytest.approx(short[2026])
        assert rows["short_last"][row] == pytest.approx(short[2031])
        assert rows["fte_years"][row] == pytest.approx(sum(short.values()))


def test_sentences_are_those_of_the_tables(at: Proposal, plan: PlanTables) -> None:
    allocation = [row for row in plan.rows("allocation") if row["year"] == "2026"]
    now, last = total(allocation, "places"), total(allocation, "last_intake")
    said = view.places_words(at)
    assert f"{now:,.0f} training places" in said
    assert f"last year's {last:,.0f}" in said
    assert f"{abs(now - last):,.0f} {'more' if now > last else 'fewer'}" in said
    budgets = [
        row for row in plan.rows("budgets") if row["region"] == "*" and row["year"] == "2026"
    ]
    used = total(budgets, "committed", "planned", "continued")
    assert amounts_of(view.money_words(at))[:2] == pytest.approx(
        [used / 1e6, total(budgets, "amount") / 1e6], abs=0.00051
    )
    gained: dict[str, float] = {}
    for row in allocation:
        change = float(row["places"]) - float(row["last_intake"])
        gained[row["profession"]] = gained.get(row["profession"], 0.0) + change
    names = at.names.professions
    for code, change in gained.items():
        shown = f"{names[code]} ({'+' if change > 0 else '−'}{abs(change):,.0f})"
        assert (shown in view.professions_words(at)) is (abs(change) > 0.5)


def test_units_are_counted_apart_and_said(tmp_path: Path) -> None:
    instance = read_instance(bought_besides.write(tmp_path / "instance"))
    at = decided(allocate(instance, policy(model(2, pace="false"))))
    rows = three_lines(at)
    units = at.futures.plan.units[:, 0].sum()
    assert rows["units"].tolist() == [0.0, 5.0, units]
    said = view.units_words(at)
    assert f"{units:,.0f} units of" in said or units == 0
    assert any("unit is one of what a measure buys" in text for text in view.plain_units(at))


def test_pay_is_left_out_and_told(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.tables["budgets"] = [
        row | {"amount": "900000000"} for row in tiny.tables["budgets"] if row["region"] == "*"
    ]
    free = decided(allocate(read_instance(tiny.write(tmp_path / "free")), policy(model(1))))
    tiny.cell("pay", 2, "pay", "30000")
    tiny.tables["pay"] = tiny.tables["pay"][:1]
    paid = decided(allocate(read_instance(tiny.write(tmp_path / "paid")), policy(model(1))))
    assert paid.pays
    supply = paid.futures.nothing.supply.sum()
    rows = three_lines(paid)
    assert rows["pay"].iloc[0] == pytest.approx(30_000 * supply)
    assert rows["pounds"].iloc[0] == pytest.approx(three_lines(free)["pounds"].iloc[0])
    pay = rows["pay"].iloc[2] - rows["pay"].iloc[1]
    said = view.extra_words(paid)
    assert "pay is left out" in said
    assert amounts_of(said)[-1] == pytest.approx(abs(pay) / 1e6, abs=0.051)


def test_without_money_nothing_is_said_of_it(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.tables["costs"] = [row | {"cost": "0"} for row in tiny.tables["costs"]]
    at = decided(allocate(read_instance(tiny.write(tmp_path / "tiny")), policy(model(1))))
    assert view.extra_words(at) == ""
    assert not at.costs
    assert not any("£" in text for text in view.plain_units(at))


def test_caveats_tell_what_the_instance_says_of_itself_and_what_is_red(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.settings |= {"description": "Made up. It is not an official plan.\n\nMore."}
    rows = tiny.tables["assumptions"]
    for row in rows:
        row |= {"quality": "red", "impact": "red"}
    instance = read_instance(tiny.write(tmp_path / "tiny"))
    at = decided(allocate(instance, policy(model(1))))
    said = caveats(at)
    assert said[0].endswith("“Made up. It is not an official plan.”")
    assert said[1] == red_words(instance)
    assert f"{len(rows)} are rated red for both" in said[1]
    for row in rows:
        assert row["table"].replace("_", " ") in said[1]
    rows.pop()
    rows[0]["impact"] = "amber"
    again = read_instance(tiny.write(tmp_path / "again"))
    assert "0 are rated red for both" in red_words(again)


def test_many_cells_below_nothing_are_named_in_part(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.tables["workforce"] = [r | {"leaver_rate": "0.9"} for r in tiny.tables["workforce"]]
    tiny.tables["joiners"] = [r | {"fte": "-400", "year": "2028"} for r in tiny.tables["joiners"]]
    tiny.cell("joiners", 3, "region", "south")
    at = decided(allocate(read_instance(tiny.write(tmp_path / "tiny")), policy(model(1))))
    cells = int((at.futures.plan.supply < -1e-6).any(axis=2).sum())
    assert cells > 2
    assert sum("below 0" in text for text in caveats(at)) == 2
    assert any(f"The same is so of {cells - 2} other" in text for text in caveats(at))
