"""Several objectives, fair shares and soft commitments in a model's file."""

import math

import pytest

from commission_opt.policy import FairShare, Objective, Rules, Tier
from policy_texts import edited, only_problem, parse, problems

FULL = """\
name = "staged"
commissioning_years = 1

[rules]
fair_share = { max_deviation = 0.1, basis = "population" }
commitments = "soft"
commitment_price = 20.5

[[objective]]
minimise = "worst_region"
tolerance = 0.05

[[objective]]
minimise = "shortfall"
tiers = [ { up_to = 0.05, weight = 1.0 }, { weight = 4.0 } ]

[[objective]]
minimise = "cost"
tolerance = 1

[[objective]]
minimise = "change"

[[objective]]
minimise = "surplus"
"""


def problem(old: str, new: str) -> tuple[str | None, int | None, str]:
    """Key, line and message of the one problem of the full model, changed in one place."""
    found = only_problem(edited(FULL, old, new))
    return found.column, found.row, found.message


def line(of: str, text: str = FULL) -> int:
    return next(n for n, each in enumerate(text.splitlines(), 1) if of in each)


def test_every_objective_in_its_order() -> None:
    policy = parse(FULL)
    one = (Tier(math.inf, 1.0),)
    assert policy.objectives == (
        Objective("worst_region", one, 0.05),
        Objective("shortfall", (Tier(0.05, 1.0), Tier(math.inf, 4.0)), 0.0),
        Objective("cost", one, 1.0),
        Objective("change", one, 0.0),
        Objective("surplus", one, 0.0),
    )
    assert policy.rules == Rules(
        fair_share=FairShare(0.1, "population"), commitments="soft", commitment_price=20.5
    )


def test_defaults() -> None:
    rules = parse(FULL[: FULL.index("[rules]")] + FULL[FULL.index("[[objective]]") :]).rules
    assert (rules.fair_share, rules.commitments, rules.commitment_price) == (None, "hard", 0.0)


@pytest.mark.parametrize("basis", ["population", "demand", "last_intake"])
def test_every_basis(basis: str) -> None:
    rule = parse(edited(FULL, '"population"', f'"{basis}"')).rules.fair_share
    assert rule is not None
    assert (rule.max_deviation, rule.basis) == (0.1, basis)


def test_no_fair_share() -> None:
    rules = parse(edited(FULL, '{ max_deviation = 0.1, basis = "population" }', "false")).rules
    assert rules.fair_share is None


@pytest.mark.parametrize("price", ["0", "0.0", "3", "1e3"])
def test_prices(price: str) -> None:
    rules = parse(edited(FULL, "20.5", price)).rules
    assert rules.commitment_price == float(price)
    assert isinstance(rules.commitment_price, float)


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("= 0.1,", "= -0.1,", "max_deviation", "-0.1 is not zero or more"),
        ("= 0.1,", "= nan,", "max_deviation", "nan is not zero or more"),
        ("= 0.1,", "= inf,", "max_deviation", "inf is not zero or more"),
        ("= 0.1,", '= "10 %",', "max_deviation", "'10 %' is not a number"),
        ('"population"', '"people"', "basis", "'people' is not one of population, demand, last_"),
        ('"population"', "1", "basis", "1 is not text"),
        ('"soft"', '"firm"', "commitments", "'firm' is not one of hard, soft"),
        ('"soft"', "true", "commitments", "true is not text"),
        ("20.5", "-1", "commitment_price", "-1 is not zero or more"),
        ("20.5", "inf", "commitment_price", "inf is not zero or more"),
        ("20.5", "true", "commitment_price", "true is not a number"),
        (
            '"worst_region"',
            '"worst"',
            "minimise",
            "'worst' is not one of below_floor, change, cost, shortfall,",
        ),
        ("tolerance = 1\n", "tolerance = -1\n", "tolerance", "-1 is not zero or more"),
        ("tolerance = 1\n", "tolerance = nan\n", "tolerance", "nan is not zero or more"),
        ("tolerance = 1\n", 'tolerance = "1 %"\n', "tolerance", "'1 %' is not a number"),
    ],
)
def test_wrong_values_name_their_line(old: str, new: str, key: str, message: str) -> None:
    lines = zip(FULL.splitlines(), edited(FULL, old, new).splitlines(), strict=True)
    row = next(n for n, (was, now) in enumerate(lines, 1) if was != now)
    found = problems(edited(FULL, old, new))
    assert (found[0].column, found[0].row) == (key, row)
    assert message in found[0].message


@pytest.mark.parametrize(
    ("value", "key", "message"),
    [
        ('{ basis = "demand" }', "max_deviation", "is missing"),
        ("{ max_deviation = 0.1 }", "basis", "is missing"),
        ("0.1", "fair_share", "0.1 must be false or a table with max_deviation, basis"),
        ("true", "fair_share", "true must be false or a table with max_deviation, basis"),
        ('"population"', "fair_share", "'population' must be false or a table with"),
    ],
)
def test_a_fair_share_is_false_or_a_table_with_both_keys(
    value: str, key: str, message: str
) -> None:
    column, row, found = problem('{ max_deviation = 0.1, basis = "population" }', value)
    assert column == key
    assert row in (line("fair_share"), None)  # a missing key stands on no line
    assert message in found


