"""More of the work of a profession that others may do: what is asked at the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.margins.questions import POINT, Question, setting
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.problem import Planning
from commission_opt.scenario.scenario import Setting

SHARES = "shares"


def share_questions(
    problem: Planning, change: Callable[[tuple[Setting, ...]], Formulation]
) -> Iterator[Question]:
    """Ask for one point more of ``max_share`` for each pair of professions, in all its regions.

    ``change`` leads from settings to the stage of the instance that they make.
    """
    if not problem.deploys:
        return
    for (needed, by), own in problem.instance.substitution.groupby(["needed", "by"], sort=False):
        if (own["max_share"] > 1.0 - POINT).any():
            continue
        filters = {"needed": [str(needed)], "by": [str(by)]}
        settings = (setting("max_share", "+=", POINT, filters),)
        stage = cache(partial(change, settings))

        def point(columns: Floats, stage: Callable[[], Formulation] = stage) -> Floats:
            return pointed(stage(), stage().problem.layout.to_amounts(columns))

        yield Question(
            SHARES, {"by": str(by), "needed": str(needed)}, POINT, settings,
            lambda stage=stage: stage().program,  # type: ignore[misc]
            point=point,
            leading=lambda columns, stage=stage: Leading(stage().problem)(columns),  # type: ignore[misc]
        )  # fmt: skip
