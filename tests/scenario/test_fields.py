import pytest

from commission_opt.errors import UsageError
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.fields import FIELDS, field_name


def test_every_field_is_a_number_of_the_contract() -> None:
    for field in FIELDS.values():
        for column in field.columns:
            assert TABLES[field.table].column(column).kind in ("number", "whole")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("costs", "cost"),
        ("completion", "completion_rate"),
        ("fill", "fill_rate"),
        ("join", "join_rate"),
        ("placements", "placement_capacity"),
        ("model.rules.x", "model.rules.x"),
    ],
)
def test_other_words(written: str, meant: str) -> None:
    assert field_name(written) == meant


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("commitments", "commitment_min or commitment_max"),
        ("capacity", "placement_capacity or max_intake"),
        ("Demand", "did you mean demand"),
        ("max_intakes", "did you mean max_intake"),
    ],
)
def test_hints(written: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        field_name(written)
