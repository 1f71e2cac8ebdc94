"""Identities of textbooks, from the files of plans alone: by csv and sums, without the package."""

import csv
import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from futures_made import row, scenario
from plan_of_futures import written
from samples import model, sample
from some import some

INSTANCE = sample(3, 2, 1, 5).instance
FEW = (
    scenario("as expected", 0.5),
    scenario("many leave", 0.3, "leavers*=1.3", "join_rate*=0.97"),
    scenario("more demand", 0.2, "demand*=1.08"),
)
MANY = (
    row("demand", "uniform = [0.95, 1.1]", each='"profession"'),
    row("leavers", "triangular = [0.8, 1.0, 1.4]", each='"region"'),
    scenario("many leave", 0.1, "leavers*=1.5"),
)
TABLES = {"few": (FEW, 16), "many": (MANY, 60)}  # side by side, and taken together
LEAST = 0.015  # no future is less likely


class Plan:
    """What the files of a plan say."""

    def __init__(self, folder: Path) -> None:
        self.record: dict[str, Any] = json.loads((folder / "plan.json").read_text("utf-8"))
        self.said: dict[str, Any] = self.record["uncertainty"]
        with (folder / "scenarios.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        self.p, self.f, self.b = (
            np.array([float(each[name] or "nan") for each in rows])
            for name in ("probability", "shortfall", "bound")
        )

    @property
    def ends(self) -> tuple[float, float]:
        low, high = self.said["value"]
        return float(low), float(high)


def tail(p: np.ndarray, values: np.ndarray, alpha: float) -> float:
    """The mean of the worst 1 - alpha, future by future from the worst on."""
    left, total = 1.0 - alpha, 0.0
    for at in np.argsort(-values):
        taken = min(left, float(p[at]))
        total, left = total + taken * float(values[at]), left - taken
    return total / (1.0 - alpha)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Any:
    @cache
    def made(tables: str, risk: str, *, integer: bool = False, **keys: float) -> Plan:
        folder = tmp_path_factory.mktemp("textbook") / "plan"
        how = "".join(f"{key} = {value}\n" for key, value in keys.items())
        text = f'{model(integer=integer)}\n[uncertainty]\nfile = "test"\nrisk = "{risk}"\n{how}'
        own, draws = TABLES[tables]
        return Plan(written(folder, INSTANCE, text, *own, draws=draws))

    return made


def meet(one: tuple[float, float], other: tuple[float, float], within: float = 1e-6) -> bool:
    """Whether two brackets have a number in common, but for rounding."""
    size = within * max(1.0, abs(one[1]))
    return max(one[0], other[0]) <= min(one[1], other[1]) + size


@pytest.mark.parametrize("tables", TABLES)
def test_cvar_of_everything_is_the_expectation(plan: Any, tables: str) -> None:
    expected = plan(tables, "expected")
    for keys in ({"alpha": 0.0, "weight": 1.0}, {"alpha": 0.9, "weight": 0.0}):
        assert meet(plan(tables, "cvar", **keys).ends, expected.ends)


@pytest.mark.parametrize("tables", TABLES)
def test_cvar_of_less_than_any_future_is_the_worst(plan: Any, tables: str) -> None:
    last = plan(tables, "cvar", alpha=1.0 - LEAST / 2, weight=1.0)
    assert last.p.min() >= LEAST * (1 - 1e-9)
    assert meet(last.ends, plan(tables, "worst").ends)


@pytest.mark.parametrize("tables", TABLES)
def test_risk_rises_with_alpha_from_the_expectation_to_the_worst(plan: Any, tables: str) -> None:
    rising = [plan(tables, "expected")]
    rising += [plan(tables, "cvar", alpha=alpha, weight=1.0) for alpha in (0.3, 0.6, 0.9)]
    rising.append(plan(tables, "worst"))
    for less, more in pairwise(rising):
        assert less.ends[0] <= more.ends[1] * (1 + 1e-9)
    assert rising[0].ends[1] < rising[-1].ends[0]


CASES = [
    (tables, risk, integer)
    for tables in TABLES
    for risk in ("expected", "cvar", "worst", "regret")
    for integer in (False, True)
]


@pytest.mark.parametrize(("tables", "risk", "integer"), some(CASES, 5))
def test_what_is_said_is_what_the_files_come_to(
    plan: Any, tables: str, risk: str, *, integer: bool
) -> None:
    keys = {"alpha": 0.6, "weight": 0.7} if risk == "cvar" else {}
    own = plan(tables, risk, integer=integer, **keys)

    def weigh(values: np.ndarray) -> float:
        mean = float(own.p @ values)
        return {
            "expected": mean,
            "cvar": 0.3 * mean + 0.7 * tail(own.p, values, 0.6),
            "worst": float(values.max()),
            "regret": float((values - own.b).max()),
        }[risk]

    assert own.p.sum() == pytest.approx(1.0)
    assert own.record["stages"][0]["final"] == pytest.approx(weigh(own.f), rel=1e-9)
    low, high = own.ends
    assert low <= high
    assert weigh(own.f) == pytest.approx(high, rel=1e-5)
    if risk != "regret":
        see = own.said["wait_and_see"]
        assert see[0] == pytest.approx(weigh(own.b), rel=1e-9)
        assert own.said["evpi"] == pytest.approx([low - see[1], high - see[0]], abs=1e-6 * high)
        assert see[0] <= high
    if (mean := own.said["expected_value_plan"]) is not None:
        assert own.said["vss"] == pytest.approx([mean[0] - high, mean[1] - low], abs=1e-6 * high)
        assert low <= mean[1]
    elif own.said["repaired"] is not None:
        assert low <= own.said["repaired"]
