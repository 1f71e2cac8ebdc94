from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import Run
from commission_opt.errors import UsageError
from commission_opt.sweep.run import work_out
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary.results import BASE, read_results
from commission_opt.sweep.summary.summarise import summarise
from commission_opt.views import charts
from small_sweeps import SIZE, described, here


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "s"
    work_out(described(), folder, here)
    return folder


@pytest.fixture
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing, which takes most of the time."""
    monkeypatch.setattr(charts, "find_spec", lambda _: None)


@pytest.mark.slow
def test_a_sweep_is_summarised(swept: Path, tmp_path: Path) -> None:
    text, files = summarise(swept, tmp_path / "out")
    assert text == (tmp_path / "out" / "summary.md").read_text("utf-8")
    assert set(files) == {path.name for path in (tmp_path / "out").glob("[!.]*")}
    assert {"courses.csv", "heat_map.csv", "lines.csv", "summary.md"} <= set(files)
    assert f"{SIZE} of {SIZE} scenarios done" in text


@pytest.mark.usefixtures("no_charts")
def test_shares_of_places_are_counted_from_the_plans(swept: Path, tmp_path: Path) -> None:
    summarise(swept, tmp_path / "out")
    told = pd.read_csv(tmp_path / "out" / "courses.csv").set_index("course")
    with reading(swept) as store:
        rows = [row for row in store.rows() if row.places is not None]
        codes = store.courses()
    base = next(row.places for row in rows if row.key == BASE)
    plans = np.array([row.places.sum(axis=1) for row in rows if row.key != BASE])  # type: ignore[union-attr]
    assert base is not None
    given = base.sum(axis=1)
    for c, code in enumerate(codes):
        row = told.loc[code]
        assert row["more"] == pytest.approx(np.mean(plans[:, c] >= given[c] + 0.5))
        fewer = (plans[:, c] <= given[c] - 0.5).mean()
        assert row["less"] + row["none"] == pytest.approx(fewer)
        assert row["mean"] == pytest.approx(plans[:, c].mean())
        assert (row["least"], row["most"]) == pytest.approx((plans[:, c].min(), plans[:, c].max()))


def test_values_are_those_of_the_store(swept: Path) -> None:
    with reading(swept) as store:
        found = read_results(swept, store, "spend")
        rows = {row.number: row for row in store.rows()}
    assert [axis.target for axis in found.axes] == ["budget*=", "demand*="]
    for number, value in found.scenarios["value"].items():
        assert value == rows[int(str(number))].measures.get("spend", value)
    assert found.measure.words == "spend, £m"


@pytest.mark.usefixtures("no_charts")
def test_a_sweep_that_is_not_done_is_summarised_too(tmp_path: Path) -> None:
    half = replace(described(), chunks=described().chunks[:3])
    work_out(half, tmp_path / "s", here)
    assert f"of {SIZE} scenarios done" in summarise(tmp_path / "s")[0]


def test_a_measure_that_is_not_there_is_refused(swept: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the measure 'joy'; there are .*objective"):
        summarise(swept, tmp_path / "out", "joy")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_charts")
def test_an_old_folder_is_kept_unless_forced(swept: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    for force in (False, True):
        with pytest.raises(UsageError, match="--force"):
            summarise(swept, tmp_path / "out", force=force)
    (tmp_path / "out" / "mine").unlink()
    summarise(swept, tmp_path / "out")
    with pytest.raises(UsageError, match="use --force"):
        summarise(swept, tmp_path / "out")
    summarise(swept, tmp_path / "out", force=True)


@pytest.mark.usefixtures("no_charts")
def test_without_matplotlib_there_are_tables(swept: Path, tmp_path: Path) -> None:
    text, files = summarise(swept, tmp_path / "out")
    assert not [name for name in files if name.endswith(("png", "svg"))]
    assert charts.ADVICE in text


@pytest.mark.usefixtures("no_charts")
def test_the_command_prints_and_writes_again(swept: Path, run: Run) -> None:
    for _ in range(2):
        ran = run("sweep", "summary", swept)
        assert ran.code == 0
        assert "# " in ran.out
        assert "Robust and fragile places" in ran.out
        assert (swept / "summary" / "courses.csv").is_file()
    assert run("sweep", "summary", swept, "--out", swept / "summary").code == 2
