"""The tables of a plan."""

import numpy as np

from builders import Tiny
from commission_opt.accounts.tables import plan_tables
from commission_opt.allocation.settled import outcome_of
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_contents
from samples import model, problem_of


def read(*, measures: bool) -> Instance:
    tiny = Tiny()
    if not measures:
        del tiny.tables["measures"]
    instance = read_contents(tiny.contents()).instance
    assert instance is not None
    return instance


def test_measures_add_a_table_and_the_demand_that_they_leave() -> None:
    for measures in (False, True):
        problem = problem_of(read(measures=measures), model(2))
        amounts = np.zeros((len(problem.instance.lines), 2))
        tables = plan_tables(problem.instance, outcome_of(problem, amounts), True)
        assert ("measures" in tables) == measures
        assert ("demand_after" in tables["supply"]) == measures
    supply, bought = tables["supply"], tables["measures"]
    assert supply["demand_after"].tolist() == supply["demand"].tolist()
    assert len(bought) == 2 * len(problem.instance.measures)
    assert bought["change"].tolist() == (bought["units"] - bought["last_amount"]).tolist()
