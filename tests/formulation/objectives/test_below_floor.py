from dataclasses import replace

import numpy as np
import pytest

from agreement import agreed
from commission_opt.accounts.floors import Levels
from commission_opt.formulation.objectives.below_floor import BELOW, aim, value
from commission_opt.instance.instance import Instance
from handworked import hand
from samples import model, problem_of

HEAD = "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of\n"
PLACES = np.array([[20.0], [8.0], [3.0]])


def text(rate: float = 0.25, continuation: str = "none") -> str:
    return model(rate=rate, continuation=continuation, pace="false", stages=((BELOW, 0.0),))


def below(instance: Instance, places: np.ndarray = PLACES, of: str = "") -> float:
    return agreed(BELOW, instance, of or text(), places)


# Ten medics work in the south; a place of C brings one more from 2029 on. δ = 0.8.
def test_by_hand() -> None:
    instance = hand(floors=HEAD + "medics,medical,south,*,14,,,\n")
    years = [1.0, 0.8, 0.64, 0.512, 0.4096]
    assert below(instance) == pytest.approx(sum(4 * w for w in years[:3]) + sum(years[3:]))
    assert below(instance, np.array([[0.0], [0.0], [0.0]])) == pytest.approx(4 * sum(years))
    assert below(instance, of=text(rate=0)) == pytest.approx(4 * 3 + 2)


def test_a_share_is_of_demand_before_it_is_reshaped() -> None:
    measures = (
        "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
        "skill mix,reshape,medic,south,0,1,0,6\n"
    )
    instance = hand(floors=HEAD + "m,medic,south,2026,,1.0,,\n", measures=measures)
    places = np.array([[0.0], [0.0], [0.0], [6.0]])
    assert below(instance, places) == pytest.approx(12 - 10)


def test_a_mix_can_be_met_by_having_fewer_of_the_others() -> None:
    # In 2027 north has 90 nurses and nobody else; in the south 40 and what B brings, half a nurse
    # a place, beside 10 medics.
    instance = hand(floors=HEAD + "mix,medic,south,2027,,,0.25,nurse\n")
    assert below(instance, np.array([[0.0], [0.0], [0.0]])) == 0
    more = np.array([[0.0], [12.0], [0.0]])
    assert below(instance, more) == pytest.approx(0.8 * (0.25 * 46 - 10))


def test_weights_do_not_count() -> None:
    floors = HEAD + "medics,medic,south,2030,20,,,\n"
    professions = "profession,title,group,weight\nnurse,Nurse,nursing,2\nmedic,Medic,medical,0\n"
    assert below(hand(floors=floors, professions=professions)) == pytest.approx(0.4096 * 7)


def test_columns_stand_where_decisions_matter() -> None:
    instance = hand(floors=HEAD + "medics,medic,south,*,14,,,\n")
    found = aim(problem_of(instance, text()))
    (part,) = found.parts
    (block,), (row,) = part.columns, part.rows
    assert block.upper == pytest.approx([4, 4])  # 2029 and 2030; without C's places
    assert found.cost[BELOW] == pytest.approx([0.512, 0.4096])
    assert row.label(0) == "floor 'medics' in 'south' in 2029"
    assert found.offset == pytest.approx(4 * (1 + 0.8 + 0.64))


@pytest.mark.parametrize(("short", "counted"), [(1e-8, 0.0), (1e-3, 1e-3)])
def test_what_rounding_leaves_counts_as_none(short: float, counted: float) -> None:
    instance = hand(floors=HEAD + "medics,medic,south,2026,9,,,\n")
    problem = problem_of(instance, text())
    result = problem.outcome(PLACES)
    floors = Levels(np.array([9.0]), np.array([9.0 - short]))
    assert value(problem, replace(result, floors=floors)) == pytest.approx(counted, abs=1e-12)
