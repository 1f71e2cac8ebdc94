"""How good the plan that is written is: its own values, their bounds, and when those hold.

Values are rounded to the nearest, what is claimed of all plans to the safe side: bounds and limits
down, gaps up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from typing import Any

import numpy as np

from commission_opt.certificate.certify import TOLERANCE, Certificate, Eased, StageCertificate
from commission_opt.certificate.limits import relative_gap
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.wording import Number
from commission_opt.views import words
from commission_opt.views.weighing import Weighing

_PENCE = 1e3  # £; from here on pence are not shown


def amount(stage: StageCertificate, value: float, how: str = ROUND_HALF_EVEN) -> str:
    """Write a value of an objective with its unit, rounded as the decimal module calls it."""
    return OBJECTIVES[stage.minimise].amount(value, figure(stage, value, how))


def figure(stage: StageCertificate, value: float, how: str = ROUND_HALF_EVEN) -> str:
    """Write a value of an objective without its unit, but for £ and %."""
    match OBJECTIVES[stage.minimise].number:
        case Number.SHARE:
            return f"{words.rounded(value, 3, how, shift=2)} %"
        case Number.POUNDS:
            return f"£{words.rounded(value, 0 if abs(value) >= _PENCE else 2, how)}"
        case Number.PLACES if abs(value - round(value)) <= TOLERANCE * max(1.0, abs(value)):
            return words.rounded(round(value), 0)
        case _:
            return words.rounded(value, _decimals(value), how)


def _decimals(value: float) -> int:
    size = abs(value)
    if not size or not np.isfinite(size):
        return 1
    return int(np.clip(5 - np.floor(np.log10(size)), 1, 12))


def achieved(certificate: Certificate, value: float | None = None) -> float | None:
    """Return the part of the possible improvement of the first objective that a value realises.

    Nothing commissioned is 0, the bound is 1. The value is that of the plan, if none is given; one
    that breaks rules may be beyond the bound.

    Returns
    -------
    float or None
        None for what places do not improve, such as ``cost``, and if nothing is possible.
    """
    first, nothing = certificate.stages[0], certificate.without_new_places
    possible = nothing - first.bound
    if not OBJECTIVES[first.minimise].improved or possible <= TOLERANCE * max(1.0, abs(nothing)):
        return None
    if value is None:
        reached = first.final_gap <= 0  # a bound leaves out what rounding may have added
        return 1.0 if reached else min(1.0, (nothing - first.final) / possible)
    return (nothing - value) / possible


def _title(stage: StageCertificate) -> str:
    return OBJECTIVES[stage.minimise].title


def verdict(
    certificate: Certificate,
    asked: float | None,
    *,
    integer: bool,
    later: str = "",
    last_year: float | None = None,
    within_rules: bool = True,
    kept: str = "every rule is kept",
    units: bool = False,
    over: Weighing | None = None,
) -> tuple[str, ...]:
    """Say how good the plan is, sentence by sentence.

    Parameters
    ----------
    asked : float or None
        The gap that was asked for; None if the plan was not looked for as the best.
    integer, units : bool
        Whether places are whole, and whether units of measures are bought besides.
    later : str
        Which years are not whole, as ``views.later.not_whole`` says it.
    last_year, within_rules
        The first objective with last year's places repeated, and whether these keep the rules.
    kept : str
        Which rules are kept, as ``views.commitments.kept_words`` says it.
    over : Weighing or None
        How the futures of the plan are weighed, if there are several.
    """
    bought = words.bought(units)
    kind = " ".join(filter(None, ["whole", bought, later]))
    if not integer:
        kind = f"fractions of {bought}: a bound, no plan to give"
    said = [f"It is certified: {kept} ({kind})."]
    said += objectives_words(certificate, over)
    said += [] if asked is None else stopped(certificate, asked)
    mine = achieved(certificate)
    if mine is None:
        return tuple(said)
    text = f"The plan achieves {words.floor_percent(mine)} of what is possible"
    text += f", weighed {over.over}" if over else ""
    if last_year is not None:
        before = words.percent(achieved(certificate, last_year))
        text += f"; last year's {bought}, repeated, would achieve {before}"
        text += "" if within_rules else ", though not within the rules"
    return (f"{text}. No new {words.bought(units, 'or')} count as 0 %, the bound as 100 %.", *said)


def objectives_words(certificate: Certificate, over: Weighing | None = None) -> list[str]:
    """Say how far each objective is from the least, and what of a tie of risks was settled."""
    stages, settling = certificate.stages, certificate.settling
    said = [stage_words(stages, k, over) for k in range(len(stages))]
    if settling is not None and over is not None:
        least = amount(settling, settling.bound, ROUND_FLOOR)
        itself = f"The expectation of the {_title(settling)} itself"
        its = itself if over.regrets else "Its expectation"
        said[0] = (
            *said[0],
            f"{its} {over.over} is {amount(settling, settling.final)}; no plan for which "
            f"the value before is {_most(stages[0], stages[0].objective, over)} can have one "
            f"below {least}.",
        )
    return [text for each in said for text in each]


def stage_words(
    stages: Sequence[StageCertificate], k: int, over: Weighing | None = None
) -> tuple[str, ...]:
    """Say what the plan has of an objective, how far from the least, and what was given up."""
    stage, kind = stages[k], OBJECTIVES[stages[k].minimise]
    said = kind.words(stage.final, figure(stage, stage.final))
    weighed = f", {over.how(k)}," if over else ""
    text, among = f"{said[0].upper()}{said[1:]}{weighed} is", _held(stages[:k], over)
    if over and over.regrets and not k:
        text = f"{over.regret(kind.title, amount(stage, stage.final))} is"
    given = (*_given_up(stages, k), *_would_buy(stages, k))
    if stage.final_gap <= 0:
        return f"{text} the least possible{among}.", *given
    which = "none of those" if k else "no plan that keeps the rules"
    least = amount(stage, stage.bound, ROUND_FLOOR)
    return (
        f"{text} {_near(stage, stage.final)}{among}: {which} can be below {least}.",
        *given,
    )


def _near(stage: StageCertificate, value: float) -> str:
    """Say how near a value is to the least possible; in its unit where it is next to nothing."""
    if stage.size > abs(value):
        more = amount(stage, value - stage.bound, ROUND_CEILING)
        return f"at most {more} above the least possible"
    return f"within {words.ceil_percent(relative_gap(value, stage.bound))} of the least possible"


def _held(earlier: Sequence[StageCertificate], over: Weighing | None) -> str:
    """Say within which limits of earlier objectives a bound holds; nothing for the first."""
    if not earlier:
        return ""
    limits = [
        f"whose {'largest regret' if over and over.regrets and not k else _title(stage)} is "
        f"{_most(stage, stage.limit, over)}"
        f"{'' if stage.attained else ' (a limit that rests on an unproved value)'}"
        for k, stage in enumerate(earlier)
    ]
    return f" among plans that keep the rules and {words.joined(limits)}"


def _most(stage: StageCertificate, limit: float, over: Weighing | None) -> str:
    """Say where a limit is; in words where its figure, rounded down, would seem to be exceeded."""
    least, nearest = figure(stage, limit, ROUND_FLOOR), figure(stage, limit)
    of_plan = figure(stage, stage.final)
    if over and stage.final <= limit and least != nearest == of_plan:
        return "no higher than that of this plan"
    excess = (stage.final - limit) / max(1.0, abs(limit))
    rounded = 0.0 < excess <= TOLERANCE and least != of_plan
    also = " (this plan is above that by what counts as rounding)" if rounded else ""
    return f"at most {amount(stage, limit, ROUND_FLOOR)}{also}"


def _given_up(stages: Sequence[StageCertificate], k: int) -> Iterator[str]:
    """Say what of an objective was given up for later ones."""
    stage = stages[k]
    more = stage.final - stage.objective
    before = f"later objectives it was {amount(stage, stage.objective)}"
    if more <= TOLERANCE * max(1.0, abs(stage.objective)) or k == len(stages) - 1:
        return
    if not stage.attained:
        yield f"The plan says that before {before}, which is unproved: no places in it show that."
        return
    later = words.joined([f"the {_title(other)}" for other in stages[k + 1 :]])
    share = more / abs(stage.objective) if stage.objective else np.inf
    part = f" ({words.ceil_percent(share)})" if np.isfinite(share) else ""
    yield (
        f"Before {before}, {_near(stage, stage.shown)}: "
        f"{amount(stage, more)}{part} of the {amount(stage, stage.limit - stage.objective)} that "
        f"its tolerance allows was given up for {later}."
    )


def _would_buy(stages: Sequence[StageCertificate], k: int) -> Iterator[str]:
    """Say what a stage could come down to if earlier ones without tolerance had one."""
    stage, eased = stages[k], stages[k].eased
    if eased is None:
        return
    held = [s for s in stages[:k] if s.limit - s.objective <= TOLERANCE * max(1.0, abs(s.limit))]
    on = words.joined([f"the {_title(each)}" for each in held])
    share = f"A tolerance of {100 * eased.tolerance:g} % on {on}"
    least = amount(stage, eased.bound, ROUND_FLOOR)
    if stage.final - eased.objective <= TOLERANCE * max(1.0, abs(stage.final)):
        yield f"{share}, where none is given, is not seen to help; none could be below {least}."
        return
    yield (
        f"{share}, where none is given, would let the {_title(stage)} come down to "
        f"{amount(stage, eased.objective)}, as a plan that was found shows, and not below {least}."
    )


def unpursued(stages: Sequence[StageCertificate], later: Sequence[str], status: str) -> str | None:
    """Say which later objectives a plan of some stages was not made for; None if there are none."""
    if not later:
        return None
    others = words.joined([f"the {OBJECTIVES[name].title}" for name in later])
    mine = words.joined([f"the {_title(stage)}" for stage in stages])
    return (
        f"Later objectives of its model were not pursued: {others}. Its status, {status}, and the "
        f"bounds speak of {mine} only."
    )


def stopped(certificate: Certificate, asked: float) -> tuple[str, ...]:
    """Name the objectives that ended with a gap beyond the one asked for."""
    return tuple(
        f"The {'expectation of the ' * (stage is certificate.settling)}{_title(stage)} was not "
        f"settled to the gap asked for: its search ended at {words.ceil_percent(stage.gap)}, where "
        f"{100 * asked:g} % was asked for; whether less is possible is not known."
        for stage in certificate.every
        if stage.gap > asked
    )


def recorded(record: Mapping[str, Any]) -> Certificate:
    """Return the certificate that the record of a plan holds, as it says it."""
    names = ("minimise", "unit", "objective", "final", "limit", "bound", "consistent", "seconds")
    all_shown = record["format"] > 2  # an old plan keeps no places of its stages
    said, first = record["certificate"], record["stages"][0]
    of_futures = record.get("uncertainty", {})
    expected, size = of_futures.get("expected"), of_futures.get("relative_to", 0.0)
    return Certificate(
        feasible=said["feasible"],
        largest_violation=said["largest_violation"],
        where=said["where"],
        without_new_places=record["without_new_places"],
        stages=tuple(
            StageCertificate(
                **{name: stage[name] for name in names},
                attained=all_shown or _is_of_plan(stage),
                eased=Eased(**stage["eased"]) if "eased" in stage else None,
                size=0.0 if k else size,
            )
            for k, stage in enumerate(record["stages"])
        ),
        settling=None if expected is None else _settling(first, expected),
    )


def _settling(first: Mapping[str, Any], said: Mapping[str, Any]) -> StageCertificate:
    """Return what the record says of the expectation after another risk."""
    objective = said["objective"]
    return StageCertificate(
        first["minimise"], first["unit"], objective, said["final"], objective, said["bound"],
        consistent=True, seconds=0.0,
    )  # fmt: skip


def _is_of_plan(stage: Mapping[str, Any]) -> bool:
    final: float = stage["final"]
    return bool(abs(final - stage["objective"]) <= TOLERANCE * max(1.0, abs(final)))
