from itertools import product

import pytest

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis, parse_axis
from commission_opt.scenario.scenario import AS_GIVEN, Scenario
from commission_opt.sweep.design import DESIGNS, SAMPLED, problem_of, sample, scenarios

BUDGET, DEMAND = parse_axis("budget*=0.9,1,1.1", "money"), parse_axis("demand*=0.95,1.05")
NEED_SALIB = "designs that draw values need SALib"


def values(scenario: Scenario) -> tuple[float, ...]:
    return tuple(setting.value for setting in scenario.settings)


def test_a_grid_has_every_combination_and_the_base_once() -> None:
    found = scenarios("grid", [BUDGET, DEMAND])
    assert [values(s) for s in found] == [(), *product(BUDGET.values, DEMAND.values)]
    assert [s.name for s in found][:2] == [AS_GIVEN, "money × 0.9, demand × 0.95"]
    assert [s.is_base for s in found] == [True] + 6 * [False]


def test_a_grid_through_the_base_has_it_where_it_lies() -> None:
    found = scenarios("grid", [BUDGET, parse_axis("demand*=0.95,1")])
    assert len(found) == 6
    assert [(s.name, values(s)) for s in found if s.is_base] == [(AS_GIVEN, (1.0, 1.0))]
    assert {len(s.settings) for s in found} == {2}


def test_one_at_a_time() -> None:
    found = scenarios("one-at-a-time", [BUDGET, DEMAND])
    assert [(s.name, values(s)) for s in found] == [
        ("money × 0.9", (0.9,)),
        (AS_GIVEN, (1.0,)),
        ("money × 1.1", (1.1,)),
        ("demand × 0.95", (0.95,)),
        ("demand × 1.05", (1.05,)),
    ]
    assert scenarios("one-at-a-time", [DEMAND])[0] == Scenario(AS_GIVEN)


def test_scenarios_that_do_the_same_are_one() -> None:
    found = scenarios("one-at-a-time", [BUDGET, parse_axis("demand*=1,2")])
    assert [s.name for s in found].count(AS_GIVEN) == 1
    assert len({s.key for s in found}) == len(found) == 4
    assert len(scenarios("grid", [parse_axis("demand*=1.5,1.50000000000001")])) == 3


@pytest.mark.parametrize(
    ("design", "axes", "samples", "message"),
    [
        ("grid", [], None, "nothing varies"),
        ("gird", [BUDGET], None, "there is no design 'gird'; there are grid, one-at-a-time, latin"),
        ("grid", [BUDGET], 5, "takes the values as they are"),
        ("grid", [BUDGET, parse_axis("budget*=2")], None, "is there twice; make one axis"),
        ("grid", [BUDGET, parse_axis("demand*=2", "money")], None, "two axes have the name"),
        ("grid", [parse_axis(f"{f}*=0:9:0.01") for f in ("demand", "cost", "joiners")], None,
         "that is 731,432,701 scenarios, more than 1,000,000"),
        ("sobol", [BUDGET], None, "needs a number of samples"),
        ("sobol", [BUDGET], 12, "a power of 2 of samples, such as 16"),
        ("sobol", [BUDGET], 1, "needs 2 samples or more, not 1"),
        ("morris", [BUDGET, parse_axis("demand*=2")], 4, "has one value; morris draws between two"),
        ("latin-hypercube", [BUDGET], 0, "needs 1 samples or more, not 0"),
    ],
)  # fmt: skip
def test_designs_that_cannot_be_made(
    design: str, axes: list[Axis], samples: int | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        scenarios(design, axes, samples)


def test_every_design_is_known() -> None:
    assert DESIGNS == ("grid", "one-at-a-time", "latin-hypercube", "sobol", "morris")


@pytest.mark.parametrize(
    ("design", "samples", "rows"), [("latin-hypercube", 9, 9), ("sobol", 8, 32), ("morris", 5, 15)]
)
def test_drawn_designs(design: str, samples: int, rows: int) -> None:
    pytest.importorskip("SALib")
    axes = [BUDGET, DEMAND]
    matrix = sample(design, axes, samples, seed=3)
    assert matrix.shape == (rows, 2)
    assert (matrix == sample(design, axes, samples, seed=3)).all()
    assert not (matrix == sample(design, axes, samples, seed=4)).all()
    assert (matrix.min(axis=0) >= [0.9, 0.95]).all()
    assert (matrix.max(axis=0) <= [1.1, 1.05]).all()
    found = scenarios(design, axes, samples, seed=3)
    assert found[-1] == Scenario(AS_GIVEN)
    drawn = list(dict.fromkeys(map(tuple, matrix.tolist())))
    assert [values(s) for s in found[:-1]] == drawn
    assert len({s.key for s in found}) == len(found)


def test_a_latin_hypercube_has_one_row_in_each_stratum() -> None:
    pytest.importorskip("SALib")
    matrix = sample("latin-hypercube", [BUDGET, DEMAND], 10, seed=1)
    for column, axis in zip(matrix.T, (BUDGET, DEMAND), strict=True):
        low, high = min(axis.values), max(axis.values)
        assert sorted(((column - low) / (high - low) * 10).astype(int)) == list(range(10))


def test_indices_of_a_known_function() -> None:
    """The sample is what SALib's own analysis takes."""
    pytest.importorskip("SALib")
    from SALib.analyze import morris, sobol

    axes = [BUDGET, DEMAND]
    matrix = sample("sobol", axes, 256, seed=1)
    found = sobol.analyze(problem_of(axes), matrix[:, 0] * 3, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([1, 0], abs=0.02)
    matrix = sample("morris", axes, 8, seed=1)
    effects = morris.analyze(problem_of(axes), matrix, matrix[:, 1] * 2, num_levels=4, seed=1)
    assert list(effects["mu_star"]) == pytest.approx([0.0, 2 * (1.05 - 0.95)])


@pytest.mark.parametrize("design", SAMPLED)
def test_without_salib_it_is_said_what_to_install(
    design: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "SALib", None)
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample", None)
    with pytest.raises(UsageError, match=r"pip install 'commission-opt\[sweeps\]'"):
        scenarios(design, [BUDGET], 4)


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol"])
@pytest.mark.parametrize(
    "text",
    ["model.commissioning_years=1:3:1", "max_intake+=-1:1:1", "min_cohort=4:6:1",
     "commitment_max+=0:2:1"],
)  # fmt: skip
def test_drawn_values_of_whole_numbers_are_whole(text: str, design: str) -> None:
    axes = [parse_axis(text), parse_axis("demand*=0.9,1.1")]
    drawn = scenarios(design, axes, 16, seed=1)
    found = {s.value for each in drawn for s in each.settings if s.axis is axes[0]}
    assert found == set(axes[0].values)
    assert any(s.value % 0.1 for each in drawn for s in each.settings if s.axis is axes[1])
