"""Floors are varied as regions and years meet them, and stand in tables that can be read."""

from pathlib import Path

import numpy as np
import pytest

from commission_opt.instance.floors import LEAST
from commission_opt.instance.instance import Instance
from commission_opt.instance.write import write_instance
from commission_opt.policy import Objective, Policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from handworked import hand

POLICY = Policy("test", "Test", 1, (Objective("below_floor"),))
FLOORS = """\
floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of
nurses,nurse,*,*,40,,,
some,nursing,north,2027,,0.9,,
mix,nurse,nation,*,,,2,medic
"""


def varied(*texts: str) -> Instance:
    axes = [parse_axis(text) for text in texts]
    ground = Ground(hand(floors=FLOORS), POLICY)
    return ground.apply([Setting(axis, axis.values[0]) for axis in axes])[0]


def least(instance: Instance, floor: str) -> dict[tuple[str, int], float]:
    rows = instance.floors[instance.floors["floor"] == floor]
    figures = rows[[*LEAST]].max(axis=1)
    return dict(zip(zip(rows["region"], rows["year"], strict=True), figures, strict=True))


@pytest.mark.parametrize(
    ("text", "floor", "raised"),
    [
        ("min_fte*=1.5", "nurses", {"north", "south"}),
        ("min_fte[region=north]*=1.5", "nurses", {"north"}),
        ("min_mix_share[region=nation]*=1.5", "mix", {"north", "south"}),
        ("min_demand_share[region=north]*=1.5", "some", {"north"}),
    ],
)
def test_a_region_is_varied_by_itself(text: str, floor: str, raised: set[str]) -> None:
    before, after = least(hand(floors=FLOORS), floor), least(varied(text), floor)
    for (region, year), value in before.items():
        assert after[region, year] == pytest.approx(value * (1.5 if region in raised else 1))


def test_a_year_is_varied_by_itself() -> None:
    after = least(varied("min_fte[year=2028]+=2"), "nurses")
    assert {value for (_, year), value in after.items() if year == 2028} == {42}
    assert {value for (_, year), value in after.items() if year != 2028} == {40}


def written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None or cell != cell else str(cell)


@pytest.mark.parametrize("text", ["min_fte*=1.5", "min_fte[region=north]*=1.5"])
def test_what_is_varied_reads_back(text: str, tmp_path: Path) -> None:
    new = varied(text)
    tables = {name: table.map(written) for name, table in new.frames().items()}
    settings = {
        "name": "hand", "title": "x", "first_year": 2026, "horizon": 5, "price_base": "x",
        "description": "x",
    }  # fmt: skip
    (tmp_path / "new").mkdir()
    write_instance(tmp_path / "new", settings, tables)
    again = read_instance(tmp_path / "new").floors
    np.testing.assert_array_equal(again[[*LEAST]].to_numpy(float), new.floors[[*LEAST]])
    assert again[["region", "year", "q", "of"]].to_numpy().tolist() == (
        new.floors[["region", "year", "q", "of"]].to_numpy().tolist()
    )
