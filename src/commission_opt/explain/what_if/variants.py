"""An instance with settings made, laid out as the one it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.problem import Planning, planning
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario, Setting


class Variants:
    """One problem with other figures, again and again."""

    def __init__(self, problem: Planning) -> None:
        self._problem = problem
        self.ground = Ground(problem.instance, problem.policy)
        self._effects = KnownEffects(problem.instance, problem.effects)

    def planned(self, settings: Sequence[Setting]) -> Planning:
        """Return the problem with settings done one after the other; see ``Ground.apply``."""
        instance, policy = self.ground.apply(settings)
        effect = self._effects.of(instance, Scenario("", tuple(settings)))
        return planning(instance, policy, effect, steady=self._problem.steady)

    def stage(self, settings: Sequence[Setting]) -> Formulation:
        """Return the first stage of the problem with settings made."""
        changed = self.planned(settings)
        return formulate(changed, aims(changed)[0])
