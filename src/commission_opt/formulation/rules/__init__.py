"""The rules of a commissioning model, one file each.

A rule is a module with

- ``TITLE``: what it is, as a heading: ``pace of change``;
- ``words(policy) -> str``: what a model asks for by it, exactly as the rows have it;
- ``rows(problem) -> Part``: its rows (and columns) in the linear program, none if it is off;
- ``violations(problem, result) -> Iterator[Violation]``: how far an allocation breaks it, worked
  out from the places in the words of the instance, without the rows.

Every module in this folder is a rule; nothing else registers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Rule:
    """A rule: its words, its rows, and the check of an allocation against it."""

    title: str
    words: Callable[[Policy], str]
    rows: Callable[[Planning], Part]
    violations: Callable[[Planning, Outcome], Iterator[Violation]]


def _load(name: str) -> Rule:
    module = import_module(f"{__name__}.{name}")
    return Rule(module.TITLE, module.words, module.rows, module.violations)


RULES: Mapping[str, Rule] = {m.name: _load(m.name) for m in iter_modules(__path__)}
