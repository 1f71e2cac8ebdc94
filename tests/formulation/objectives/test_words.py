"""The words of every objective: a title, a unit, and a value in a sentence."""

import pytest

from commission_opt.formulation.objectives import OBJECTIVES, ObjectiveKind
from commission_opt.formulation.wording import Number, after, shown

ALL = sorted(OBJECTIVES)


@pytest.mark.parametrize("name", ALL)
def test_an_objective_says_what_it_is_and_shows_its_value_once(name: str) -> None:
    kind = OBJECTIVES[name]
    assert kind.title
    assert kind.unit
    assert not kind.title[0].isupper()
    assert kind.words(1234.0, "X").count("X") == 1
    assert kind.title in kind.words(1234.0)
    assert kind.words(0.5) == kind.words(0.5, kind.show(0.5))
    assert kind.amount(0.5).startswith(kind.show(0.5))


def test_sentences_of_the_objectives() -> None:
    said = {name: kind.words(0.0525 if kind.number is Number.SHARE else 2171321.44)
            for name, kind in OBJECTIVES.items()}  # fmt: skip
    assert said == {
        "below_floor": "the service below floors of 2,171,321.4 FTE-years",
        "change": "the change of 2,171,321 places",
        "cost": "the cost of £2,171,321",
        "shortfall": "the weighted shortfall of 2,171,321.4 FTE-years",
        "surplus": "the surplus of 2,171,321.4 FTE-years",
        "unemployed": "the unemployment of 2,171,321.4 FTE-years",
        "worst_region": "the shortfall of the worst region, 5.250 % of its demand,",
    }


def test_an_objective_needs_no_more_than_a_title_and_a_unit() -> None:
    some = OBJECTIVES["surplus"]
    kind = ObjectiveKind("travel", "student miles", some.aim, some.value)
    assert kind.words(12.0) == "the travel of 12.0 student miles"
    assert kind.amount(12.0) == "12.0 student miles"


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (Number.PLAIN, "FTE-years", "1,234.5 FTE-years"),
        (Number.PLACES, "places", "1,234 places"),
        (Number.POUNDS, "£", "£1,234"),
        (Number.POUNDS, "£, discounted", "£1,234 (discounted)"),
        (Number.SHARE, "share of demand", "123,450.000 % of demand"),
    ],
)
def test_a_value_shows_its_unit_once(number: Number, unit: str, said: str) -> None:
    assert f"{shown(number, 1234.5)} {after(number, unit)}".rstrip() == said
