import pytest

from commission_opt.errors import UsageError
from commission_opt.scenario.values import parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", (1.0,)),
        ("0.9, 1,1.1e0", (0.9, 1.0, 1.1)),
        ("−1,+2", (-1.0, 2.0)),
        ("0.8:1.2", (0.8, 1.2)),
        ("2:2", (2.0,)),
        ("0.1:0.3:0.1", (0.1, 0.2, 0.3)),
        ("0:1:0.4", (0.0, 0.4, 0.8, 1.0)),
        ("0.1:1.05:0.3", (0.1, 0.4, 0.7, 1.0, 1.05)),
        ("1:-0.5:-1", (1.0, 0.0, -0.5)),
        ("1:1.05:0.3", (1.0, 1.05)),
        ("3:1:-1", (3.0, 2.0, 1.0)),
        ("1:1:0.5", (1.0,)),
    ],
)
def test_lists_and_ranges(text: str, values: tuple[float, ...]) -> None:
    assert parse_values(text) == values


def test_a_fine_range_passes_through_the_decimals_as_written() -> None:
    values = parse_values("0.80:1.20:0.01")
    assert len(values) == 41
    assert values == tuple(float(f"{n / 100:.2f}") for n in range(80, 121))


def test_a_step_with_rounded_digits_reaches_its_stop() -> None:
    assert len(parse_values("0:1:0.33333333334")) == 4
    assert parse_values("0.9:1.0:0.0333333") == (0.9, 0.9333333, 0.9666666, 1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "'a' is not a number; write digits and a point"),
        ("1,,2", "a value is empty"),
        ("5%", "'5%' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("nan", "'nan' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1:2:3:4", "is no range; write START:STOP:STEP"),
        ("1:2,3", "is no range"),
        ("1:2:0", "must not be 0"),
        ("1:2:-0.1", "steps of -0.1 do not lead from 1 to 2; turn the sign"),
        ("0:1:1e-7", "has 10,000,001 values, more than 100,000"),
    ],
)
def test_wrong_values(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_values(text)
