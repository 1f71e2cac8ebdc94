import math
from pathlib import Path

import pytest

from commission_opt.errors import InputError, Problem
from commission_opt.policy import Objective, PaceOfChange, Policy, Rules, Tier
from commission_opt.policy_file import parse_policy, read_policy
from policy_texts import FILE, edited, only_problem, parse, problems

FULL = """\
name = "annual"
title = "One annual round"
commissioning_years = 2
integer = false
discount_rate = 0.035           # a comment

[rules]
minimum_cohorts = false
budgets = false
placements = false
pace_of_change = { max_increase = 0.25, max_decrease = 0.15, allowance = 5 }
level_intake = true
continuation = "none"

[[objective]]
minimise = "shortfall"
tiers = [ { up_to = 0.05, weight = 1.0 }, { up_to = 0.10, weight = 2.0 }, { weight = 4.0 } ]
tolerance = 0.001
"""
LINES = {line.split(" ")[0].strip("[]"): n for n, line in enumerate(FULL.splitlines(), 1)}


def problem(old: str, new: str) -> Problem:
    """The one problem of the full model with one part written otherwise."""
    return only_problem(edited(FULL, old, new))


def test_every_key() -> None:
    policy = parse(FULL)
    assert policy == Policy(
        name="annual",
        title="One annual round",
        commissioning_years=2,
        objectives=(
            Objective("shortfall", (Tier(0.05, 1), Tier(0.1, 2), Tier(math.inf, 4)), 0.001),
        ),
        integer=False,
        discount_rate=0.035,
        rules=Rules(False, False, False, PaceOfChange(0.25, 0.15, 5), True, "none"),
        content=FULL.encode(),
    )


def test_defaults() -> None:
    text = 'name = "a"\ncommissioning_years = 1\n[[objective]]\nminimise = "shortfall"\n'
    assert parse(text) == Policy(
        name="a",
        title="a",
        commissioning_years=1,
        objectives=(Objective("shortfall", (Tier(math.inf, 1.0),), 0.0),),
        integer=True,
        discount_rate=0.0,
        rules=Rules(True, True, True, None, False, "repeat"),
        content=text.encode(),
    )


@pytest.mark.parametrize("value", ["repeat", "last_intake", "none"])
def test_every_continuation(value: str) -> None:
    assert parse(FULL.replace('"none"', f'"{value}"')).rules.continuation == value


def test_no_pace_and_hard_commitments() -> None:
    pace = "{ max_increase = 0.25, max_decrease = 0.15, allowance = 5 }"
    text = FULL.replace(pace, "false").replace("[rules]", '[rules]\ncommitments = "hard"')
    assert parse(text).rules.pace_of_change is None


def test_whole_numbers_may_stand_for_numbers() -> None:
    policy = parse(FULL.replace("0.035", "0").replace("max_decrease = 0.15", "max_decrease = 1"))
    assert isinstance(policy.discount_rate, float)
    assert policy.rules.pace_of_change == PaceOfChange(0.25, 1.0, 5.0)


