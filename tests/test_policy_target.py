"""Targets as a file of a model has them."""

import pytest

from commission_opt.policy import Target
from policy_texts import only_problem, parse

BEFORE = """\
name = "a"
commissioning_years = 1

[[objective]]
minimise = "shortfall"

[[target]]
"""
LINE = BEFORE.count("\n")


def test_every_key() -> None:
    text = BEFORE + (
        'of = "share_met"\nat_least = 0.9\nprofession = ["nurse", "medic"]\ngroup = "nursing"\n'
        'region = "NW"\nfirst_year = 2030\nlast_year = 2031\nprice = 2\nname = "as agreed"\n'
    )
    (target,) = parse(text).targets
    assert target == Target(
        "share_met", None, 0.9, ("nurse", "medic"), ("nursing",), ("NW",), 2030, 2031, 2.0,
        "as agreed",
    )  # fmt: skip


def test_all_codes_are_meant_by_none_or_a_star() -> None:
    (target,) = parse(BEFORE + 'of = "places"\nat_most = 5\nregion = "*"\n').targets
    assert target == Target("places", at_most=5.0)
    assert target.title == "places for all professions"


@pytest.mark.parametrize(
    ("lines", "key", "message"),
    [
        ('of = "shortfal"\nat_most = 1', "of", "is not one of shortfall, share_met, places"),
        ('of = "shortfall"\nat_most = 1\nyear = 2030', "year", "is not a key of [[target]]"),
        ('of = "shortfall"\nat_least = 1', "at_least", "a shortfall needs at_most"),
        ('of = "share_met"\nat_least = 95', "at_least", "is not between 0 and 1"),
        ('of = "places"', "at_most", "is missing; write at_most or at_least"),
        ('of = "places"\nat_most = 1\nat_least = 1', "at_least", "write two targets"),
        ('of = "places"\nat_most = 1\nfirst_year = 2030\nlast_year = 2029', "last_year", "before"),
        ('of = "places"\nat_most = -1', "at_most", "is not zero or more"),
        ('of = "places"\nat_most = 1\nregion = [""]', "region", "is empty"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_key(lines: str, key: str, message: str) -> None:
    problem = only_problem(BEFORE + lines + "\n")
    assert problem.column == key
    assert problem.row is not None
    assert problem.row >= LINE
    assert message in problem.message


def test_a_price_needs_somebody_to_pay() -> None:
    text = BEFORE.replace('"shortfall"', '"change"') + 'of = "places"\nat_most = 1\nprice = 2\n'
    problem = only_problem(text)
    assert problem.column == "price"
    assert "is paid in the objective “shortfall”" in problem.message
