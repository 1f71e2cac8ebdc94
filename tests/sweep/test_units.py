"""A sweep of an instance with measures: units kept, exported and summed up beside places."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import bought_besides
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.page import render
from commission_opt.report.sweep_page import sweep_page
from commission_opt.sweep.result import SweepResult, run_sweep
from commission_opt.sweep.store import FILE, reading
from commission_opt.sweep.summary.summarise import summarise
from small_sweeps import small

POLICY = read_policy(find_instance("two-by-two") / "model.toml")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    folder = tmp_path_factory.mktemp("units")
    instance = read_instance(bought_besides.write(folder / "instance"))
    return run_sweep(instance, POLICY, ["budget*=0.3,1"], folder / "sweep")


def test_units_are_those_of_the_plans_one_by_one(swept: SweepResult) -> None:
    frames = swept.frames()
    given = allocate(read_instance(swept.folder / "instance"), POLICY).frames()["measures"]
    units = frames["units"]
    assert list(units.columns) == ["scenario", "measure", "year", "units"]
    of_given = units[units["scenario"] == 1]
    assert of_given["measure"].tolist() == given["measure"].tolist()
    assert of_given["units"].tolist() == given["units"].tolist()
    places = frames["places"]
    assert set(places["course"]).isdisjoint(units["measure"])
    for row in frames["scenarios"].to_dict("records"):
        here = units["scenario"] == row["scenario"]
        assert row["units"] == units[here]["units"].sum()
        assert (
            row["units:region:north"] == units[here & (units["measure"] == "abroad")]["units"].sum()
        )
        assert row["units:kind:recruit"] == row["units"]
        assert row["places"] == places[places["scenario"] == row["scenario"]]["places"].sum()


def test_the_summary_says_which_units_are_fragile(swept: SweepResult) -> None:
    text, _ = summarise(swept.folder, measure="units", files=False)
    units = swept.frames()["units"].pivot(index="measure", columns="scenario", values="units")
    moved = units[(units[0] - units[1]).abs() >= 0.5]
    kept = len(units) - len(moved)
    assert len(moved) > 0
    assert f"{kept} of 2 measures keep" in text
    assert "## Robust and fragile units" in text
    page = render(sweep_page(swept.folder, "units"))
    assert "Share with fewer units" in page
    assert "Nurses from abroad" in page


def test_a_sweep_without_measures_is_kept_as_it_was(tmp_path: Path) -> None:
    assert "measures" not in small().about
    result = run_sweep(
        read_instance(find_instance("two-by-two")), POLICY, ["budget*=1"], tmp_path / "s"
    )
    frames = result.frames()
    assert list(frames) == ["scenarios", "measures", "places"]
    assert not any(name.startswith("units") for name in frames["scenarios"].columns)


def test_units_of_other_measures_than_the_store_says_are_damage(
    swept: SweepResult, tmp_path: Path
) -> None:
    path = tmp_path / "sweep"
    path.mkdir()
    with closing(sqlite3.connect(swept.folder / FILE)) as whole:
        whole.execute("VACUUM INTO ?", (str(path / FILE),))
    with closing(sqlite3.connect(path / FILE)) as connection, connection:
        connection.execute("""UPDATE meta SET value = '["abroad"]' WHERE key = 'measures'""")
    with pytest.raises(UsageError, match="not of its courses"), reading(path) as store:
        list(store.rows())
