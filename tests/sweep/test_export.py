import csv
import sys
from pathlib import Path
from typing import Literal

import pytest

from commission_opt.errors import UsageError
from commission_opt.sweep.export import axis_columns, export
from commission_opt.sweep.row import Changed, Row
from commission_opt.sweep.run import work_out
from commission_opt.sweep.store import reading
from small_sweeps import here, small

# Beyond a hundredfold, rates leave their range: half of the scenarios have no plan.
VARY = ("budget*=0.5,1", "leaver_rate*=1,100", "leaver_rate[region=north]+=0,0.01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "s"
    work_out(small(VARY), folder, here)
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Row]:
    with reading(folder) as store:
        return list(store.rows())


def test_scenarios_are_a_row_each(folder: Path, rows: list[Row], tmp_path: Path) -> None:
    scenarios = _csv(folder, tmp_path)["scenarios"]
    assert len(scenarios) == len(rows) == 8
    for written, row in zip(scenarios, rows, strict=True):
        assert int(written["scenario"]) == row.number
        assert [written["name"], written["status"], written["reason"], written["how"]] == [
            row.name, row.status, row.reason, row.how,
        ]  # fmt: skip
        for setting in row.settings:
            assert float(written[setting.axis]) == setting.value
        assert {m: float(written[m]) for m in row.measures} == row.measures
        if row.status == "invalid":
            assert written["objective"] == ""
    assert {row.status for row in rows} == {"optimal", "invalid"}


def test_measures_and_places_are_long(folder: Path, rows: list[Row], tmp_path: Path) -> None:
    tables = _csv(folder, tmp_path)
    measures = {(int(r["scenario"]), r["measure"]): float(r["value"]) for r in tables["measures"]}
    assert measures == {(row.number, m): v for row in rows for m, v in row.measures.items()}
    places: dict[tuple[int, str], float] = {}
    for r in tables["places"]:
        places[int(r["scenario"]), r["course"]] = float(r["places"])
        assert r["year"] == "2026"
    with reading(folder) as store:
        courses = store.courses()
    assert places == {
        (row.number, course): row.places[c, 0]
        for row in rows
        if row.places is not None
        for c, course in enumerate(courses)
    }


def test_parquet_holds_the_same(folder: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    tables = _csv(folder, tmp_path)
    _export(folder, tmp_path / "parquet", "parquet")
    for name, written in tables.items():
        table = parquet.read_table(tmp_path / "parquet" / f"{name}.parquet").to_pylist()
        assert [
            {column: "" if value is None else str(value) for column, value in row.items()}
            for row in table
        ] == written


def test_axes_of_one_name_are_told_apart() -> None:
    def row(*sets: tuple[str, str]) -> Row:
        changed = tuple(Changed(axis, target, 1.0) for axis, target in sets)
        return Row(0, "", "", changed)

    rows = [row(("budget", "budget*=")), row(("budget", "budget+="), ("demand", "demand*="))]
    assert axis_columns(rows) == {
        "budget*=": "budget*=", "budget+=": "budget+=", "demand*=": "demand",
    }  # fmt: skip


def test_without_pyarrow_it_says_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"commission-opt\[parquet\]"):
        _export(folder, tmp_path / "p", "parquet")
    assert not (tmp_path / "p").exists()


def test_a_folder_is_not_overwritten_without_force(folder: Path, tmp_path: Path) -> None:
    _export(folder, tmp_path / "t", "csv")
    with pytest.raises(UsageError, match="--force"):
        _export(folder, tmp_path / "t", "csv")
    _export(folder, tmp_path / "t", "csv", force=True)


def _export(
    folder: Path, out: Path, form: Literal["csv", "parquet"], *, force: bool = False
) -> None:
    with reading(folder) as store:
        export(store, out, form, force=force)


def _csv(folder: Path, tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    _export(folder, tmp_path / "csv", "csv")
    tables = {}
    for name in ("scenarios", "measures", "places"):
        with (tmp_path / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return tables
