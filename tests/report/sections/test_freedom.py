"""How free the places are, held to the ranges that are worked out."""

from pathlib import Path

import pytest

from command_line import Run
from commission_opt.plan.read import read_plan
from commission_opt.report.pages import page_of, plan_page
from commission_opt.report.sections.freedom import WITHIN, freedom, freedom_of
from commission_opt.solvers.status import Watch
from plan_tables import numbers
from report_pages import facts_of, make_plan
from samples import model


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plan(tmp_path_factory.mktemp("plan"), text=model(years=1))


def test_ends_are_those_of_the_ranges_and_hold_the_plan(plan: Path) -> None:
    facts, answers = facts_of(plan), freedom_of(read_plan(plan), Watch())
    section, frames = freedom(facts, answers), answers.frames()
    tag = f"{100 * WITHIN:g}%"
    professions, regions = (exhibit.table for exhibit in section.exhibits)
    for shown, kind, names in (
        (professions, "profession", facts.names.professions),
        (regions, "region", facts.names.regions),
    ):
        ranges = frames[f"{kind}s"].set_index(kind)
        assert len(shown.frame) == len(ranges)
        for code, row in ranges.iterrows():
            (line,) = (r for r in shown.shown() if r[0] == names[str(code)])
            places, least, most, low, high = (numbers(cell)[0] for cell in line[1:])
            assert places == pytest.approx(row["places"], abs=0.51)
            assert least == pytest.approx(row[f"least reached {tag}"], abs=0.51)
            assert most == pytest.approx(row[f"most reached {tag}"], abs=0.51)
            assert low <= row[f"least {tag}"] + 1e-9
            assert high >= row[f"most {tag}"] - 1e-9
            assert low <= least <= places + 0.51
            assert places - 0.51 <= most <= high
    widths = (
        frames["professions"][f"most reached {tag}"] - frames["professions"][f"least reached {tag}"]
    )
    said = section.sentences[1]
    assert numbers(said)[:2] == [len(widths), (widths > 5).sum()]
    if (widths > 5).any():
        first = professions.frame.iloc[0]
        assert f"{first['name']}: " in said
        assert first["most"] - first["least"] == pytest.approx(widths.max())


def test_a_page_has_it_only_if_asked(plan: Path, run: Run, tmp_path: Path) -> None:
    assert "freedom" not in [section.key for section in plan_page(facts_of(plan)).sections]
    assert "freedom" in [section.key for section in page_of(plan, freely=True).sections]
    refused = run("report", plan, "--with-room", "--region", "north", "--out", tmp_path / "a.html")
    assert refused.code == 2
    assert "--with-room goes with a whole plan" in " ".join(refused.err.split())