def test_a_byte_order_mark_and_windows_line_ends() -> None:
    content = b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode()
    policy = parse_policy(content)
    assert policy.name == "annual"
    assert policy.content == content


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('name = "annual"', "name = 3", "name", "3 is not text"),
        ('name = "annual"', 'name = "one round"', "name", "must be made of letters"),
        ('name = "annual"', 'name = "../up"', "name", "must be made of letters"),
        ('name = "annual"', 'name = ""', "name", "must be made of letters"),
        ('title = "One annual round"', "title = true", "title", "true is not text"),
        ("_years = 2", "_years = 0", "commissioning_years", "0 is not between 1 and 100"),
        ("_years = 2", "_years = 101", "commissioning_years", "101 is not between 1 and 100"),
        ("_years = 2", "_years = 1.5", "commissioning_years", "1.5 is not a whole number"),
        ("_years = 2", "_years = true", "commissioning_years", "true is not a whole number"),
        ("_years = 2", '_years = "2"', "commissioning_years", "'2' is not a whole number"),
        ("integer = false", "integer = 1", "integer", "1 is not true or false"),
        ("integer = false", 'integer = "yes"', "integer", "'yes' is not true or false"),
        ("= 0.035 ", "= -0.01 ", "discount_rate", "-0.01 is not zero or more"),
        ("= 0.035 ", "= nan ", "discount_rate", "nan is not zero or more"),
        ("= 0.035 ", "= inf ", "discount_rate", "inf is not zero or more"),
        ("= 0.035 ", '= "3.5 %" ', "discount_rate", "'3.5 %' is not a number"),
        ("= 0.035 ", "= true ", "discount_rate", "true is not a number"),
        ("minimum_cohorts = false", "minimum_cohorts = 0", "minimum_cohorts", "0 is not true or"),
        ("budgets = false", 'budgets = "no"', "budgets", "'no' is not true or false"),
        ("placements = false", "placements = []", "placements", "[] is not true or false"),
        ("level_intake = true", "level_intake = 2", "level_intake", "2 is not true or false"),
        ('"none"', '"stop"', "continuation", "'stop' is not one of repeat, last_intake, none"),
        ('"none"', "false", "continuation", "false is not text"),
        ("max_increase = 0.25", "max_increase = -1", "max_increase", "-1 is not zero or more"),
        ("max_increase = 0.25", "max_increase = nan", "max_increase", "nan is not zero or more"),
        ("max_decrease = 0.15", "max_decrease = 1.5", "max_decrease", "1.5 is not between 0 and 1"),
        ("max_decrease = 0.15", "max_decrease = nan", "max_decrease", "nan is not between 0 and 1"),
        ("allowance = 5", "allowance = -5", "allowance", "-5 is not zero or more"),
        ("allowance = 5", 'allowance = "5"', "allowance", "'5' is not a number"),
        (
            '"shortfall"',
            '"deficit"',
            "minimise",
            "'deficit' is not one of below_floor, change, cost, shortfall",
        ),
        ("tolerance = 0.001", "tolerance = -1", "tolerance", "-1 is not zero or more"),
        ("up_to = 0.05", "up_to = -0.05", "up_to", "-0.05 is not zero or more"),
        ("up_to = 0.05", "up_to = inf", "up_to", "inf is not zero or more"),
        ("up_to = 0.10", "up_to = 0.05", "up_to", "0.05 is not above the tier before"),
        ("{ weight = 4.0 }", "{ up_to = 1, weight = 4 }", "up_to", "the last tier is open"),
        ("weight = 1.0", "weight = -1", "weight", "-1 is not zero or more"),
        ("weight = 4.0", "weight = 1.5", "weight", "1.5 is below the tier before"),
    ],
)
def test_wrong_values(old: str, new: str, key: str, message: str) -> None:
    found = problem(old, new)
    assert found.column == key
    assert message in found.message
    lines = zip(FULL.splitlines(), FULL.replace(old, new).splitlines(), strict=True)
    assert found.row == next(n for n, (was, now) in enumerate(lines, 1) if was != now)


@pytest.mark.parametrize(
    ("after", "line", "where"),
    [
        ("integer = false", "reserve = 1", "a commissioning model"),
        ("[rules]", "reserve = 1", "[rules]"),
        ('minimise = "shortfall"', "reserve = 1", "[[objective]]"),
    ],
)
def test_unknown_keys_are_named_with_their_line(after: str, line: str, where: str) -> None:
    text = FULL.replace(after, f"{after}\n{line}")
    (found,) = problems(text)
    assert found.column == "reserve"
    assert found.row == text.splitlines().index(line) + 1
    assert f"is not a key of {where}; the keys are " in found.message


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("allowance = 5", "allowance = 5, reserve = 1", "pace_of_change"),
        ("weight = 4.0", "weight = 4.0, reserve = 1", "a tier"),
        ("[rules]", "[reserve]\n[rules]", "a commissioning model"),
        ("[rules]", "[[reserve]]\n[rules]", "a commissioning model"),
    ],
)
def test_unknown_keys_of_inline_tables_and_headers(old: str, new: str, where: str) -> None:
    found = problem(old, new)
    assert found.column == "reserve"
    lines = FULL.replace(old, new).splitlines()
    assert found.row == next(n for n, line in enumerate(lines, 1) if "reserve" in line)
    assert f"is not a key of {where}" in found.message


def test_a_misspelt_key_is_not_taken_for_a_default() -> None:
    found = problems(FULL.replace("minimum_cohorts", "minimum_cohort"))
    assert [p.column for p in found] == ["minimum_cohort"]
    assert found[0].row == LINES["minimum_cohorts"]


def test_everything_wrong_is_found_in_one_pass_in_the_order_of_the_file() -> None:
    text = (
        FULL.replace("_years = 2", "_years = 0")
        .replace("budgets = false", "budgets = 3")
        .replace("[rules]", "[rules]\nreserve = 1")
        .replace("max_decrease = 0.15", "max_decrease = 7")
        .replace("weight = 4.0", "weight = 0.5")
    )
    columns = [p.column for p in problems(text)]
    assert columns == ["commissioning_years", "reserve", "budgets", "max_decrease", "weight"]


