"""What changes for whom: places by profession and by region, with every option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.facts import Facts
from commission_opt.report.options.board import quoted
from commission_opt.report.options.made import Option
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words

_NAMED = 3  # professions and regions named in a sentence
_MOVED = 0.5  # places


def people(options: Sequence[Option]) -> Section:
    """Return the section: the largest differences first."""
    plans, facts = [each for each in options if each.is_plan], options[0].facts
    first = plans[0]
    if len(plans) > 1:
        said = [_against(first, each) for each in plans[1:]]
    else:
        said = [_against_last(first)]
    exhibits = [
        exhibit
        for axis, kind, names in (
            (1, "profession", facts.professions),
            (0, "region", facts.regions),
        )
        for exhibit in (_places(plans, axis, kind, names), _missing(options, axis, kind, names))
    ]
    return Section("people", "What changes for whom", tuple(said), tuple(exhibits))


def _against(first: Option, other: Option) -> str:
    """Say to whom an option gives most more, and from whom it takes most, against the first."""
    return _differences(f"Against {quoted(first.name)}, {quoted(other.name)}", first.places, other)


def _against_last(plan: Option) -> str:
    last = plan.facts.last_year[:, :, None]
    return _differences(f"Against last year, {quoted(plan.name)}", last, plan)


def _differences(start: str, base: Floats, option: Option) -> str:
    facts = option.facts
    change = option.places[:, :, 0] - base[:, :, 0]
    parts = [
        text
        for axis, names in ((1, facts.professions), (0, facts.regions))
        for text in _named(change.sum(axis=axis), names)
    ]
    if not parts:
        return f"{start} gives every profession and every region as many places."
    return f"{start} has {'; '.join(parts)}; {_in_all(change)}."


def _named(change: Floats, names: Sequence[str]) -> Iterator[str]:
    """Name those with the most more, and those with the most fewer."""
    for way, word in ((1.0, "more"), (-1.0, "fewer")):
        order = np.argsort(-way * change, kind="stable")
        which = [int(i) for i in order if way * change[i] > _MOVED][:_NAMED]
        if which:
            listed = [f"{names[i]} ({words.change(float(change[i]))})" for i in which]
            yield f"{word} places for {words.joined(listed)}"


def _in_all(change: Floats) -> str:
    total = float(change.sum())
    return f"{words.change(total)} in all" if abs(total) > _MOVED else "as many in all"


def _places(plans: Sequence[Option], axis: int, kind: str, names: Sequence[str]) -> Exhibit:
    """Return the first year's places of every plan, those that differ most first."""
    facts: Facts = plans[0].facts
    last = facts.last_year.sum(axis=axis)
    now = [each.places[:, :, 0].sum(axis=axis) for each in plans]
    apart = np.max([*now, last], axis=0) - np.min([*now, last], axis=0)
    order = np.argsort(-apart, kind="stable")
    columns = [
        (kind, kind, [names[i] for i in order]),
        ("last", "last year", last[order], words.count),
        *((f"o{i}", each.name, values[order], words.count)
          for i, (each, values) in enumerate(zip(plans, now, strict=True))),
        *((f"c{i}", f"{each.name}, on last year", (values - last)[order], words.change)
          for i, (each, values) in enumerate(zip(plans, now, strict=True))),
    ]  # fmt: skip
    title = f"Places in {words.year(facts.years[0])} by {kind}, the largest differences first"
    return Exhibit(tabled(f"places-{kind}", title, columns))


def _missing(options: Sequence[Option], axis: int, kind: str, names: Sequence[str]) -> Exhibit:
    """Return the FTE missing at the end with every option, those that differ most first."""
    facts = options[0].facts
    short = [each.missing[:, :, -1].sum(axis=axis) for each in options]
    of_plans = np.array(short[1:])
    order = np.argsort(-(of_plans.max(axis=0) - of_plans.min(axis=0)), kind="stable")
    columns = [
        (kind, kind, [names[i] for i in order]),
        *((f"o{i}", each.name, values[order], words.count)
          for i, (each, values) in enumerate(zip(options, short, strict=True))),
    ]  # fmt: skip
    title = f"FTE short in {words.year(facts.years[-1])} by {kind}, the largest differences first"
    return Exhibit(tabled(f"missing-{kind}", title, columns), folded=True)
