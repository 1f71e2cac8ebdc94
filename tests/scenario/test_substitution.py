"""Axes over who can do whose work: what they choose, and what applying them is."""

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InputError, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from handworked import hand
from samples import model

PAIRS = (
    "needed,by,region,ratio,max_share\nmedic,nurse,nation,0.5,0.2\nnurse,medic,*,1.5,0.2\n"
    "nurse,medic,north,1.4,0.1\n"
)
POLICY = parse_policy(model(2, integer=False, pace="false").encode())


def applied(text: str) -> Instance:
    axis = parse_axis(text)
    return Ground(hand(substitution=PAIRS), POLICY).apply([Setting(axis, axis.values[0])])[0]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("text", "column", "figures"),
    [
        ("ratio*=0.5", "ratio", [0.25, 0.25, 0.7, 0.75]),
        ("ratio[region=south]=0.3", "ratio", [0.5, 0.3, 1.4, 0.3]),
        ("ratio[by=medic]+=0.1", "ratio", [0.5, 0.5, 1.5, 1.6]),
        ("max_share[needed=medic,region=nation]=0.9", "max_share", [0.9, 0.9, 0.1, 0.2]),
        ("max_share*=0", "max_share", [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_an_axis_reaches_pairs_by_region(text: str, column: str, figures: list[float]) -> None:
    found = applied(text)
    assert found.substitution[column].tolist() == pytest.approx(figures)
    written = found.tables["substitution"].to_csv(index=False).encode()
    again = read_contents({**hand(substitution=PAIRS).files, "substitution.csv": written}).instance
    assert again is not None
    assert again.substitution.equals(found.substitution)
    plans = [allocate(each, POLICY).certificate.objective for each in (found, again)]
    assert plans[0] == pytest.approx(plans[1], rel=1e-12)


def test_a_circle_that_an_axis_makes_is_refused() -> None:
    message = "with “ratio × 2”, the ratios of .* multiply to 2.8, more than 1"
    with pytest.raises(InputError, match=message):
        applied("ratio*=2")


def test_a_ratio_of_0_is_refused() -> None:
    with pytest.raises(InputError, match="with “ratio × 0”, must be above 0"):
        applied("ratio*=0")


def test_a_share_beyond_1_is_refused() -> None:
    with pytest.raises(InputError, match="which is not between 0 and 1"):
        applied("max_share*=6")


@pytest.mark.parametrize("text", ["ratio[by=medics]*=0.5", "ratio[fund=x]*=0.5"])
def test_filters_that_choose_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        applied(text)
