"""What can be bought in numbers, one file a kind: places on courses, and each kind of measure.

An activity is a module with

- ``TITLE``: what it is, as a heading: ``recruitment``;
- ``arrivals(instance) -> Arrivals``: whom a unit brings to work, where, when and for how long;
  or ``relief(instance) -> Arrivals``: the demand that it takes away, likewise;

and, if it is a kind of measure,

- ``UNUSED``: columns of ``measures.csv`` that say nothing of it, and so must be empty.

Every module in this folder is one; nothing else registers it. The kind of a measure is the name of
its module. Costs, placements, commitments, limits and steps are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from commission_opt.instance.instance import Instance
from commission_opt.supply.arrivals import Arrivals

PLACES = "places"
Flow = Callable[[Instance], Arrivals]


@dataclass(frozen=True)
class Activity:
    """A kind of line, and what it brings.

    Parameters
    ----------
    arrivals, relief : callable, optional
    """

    title: str
    arrivals: Flow | None = None
    relief: Flow | None = None
    unused: tuple[str, ...] = ()

    @property
    def does(self) -> str:
        """What a unit does with FTE: bring some to work, or spare some of the work."""
        return "bring" if self.relief is None else "spare"


def _load(name: str) -> Activity:
    module = import_module(f"{__name__}.{name}")
    arrivals, relief = (getattr(module, flow, None) for flow in ("arrivals", "relief"))
    return Activity(module.TITLE, arrivals, relief, getattr(module, "UNUSED", ()))


ACTIVITIES: Mapping[str, Activity] = {
    name: _load(name)
    for name in sorted((m.name for m in iter_modules(__path__)), key=lambda name: name != PLACES)
}

KINDS: Mapping[str, Activity] = {k: a for k, a in ACTIVITIES.items() if k != PLACES}
"""The kinds of measures."""
