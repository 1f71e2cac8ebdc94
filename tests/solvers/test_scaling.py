import numpy as np
import pytest
from scipy import sparse

from commission_opt.solvers.scaling import multiplied, scales


@pytest.mark.parametrize("seed", range(5))
def test_the_scaled_matrix_has_a_norm_of_at_most_one(seed: int) -> None:
    """Dividing by the roots of the sums of rows and columns does so (Pock and Chambolle)."""
    rng = np.random.default_rng(seed)
    dense = 10 ** rng.uniform(-4, 4, (30, 20)) * (rng.random((30, 20)) < 0.3)
    rows, columns = scales(sparse.csr_array(dense))
    scaled = multiplied(sparse.csr_array(dense), rows, columns).toarray()
    assert np.allclose(scaled, rows[:, None] * dense * columns)
    assert np.linalg.norm(scaled, 2) <= 1.0 + 1e-9
    # Ruiz leaves a largest entry of 1, and no row or column sums to more than its length.
    least = 0.9 / np.sqrt(30 * 20)
    for axis in (0, 1):
        assert scaled.max(axis=axis)[dense.any(axis=axis)].min() >= least


def test_empty_rows_and_columns_keep_their_size() -> None:
    rows, columns = scales(sparse.csr_array(np.array([[4.0, 0.0], [0.0, 0.0]])))
    assert rows[1] == columns[1] == 1.0
    assert rows[0] * 4.0 * columns[0] == pytest.approx(1.0)
    assert [len(f) for f in scales(sparse.csr_array((3, 0)))] == [3, 0]
