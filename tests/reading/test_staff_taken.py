"""What is wrong with courses that take staff, or with measures that retain them."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, all_of, cell, rows
from command_line import Run
from refusals import case, check_accepted, check_refused
from some import some

COURSES = (
    "course,profession,region,provider,title,duration_years,last_intake,max_intake,min_cohort,"
    "cohort_step,fill_rate,completion_rate,join_rate,fte_per_joiner,from_profession,fte_from,"
    "release_rate",
    "adult-north,adult,north,uni-a,Adult nursing,3,40,60,10,5,0.95,0.85,0.9,0.9,,,",
    "adult-coast,adult,coast,uni-b,Adult nursing,3,20,30,10,,0.95,0.85,0.9,0.9,,,",
    "child-south,child,south,uni-a,Children's nursing,3,15,25,,,1,0.9,0.9,0.85,adult,0.8,0.4",
    "gp-south,gp,south,,GP training,2,10,20,,,0.9,0.95,0.9,0.8,,,",
)
NORTH, SOUTH = 2, 4  # lines of courses.csv


def taking(edit: Edit) -> Edit:
    def courses(tiny: Tiny) -> None:
        tiny.tables["courses"] = rows(*COURSES)

    return all_of(courses, edit)


def course(line: int, column: str, value: str) -> Edit:
    return cell("courses", line, column, value)


@pytest.mark.parametrize(("edit", "problems"), some([
    case("no FTE", course(SOUTH, "fte_from", ""),
        "courses.csv row 4, fte_from: is empty; a course that takes staff from 'adult' needs their "
        "FTE"),
    case("FTE of nobody", course(NORTH, "fte_from", "0.5"),
        "courses.csv row 2, fte_from: 0.5 is given without from_profession; name it, or leave this "
        "empty"),
    case("release of nobody", course(NORTH, "release_rate", "0.5"),
        "courses.csv row 2, release_rate: 0.5 is given without from_profession; name it, or leave "
        "this empty"),
    case("its own staff", course(SOUTH, "from_profession", "child"),
        "courses.csv row 4, from_profession: 'child' is the course's own profession; leave it "
        "empty"),
    case("no such profession", course(SOUTH, "from_profession", "adullt"),
        "courses.csv row 4, from_profession: there is no profession 'adullt' in professions.csv; "
        "did you mean 'adult'?"),
    case("a group", course(SOUTH, "from_profession", "nursing"),
        "courses.csv row 4, from_profession: there is no profession 'nursing' in professions.csv"),
    case("release above all", course(SOUTH, "release_rate", "1.5"),
        "courses.csv row 4, release_rate: 1.5 is not between 0 and 1"),
    case("negative FTE", course(SOUTH, "fte_from", "-1"),
        "courses.csv row 4, fte_from: -1 is negative"),
], 3))  # fmt: skip
def test_a_course_that_takes_staff_is_refused(
    edit: Edit, problems: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    check_refused(run, tmp_path, taking(edit), problems)


def test_nobody_is_taken_from_those_who_are_not_there(run: Run, tmp_path: Path) -> None:
    def fewer(tiny: Tiny) -> None:
        staff = next(
            row for row in tiny.tables["workforce"]
            if (row["profession"], row["region"]) == ("adult", "south")
        )  # fmt: skip
        staff["fte"] = "0"

    # Fifteen students of 0.8 FTE give up 0.4 of it; 0.9 ** (1 / 3) of them begin their second year.
    check_refused(run, tmp_path, taking(fewer), (
        "courses.csv row 4, from_profession: staff of 'adult' in 'south' come to -4.63435 FTE in "
        "2026 without any place, with those who leave and those on course already; there is nobody "
        "to take",
    ))  # fmt: skip


def retaining(tiny: Tiny) -> None:
    tiny.tables["measures"] = rows(
        "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount",
        "stay,retain,adult,north,0,0.9,0,5", "late,retain,adult,north,5,0.9,0,5",
    )  # fmt: skip
    tiny.add("costs", "stay,,1,tuition,3000", "late,,1,tuition,3000")


def test_a_retained_unit_counts_from_the_year_after(run: Run, tmp_path: Path) -> None:
    check_accepted(run, tmp_path, retaining, (
        "measures.csv row 3, lead_years: the first effect is in 2032, after the horizon ends in "
        "2031; units of this measure buy nothing",
    ))  # fmt: skip


def test_nobody_is_retained_where_none_leave(run: Run, tmp_path: Path) -> None:
    def nobody_leaves(tiny: Tiny) -> None:
        retaining(tiny)
        tiny.drop("measures", 3)
        for row in tiny.tables["workforce"]:
            row["leaver_rate"] = "0" if row["profession"] == "adult" else row["leaver_rate"]

    message = (
        "measures.csv row 2, kind: nobody of 'adult' in 'north' leaves, so that no unit of this"
    )
    answer = Tiny()
    nobody_leaves(answer)
    found = run("check", answer.write(tmp_path / "tiny")).problems
    assert [text for text in found if "row 2, kind" in text] == [
        f"warning: {message} measure can be bought"
    ]
