"""Accounts taken from an instance with other figures are those that would be worked out."""

import numpy as np
import pytest

from commission_opt.accounts.effects import Effects, effects
from commission_opt.files.shipped import find_instance
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from samples import model, policy, sample


@pytest.fixture(scope="module")
def instances() -> dict[str, Instance]:
    levers = find_instance("england-levers-2026")
    return {
        "pools": sample(3, 2, 2, 0, pools=True).instance,
        "levers": read_instance(levers),
    }


def figures(of: Effects) -> list[np.ndarray]:
    return [
        array
        for account in vars(of).values()
        for array in (
            account.constant,
            account.matrix.data,
            account.matrix.indices,
            account.matrix.indptr,
            account.upper,
        )
    ]


@pytest.mark.parametrize("case", ["pools", "levers"])
@pytest.mark.parametrize("field", FIELDS)
def test_whatever_differs(instances: dict[str, Instance], case: str, field: str) -> None:
    given = instances[case]
    table = given.tables[FIELDS[field].table]
    if not table[list(FIELDS[field].columns)].notna().any(axis=None):
        pytest.skip("nothing to change")
    axis = parse_axis(f"{field}*=0.9")
    other, _ = Ground(given, policy(model(2))).apply((Setting(axis, axis.values[0]),))
    is_worked_out(other, given)


@pytest.mark.parametrize(
    "field", ["fte", "leaver_rate", "early_leaver_rate", "early_years", "demand", "joiners"]
)
def test_whatever_alone_differs(instances: dict[str, Instance], field: str) -> None:
    given = instances["levers"]
    array = getattr(given, field)
    is_worked_out(given.changed(**{field: (array + array / 2).astype(array.dtype)}), given)


def is_worked_out(other: Instance, given: Instance) -> None:
    found, anew = effects(other, (given, effects(given))), effects(other)
    for mine, theirs in zip(figures(found), figures(anew), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_nothing_hangs_on_is_the_same_object() -> None:
    given = sample(3, 2, 2, 0, pools=True).instance
    axis = parse_axis("demand*=0.9")
    other, _ = Ground(given, policy(model(2))).apply((Setting(axis, axis.values[0]),))
    known = effects(given)
    found = effects(other, (given, known))
    assert found.supply.matrix is known.supply.matrix
    assert (found.spend, found.weeks) == (known.spend, known.weeks)
    assert (found.drawn, found.fed) == (known.drawn, known.fed)
