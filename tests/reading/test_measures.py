"""What is wrong with measures, or probably not meant: by file, row and column."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, add, all_of, cell, drop, without
from command_line import Run
from commission_opt.activities import KINDS
from commission_opt.errors import Problem
from commission_opt.explain.infeasible.diagnosis import diagnosis_of
from commission_opt.explain.infeasible.edits import edited
from commission_opt.policy_file import parse_policy
from commission_opt.reading.deep import warn_short_horizon
from commission_opt.reading.read import check_instance, is_contradiction, read_contents
from refusals import case, check_accepted, check_refused
from samples import model
from some import some

ABROAD, RETURN = 2, 3  # lines of measures.csv; costs of both stand on lines 6 and 7


def can_be_bought(tiny: Tiny) -> None:
    """Open both measures of the tiny instance, at a price."""
    tiny.tables["measures"][0] |= {"last_amount": "5", "max_amount": "60", "min_amount": "10"}
    tiny.tables["measures"][1] |= {"max_amount": "20"}
    tiny.add("costs", "abroad,,*,tuition,5000", "return,,1,tuition,3000")


def with_measures(edit: Edit) -> Edit:
    return all_of(can_be_bought, edit)


def measure(line: int, column: str, value: str) -> Edit:
    return cell("measures", line, column, value)


def promise(least: int, *, filters: str = ",,,,", of: str = "abroad") -> Edit:
    line = f"keep-abroad,{filters},2026,2027,{least},,The board,Agreed,{of}"
    return add("commitments", line)


ERRORS = [
    case("no such kind", measure(ABROAD, "kind", "bonus"),
        "measures.csv row 2, kind: there is no kind of measure 'bonus'; the kinds are recruit, "
        "reshape, retain, temporary"),
    case("misspelt kind", measure(ABROAD, "kind", "rekruit"),
        "measures.csv row 2, kind: there is no kind of measure 'rekruit'; did you mean 'recruit'?"),
    case("column of another kind", measure(RETURN, "lasts_years", "3"),
        "measures.csv row 3, lasts_years: says nothing of a measure of kind 'recruit'; leave it "
        "empty"),
    case("a code of a course", all_of(measure(RETURN, "measure", "gp-south"), drop("costs", 7)),
        "measures.csv row 3, measure: 'gp-south' is also the code of a course; give one of them "
        "another code"),
    case("crossed", measure(ABROAD, "min_amount", "61"),
        "measures.csv row 2, min_amount: 61 is more than max_amount, 60; measure 'abroad' cannot "
        "be bought"),
    case("a cost with a profession", cell("costs", 6, "profession", "adult"),
        "costs.csv row 6, profession: 'adult' stands beside measure 'abroad'; leave it empty or "
        "write “*”"),
    case("weeks with a group", add("placement_use", "abroad,nursing,1,ward,1"),
        "placement_use.csv row 4, profession: 'nursing' stands beside measure 'abroad'; leave it "
        "empty or write “*”"),
    case("a year not paid", cell("costs", 7, "study_year", "2"),
        "costs.csv row 7, study_year: 2 is beyond paid_years, 1, of 'return'"),
    case("weeks of a year not paid", add("placement_use", "abroad,,3,ward,1"),
        "placement_use.csv row 4, study_year: 3 is beyond paid_years, 2, of 'abroad'"),
    case("two costs of one", add("costs", "abroad,*,,tuition,1"),
        "costs.csv row 8: repeats the key of row 6"),
    case("a cost of no measure", cell("costs", 6, "course", "abroadd"),
        "costs.csv row 6, course: there is no course or measure 'abroadd' in courses.csv or "
        "measures.csv; did you mean 'abroad'?"),
    case("a commitment on no measure", promise(5, of="abroadd"),
        "commitments.csv row 4, measure: there is no measure 'abroadd' in measures.csv; did you "
        "mean 'abroad'?"),
    case("a commitment on a course as measure", promise(5, of="gp-south"),
        "commitments.csv row 4, measure: there is no measure 'gp-south' in measures.csv; it is a "
        "course"),
    case("a cohort of a measure", cell("pipeline", 2, "course", "abroad"),
        "pipeline.csv row 2, course: there is no course 'abroad' in courses.csv; it is a measure"),
    case("a commitment on more", promise(5, filters="adult,,north,,"),
        "commitments.csv row 4, profession: 'adult' stands beside measure 'abroad'; a commitment "
        "on a measure leaves all other filters empty",
        "commitments.csv row 4, region: 'north' stands beside measure 'abroad'; a commitment on a "
        "measure leaves all other filters empty"),
    case("a commitment beyond the most", promise(61),
        "commitments.csv row 4, min_places: 61 units cannot be met: max_amount of measure "
        "'abroad' is 60"),
    case("a region with others within", measure(ABROAD, "region", "land"),
        "measures.csv row 2, region: region 'land' contains other regions; name a region within "
        "it"),
    case("no lead", measure(ABROAD, "lead_years", ""),
        "measures.csv row 2, lead_years: is empty; a number is needed"),
    # What only follows from a row that is left out is not said, whatever names it.
    case("a commitment on a measure left out",
        all_of(measure(ABROAD, "kind", "loan"), promise(61)),
        "measures.csv row 2, kind: there is no kind of measure 'loan'; the kinds are recruit, "
        "reshape, retain, temporary"),
    case("a profession left out",
        all_of(cell("professions", 2, "title", ""), promise(5)),
        "professions.csv row 2, title: is empty"),
    case("a fund that only a measure uses",
        all_of(measure(ABROAD, "lead_years", "x"), cell("costs", 6, "fund", "visas"),
            add("budgets", *(f"visa,*,{year},90000" for year in range(2026, 2032)))),
        "measures.csv row 2, lead_years: 'x' is not a number"),
    case("a fund of a measure misspelt",
        all_of(cell("costs", 6, "fund", "visas"),
            add("budgets", *(f"visa,*,{year},90000" for year in range(2026, 2032)))),
        "budgets.csv row 16, fund: no cost or pay is of fund 'visa'; did you mean 'visas'?",
        "costs.csv row 6, fund: fund 'visas' has no budget, so nothing would limit it; did you "
        "mean 'visa', which has one? A fund of its own needs a budget, however large"),
]  # fmt: skip

WARNINGS = [
    case("no multiple", all_of(measure(ABROAD, "step", "40"), measure(ABROAD, "min_amount", "45")),
        "measures.csv row 2, step: no multiple of 40 lies between min_amount, 45, and max_amount, "
        "60; measure 'abroad' will get no units"),
    case("beyond the horizon", all_of(measure(ABROAD, "lead_years", "6")),
        "measures.csv row 2, lead_years: 6 years: are they months?",
        "measures.csv row 2, lead_years: the first effect is in 2032, after the horizon ends in "
        "2031; units of this measure buy nothing"),
    case("free", drop("costs", 6),
        "measures.csv row 2: measure 'abroad' costs nothing in any fund"),
    case("costs of nought", cell("costs", 6, "cost", "0"),
        "measures.csv row 2: measure 'abroad' costs nothing in any fund"),
    case("a fund without a budget", cell("costs", 6, "fund", "visas"),
        "budgets.csv, fund: fund 'visas' has costs but no budget in any year, so that nothing "
        "limits what it spends then"),
    case("a pool without capacity", add("placement_use", "abroad,,1,theatre,1"),
        "placements.csv, pool: pool 'theatre' is used in 'north' but has no capacity row for any "
        "year, so that nothing limits its use then"),
    case("an idle budget", add("budgets", "visas,*,2026,5"),
        "budgets.csv row 16, fund: nothing uses this budget: no course or measure costs fund "
        "'visas'"),
    case("more than half leave", measure(ABROAD, "leaver_rate", "0.6"),
        "measures.csv row 2, leaver_rate: 0.6 is above 0.5: more than half leave each year"),
    case("a percentage", measure(RETURN, "fte_per_unit", "92"),
        "measures.csv row 3, fte_per_unit: one unit would be worth 92 FTE: if it is a percentage, "
        "write 0.92",
        "measures.csv row 3, max_amount: 20 units would bring 1,840 FTE in a year in 'south', "
        "where 125 are in post or needed"),
    case("more than there are", measure(RETURN, "max_amount", "2000"),
        "measures.csv row 3, max_amount: 2,000 units would bring 1,400 FTE in a year in 'south', "
        "where 125 are in post or needed"),
    case("more spared than there is", all_of(
        measure(RETURN, "kind", "reshape"), measure(RETURN, "max_amount", "2000")),
        "measures.csv row 3, max_amount: 2,000 units would spare 1,400 FTE in a year in 'south', "
        "where 125 are in post or needed"),
    case("fewer than last year", measure(RETURN, "last_amount", "21"),
        "measures.csv row 3, max_amount: 20 is below last_amount, 21: is one of them wrong?"),
    case("no success", measure(ABROAD, "success_rate", "0"),
        "measures.csv row 2, success_rate: 0: no unit of this measure would succeed"),
    case("no FTE", measure(ABROAD, "fte_per_unit", "0"),
        "measures.csv row 2, fte_per_unit: 0: a unit of this measure would be worth nothing"),
    case("nobody leaves", all_of(*(measure(line, "leaver_rate", "0") for line in (2, 3))),
        "measures.csv row 2, leaver_rate: 0: nobody whom this measure brings would ever leave; an "
        "empty cell means the leaver rates of workforce.csv; the same in row 3"),
    case("paid for months", measure(ABROAD, "paid_years", "24"),
        "measures.csv row 2, paid_years: 24 years: are they months?"),
    case("a cost in thousands", cell("costs", 6, "cost", "5"),
        "costs.csv row 6, cost: £5 is a 1,800th of £9,000, the median of all courses and "
        "measures for fund 'tuition': is it in another unit?"),
]  # fmt: skip

FITS = [
    pytest.param(promise(60), id="all that there are"),
    pytest.param(
        all_of(drop("costs", 7), measure(RETURN, "max_amount", "0")),
        id="one that is closed, whatever its cost",
    ),
    pytest.param(measure(ABROAD, "lead_years", "5"), id="an effect in the last year"),
    pytest.param(cell("costs", 6, "profession", "*"), id="a star for the profession"),
    pytest.param(without("measures"), id="no table"),
]


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "errors"), some(ERRORS, 3))
def test_a_bad_measure_is_refused(
    edit: Edit, errors: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    check_refused(run, tmp_path, with_measures(edit), tuple(sorted(errors, key=_place)))


def _place(said: str) -> int:
    files = ("professions", "measures", "costs", "budgets", "placement_use", "pipeline")
    return [*files, "commitments"].index(said.split(".")[0])


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "warnings"), some(WARNINGS, 3))
def test_a_strange_measure_is_warned_of(
    edit: Edit, warnings: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    check_accepted(run, tmp_path, with_measures(edit), warnings)


@pytest.mark.each(2)
@pytest.mark.parametrize("edit", FITS)
def test_what_is_right_passes_without_a_word(edit: Edit, run: Run, tmp_path: Path) -> None:
    bare = edit if edit is FITS[-1].values[0] else with_measures(edit)
    check_accepted(run, tmp_path, bare)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_what_says_nothing_of_it(kind: str) -> None:
    for column in KINDS[kind].unused:
        tiny = Tiny()
        can_be_bought(tiny)
        tiny.tables["measures"][0] |= {"kind": kind, column: "1"}
        found = [p for p in read_contents(tiny.contents()).problems if p.severity == "error"]
        assert [(p.file, p.row, p.column) for p in found] == [("measures.csv", ABROAD, column)]


def test_a_profession_with_a_measure_alone_is_not_without_help(tmp_path: Path) -> None:
    tiny = Tiny()
    for edit in (can_be_bought, drop("courses", 4), drop("pipeline", 5, 10, 11)):
        edit(tiny)
    reading = check_instance(tiny.write(tmp_path / "tiny"))
    assert not [p for p in reading.problems if "so no plan can change" in p.message]
    tiny.drop("measures", RETURN)
    tiny.drop("costs", 7)
    reading = check_instance(tiny.write(tmp_path / "tiny"))
    assert [p for p in reading.problems if "so no plan can change" in p.message]


def test_years_of_a_model_that_units_cannot_reach_are_warned_of() -> None:
    tiny = Tiny()
    with_measures(measure(ABROAD, "lead_years", "4"))(tiny)
    instance = read_contents(tiny.contents()).instance
    assert instance is not None
    assert list(warn_short_horizon(instance, 2)) == []
    assert [p.message for p in warn_short_horizon(instance, 3)] == [
        "3 commissioning years and a measure that takes 4 years reach beyond the horizon of 6 "
        "years: units whose effect begins after it buy nothing"
    ]


@pytest.mark.each(2)
@pytest.mark.parametrize("edit", [measure(ABROAD, "min_amount", "61"), promise(61)])
def test_figures_of_measures_that_contradict_each_other_are_explained(edit: Edit) -> None:
    tiny = Tiny()
    with_measures(edit)(tiny)
    files = tiny.contents()
    (error,) = (p for p in read_contents(files).problems if p.severity == "error")
    assert is_contradiction(error, files)
    assert not is_contradiction(_without_row(error), files)
    found = diagnosis_of(files, parse_policy(model().encode()), bends=("measures",))
    assert found.errors == (error,)
    said = [(stated.statement.name, stated.statement.row) for stated in found.conflicts[0].stated]
    assert ("max_amount of measure 'abroad'", ABROAD) in said
    assert {error.column, "max_amount"} == {
        s.statement.origin.column for s in found.conflicts[0].stated
    }
    assert found.repairs
    mended = read_contents(edited(files, found.repairs[0].edits))
    assert mended.instance is not None, [str(p) for p in mended.problems]


def _without_row(problem: Problem) -> Problem:
    return Problem.of_file(problem.file, problem.message)
