"""Futures: their figures, and the instances that follow."""

import json

import numpy as np
import pytest

from commission_opt.errors import UsageError
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.policy import Objective, Policy
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.renewed import SCENARIO_FILE
from commission_opt.scenario.scenario import Setting
from commission_opt.scenario.sheets import sheet
from futures_made import made, row, scenario
from handworked import hand

POLICY = Policy("test", "Test", 1, (Objective("shortfall"),))
BUDGETS = """\
fund,region,year,amount
tuition,*,2026,90000
tuition,*,2027,95000
tuition,nation,2026,70000
tuition,north,2026,50000
grant,*,2026,80000
"""
EVERY = (
    row("demand", "interval = [0.9, 1.1]", each='["profession", "region"]', over_time='"walk"'),
    row("leavers", "normal = [1, 0.1]", each='"profession"', correlation="0.4"),
    row("budget", "uniform = [1.0, 1.2]", each='["fund", "region"]', over_time='"fan"'),
    row("cost", "triangular = [0.9, 1, 1.1]", each='"course"'),
    row("max_intake", "uniform = [0.9, 1.1]"),
    scenario("fewer stay", 0.3, "leavers*=1.2", "max_intake[course=A]*=0.77"),
    scenario("as given", 0.2),
)


def with_budgets() -> Instance:
    return hand(budgets=BUDGETS)


def test_explicit_scenarios_come_first_and_draws_share_the_rest() -> None:
    found = made(with_budgets(), *EVERY, draws=10)
    assert found.names[:3] == ("fewer stay", "as given", "draw-0001")
    assert found.names[-1] == "draw-0010"
    assert (found.explicit, len(found.points)) == (2, 10)
    np.testing.assert_allclose(found.probability, [0.3, 0.2, *[0.05] * 10])
    assert found.probability.sum() == pytest.approx(1.0, abs=1e-12)


def test_figures_by_slices_are_those_of_all_and_stand_in_the_instances() -> None:
    found = made(with_budgets(), *EVERY)
    whole = found.figures(slice(None))
    for start in range(0, len(found.names), 5):
        part = found.figures(slice(start, start + 5))
        for key, block in whole.items():
            np.testing.assert_array_equal(part[key], block[start : start + 5])
    for w in (0, 1, 2, 17):
        instance = found.in_future(w)
        for (table, column), block in whole.items():
            np.testing.assert_array_equal(sheet(instance, table).columns[column], block[w])


def test_figures_of_some_rows_are_theirs_among_all() -> None:
    found = made(with_budgets(), *EVERY)
    whole = found.figures(slice(None))
    random = np.random.default_rng(1)
    for share in (0.2, 0.5, 1.0, 0.0):
        count = {"demand": whole["demand", "fte"].shape[1], "workforce": 0}
        count["workforce"] = whole["workforce", "leaver_rate"].shape[1]
        rows = {t: np.flatnonzero(random.random(n) < share) for t, n in count.items()}
        part = found.only(rows).figures(slice(None))
        for (table, column), block in whole.items():
            some = block[:, rows[table]] if table in rows else block
            np.testing.assert_array_equal(part[table, column], some)


