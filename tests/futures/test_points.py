"""The points are those of earlier versions: plans are read back with the draws of their file."""

import numpy as np
import pytest

from commission_opt.futures.points import sobol_points

PINNED = {
    0: [
        [0.40994958905503154, 0.9641202189959586],
        [0.7219116599299014, 0.10752477729693055],
        [0.9048664071597159, 0.5285515240393579],
    ],
    7: [
        [0.6504268520511687, 0.9173101619817317],
        [0.15269753662869334, 0.4988693338818848],
        [0.3072574636898935, 0.5617744545452297],
    ],
}


@pytest.mark.parametrize("seed", PINNED)
def test_points_of_a_seed_are_what_they_were(seed: int) -> None:
    np.testing.assert_array_equal(sobol_points(3, 2, seed), PINNED[seed])


def test_every_two_to_the_k_points_are_a_net() -> None:
    points = sobol_points(1024, 5, 3)
    for column in points.T:  # one in each of 1,024 equal pieces
        assert np.unique(np.floor(column * 1024)).size == 1024
    both = np.floor(points[:, :2] * 32)  # one in each of 32 by 32 squares
    assert np.unique(both, axis=0).shape[0] == 1024
    assert (points > 0).all()
    assert (points < 1).all()
