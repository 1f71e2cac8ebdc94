"""Targets as they are written on a command line."""

import pytest

from commission_opt.errors import UsageError
from commission_opt.policy import Target
from commission_opt.policy_target import written_target
from commission_opt.reach.goal import parse_target, written
from policy_texts import parse
from samples import model

READ = {
    "shortfall<=0": Target("shortfall", at_most=0.0),
    "shortfall[profession=nurse|medic,year=2030]<=12.5": Target(
        "shortfall", at_most=12.5, profession=("nurse", "medic"), first_year=2030, last_year=2030
    ),
    "share_met[region=NW,year=2030-2032]>=0.95": Target(
        "share_met", at_least=0.95, region=("NW",), first_year=2030, last_year=2032
    ),
    "places[group=nursing,year=2027-]>=500": Target(
        "places", at_least=500.0, group=("nursing",), first_year=2027
    ),
    'places[group="a,b|c",year=-2031]<=12345678.5': Target(
        "places", at_most=12345678.5, group=("a,b|c",), last_year=2031
    ),
}


@pytest.mark.parametrize("text", READ)
def test_what_is_written_is_read_and_written_again(text: str) -> None:
    target = parse_target(text)
    assert target == READ[text]
    assert parse_target(written(target)) == target
    assert parse_target(text.replace("<=", " ≤ ").replace(">=", " ≥ ")) == target


@pytest.mark.parametrize("text", READ)
def test_a_target_reads_back_from_a_model(text: str) -> None:
    (target,) = parse(f"{model()}\n{written_target(READ[text])}").targets
    assert target == READ[text]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("adult nursing", "is no target; write, for example"),
        ("shortfal<=0", "did you mean 'shortfall'"),
        ("shortfall>=3", "write <= and FTE"),
        ("share_met>=95", "write >= and a share from 0 to 1"),
        ("shortfall<=none", "'none' is no number of 0 or more"),
        ("shortfall<=-1", "is no number of 0 or more"),
        ("shortfall[provider=x]<=1", "a target has no filter 'provider'"),
        ("shortfall[regio=x]<=1", "did you mean region"),
        ("shortfall[region=]<=1", "has no code"),
        ("shortfall[year=soon]<=1", "'soon' is not a year"),
        ("shortfall[year=2030|2032]<=1", "the years of a target follow one another"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, says: str) -> None:
    with pytest.raises(UsageError, match="--target") as error:
        parse_target(text)
    assert says in str(error.value)
