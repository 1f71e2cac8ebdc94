"""Results of sweeps made up for tests of their summaries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.summary.results import PlanFigure, Results, given_frame, scenario_frame
from small_sweeps import BY_HAND

OBJECTIVE = PlanFigure("objective", "weighted shortfall", "weighted FTE-years")


def results(
    design: str,
    axes: Sequence[tuple[str, str]],
    value: Callable[[Mapping[str, float]], float],
    samples: int | None = None,
) -> Results:
    """A sweep over axes, text and name, whose measure is a function of values by name.

    Not a number stands for a scenario without a plan.
    """
    parsed = tuple(parse_axis(text, name) for text, name in axes)
    planned = scenarios(design, parsed, samples)
    rows = [_row(number, scenario, value) for number, scenario in enumerate(planned)]
    given = [{s.axis.target: s.value for s in scenario.settings} for scenario in planned]
    return Results(
        title="A sweep",
        instance=read_instance(BY_HAND),
        measure=OBJECTIVE,
        axes=parsed,
        design=design,
        samples=samples,
        seed=0,
        size=len(rows),
        scenarios=scenario_frame(rows),
        given=given_frame(given, parsed),
        storylines={},
        places=None,
    )


def _row(
    number: int, scenario: Scenario, value: Callable[[Mapping[str, float]], float]
) -> tuple[str, str, str, str, float]:
    found = value({s.axis.name: s.value for s in scenario.settings})
    if np.isnan(found):
        reason = f"no plan within {number}.5 of the budget"
        return scenario.key, scenario.name, "infeasible", reason, found
    return scenario.key, scenario.name, "optimal", "", found


def with_storylines(given: Results, values: Mapping[str, float]) -> Results:
    """The same with storylines of these values by name."""
    told = [(f"key {name}", name, "optimal", "", value) for name, value in values.items()]
    changed = given_frame([{"x*=": 1.0}] * len(told), ())
    return replace(
        given,
        scenarios=pd.concat([given.scenarios, scenario_frame(told)], ignore_index=True),
        given=pd.concat([given.given, changed], ignore_index=True),
        storylines={name: f"The story of {name}" for name in values},
    )
