from dataclasses import replace

import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.model_keys import vary_key
from commission_opt.scenario.scenario import Scenario, Setting
from samples import model, sample

SOFT = 'commitments = "soft"\ncommitment_price = 20.0'
TEXT = model(2, rules=SOFT, stages=(("shortfall", 0.01), ("cost", 0.0)))


@pytest.fixture
def policy() -> Policy:
    return parse_policy(TEXT.encode())


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("discount_rate=0.02", "discount_rate = 0.035", "discount_rate = 0.02"),
        ("commissioning_years+=1", "commissioning_years = 2", "commissioning_years = 3"),
        ("rules.pace_of_change.max_increase*=2", "max_increase = 0.25", "max_increase = 0.5"),
        ("rules.pace_of_change.allowance+=3", "allowance = 5", "allowance = 8"),
        ("rules.commitment_price*=0.5", "commitment_price = 20.0", "commitment_price = 10"),
        ("objective.shortfall.tolerance=0.05", "tolerance = 0.01", "tolerance = 0.05"),
        ("objective.shortfall.tiers.2.weight=3", "weight = 2", "weight = 3"),
        ("objective.shortfall.tiers.1.up_to*=0.5", "up_to = 0.05", "up_to = 0.025"),
    ],
)
def test_varying_a_key_is_editing_the_file(text: str, old: str, new: str, policy: Policy) -> None:
    assert TEXT.count(old) == 1
    axis = parse_axis(f"model.{text}")
    instance: Instance = sample(4, 3, 1, 0).instance
    scenario = Scenario("", (Setting(axis, axis.values[0]),))
    same, changed = Ground(instance, policy).apply(scenario.settings)
    assert same is instance
    assert changed.hash != policy.hash
    assert replace(changed, content=b"") == replace(
        parse_policy(TEXT.replace(old, new).encode()), content=b""
    )


def test_a_model_changed_in_other_ways_keeps_them(policy: Policy) -> None:
    changed = vary_key(policy.relaxed().first_stages(1), "discount_rate", lambda old: 2 * old)
    assert not changed.integer
    assert len(changed.objectives) == 1
    assert changed.discount_rate == 0.07


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("discountrate", "model has no key 'discountrate'; did you mean 'discount_rate'"),
        ("rules", "model.rules is a table; name one of minimum_cohorts, "),
        ("rules.pace", "model.rules has no key 'pace'"),
        ("rules.budgets", "model.rules.budgets is no number; make a second model"),
        ("rules.continuation", "is no number"),
        ("rules.fair_share.max_deviation", "the model has no model.rules.fair_share"),
        ("discount_rate.x", "is a number, it has no key 'x'"),
        ("objective.change.tolerance", "has no key 'change'; there are shortfall, cost"),
        ("objective.cost.tiers", "has no key 'tiers'"),
        ("objective.shortfall.tiers.4.weight", "has no key '4'; there are 1, 2, 3"),
        ("objective.shortfall.tiers.3.up_to", "the last tier is open"),
        ("name", "has no key 'name'; there are commissioning_years, discount_rate, rules"),
    ],
)
def test_keys_that_are_no_number(key: str, message: str, policy: Policy) -> None:
    with pytest.raises(UsageError, match=message):
        vary_key(policy, key, lambda old: old)


def test_a_price_that_does_not_count() -> None:
    with pytest.raises(UsageError, match="goes with commitments = “soft” only"):
        vary_key(parse_policy(model().encode()), "rules.commitment_price", lambda old: old)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("discount_rate=-0.1", "model.toml, discount_rate: “model.discount_rate = -0.1” makes "
         "-0.1, which is not zero or more"),
        ("rules.pace_of_change.max_decrease=1.1", "which is not between 0 and 1"),
        ("commissioning_years=0", "which is not between 1 and 100"),
        ("objective.shortfall.tiers.1.weight=3", "weights must not fall"),
        ("objective.shortfall.tiers.1.up_to=0.1", "up_to must rise"),
    ],
)  # fmt: skip
def test_numbers_out_of_range(text: str, message: str, policy: Policy) -> None:
    axis = parse_axis(f"model.{text}")
    with pytest.raises(InputError, match=message):
        Ground(sample(4, 3, 1, 0).instance, policy).apply((Setting(axis, axis.values[0]),))


@pytest.mark.parametrize("value", ["1.9", "1.000001", "2.5"])
def test_a_fraction_of_a_whole_number_key_is_refused(value: str) -> None:
    known = parse_policy(model(2).encode())
    with pytest.raises(ValueError, match="is not a whole number"):
        vary_key(known, "commissioning_years", lambda _: float(value))
