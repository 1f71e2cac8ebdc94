import numpy as np
import pytest

from samples import model, problem_of, sample


@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
def test_a_column_leads_to_what_its_places_lead_to(continuation: str) -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, model(2, continuation=continuation))
    columns = np.random.default_rng(0).uniform(0, 30, problem.layout.size)
    started = problem.layout.started.matrix @ columns
    effects, by_column = problem.effects, problem.column_effects
    for found, account in zip(vars(by_column).values(), vars(effects).values(), strict=True):
        assert found.matrix @ columns == pytest.approx(account.matrix @ started)
    assert (by_column.spend.matrix @ columns).any()
    started = problem.layout.started.at(columns)
    supply = effects.supply.constant + effects.supply.matrix @ started
    assert by_column.supply.at(columns) == pytest.approx(supply)
