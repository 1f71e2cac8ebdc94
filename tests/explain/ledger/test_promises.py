import numpy as np
import pytest

from commission_opt.explain.ledger.promises import COMMITMENT, OVERRIDE, Promise, lifted, promises
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from handworked import hand
from promised import HEADER
from samples import model, problem_of, result_of

LINES = (
    "pin,,,,,A,2026,2026,15,15,Board,-\n"
    "twice,nurse,,,,,2026,2026,15,15,Board,-\n"
    "range,,,,,A,2027,2030,10,30,Dean,-\n"
    "late,nurse,,,,,2030,2030,1,,Dean,-\n"
    "nobody,medic,,north,,,2026,2030,,9,Dean,-\n"
)
PLACES = np.array([[15.0, 30.0], [2.0, 3.0], [0.0, 0.0]])  # courses A, B, C


def listed(*, integer: bool = True) -> dict[str, Promise]:
    problem = problem_of(hand(commitments=HEADER + LINES), model(2, integer=integer))
    return {promise.name: promise for promise in promises(problem, PLACES)}


def test_an_override_pins_one_course() -> None:
    kinds = {name: promise.kind for name, promise in listed().items()}
    assert kinds.pop("pin") == OVERRIDE
    assert set(kinds.values()) == {COMMITMENT}


def test_what_has_an_effect_in_the_commissioning_years() -> None:
    found = listed()
    assert [name for name, promise in found.items() if promise.in_force] == [
        "pin",
        "twice",
        "range",
    ]
    assert found["range"].years == (2027,)


def test_what_is_given_missed_and_binds() -> None:
    found = listed()
    assert found["twice"].given.tolist() == [17.0]
    assert found["twice"].missed == 2.0
    assert found["range"].missed == 0.0
    assert found["pin"].binding == (2026,)
    assert found["range"].binding == (2027,)


@pytest.mark.parametrize(("integer", "binds"), [(True, (2027,)), (False, ())])
def test_whole_places_bind_where_a_step_does_not_fit(integer: bool, binds: tuple[int, ...]) -> None:
    """Course A takes fives: 27 of 30 leave no room for another step."""
    problem = problem_of(hand(commitments=HEADER + LINES), model(2, integer=integer))
    places = PLACES.copy()
    places[0, 1] = 27.0
    assert promises(problem, places)[2].binding == binds


@pytest.mark.parametrize("rules", ["", 'commitments = "soft"\ncommitment_price = 3'])
def test_a_lifted_commitment_demands_nothing_and_the_program_keeps_its_layout(rules: str) -> None:
    problem = problem_of(hand(commitments=HEADER + LINES), model(2, rules=rules))
    free = lifted(problem, {0, 1, 2})
    before, after = (formulate(p, aims(p)[0]).program for p in (problem, free))
    assert before.matrix.shape == after.matrix.shape
    assert np.array_equal(before.matrix.indptr, after.matrix.indptr)
    for places in (PLACES, np.zeros_like(PLACES), np.array([[40.0] * 2, [12.0] * 2, [6.0] * 2])):
        assert all(promise.missed == 0 for promise in promises(free, places)[:3])
        aim, result = OBJECTIVES["shortfall"], result_of(free, places)
        none = problem_of(hand(), model(2))
        assert aim.value(free, result) == pytest.approx(
            aim.value(none, result_of(none, places)) if rules else aim.value(problem, result)
        )
    assert (
        problem.instance.commitments["min_places"].iloc[0] == 15
    )  # the problem itself is as it was
