import numpy as np
import pytest

from commission_opt.instance.matches import matches


@pytest.mark.parametrize("seed", range(20))
def test_all_pairs_are_found_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.integers(0, 6, rng.integers(0, 9)) for _ in range(2))
    i, j = matches(left, right)
    expected = [(a, b) for a, x in enumerate(left) for b, y in enumerate(right) if x == y]
    assert list(zip(i, j, strict=True)) == expected
