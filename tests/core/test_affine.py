import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.account import Affine


def drawn(random: np.random.Generator, m: int, n: int) -> tuple[Affine, Floats]:
    """An affine vector with entries of both signs and many zeros, and its matrix as an array."""
    dense = random.integers(-3, 4, (m, n)) * (random.random((m, n)) < 0.6).astype(float)
    return Affine(random.normal(size=m), sparse.csr_array(dense)), dense


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 5))
def test_at_is_dense_arithmetic(seed: int, m: int, n: int) -> None:
    random = np.random.default_rng(seed)
    vector, dense = drawn(random, m, n)
    x = random.normal(size=n)
    np.testing.assert_allclose(vector.at(x), vector.constant + dense @ x, atol=1e-12)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_after_is_one_after_the_other(seed: int, m: int, n: int, k: int) -> None:
    random = np.random.default_rng(seed)
    (outer, dense), (inner, within) = drawn(random, m, n), drawn(random, n, k)
    both, x = outer.after(inner), random.normal(size=k)
    np.testing.assert_allclose(both.matrix.toarray(), dense @ within, atol=1e-12)
    np.testing.assert_allclose(both.at(x), outer.at(inner.at(x)), atol=1e-12)


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 5))
def test_range_is_what_the_corners_of_the_box_reach(seed: int, m: int, n: int) -> None:
    random = np.random.default_rng(seed)
    vector, _ = drawn(random, m, n)
    lower = random.normal(size=n)
    upper = lower + random.random(n)
    corners = np.array(
        [
            vector.at(np.where(np.array(list(f"{i:0{n}b}")) == "1", upper, lower))
            for i in range(2**n)
        ]
    )
    least, most = vector.range(lower, upper)
    np.testing.assert_allclose(least, corners.min(axis=0), atol=1e-12)
    np.testing.assert_allclose(most, corners.max(axis=0), atol=1e-12)


@pytest.mark.parametrize(
    ("entry", "least", "most"), [(2.0, 3.0, np.inf), (-2.0, -np.inf, -1.0), (0.0, 1.0, 1.0)]
)
def test_only_an_entry_that_meets_an_infinite_end_has_no_bound(
    entry: float, least: float, most: float
) -> None:
    vector = Affine(np.array([1.0]), sparse.csr_array(np.array([[entry, 0.0]])))
    found = vector.range(np.array([1.0, -np.inf]), np.array([np.inf, np.inf]))
    assert [float(end[0]) for end in found] == [least, most]
