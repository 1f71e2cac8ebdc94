"""Conflicts in words: who needs what of which limit, and what a conflict does not say."""

import re
from pathlib import Path

import pytest

from commission_opt.explain.infeasible.answers import conflict_answer, diagnosis_answers, headline
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from planted import Field
from samples import PACE, model


def diagnosed(field: Field) -> Diagnosis:
    return diagnosis_of(field.files(), field.policy)


def two_promises(folder: Path) -> Diagnosis:
    field = Field.loose(folder)
    field.leave(0, 0, 60.0)
    field.promise("this", 40, course=field.course(0))
    field.promise("that", 40, course=field.course(1))
    return diagnosed(field)


def many_promises(folder: Path) -> Diagnosis:
    field = Field.loose(folder)
    field.leave(0, 0, 150.0)
    for k in range(5):
        field.promise(f"p{k}", 40, course=field.course(k))
    return diagnosed(field)


@pytest.mark.slow
def test_a_budget_is_named_with_what_is_needed_and_what_is_left(tmp_path: Path) -> None:
    [conflict] = two_promises(tmp_path).conflicts
    assert re.fullmatch(
        r"Commitment 'this' in 2026 \(owner board\) and commitment 'that' in 2026 \(owner board\) "
        r"together need £[\d,]+ from fund '\w+' in 2026, but £[\d,]+ is left after the pipeline "
        r"\(budgets\.csv row 2\)\.",
        headline(conflict),
    )


@pytest.mark.slow
def test_a_small_conflict_needs_no_more_words(tmp_path: Path) -> None:
    [conflict] = two_promises(tmp_path).conflicts
    assert not any("only as many" in text for text in conflict_answer(conflict).sentences)


@pytest.mark.slow
def test_where_many_draw_on_a_budget_the_conflict_is_no_measure_of_what_is_missing(
    tmp_path: Path,
) -> None:
    found = many_promises(tmp_path)
    conflict = found.conflicts[0]
    assert len(conflict.stated) > 4
    [more] = [text for text in conflict_answer(conflict).sentences if "only as many" in text]
    assert "under the repairs" in more
    assert diagnosis_answers(found)[-1].title == "Repairs"


def test_pace_against_a_promise_is_told_in_places(tmp_path: Path) -> None:
    field = Field.loose(tmp_path, model(pace=PACE))
    code = field.course(2, last_intake=20)
    field.promise("leap", 40, course=code)
    [conflict] = diagnosed(field).conflicts
    assert headline(conflict) == (
        f"Pace of change upwards of course {code!r} leaves 30 places for commitment 'leap' in 2026 "
        "(owner board), which asks for at least 40 places."
    )


@pytest.mark.parametrize("places", [0, 1])
def test_without_a_conflict_there_is_one_sentence(places: int, tmp_path: Path) -> None:
    field = Field.loose(tmp_path)
    field.promise("few", places, course=field.course(0))
    [answer] = diagnosis_answers(diagnosed(field))
    assert "nothing is in conflict" in answer.sentences[0]
    assert not answer.tables
