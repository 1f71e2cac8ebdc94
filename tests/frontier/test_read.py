import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.frontier.over import BUDGET, Over
from commission_opt.frontier.view import is_frontier, read_frontier
from commission_opt.frontier.whole import whole_plans
from commission_opt.frontier.write import write_curve
from small_frontiers import LIMITS, OVERS, POLICY, traced

COLUMNS = [
    *("t", "objective", "bound", "slope", "marginal", "saved_per_million"),
    *("shortfall", "spend", "worst_region", "change", "places"),
]


def test_tables_have_their_columns_where_they_always_stood() -> None:
    assert list(traced(BUDGET).frames()["frontier"].columns) == COLUMNS


@pytest.mark.each(3)
@pytest.mark.parametrize("over", OVERS)
def test_what_was_written_is_read_back(over: Over, tmp_path: Path) -> None:
    curve = traced(over)
    plans = whole_plans(curve, POLICY, 2, LIMITS)
    assert not is_frontier(tmp_path / "f")
    write_curve(curve, plans, LIMITS, 0.001, tmp_path / "f")
    assert is_frontier(tmp_path / "f")
    found, problem = read_frontier(tmp_path / "f"), curve.family.problem
    assert found.title == problem.instance.title
    assert (found.over, found.objective, found.unit) == (over, curve.objective, curve.unit)
    pd.testing.assert_frame_equal(found.points, curve.points, check_exact=True)
    assert found.proved == curve.range.proved
    assert found.asked == (None if over.caps else curve.asked)
    assert set(found.funds) == (set() if over.caps else set(problem.instance.budgets["fund"]))
    assert found.frontier.distance == curve.frontier.distance
    for t in (curve.range.least, curve.range.greatest):
        assert found.frontier.value(t) == curve.frontier.value(t)
        assert found.frontier.bound(t) == pytest.approx(curve.frontier.bound(t), rel=1e-9)
    for read, plan in zip(found.plans, plans, strict=True):
        assert (read.t, read.status, read.gap) == (plan.t, plan.status, plan.gap)
        assert read.figures == plan.figures


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frontiers") / "f"
    write_curve(traced(BUDGET), (), LIMITS, 0.001, folder)
    return folder


def _set(*keys: str | int, value: Any) -> Callable[[Any], None]:
    def change(record: Any) -> None:
        for key in keys[:-1]:
            record = record[key]
        record[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("points", value=[]), "do not stand in order"),
        (_set("points", 0, "t", value=9.0), "do not stand in order"),
        (_set("points", 0, "objective", value="<b>"), "'<b>' is no number"),
        (_set("points", 0, "slope", value=True), "True is no number"),
        (_set("over", value="joy"), "no 'joy'"),
        (_set("objective", value="joy"), "joy"),
        (_set("range", value=[]), "indices must be"),
        (lambda record: record.pop("whole"), "no 'whole'"),
        (_set("solves", value=float("inf")), "cannot convert"),
    ],
)
def test_a_record_that_is_none_is_refused(
    change: Callable[[Any], None], said: str, written: Path, tmp_path: Path
) -> None:
    shutil.copytree(written, tmp_path / "f")
    file = tmp_path / "f" / "frontier.json"
    record = json.loads(file.read_text("utf-8"))
    change(record)
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=r"frontier\.json: is not the record of a frontier") as bad:
        read_frontier(tmp_path / "f")
    assert said in str(bad.value)


def test_other_formats_and_texts_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "frontier.json"
    file.write_text('{"format": 1}', encoding="utf-8")
    with pytest.raises(UsageError, match="format 1, and this version reads 2; trace it again"):
        read_frontier(tmp_path)
    for text in ("[]", "no json", "", "[" * 100_000, "\ufeff{}"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            read_frontier(tmp_path)
