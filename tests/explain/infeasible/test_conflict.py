"""Conflicts are found exactly, are minimal, and say so only where it was tried."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commission_opt.explain.infeasible.contradictions import edited_policy
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from commission_opt.explain.infeasible.edits import edited
from commission_opt.explain.infeasible.repairs import Repair
from planted import FREE, Field, holds
from samples import PACE, model
from some import some

Plant = Callable[[Field], set[str]]
FIRST = 2026


def continued_spending(field: Field) -> set[str]:
    """Places of later years are given, and alone cost more than a budget."""
    field.text = FREE.replace('"repeat"', '"last_intake"')
    budgets = field.tables["budgets"]
    at = int((budgets["year"].astype(int) == FIRST + 4).to_numpy().argmax())
    field.leave(at, 0, 0.0)
    return {f"budget of fund {budgets['fund'].iloc[at]!r} in {FIRST + 4}"}


def promise_beyond_budget(field: Field) -> set[str]:
    field.leave(0, 0, 30.0)
    field.promise("grow", 40, course=field.course(0))
    return {budget(field), f"commitment 'grow' in {FIRST}"}


def promise_beyond_pace(field: Field) -> set[str]:
    field.text = model(pace=PACE)
    code = field.course(2, last_intake=20)
    field.promise("leap", 40, course=code)
    return {f"commitment 'leap' in {FIRST}", f"pace of change upwards of course {code!r}"}


def promises_against_each_other(field: Field) -> set[str]:
    code = field.course(1)
    field.promise("more", 40, course=code)
    field.promise("less", "", 35, profession=field.tables["courses"]["profession"].iloc[1])
    return {f"commitment 'more' in {FIRST}", f"commitment 'less' in {FIRST}"}


def two_promises_beyond_budget(field: Field) -> set[str]:
    field.leave(0, 0, 60.0)
    field.promise("this", 40, course=field.course(0))
    field.promise("that", 40, course=field.course(1))
    return {budget(field), f"commitment 'this' in {FIRST}", f"commitment 'that' in {FIRST}"}


def three_promises_beyond_budget(field: Field) -> set[str]:
    field.leave(0, 0, 100.0)
    names = ("a", "b", "c")
    for k, name in enumerate(names):
        field.promise(name, 40, course=field.course(k))
    return {budget(field), *(f"commitment {name!r} in {FIRST}" for name in names)}


def cohort_between_promises(field: Field) -> set[str]:
    code = field.course(3, min_cohort=25)
    field.promise("some", 3, 9, course=code)
    name = f"commitment 'some' in {FIRST}"
    return {name, f"{name} ", f"min_cohort of course {code!r}"}


def step_between_promises(field: Field) -> set[str]:
    code = field.course(4, cohort_step=10, min_cohort=10)
    field.promise("odd", 51, 59, course=code)
    name = f"commitment 'odd' in {FIRST}"
    return {name, f"{name} ", f"cohort_step of course {code!r}"}


def cohort_beyond_budget(field: Field) -> set[str]:
    code = field.course(0, min_cohort=20)
    field.leave(0, 0, 12.0)
    field.promise("open", 5, course=code)
    return {budget(field), f"commitment 'open' in {FIRST}", f"min_cohort of course {code!r}"}


def two_cohorts_beyond_budget(field: Field) -> set[str]:
    codes = [field.course(k, min_cohort=20) for k in (0, 1)]
    field.leave(0, 0, 31.0)
    for code in codes:
        field.promise(f"open-{code}", 5, course=code)
    return {
        budget(field),
        *(f"commitment 'open-{code}' in {FIRST}" for code in codes),
        *(f"min_cohort of course {code!r}" for code in codes),
    }


def steps_that_do_not_add_up(field: Field) -> set[str]:
    """Two steps that the solver must branch on: no sum of 15s and 20s lies from 71 to 74."""
    profession = field.tables["courses"]["profession"].iloc[0]
    own = [k for k, p in enumerate(field.tables["courses"]["profession"]) if p == profession]
    codes = [field.course(k, cohort_step=s) for k, s in zip(own, (15, 20, 15), strict=True)]
    field.promise("sum", 71, 74, profession=str(profession))
    name = f"commitment 'sum' in {FIRST}"
    return {name, f"{name} ", *(f"cohort_step of course {code!r}" for code in codes)}


def budget(field: Field) -> str:
    row = field.tables["budgets"].iloc[0]
    return f"budget of fund {row['fund']!r} in {row['year']}"


PLANTS = [
    continued_spending, promise_beyond_budget, promise_beyond_pace, promises_against_each_other,
    two_promises_beyond_budget, three_promises_beyond_budget, cohort_between_promises,
    step_between_promises, cohort_beyond_budget, two_cohorts_beyond_budget,
    steps_that_do_not_add_up,
]  # fmt: skip
IN_FRACTIONS = PLANTS[:6]


def named(diagnosis: Diagnosis, k: int = 0) -> set[str]:
    """The names of a conflict; the least and the most of one commitment are told apart."""
    names: set[str] = set()
    for said in [each.statement for each in diagnosis.conflicts[k].stated]:
        names.add(
            said.name + " " * (said.origin.title.endswith("most places") and said.name in names)
        )
    return names


@pytest.mark.each(3)
@pytest.mark.parametrize("plant", some(PLANTS, 4))
def test_a_planted_conflict_is_found_exactly(plant: Plant, tmp_path: Path) -> None:
    field = Field.loose(tmp_path / "planted")
    expected = plant(field)
    found = diagnosis_of(field.files(), field.policy)
    assert found.places is None
    assert len(found.conflicts) == 1
    assert named(found) == expected
    conflict = found.conflicts[0]
    assert conflict.proved
    assert conflict.minimal
    judge(field, found)
    assert found.repairs
    for repair in found.repairs:
        check_repair(field, repair)


@pytest.mark.each(3)
@pytest.mark.parametrize("plant", some(IN_FRACTIONS, 2))
def test_a_conflict_in_fractions_of_places_is_found(plant: Plant, tmp_path: Path) -> None:
    field = Field.loose(tmp_path / "planted")
    expected = plant(field)
    found = diagnosis_of(field.files(), field.policy.relaxed())
    assert named(found) == expected
    assert found.conflicts[0].proved
    assert found.conflicts[0].minimal


def test_nothing_is_found_in_a_loose_instance(tmp_path: Path) -> None:
    field = Field.loose(tmp_path / "loose")
    found = diagnosis_of(field.files(), field.policy)
    assert not found.conflicts
    assert not found.repairs
    assert found.places is not None


def judge(field: Field, found: Diagnosis) -> None:
    """Hold conflicts to the independent model: impossible, and possible without any one."""
    if 'continuation = "last_intake"' in field.text:
        return  # the case keeps what is continued, whatever is left out
    for conflict in found.conflicts:
        statements = [said.statement for said in conflict.stated]
        assert not holds(field.folder, field.text, statements)
        for said in statements:
            rest = [other for other in statements if other != said]
            assert holds(field.folder, field.text, rest), said


def check_repair(field: Field, repair: Repair) -> None:
    """Hold a repair to the independent model."""
    import independent

    folder = field.folder.with_name("repaired")
    folder.mkdir(exist_ok=True)
    for name, content in edited(field.files(), repair.edits).items():
        (folder / name).write_bytes(content)
    text = edited_policy(field.policy, repair.edits).content.decode()
    independent.solve(independent.load(folder), independent.load_policy(text), gap=1e6)
