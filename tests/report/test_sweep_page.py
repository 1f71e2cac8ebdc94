from collections.abc import Mapping
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.report.page import render
from commission_opt.report.sweep_page import sweep_page
from commission_opt.sweep.run import work_out
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary.results import read_results
from report_pages import HOSTILE, Parsed, sweep_of_hostile
from small_sweeps import SIZE, described, here

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sweep") / "grid"
    work_out(described(), target, here)
    return target


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return render(sweep_page(folder))


@pytest.fixture(scope="module")
def page(text: str) -> Parsed:
    return Parsed(text)


@pytest.mark.slow
def test_a_page_has_every_part_that_there_is(page: Parsed) -> None:
    assert [e.text for e in page.all("h2")] == [
        "What it shows", "Show in all tables", "One thing at a time", "Two axes",
        "Along each axis", "Robust and fragile places", "Where it comes from",
    ]  # fmt: skip
    assert len(page.all("svg")) == 4
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
def test_its_figures_are_those_of_the_store(folder: Path, page: Parsed) -> None:
    with reading(folder) as store:
        counts, results = store.counts(), read_results(folder, store, "objective")
    said = next(e.text for e in page.all("li") if "scenarios done" in e.text)
    assert said.startswith(f"{SIZE} of {SIZE} scenarios done")
    assert f"{counts['optimal']} optimal" in said
    axes = page.table("What was varied")[1:]
    assert [row[:4] for row in axes] == [
        ["budget", "budget, multiplied by", "0.2", "1.4"],
        ["demand", "demand, multiplied by", "0.9", "1.1"],
    ]  # fmt: skip
    cells = page.table("Two axes")[1:]
    assert len(cells) == SIZE
    keys = zip(results.given["budget*="], results.given["demand*="], strict=True)
    values: Mapping[tuple[float, float], float] = dict(
        zip(keys, results.scenarios["value"], strict=True)
    )
    for row in cells:
        assert (row[0], row[2]) == ("budget", "demand")
        shown = float(row[5].replace(",", ""))
        assert shown == pytest.approx(values[float(row[1]), float(row[3])], rel=1e-3)


@pytest.mark.slow
def test_the_same_sweep_gives_the_same_bytes(folder: Path, text: str) -> None:
    assert render(sweep_page(folder)) == text


@pytest.mark.slow
def test_unknown_measures_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="no scenario has the measure 'joy'"):
        sweep_page(folder, "joy")
    assert "shortfall, FTE-years" in render(sweep_page(folder, "shortfall"))


@pytest.mark.slow
def test_texts_of_an_instance_and_of_a_sweep_stay_texts(tmp_path: Path) -> None:
    text = render(sweep_page(sweep_of_hostile(tmp_path)))
    page = Parsed(text)
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert not any(str(a.attributes.get("href")).startswith("javascript") for a in page.all("a"))
    assert page.all("h1")[0].text == HOSTILE[1]
    whole = " ".join(page.all("body")[0].text.split())
    for part in (HOSTILE[0], HOSTILE[2], HOSTILE[5], HOSTILE[6], HOSTILE[7]):
        assert part in whole
    assert "\u202e" not in text
    assert len(page.all("svg")) >= 4


def test_charts_are_described_by_what_is_said_of_them(page: Parsed) -> None:
    listed = [e.text for e in page.all("li")]
    for svg in (e for e in page.elements if e.tag == "desc"):
        assert any(svg.text.startswith(text) for text in listed)


def test_the_figures_of_axes_are_told_in_words() -> None:
    from commission_opt.report.sweep_page import _changed
    from commission_opt.scenario.axis import parse_axis

    told = {
        "budget[fund=tuition|placement]*=1": "budget of fund placement or tuition, multiplied by",
        "fill_rate[group=nursing,region=NEY]+=0": "fill rate of group nursing and region NEY, plus",
        "model.rules.pace_of_change.max_increase=0.1": "pace of change: max increase, set to",
    }
    assert {text: _changed(parse_axis(text)) for text in told} == told