def test_an_explicit_scenario_is_what_sweeps_make_of_its_settings() -> None:
    instance = with_budgets()
    texts = ["leavers*=1.2", "demand[region=north]+=3", "budget[region=*]=50000", "join_rate*=0.9"]
    found = made(instance, scenario("both", 1.0, *texts)).in_future(0)
    axes = [parse_axis(text) for text in texts]
    expected, _ = Ground(instance, POLICY).apply([Setting(a, a.values[0]) for a in axes])
    for name, table in expected.tables.items():
        assert found.tables[name].equals(table)
    for name in ("leaver_rate", "early_leaver_rate", "demand"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.budgets.equals(expected.budgets)
    assert json.loads(found.files[SCENARIO_FILE])["scenario"] == "both"


def test_limits_on_places_may_be_fractions() -> None:
    found = made(with_budgets(), scenario("few", 1.0, "max_intake*=0.77")).in_future(0)
    np.testing.assert_allclose(found.courses["max_intake"], [0.77 * 40, 0.77 * 12, 0.77 * 6])
    np.testing.assert_allclose(found.lines["max_amount"], found.courses["max_intake"])


def test_where_nothing_changes_the_instance_is_the_one_given() -> None:
    instance = with_budgets()
    found = made(instance, *EVERY)
    assert found.in_future(1) is instance
    assert found.in_future(0) is not instance
    for key, block in found.figures(slice(1, 2)).items():
        np.testing.assert_array_equal(block[0], sheet(instance, key[0]).columns[key[1]])


def test_rows_apply_in_the_order_of_the_file() -> None:
    value = "values = [2]\nprobabilities = [1]"
    double, add = row("demand", value), row("demand[year=2026]", value, "+=")
    for tables, expected in (((double, add), 202), ((add, double), 204)):
        figures = made(hand(), *tables).figures(slice(3, 4))["demand", "fte"][0]
        assert (figures[0], figures[1]) == (expected, 200)


def test_a_national_budget_is_matched_by_its_star_alone() -> None:
    doubled = {
        region: made(with_budgets(), scenario("more", 1.0, f"budget[region={region}]*=2"))
        .in_future(0)
        .budgets["amount"]
        .to_numpy()
        / with_budgets().budgets["amount"].to_numpy()
        for region in ("*", "nation", "north")
    }
    assert doubled["*"].tolist() == [2, 2, 1, 1, 2]
    assert doubled["nation"].tolist() == [1, 1, 2, 2, 1]
    assert doubled["north"].tolist() == [1, 1, 1, 2, 1]


def test_draws_do_not_hang_on_the_order_of_rows() -> None:
    given = hand()
    lines = given.files["demand.csv"].decode().splitlines(keepends=True)
    turned = hand(demand="".join([lines[0], *lines[:0:-1]]))
    text = row("demand", "normal = [1, 0.1]", each='["profession", "region"]', over_time='"walk"')
    one, other = (made(i, text).in_future(5).demand for i in (given, turned))
    np.testing.assert_array_equal(one, other)


def test_figures_that_leave_their_range_are_set_to_its_end_and_counted() -> None:
    law = "values = [0.5, 2]\nprobabilities = [0.75, 0.25]"
    found = made(hand(), row("fill_rate", law), row("demand", law), draws=16)
    fill = found.figures(slice(None))["courses", "fill_rate"]
    assert sorted(fill[:, 0]) == pytest.approx([0.25] * 12 + [1.0] * 4)
    assert sorted(fill[:, 1]) == pytest.approx([0.5] * 12 + [1.0] * 4)
    assert found.cut == pytest.approx(4 * 2 / (16 * (3 + 20)))  # of B and C, in four draws
    (warning,) = found.warnings
    assert warning.severity == "warning"
    assert warning.message.startswith("2.2% of the drawn figures leave their range, most often")
    assert "fill_rate of courses.csv, drawn by “fill_rate”" in warning.message
    assert (warning.row, warning.column) == (6, "uncertain 1, figures")


def test_figures_are_cut_once_all_rows_are_done() -> None:
    up, down = (f"values = [{value}]\nprobabilities = [1]" for value in (2, 0.4))
    found = made(hand(), row("fill_rate", up), row("fill_rate", down, name="then"))
    assert found.cut == 0.0
    figures = found.figures(slice(0, 1))["courses", "fill_rate"][0]
    np.testing.assert_allclose(figures, [0.4, 0.8, 0.8])


def test_the_mean_weighs_the_figures_of_all_futures() -> None:
    found = made(with_budgets(), *EVERY)
    figures, mean = found.figures(slice(None)), found.mean()
    for (table, column), block in figures.items():
        expected = (found.probability[:, None] * block).sum(axis=0)
        np.testing.assert_allclose(sheet(mean, table).columns[column], expected, rtol=1e-13)


def test_the_mean_of_equal_futures_is_each_of_them() -> None:
    equal = [scenario(str(i), 1 / 7, "demand*=1.1") for i in range(7)]
    found = made(hand(), *equal)
    np.testing.assert_array_equal(found.mean().demand, found.in_future(3).demand)


def test_each_dimension_belongs_to_a_row() -> None:
    found = made(with_budgets(), *EVERY)
    # four pairs walk over five years; two professions and what they have in common; four pairs of
    # funds and regions; three courses; one draw for all
    assert np.bincount(found.row_of_dimension).tolist() == [20, 3, 4, 3, 1]
    assert found.points.shape[1] == 31
    assert ((found.points > 0) & (found.points < 1)).all()


def test_draws_and_seed_can_be_others_than_those_of_the_file() -> None:
    file = parse_uncertainty(
        f'name = "a"\ndraws = 4\n{row("demand", "normal = [1, 0.1]")}'.encode()
    )
    other = futures(hand(), None, file, draws=9, seed=3)
    assert len(other.names) == 9
    assert other.figures(slice(0, 4))["demand", "fte"][0, 0] != pytest.approx(
        futures(hand(), None, file).figures(slice(0, 4))["demand", "fte"][0, 0]
    )
    alone = parse_uncertainty(f'name = "a"\n{scenario("a", 1.0)}'.encode())
    with pytest.raises(UsageError, match="draws nothing, so it takes no number of draws"):
        futures(hand(), None, alone, draws=9)


def test_too_many_dimensions_are_refused() -> None:
    law, keys = "normal = [1, 0.01]", {"each": '["profession", "region"]', "over_time": '"walk"'}
    walks = [row("demand", law, name=str(i), **keys) for i in range(60)]
    with pytest.raises(UsageError, match=r"21,600 numbers .* more than the 21,201 that Sobol"):
        made(hand(horizon=90), *walks)
