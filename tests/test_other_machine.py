"""The pretended machine runs with another seed, and what is told of a run is the seed asked for."""

import highspy
import numpy as np
import pytest

from commission_opt.solvers import highs
from commission_opt.solvers.status import Limits
from other_machine import _reseed
from random_programs import random_program


@pytest.mark.parametrize("asked", [0, 3])
def test_another_seed_is_used_and_not_told(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highs, "Highs", highspy.Highs)  # put back when the test ends
    made = highs.load(random_program(0), None, Limits(seed=asked), np.inf)
    _, used = made.getOptionValue("random_seed")
    _reseed(7)
    other = highs.load(random_program(0), None, Limits(seed=asked), np.inf)
    assert other.getOptionValue("random_seed")[1] == used + 7
    assert highs.changed_options(other) == highs.changed_options(made)
