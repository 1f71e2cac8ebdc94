"""Results that users hold print themselves within a screen, and agree with what is written."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.allocation.allocate import Allocation
from commission_opt.text.card import COLUMNS, LINES

FOLDER = Path(__file__).parents[2] / "instances" / "two-by-two"


@pytest.fixture(scope="module")
def allocation() -> Allocation:
    return co.allocate(co.read_instance(FOLDER), co.read_policy(FOLDER / "model.toml"))


def fits(result: object) -> bool:
    lines = str(result).split("\n")
    return len(lines) <= LINES and max(map(len, lines)) <= COLUMNS >= len(repr(result))


def test_results_fit_a_screen(allocation: Allocation, tmp_path: Path) -> None:
    co.write_plan(allocation, tmp_path / "plan")
    plan = co.read_plan(tmp_path / "plan")
    answer = co.why_course(plan, "nurse-south")
    held = (allocation, plan, allocation.instance, allocation.problem, allocation.outcome, answer)
    assert all(map(fits, held))
    assert all(map(fits, answer.tables))


def test_frames_are_the_tables_that_are_written(allocation: Allocation, tmp_path: Path) -> None:
    co.write_plan(allocation, tmp_path / "plan")
    for frames in (allocation.frames(), co.read_plan(tmp_path / "plan").frames()):
        assert [*frames] == ["allocation", "supply", "budgets", "placements"]
        for name, frame in frames.items():
            text = io.StringIO((tmp_path / "plan" / f"{name}.csv").read_text("utf-8"))
            pd.testing.assert_frame_equal(
                frame, pd.read_csv(text, keep_default_na=False), check_dtype=False
            )


def test_a_plan_says_its_own_figures(allocation: Allocation) -> None:
    stage, text = allocation.certificate.stages[0], str(allocation)
    assert f"{allocation.places.sum():,.0f} places" in text
    assert f"{stage.final:,.1f} {stage.unit}" in text
    gap = re.search(r"within ([\d.]+) %", text)
    assert (float(gap[1]) if gap else 0.0) >= 100 * stage.final_gap
    last = allocation.instance.courses["last_intake"].sum()
    columns = [line.split()[-2:] for line in text.split("Places\n")[1].split("\n")[1:]]
    assert [sum(int(row[k]) for row in columns) for k in (0, 1)] == [last, allocation.places.sum()]


def test_answers_of_one_question_print_one_after_the_other(
    allocation: Allocation, tmp_path: Path
) -> None:
    co.write_plan(allocation, tmp_path / "plan")
    plan = co.read_plan(tmp_path / "plan")
    answers = co.compare(plan, plan)
    assert str(answers) == "\n\n".join(map(str, answers))
    assert answers._repr_html_().count("<h4>") == len(answers)


def test_a_name_that_is_none_is_said_to_be() -> None:
    with pytest.raises(AttributeError, match="no attribute 'alocate'"):
        co.alocate  # noqa: B018
    assert {*co.__all__} <= {*dir(co)}
