"""Recruitment worked out by hand.

Nurses in the north leave at a half in their first two years and at a tenth afterwards; those in the
south at a fifth (see ``handworked``).
"""

import numpy as np
import pytest

from commission_opt.accounts.response import response
from commission_opt.activities.recruit import arrivals
from commission_opt.arrays import Floats
from handworked import hand
from some import some

HEAD = (
    "measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,last_amount,"
    "max_amount\n"
)


def brought(row: str, start: int = 0) -> Floats:
    """FTE by profession, region and year that one unit of a measure, bought in a year, brings."""
    instance = hand(measures=HEAD + row)
    column = instance.starts.at(len(instance.courses), start)
    unit = np.zeros(instance.starts.size)
    unit[column] = 1.0
    return np.asarray(response(instance) @ unit).reshape(instance.shape)


@pytest.mark.parametrize(
    ("row", "region", "expected"),
    some(
        [
            (
                "m,recruit,nurse,north,0,1,,,0,9\n",
                0,
                [1, 0.5, 0.25, 0.225, 0.2025],
            ),  # early leavers
            ("m,recruit,nurse,south,0,1,,,0,9\n", 1, [1, 0.8, 0.64, 0.512, 0.4096]),
            ("m,recruit,nurse,north,0,1,,0.2,0,9\n", 0, [1, 0.8, 0.64, 0.512, 0.4096]),  # its own
            ("m,recruit,nurse,north,0,1,,0,0,9\n", 0, [1, 1, 1, 1, 1]),  # nobody leaves
            ("m,recruit,nurse,north,0,1,,1,0,9\n", 0, [1, 0, 0, 0, 0]),  # all leave
            ("m,recruit,nurse,north,2,0.9,0.5,,0,9\n", 0, [0, 0, 0.45, 0.225, 0.1125]),
            ("m,recruit,nurse,north,0,0.9,0,,0,9\n", 0, [0, 0, 0, 0, 0]),  # none succeeds
            ("m,recruit,nurse,north,5,1,,,0,9\n", 0, [0, 0, 0, 0, 0]),  # beyond the horizon
            ("m,recruit,nurse,north,4,1,,,0,9\n", 0, [0, 0, 0, 0, 1]),
        ],
        3,
    ),
)
def test_what_a_unit_brings(row: str, region: int, expected: list[float]) -> None:
    found = brought(row)
    assert found[0, region] == pytest.approx(expected)
    found[0, region] = 0
    assert not found.any()  # nobody moves to another region, and no other profession gains


def test_later_units_bring_the_same_later() -> None:
    row = "m,recruit,nurse,north,1,0.9,0.5,,0,9\n"
    now, later = brought(row)[0, 0], brought(row, 2)[0, 0]
    assert later.tolist() == [0, 0, *now[:-2]]


def test_only_measures_of_the_kind_are_recruits() -> None:
    assert len(arrivals(hand()).fte) == 0