@pytest.mark.parametrize("key", ["name", "commissioning_years"])
def test_required_keys(key: str) -> None:
    text = "\n".join(line for line in FULL.splitlines() if not line.startswith(key))
    assert [(p.column, p.row, p.message) for p in problems(text)] == [(key, None, "is missing")]


@pytest.mark.parametrize("key", ["max_increase", "max_decrease", "allowance"])
def test_a_pace_of_change_needs_all_its_keys(key: str) -> None:
    pace = {"max_increase": "0.25", "max_decrease": "0.15", "allowance": "5"}
    value = ", ".join(f"{k} = {v}" for k, v in pace.items() if k != key)
    whole = ", ".join(f"{k} = {v}" for k, v in pace.items())
    found = problem(whole, value)
    assert (found.column, found.message) == (key, "is missing")


@pytest.mark.parametrize("value", ["true", "0.25", '"slow"'])
def test_a_pace_of_change_is_false_or_a_table(value: str) -> None:
    found = problem("{ max_increase = 0.25, max_decrease = 0.15, allowance = 5 }", value)
    assert found.row == LINES["pace_of_change"]
    assert "must be false or a table with max_increase, max_decrease, allowance" in found.message


def test_the_line_is_that_of_the_wrong_value_where_a_key_stands_on_several() -> None:
    spread = FULL.replace(" }, { ", " },\n{ ")
    for old, new in (("weight = 2.0", "weight = true"), ("weight = 4.0", 'weight = "x"')):
        text = spread.replace(old, new)
        (found,) = problems(text)
        assert found.row == next(n for n, line in enumerate(text.splitlines(), 1) if new in line)


def test_a_tier_needs_its_keys() -> None:
    assert problem("up_to = 0.10, weight", "weight").column == "up_to"
    assert problem("{ weight = 4.0 }", "{ }").column == "weight"


@pytest.mark.parametrize("value", ["3", "[]", "[1, 2]", '"steep"'])
def test_tiers_are_a_list_of_tables(value: str) -> None:
    text = FULL[: FULL.index("tiers")] + f"tiers = {value}\n"
    found = problems(text)
    assert {(p.column, p.row) for p in found} == {("tiers", LINES["tiers"])}


def test_an_objective_is_needed() -> None:
    head = FULL[: FULL.index("[[objective]]")]
    assert [(p.column, p.message) for p in problems(head)] == [("objective", "is missing")]
    for text in (f"objective = []\n{head}", f"objective = [1]\n{head}", f"objective = 3\n{head}"):
        (found,) = problems(text)
        assert (found.column, found.row) == ("objective", 1)
    single = problems(FULL.replace("[[objective]]", "[objective]"))
    assert [p.column for p in single] == ["objective"]
    missing = problems(FULL.replace('minimise = "shortfall"\n', ""))
    assert [(p.column, p.message) for p in missing] == [("minimise", "is missing")]


@pytest.mark.parametrize("value", ["3", '"strict"', "[]"])
def test_rules_are_a_table(value: str) -> None:
    text = 'name = "a"\ncommissioning_years = 1\nobjective = [{ minimise = "shortfall" }]\n'
    (found,) = problems(text + f"rules = {value}\n")
    assert (found.column, found.row) == ("rules", 4)
    assert "is not a table" in found.message


def test_what_is_no_toml() -> None:
    with pytest.raises(InputError, match=r"some.toml: is not valid TOML: .*line 1"):
        parse("name = \n")
    with pytest.raises(InputError, match=r"some.toml: is not UTF-8"):
        parse_policy(b'name = "\xff"', FILE)


def test_messages_name_file_line_and_key() -> None:
    with pytest.raises(InputError) as raised:
        parse(FULL.replace("_years = 2", "_years = 0"))
    assert str(raised.value) == (
        "some.toml line 3, commissioning_years: 0 is not between 1 and 100"
    )


def test_reading_a_file(tmp_path: Path) -> None:
    (tmp_path / "annual.toml").write_text(FULL, encoding="utf-8")
    assert read_policy(tmp_path / "annual.toml") == parse(FULL)
    with pytest.raises(InputError, match="cannot be read"):
        read_policy(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_policy(tmp_path)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "models").glob("*.toml")))
def test_models_of_the_repository(path: Path) -> None:
    policy = read_policy(path)
    assert policy.name == path.stem
    assert policy.relaxed().integer is False
    assert policy.relaxed().rules == policy.rules
