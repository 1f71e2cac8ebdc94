"""Plans on disk whose later years are decided in each future."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from commission_opt.errors import CommissionOptError
from commission_opt.plan.later import LATER
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.verify import verify
from measured import with_measures
from plan_of_futures import written
from samples import both, made, model, sample
from some import some

MODEL = model(3, pace="false") + '\n[uncertainty]\nfile = "test"\ndecide_now = 1\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("later") / "plan"
    return written(target, sample(2, 2, 3, 3).instance, MODEL)


def refused(folder: Path) -> bool:
    """Whether a plan is not believed, in words and without a traceback."""
    try:
        return not verify(read_plan(folder)).holds
    except CommissionOptError:
        return True


def test_a_plan_holds_and_is_found_again(folder: Path) -> None:
    plan = read_plan(folder)
    assert verify(plan).holds
    assert replay(plan).sameness is Sameness.IDENTICAL
    said = plan.record["uncertainty"]
    assert (said["decide_now"], said["later_relaxed"]) == (1, True)


def test_tables_have_what_is_decided_now_and_later(folder: Path) -> None:
    plan = read_plan(folder)
    lines, first = len(plan.instance.courses), plan.instance.first_year
    now, later = (pd.read_csv(folder / f"{name}.csv") for name in ("allocation", "later"))
    assert list(now["year"].unique()) == [first]
    assert (now["places"] == now["places"].round()).all()
    assert pd.read_csv(folder / "mean_allocation.csv")["year"].unique().tolist() == [first]
    assert list(later) == ["scenario", "course", "year", "places"]
    assert len(later) == 3 * lines * 2
    for future in plan.problem.futures:
        own = later[later["scenario"] == future.name]
        whole = future.outcome(plan.outcome.decision).amounts
        assert own["places"].to_numpy().reshape(lines, 2) == pytest.approx(whole[:, 1:])
        assert now["places"].to_numpy() == pytest.approx(whole[:, 0])
    assert plan.record["counts"]["places"] == now["places"].sum()


@pytest.mark.slow
def test_units_of_measures_are_decided_later_too(tmp_path: Path) -> None:
    synthetic = made(2, 2, 2, 3)
    instance = both(synthetic.settings, with_measures(synthetic.tables, 3, 3)).instance
    text = MODEL.replace("commissioning_years = 3", "commissioning_years = 2")
    plan = read_plan(written(tmp_path / "plan", instance, text))
    assert verify(plan).holds
    later = pd.read_csv(plan.folder / LATER, keep_default_na=False)
    assert list(later) == ["scenario", "course", "measure", "year", "places"]
    assert ((later["course"] == "") != (later["measure"] == "")).all()
    assert set(later["measure"]) == {"", *instance.measures["measure"]}
    assert list(pd.read_csv(plan.folder / "measures.csv")["year"].unique()) == [instance.first_year]


CHANGES = {
    "a number": ("places", 3, "1e9"),
    "no number": ("places", 3, "many"),
    "a scenario": ("scenario", 3, "another"),
    "a year": ("year", 3, "1999"),
}


@pytest.mark.parametrize("what", some([*CHANGES, "a row less", "no file"], 3))
def test_a_changed_table_is_seen(folder: Path, tmp_path: Path, what: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "plan"))
    table = pd.read_csv(copy / LATER, dtype=str)
    if what == "no file":
        (copy / LATER).unlink()
    elif what == "a row less":
        table.iloc[:-1].to_csv(copy / LATER, index=False)
    else:
        column, at, value = CHANGES[what]
        table.loc[at, column] = value
        table.to_csv(copy / LATER, index=False)
    assert refused(copy)


@pytest.mark.parametrize(("key", "value"), [("decide_now", 2), ("later_relaxed", False)])
def test_a_changed_record_is_seen(folder: Path, tmp_path: Path, key: str, value: object) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "plan"))
    record = json.loads((copy / "plan.json").read_text("utf-8"))
    record["uncertainty"][key] = value
    (copy / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert refused(copy)
