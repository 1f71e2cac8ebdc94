"""What units of the other kinds of measures do, worked out by hand.

Nurses in the north leave at a tenth once they are settled, those in the south at a fifth (see
``handworked``); five years.
"""

import numpy as np
import pytest

from commission_opt.accounts.response import relief, response
from handworked import hand
from some import some

HEAD = (
    "measure,kind,profession,region,lead_years,fte_per_unit,success_rate,lasts_years,last_amount,"
    "max_amount\n"
)


@pytest.mark.parametrize(
    ("row", "supply", "demand"),
    some(
        [
            ("m,temporary,nurse,north,0,1,,,0,9\n", [1, 0, 0, 0, 0], 0),  # for a year
            ("m,temporary,nurse,north,1,0.8,0.5,2,0,9\n", [0, 0.4, 0.4, 0, 0], 0),
            ("m,temporary,nurse,north,3,1,,9,0,9\n", [0, 0, 0, 1, 1], 0),
            (
                "m,retain,nurse,north,0,1,,,0,9\n",
                [0, 1, 0.9, 0.81, 0.729],
                0,
            ),  # as all who are settled
            ("m,retain,nurse,north,1,0.5,0.8,2,0,9\n", [0, 0, 0.4, 0.36, 0], 0),
            (
                "m,retain,nurse,north,4,1,,,0,9\n",
                [0, 0, 0, 0, 0],
                0,
            ),  # would leave after the horizon
            ("m,reshape,nurse,north,0,1,,,0,9\n", 0, [1, 1, 1, 1, 1]),  # for good
            ("m,reshape,nurse,north,1,0.8,0.5,2,0,9\n", 0, [0, 0.4, 0.4, 0, 0]),
        ],
        2,
    ),
)
def test_what_a_unit_does(row: str, supply: list[float], demand: list[float]) -> None:
    instance = hand(measures=HEAD + row)
    unit = np.zeros(instance.starts.size)
    unit[instance.starts.at(len(instance.courses), 0)] = 1.0
    for operator, expected in ((response, supply), (relief, demand)):
        found = np.asarray(operator(instance) @ unit).reshape(instance.shape)
        assert found[0, 0] == pytest.approx(np.broadcast_to(expected, instance.horizon))
        found[0, 0] = 0
        assert not found.any()  # no other region and no other profession
