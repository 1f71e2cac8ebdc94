"""Results of sweeps made up for tests of their summaries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.summary.results import PlanFigure, Results, ScenarioValue
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
    cases = [_case(number, scenario, value) for number, scenario in enumerate(planned)]
    return Results(
        title="A sweep",
        instance=read_instance(BY_HAND),
        measure=OBJECTIVE,
        axes=parsed,
        design=design,
        samples=samples,
        seed=0,
        size=len(cases),
        cases=tuple(cases),
        storylines={},
        places=None,
    )


def _case(
    number: int, scenario: Scenario, value: Callable[[Mapping[str, float]], float]
) -> ScenarioValue:
    given = {s.axis.target: s.value for s in scenario.settings}
    changing = {s.axis.target: s.value for s in scenario.settings if not s.neutral}
    found = value({s.axis.name: s.value for s in scenario.settings})
    failed = bool(np.isnan(found))
    return ScenarioValue(
        number,
        scenario.key,
        scenario.name,
        changing,
        given,
        "infeasible" if failed else "optimal",
        f"no plan within {number}.5 of the budget" if failed else "",
        found,
    )


def with_storylines(given: Results, values: Mapping[str, float]) -> Results:
    """The same with storylines of these values by name."""
    cases = [
        ScenarioValue(
            len(given.cases) + k, f"key {name}", name, {}, {"x*=": 1.0}, "optimal", "", value
        )
        for k, (name, value) in enumerate(values.items())
    ]
    titles = {name: f"The story of {name}" for name in values}
    return replace(given, cases=(*given.cases, *cases), storylines=titles)
