"""What can be turned on a what-if page: the figures that an instance and a model have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from commission_opt.errors import CommissionOptError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.reading.applied import applied
from commission_opt.scenario.axis import quoted
from commission_opt.scenario.fields import MODEL
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.views import words

_TRIED = 1.01  # what a figure is multiplied by to see whether it can be
_MOST = 12  # controls of a kind; the others are reached by a line of their own


@dataclass(frozen=True)
class Control:
    """A figure, or many, multiplied by a share.

    Parameters
    ----------
    target : str
        Of the change, such as ``budget[fund=tuition]*=``.
    low, high : int
        Ends of its slider, per cent of what is given.
    """

    target: str
    label: str
    low: int = 50
    high: int = 150


@dataclass(frozen=True)
class Controls:
    """Controls of one kind.

    Parameters
    ----------
    more : int
        How many there are of this kind beyond those shown.
    """

    title: str
    help: str
    controls: tuple[Control, ...]
    more: int = 0


def controls_of(instance: Instance, policy: Policy) -> tuple[Controls, ...]:
    """Return the controls for an instance and a model, kind by kind; only those that work."""
    ground = Ground(instance, policy)
    found = []
    for title, help_, made in _kinds(instance, policy):
        works = [control for control in made if _works(ground, instance, policy, control)]
        if works:
            more = max(0, len(works) - _MOST)
            found.append(Controls(title, help_, tuple(works[:_MOST]), more))
    return tuple(found)


def _works(ground: Ground, instance: Instance, policy: Policy, control: Control) -> bool:
    """Say whether a control has something to change that ``solve --change`` can change too."""
    settings = read_changes([f"{control.target}{_TRIED}"])
    try:
        ground.check([setting.axis for setting in settings])
        if control.target.startswith(MODEL):
            applied(instance, policy, settings)
    except CommissionOptError:
        return False
    return True


def _kinds(instance: Instance, policy: Policy) -> Iterator[tuple[str, str, list[Control]]]:
    funds = sorted({str(fund) for fund in instance.budgets["fund"]})
    yield (
        "Budgets", "What each fund may spend in every year.",
        [Control(f"budget[fund={quoted(fund)}]*=", words.spoken(fund)) for fund in funds],
    )  # fmt: skip
    groups = sorted({str(group) for group in instance.professions["group"]} - {""})
    by_group = [
        Control(f"demand[group={quoted(group)}]*=", words.spoken(group), 80, 120)
        for group in groups
    ]
    whole = [Control("demand*=", "all professions", 80, 120)]
    yield "Demand", "Staff that are needed.", whole + by_group * (len(groups) > 1)
    yield (
        "Leavers", "Shares of staff that leave in a year.",
        [
            Control("leavers*=", "all professions"),
            *(
                Control(f"leavers[group={quoted(group)}]*=", words.spoken(group))
                for group in groups * (len(groups) > 1)
            ),
        ],
    )  # fmt: skip
    yield (
        "Placements and courses", "What teaching can take.",
        [
            Control("placement_capacity*=", "placement weeks"),
            Control("max_intake*=", "most places of each course"),
            Control("completion_rate*=", "students who complete", 80, 100),
            Control("entrants*=", "people who can enter pathways"),
        ],
    )  # fmt: skip
    pace = f"{MODEL}rules.pace_of_change."
    yield (
        "Pace of change", "How fast places of a course may rise and fall in a year.",
        [
            Control(f"{pace}max_increase*=", "most rise", 0, 400),
            Control(f"{pace}max_decrease*=", "most fall", 0, 400),
            Control(f"{pace}allowance*=", "places that are free of it", 0, 400),
        ],
    )  # fmt: skip
    yield "Priorities", "What counts how much; figures weighed otherwise.", _priorities(policy)
    kinds = sorted({str(kind) for kind in instance.measures["kind"]})
    yield (
        "Levers", "The most units of measures other than places, by kind.",
        [
            *(Control(f"max_amount[kind={kind}]*=", kind, 0, 300) for kind in kinds),
            Control("posts*=", "posts that staff can have"),
            Control("min_demand_share*=", "least service, as share of demand", 80, 120),
        ],
    )  # fmt: skip


def _priorities(policy: Policy) -> list[Control]:
    found = []
    for objective in policy.objectives:
        name = f"{MODEL}objective.{objective.minimise}."
        count = len(getattr(objective, "tiers", ()) or ())
        if count > 1:
            found.append(
                Control(f"{name}tiers.{count}.weight*=", "the deepest shortfalls", 50, 400)
            )
    found.append(Control(f"{MODEL}discount_rate*=", "discount of later years", 0, 300))
    return found
