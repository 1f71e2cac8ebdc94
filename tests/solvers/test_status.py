# mypy: disable-error-code="arg-type"
"""Limits of a solve refuse what no solver could be told."""

import math

import numpy as np
import pytest

from commission_opt.solvers.status import Limits


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", -1), ("seconds", math.nan), ("seconds", "60"), ("seconds", None),
        ("gap", -1e-9), ("gap", math.inf), ("gap", math.nan), ("gap", True),
        ("seed", -3), ("seed", 2**31), ("seed", 1.5),
        ("threads", 0), ("threads", 1025), ("threads", True),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"Limits: {field} .* is not "):
        Limits(**{field: value})


def test_numbers_of_numpy_and_no_end_of_time_are_taken() -> None:
    limits = Limits(seconds=math.inf, gap=np.float64(0.0), seed=np.int64(7), threads=1024)
    assert limits == Limits(math.inf, 0.0, 7, 1024)
