from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.report.page import render
from commission_opt.report.sweep_page import is_sweep, sweep_page
from commission_opt.sweep.run import run_sweep
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary.results import read_results
from report_pages import Parsed
from small_sweeps import SIZE, described, here

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sweep") / "grid"
    run_sweep(described(), target, here)
    return target


@pytest.fixture(scope="module")
def page(folder: Path) -> Parsed:
    return Parsed(render(sweep_page(folder)))


def test_a_page_has_every_part_that_there_is(folder: Path, page: Parsed) -> None:
    assert is_sweep(folder)
    assert [e.text for e in page.all("h2")] == [
        "What was varied", "Show in all tables", "One thing at a time", "Two axes",
        "Along each axis", "Robust and fragile places", "Where it comes from",
    ]  # fmt: skip
    assert len(page.all("svg")) == 4
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_its_figures_are_those_of_the_store(folder: Path, page: Parsed) -> None:
    with reading(folder) as store:
        counts, results = store.counts(), read_results(folder, store, "objective")
    said = next(e.text for e in page.all("li") if "scenarios done" in e.text)
    assert said.startswith(f"{SIZE} of {SIZE} scenarios done")
    assert f"{counts['optimal']} optimal" in said
    axes = page.table("What was varied")[1:]
    assert [row[:4] for row in axes] == [
        ["budget", "budget*=", "0.2", "1.4"], ["demand", "demand*=", "0.9", "1.1"],
    ]  # fmt: skip
    cells = page.table("Two axes")[1:]
    assert len(cells) == SIZE
    values: Mapping[tuple[float, float], float] = {
        (case.given["budget*="], case.given["demand*="]): case.value for case in results.cases
    }
    for row in cells:
        assert (row[0], row[2]) == ("budget", "demand")
        shown = float(row[5].replace(",", ""))
        assert shown == pytest.approx(values[float(row[1]), float(row[3])], rel=1e-3)


def test_the_same_sweep_gives_the_same_bytes(folder: Path) -> None:
    assert render(sweep_page(folder)) == render(sweep_page(folder))


def test_unknown_measures_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="no scenario has the measure 'joy'"):
        sweep_page(folder, "joy")
    assert "shortfall, FTE-years" in render(sweep_page(folder, "shortfall"))
