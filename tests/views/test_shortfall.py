"""The two baselines and the sentences on them, against a naive model and the plan's tables."""

from pathlib import Path

import pytest

import independent
from builders import Tiny, line_of_demand
from commission_opt.allocation.allocate import allocate
from commission_opt.plan.write import write_plan
from commission_opt.reading.read import read_instance
from commission_opt.views.shortfall import FUTURES, Baselines, caveat, cuts, negative_staff, trend
from plan_tables import PlanTables, numbers
from samples import model, policy


def planned(folder: Path, tiny: Tiny, text: str) -> tuple[Baselines, PlanTables]:
    allocation = allocate(read_instance(tiny.write(folder / "tiny")), policy(text))
    write_plan(allocation, folder / "plan")
    return Baselines(allocation.problem, allocation.outcome), PlanTables(folder / "plan")


@pytest.mark.each(3)
@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
def test_last_year_repeated_is_what_a_naive_model_says(tmp_path: Path, continuation: str) -> None:
    futures, _ = planned(tmp_path, Tiny(), model(2, continuation=continuation))
    case = independent.load(tmp_path / "tiny")
    (tmp_path / "model.toml").write_text(model(2, continuation=continuation), encoding="utf-8")
    settings = independent.load_policy(tmp_path / "model.toml")
    places = {(c, y): case.courses[c].last_intake for c in case.courses for y in (2026, 2027)}
    naive = independent.simulate(case, settings, places)
    mine = futures.last_year.shortfall
    instance = futures.problem.instance
    for (p, q, y), value in naive.shortfall.items():
        at = (
            list(instance.professions["profession"]).index(p),
            list(instance.regions["region"]).index(q),
            y - 2026,
        )
        assert mine[at] == pytest.approx(value, abs=1e-9)


def test_sentences_are_those_of_the_supply_table(tmp_path: Path) -> None:
    futures, plan = planned(tmp_path, Tiny(), model(2))
    after, before = plan.short(), plan.short("supply_base")
    said = trend(futures)
    assert ("rises" in said) is (round(after[2031]) > round(after[2026]))
    found = [n for n in numbers(said.replace("/27", "").replace("/32", "")) if n not in after]
    assert found[0] == pytest.approx(after[2026], abs=0.51)
    assert found[1] == pytest.approx(after[2031], abs=0.51)
    cut = 100 * (1 - sum(after.values()) / sum(before.values()))
    assert f"takes away {cut:.1f} %" in cuts(futures)
    table = futures.by_year().set_index("year")
    assert list(table.columns) == list(FUTURES)
    for year, values in table.iterrows():
        assert values["with the plan"] == pytest.approx(after[int(str(year))])
        assert values["without new places"] == pytest.approx(before[int(str(year))])
    for what in ("profession", "region"):
        sums = futures.over_the_years(what).set_index(what).sum()
        assert sums["last year repeated"] == pytest.approx(futures.last_year.shortfall.sum())


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({2026: "9999"}, "falls from"),
        ({2031: "9999"}, "rises from"),
        ({2028: "9999"}, "it is largest in 2028/29"),
        ({2026: "9999", 2031: "9999"}, "; it is least in 2027/28, with "),
    ],
)
def test_the_way_of_the_shortfall(tmp_path: Path, changes: dict[int, str], words: str) -> None:
    tiny = Tiny()
    for year, fte in changes.items():
        tiny.cell("demand", line_of_demand("gp", "coast", year), "fte", fte)
    futures, _ = planned(tmp_path, tiny, model(1))
    assert words in trend(futures)


def test_rules_that_last_year_would_break_are_named(tmp_path: Path) -> None:
    kept, _ = planned(tmp_path, Tiny(), model(1))
    assert kept.broken == ()
    assert "it would keep the rules" in caveat(kept)
    tiny = Tiny()
    for row in tiny.tables["budgets"]:
        if row["fund"] == "placement" and row["year"] == "2028":
            row["amount"] = "320000"
    (tmp_path / "b").mkdir()
    broken, _ = planned(tmp_path / "b", tiny, model(1))
    worst = broken.last_year.spend.headroom.min()
    assert worst < 0
    assert "budget of fund 'placement' in 2028" in caveat(broken)
    assert "It is a comparison and no plan" in caveat(broken)


def test_negative_staff_is_told_by_profession_region_and_years(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.add("joiners", "gp,north,2028,-150")
    futures, plan = planned(tmp_path, tiny, model(1))
    (said,) = negative_staff(futures)
    low = {
        int(row["year"]): float(row["supply"])
        for row in plan.rows("supply")
        if (row["profession"], row["region"]) == ("gp", "north") and float(row["supply"]) < 0
    }
    assert "Supply of gp in north is below 0" in said
    assert f"{len(low)} years from {min(low)}/{(min(low) + 1) % 100}" in said
    assert f"down to {min(low.values()):,.0f} FTE".replace("-", "−") in said
    assert not list(negative_staff(planned_again(tmp_path)))


def planned_again(folder: Path) -> Baselines:
    (folder / "plain").mkdir()
    return planned(folder / "plain", Tiny(), model(1))[0]


def test_an_instance_without_a_shortfall_says_so(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.tables["demand"] = [row | {"fte": "0"} for row in tiny.tables["demand"]]
    futures, _ = planned(tmp_path, tiny, model(1))
    assert "No staff are missing" in cuts(futures)
    assert "0 FTE" in trend(futures)
