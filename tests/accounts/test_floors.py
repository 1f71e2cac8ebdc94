"""What floors ask for and what there is, worked out by hand."""

import numpy as np
import pytest

from commission_opt.accounts.floors import least, levels, missing
from commission_opt.core.account import Affine
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from handworked import hand
from samples import model

HEAD = "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of\n"
# Needed are 100 nurses in the north, 60 in the south, 12 medics in the south and none in the north.
TABLE = HEAD + (
    "share,nursing,nation,*,,0.5,,\n"
    "number,medic,south,2028,9,,,\n"
    "mix,medical,*,2027,,,0.25,nurse\n"
    "late,nurse,north,2040,1,,,\n"
)


def problem() -> Instance:
    return hand(floors=TABLE)


def test_a_region_with_others_in_it_means_each_of_them() -> None:
    floors = problem().floors
    rows = [tuple(row) for row in floors[["floor", "region", "year"]].itertuples(index=False)]
    years = range(2026, 2031)
    assert rows == [
        *(("share", "north", y) for y in years), *(("share", "south", y) for y in years),
        ("number", "south", 2028), ("mix", "north", 2027), ("mix", "south", 2027),
    ]  # fmt: skip
    assert floors.index.tolist() == [2] * 10 + [3, 4, 4]
    assert floors["q"].tolist() == [0] * 5 + [1] * 5 + [1, 0, 1]


def test_what_is_asked_for_and_missed() -> None:
    instance = problem()
    assert least(instance).tolist() == [50.0] * 5 + [30.0] * 5 + [9.0, 0.0, 0.0]
    service = np.zeros(instance.shape)
    service[0, 0], service[0, 1], service[1, 1] = 40.0, 36.0, 8.0
    found = levels(instance, service)
    assert found.required.tolist() == [50.0] * 5 + [30.0] * 5 + [9.0, 10.0, 9.0]
    assert found.service.tolist() == [40.0] * 5 + [36.0] * 5 + [8.0, 0.0, 8.0]
    assert found.below.tolist() == [10.0] * 5 + [0.0] * 5 + [1.0, 10.0, 1.0]
    assert "62.0 FTE-years below 13 floor rows" in str(found)


def test_what_is_missing_follows_from_decisions() -> None:
    instance = problem()
    from scipy import sparse

    size = instance.cells.size
    identity = Affine(np.zeros(size), sparse.csr_array(sparse.eye_array(size, format="csr")))
    gap = missing(instance, identity)
    service = np.random.default_rng(0).uniform(0, 100, instance.shape)
    found = levels(instance, service)
    assert gap.at(service.ravel()) == pytest.approx(found.required - found.service)


def test_a_mix_with_its_own_group_counts_a_profession_once_less() -> None:
    instance = hand(floors=HEAD + "own,nurse,south,2027,,,0.4,nursing\n")
    service = np.full(instance.shape, 50.0)
    found = levels(instance, service)
    assert (found.required.tolist(), found.service.tolist()) == ([20.0], [50.0])


@pytest.mark.parametrize(
    ("axis", "value", "asked"),
    [
        ("min_fte+=1", 1.0, [50.0] * 5 + [30.0] * 5 + [10.0, 0.0, 0.0]),
        ("min_demand_share[floor=share]*=1.2", 1.2, [60.0] * 5 + [36.0] * 5 + [9.0, 0.0, 0.0]),
        ("min_mix_share=0.5", 0.5, [50.0] * 5 + [30.0] * 5 + [9.0, 0.0, 0.0]),
        ("demand[region=north]*=2", 2.0, [100.0] * 5 + [30.0] * 5 + [9.0, 0.0, 0.0]),
    ],
)
def test_axes_vary_floors(axis: str, value: float, asked: list[float]) -> None:
    ground = Ground(problem(), parse_policy(model().encode()))
    instance, _ = ground.apply([Setting(parse_axis(axis), value)])
    assert least(instance) == pytest.approx(asked)
    mix = instance.tables["floors"]["min_mix_share"].dropna().tolist()
    assert mix == ([0.5] if "mix" in axis else [0.25])
