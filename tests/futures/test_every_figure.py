"""Every figure that sweeps can vary can be drawn, with what follows from it."""

import numpy as np
import pytest

from builders import Tiny, rows
from commission_opt.accounts.effects import effects
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import make_axis
from commission_opt.scenario.fields import FIELDS, is_whole
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from commission_opt.scenario.sheets import sheet
from futures_made import made, row
from samples import model
from some import some

MEASURES = """\
measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,last_amount,\
max_amount,min_amount
abroad,recruit,adult,north,1,0.9,0.8,0.1,5,20,4
"""


@pytest.fixture(scope="module")
def tiny() -> Instance:
    tiny = Tiny()
    head, *lines = MEASURES.splitlines()
    tiny.tables["measures"] = rows(head, *lines)
    tiny.tables["substitution"] = rows("needed,by,region,ratio,max_share", "adult,child,*,0.8,0.1")
    for each in tiny.tables["pay"]:
        each["pay"] = "30"
    tiny.tables["eligible"][0]["offer_rate"] = "0.1"
    reading = read_contents(tiny.contents())
    assert reading.instance is not None, reading.problems
    return reading.instance


@pytest.mark.parametrize("field", some((f for f in FIELDS if not f.startswith("commitment")), 4))
def test_what_is_drawn_is_what_a_sweep_makes_of_the_same_factor(field: str, tiny: Instance) -> None:
    """Multiplied by the factor that a draw comes to; whole numbers of sweeps are rounded."""
    found = made(tiny, row(field, "uniform = [0.96, 1.0]"), draws=2)
    table, (column, *_) = FIELDS[field].table, FIELDS[field].columns
    base = sheet(tiny, table).columns[column]
    cell = np.flatnonzero(base > 0)[0]
    drawn = found.in_future(1)
    factor = float(sheet(drawn, table).columns[column][cell] / base[cell])
    assert 0.96 <= factor <= 1.0
    setting = Setting(make_axis(field, "*=", [factor]), factor)
    swept, _ = Ground(tiny, parse_policy(model().encode())).apply([setting])
    one, other = (sheet(each, table).columns[column] for each in (drawn, swept))
    if is_whole(field):
        np.testing.assert_array_equal(np.floor(one + 0.5), other)
        return
    np.testing.assert_allclose(one, other, rtol=1e-14)
    ours, theirs = effects(drawn), effects(swept)
    for part in ("supply", "demand", "spend", "weeks", "drawn", "fed"):
        constants = [getattr(each, part).constant for each in (ours, theirs)]
        np.testing.assert_allclose(constants[0], constants[1], rtol=1e-12)
