import numpy as np
import pytest

from samples import model, problem_of, sample


@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
def test_a_column_leads_to_what_its_places_lead_to(continuation: str) -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, model(2, continuation=continuation))
    columns = np.random.default_rng(0).uniform(0, 30, problem.layout.size)
    started = problem.layout.places @ columns
    effects, by_column = problem.effects, problem.column_effects
    assert by_column.supply @ columns == pytest.approx(effects.response @ started)
    assert by_column.spend @ columns == pytest.approx(effects.spend.per_place @ started)
    assert by_column.weeks @ columns == pytest.approx(effects.weeks.per_place @ started)
    assert (by_column.spend @ columns).any()