def test_unknown_keys_of_a_fair_share() -> None:
    column, row, message = problem("max_deviation = 0.1", "max_deviation = 0.1, deviation = 0.2")
    assert (column, row) == ("deviation", line("fair_share"))
    assert message == "is not a key of fair_share; the keys are max_deviation, basis"


def test_unknown_rules_and_keys_of_an_objective() -> None:
    column, row, message = problem("[rules]", "[rules]\nfair_shares = false")
    assert (column, row) == ("fair_shares", line("[rules]") + 1)
    assert message.startswith("is not a key of [rules]; the keys are minimum_cohorts, ")
    column, row, message = problem("tolerance = 1\n", "tolerances = 1\n")
    assert (column, row) == ("tolerances", line("tolerance = 1\n".strip(), FULL))
    assert (
        message == "is not a key of [[objective]]; the keys are minimise, basis, pay, tiers, "
        "tolerance"
    )


def test_soft_commitments_need_a_price() -> None:
    column, row, message = problem("commitment_price = 20.5\n", "")
    assert (column, row) == ("commitments", line("commitments ="))
    assert "needs commitment_price" in message


@pytest.mark.parametrize("value", ['commitments = "hard"\n', ""])
def test_a_price_needs_soft_commitments(value: str) -> None:
    text = edited(FULL, 'commitments = "soft"\n', value)
    (found,) = problems(text)
    assert (found.column, found.row) == ("commitment_price", line("commitment_price", text))
    assert "goes with commitments = “soft” only" in found.message


def test_soft_commitments_need_the_shortfall_as_an_objective() -> None:
    start, end = FULL.index('[[objective]]\nminimise = "shortfall"'), FULL.index('"cost"')
    text = FULL[:start] + "[[objective]]\nminimise = " + FULL[end:]
    (found,) = problems(text)
    assert (found.column, found.row) == ("commitments", line("commitments ="))
    assert "“soft” is priced in the objective “shortfall”" in found.message


def test_the_same_objective_twice() -> None:
    column, row, message = problem('"surplus"', '"worst_region"')
    assert (column, message) == ("minimise", "'worst_region' is there more than once")
    assert row == len(FULL.splitlines())  # the second one
    again = problems(FULL + '[[objective]]\nminimise = "cost"\n' * 2)
    assert [p.message for p in again] == ["'cost' is there more than once"] * 2
    assert [p.row for p in again] == [len(FULL.splitlines()) + n for n in (2, 4)]


@pytest.mark.parametrize("name", ["worst_region", "shortfall", "cost", "change", "surplus"])
def test_the_line_is_that_of_the_objective_in_question(name: str) -> None:
    spoiled = edited(FULL, f'minimise = "{name}"', f'minimise = "{name}"\nreserve = 1')
    (found,) = problems(spoiled)
    assert (found.column, found.row) == ("reserve", line("reserve", spoiled))
    missing = edited(FULL, f'minimise = "{name}"\n', "")
    (found,) = (p for p in problems(missing) if p.column == "minimise")
    assert found.message == "is missing"
    headers = [n for n, each in enumerate(missing.splitlines(), 1) if each == "[[objective]]"]
    where = ["worst_region", "shortfall", "cost", "change", "surplus"].index(name)
    assert found.row == headers[where]


def test_objectives_may_stand_inline() -> None:
    head = 'name = "a"\ncommissioning_years = 1\n'
    text = head + 'objective = [{ minimise = "cost" },\n{ minimise = "change", tolerances = 1 }]\n'
    (found,) = problems(text)
    assert (found.column, found.row) == ("tolerances", 4)


@pytest.mark.parametrize("name", ["worst_region", "cost", "change", "surplus"])
def test_tiers_go_with_the_shortfall_only(name: str) -> None:
    text = edited(
        FULL, f'minimise = "{name}"', f'minimise = "{name}"\ntiers = [ {{ weight = 7 }} ]'
    )
    (found,) = problems(text)
    assert (found.column, found.message) == ("tiers", "goes with the objective “shortfall” only")
    assert found.row == line("weight = 7", text)


def test_everything_wrong_is_found_in_one_pass() -> None:
    text = (
        FULL.replace("= 0.1,", "= -1,")
        .replace("20.5", '"dear"')
        .replace("tolerance = 0.05", "tolerance = true")
        .replace('"surplus"', '"change"')
    )
    found = {(p.column, p.message) for p in problems(text)}
    assert found == {
        ("max_deviation", "-1 is not zero or more"),
        ("commitment_price", "'dear' is not a number"),
        ("tolerance", "true is not a number"),
        ("minimise", "'change' is there more than once"),
    }


def test_a_relaxed_model_keeps_its_stages() -> None:
    policy = parse(FULL)
    assert policy.relaxed().objectives == policy.objectives
    assert policy.relaxed().rules == policy.rules


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_first_stages_of_a_model(count: int) -> None:
    policy = parse(FULL)
    assert policy.first_stages(count).objectives == policy.objectives[:count]
    assert policy.first_stages(count).rules == policy.rules
