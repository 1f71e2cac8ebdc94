"""Instances whose measures stand in the way of a plan, and repairs in their words."""

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.infeasible.answers import diagnosis_answers
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from commission_opt.explain.infeasible.edits import Edit, edited
from commission_opt.policy import Policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Limits
from handworked import hand
from lever_cases import MEASURES, levers, rules

HEAD = (
    "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
    "max_places,owner,reason,measure\n"
)
MONEY = "fund,region,year,amount\ntuition,*,2026,900000\n"
LIMITS = Limits(seconds=60.0)


def files(promises: str, measures: str = MEASURES) -> dict[str, bytes]:
    """The problem with more money than it can spend, and with promises."""
    tables = {"commitments": HEAD + promises, "measures": measures, "budgets": MONEY}
    return {**levers().files, **{f"{name}.csv": text.encode() for name, text in tables.items()}}


def found(promises: str, measures: str = MEASURES, **more: object) -> Diagnosis:
    content = files(promises, measures)
    return diagnosis_of(content, rules(), limits=LIMITS, **more)  # type: ignore[arg-type]


TOO_MANY = "more,,,,,,2026,2026,35,,The board,Agreed,abroad\n"
BETWEEN = "exact,,,,,,2026,2026,21,24,The board,Agreed,abroad\n"


def repaired(diagnosis: Diagnosis, content: dict[str, bytes], policy: Policy) -> None:
    """Every repair, made in the files, gives a plan that is valid."""
    assert diagnosis.repairs
    for repair in diagnosis.repairs:
        made = edited(content, repair.edits)
        reading = read_contents(made)
        assert reading.instance is not None, reading.problems
        assert allocate(reading.instance, policy, LIMITS).certificate.valid


def shown(answers: list[Answer]) -> str:
    return "\n".join(map(str, answers))


@pytest.mark.slow
def test_a_promise_beyond_the_most_of_a_measure_counts_units() -> None:
    diagnosis = found(TOO_MANY)
    answers = diagnosis_answers(diagnosis)
    conflict = answers[1]
    assert conflict.sentences[0].startswith(
        "max_amount of measure 'abroad' leaves 30 units for commitment 'more' in 2026 (owner The "
        "board), which asks for at least 35 units."
    )
    edits = answers[2].frame("repairs").set_index("bends")
    assert edits.loc["measures", "change"] == "+5 units on max_amount of measure 'abroad'"
    assert edits.loc["commitments", "change"] == "−5 units on commitment 'more'"
    assert edits.loc["measures", "edit"] == "measures.csv row 2, max_amount: 30 -> 35"
    assert (
        "allowed to give way: budgets, placements, commitments, capacity, cohorts, measures."
        in (answers[2].sentences[0])
    )
    repaired(diagnosis, files(TOO_MANY), rules())


@pytest.mark.slow
def test_only_what_is_named_gives_way() -> None:
    diagnosis = found(TOO_MANY, bends=("measures",))
    assert {edit.file for repair in diagnosis.repairs for edit in repair.edits} == {"measures.csv"}
    repaired(diagnosis, files(TOO_MANY), rules())


def test_a_step_that_skips_what_is_promised_gives_way_whole() -> None:
    measures = MEASURES.replace(",30,10,5\n", ",30,10,10\n")
    diagnosis = found(BETWEEN, measures, bends=("measures",))
    assert diagnosis.conflicts
    (repair,) = diagnosis.repairs
    assert [edit.what for edit in repair.edits] == ["step of measure 'abroad' 10 → 1"]
    repaired(diagnosis, files(BETWEEN, measures), rules())


@pytest.mark.slow
def test_a_promise_of_a_measure_and_money_are_weighed_in_units() -> None:
    promises = "more,,,,,,2026,2026,30,,The board,Agreed,abroad\n"
    content = files(promises) | {"budgets.csv": b"fund,region,year,amount\ntuition,*,2026,20000\n"}
    diagnosis = diagnosis_of(content, rules(), limits=LIMITS)
    answers = diagnosis_answers(diagnosis)
    frame = answers[1].frame("statements")
    said = frame.loc[frame["file"] == "commitments.csv"].iloc[0]
    assert said["says"] == "at least 30 units"
    # £1,500 a unit: 13 whole units for £20,000.
    assert said["others"].startswith("leave 13 units")
    repaired(diagnosis, content, rules())


def test_a_plan_that_there_is_counts_units_beside_places() -> None:
    diagnosis = found("more,,,,,,2026,2026,20,20,The board,Agreed,abroad\n")
    assert diagnosis.places is not None
    places, units = diagnosis.places[:3].sum(), diagnosis.places[3:].sum()
    (answer,) = diagnosis_answers(diagnosis)
    assert answer.sentences == (
        f"There is a plan in whole places and units that keeps every rule, with {places:g} places "
        f"and {units:g} units; nothing is in conflict.",
    )
    # Without measures, not a word of them.
    bare = diagnosis_of(dict(hand().files), rules(), limits=LIMITS)
    assert "unit" not in shown(diagnosis_answers(bare))
    assert "measures" not in bare.bends


@pytest.mark.parametrize(("number", "text"), [(1.0, "1 unit"), (5.0, "5 units")])
def test_one_unit_is_one(number: float, text: str) -> None:
    edit = Edit("measures.csv", 2, "max_amount", 0, number, "it", "+{amount} on {name}", "units")
    assert edit.what == f"+{text} on it"


@pytest.mark.slow
def test_fewest_units_beyond_the_most_are_said_of_the_measure() -> None:
    """Of measures.csv the row is one of measures, not of courses with the same line."""
    content = files("", MEASURES.replace(",5,30,10,5\n", ",5,8,10,5\n"))
    diagnosis = diagnosis_of(content, rules(), limits=LIMITS)
    assert [error.column for error in diagnosis.errors] == ["min_amount"]
    (conflict,) = diagnosis.conflicts
    least, most = (stated.statement for stated in conflict.stated)
    assert (least.name, least.limit) == ("min_amount of measure 'abroad'", 10.0)
    assert (most.name, most.limit) == ("max_amount of measure 'abroad'", 8.0)
    frame = diagnosis_answers(diagnosis)[1].frame("statements")
    assert frame["says"].tolist() == ["10 units or none", "at most 8 units"]
    changes = {edit.what for repair in diagnosis.repairs for edit in repair.edits}
    assert changes == {"min_amount of measure 'abroad' 10 → 8"}
    repaired(diagnosis, content, rules())
