"""Errors planted on purpose, and how they are planted."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, cast

import numpy as np
import pytest
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES, Aim, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance

Patch = pytest.MonkeyPatch
Around = Callable[[Callable[..., Any]], Callable[..., Any]]
Edit = Callable[[Rows, Planning], Rows]


@dataclass(frozen=True)
class Mutation:
    """One planted error.

    Parameters
    ----------
    name : str
        What is wrong.
    breaks : str
        The rule or objective that it is in, or else what part of the mathematics.
    model : str
        The model of ``equality_cases`` under which it shows.
    shows : str
        Pattern of one of the differences that must be found.
    plant : callable
    """

    name: str
    breaks: str
    model: str
    shows: str
    plant: Callable[[Patch], None]


def wrap(where: str, around: Around) -> Callable[[Patch], None]:
    """Replace ``module:function`` by a function made from it."""
    path, _, name = where.partition(":")
    module = import_module(f"commission_opt.{path}")
    assert hasattr(module, name), f"nothing to replace at {where}"
    return lambda patch: patch.setattr(module, name, around(getattr(module, name)))


def _replaced(
    kinds: Mapping[str, Any], name: str, changes: Callable[[Any], dict[str, Any]]
) -> Callable[[Patch], None]:
    """Replace some functions of a rule or an objective by others made from it."""

    def plant(patch: Patch) -> None:
        old = kinds[name]
        patch.setitem(cast("MutableMapping[str, Any]", kinds), name, replace(old, **changes(old)))

    return plant


def rule(name: str, edit: Callable[[Part, Planning], Part]) -> Callable[[Patch], None]:
    """Change what a rule adds to the program."""

    return _replaced(
        RULES, name, lambda old: {"rows": lambda problem: edit(old.rows(problem), problem)}
    )


def rule_rows(name: str, block: str, edit: Edit) -> Callable[[Patch], None]:
    """Change one block of rows of a rule."""
    return rule(name, lambda part, problem: _edited(part, problem, block, edit))


def blind(name: str) -> Callable[[Patch], None]:
    """Let the certificate not see when a rule is broken."""

    return _replaced(RULES, name, lambda _: {"violations": lambda _problem, _result: iter(())})


def objective(name: str, edit: Callable[[Aim, Planning], Aim]) -> Callable[[Patch], None]:
    """Change the linear form of an objective."""

    return _replaced(
        OBJECTIVES, name, lambda old: {"aim": lambda problem: edit(old.aim(problem), problem)}
    )


def objective_rows(name: str, block: str, edit: Edit) -> Callable[[Patch], None]:
    """Change one block of rows of an objective."""

    def change(aim: Aim, problem: Planning) -> Aim:
        return replace(aim, parts=tuple(_edited(p, problem, block, edit) for p in aim.parts))

    return objective(name, change)


def priced(name: str, block: str, price: Callable[[Floats, Planning], Floats]) -> Any:
    """Change what an objective lets the columns of a block cost."""
    return objective(
        name,
        lambda aim, p: replace(aim, cost={**aim.cost, block: price(aim.cost[block].copy(), p)}),
    )


def valued(name: str, change: Callable[[float], float]) -> Callable[[Patch], None]:
    """Change the value that the certificate works out for an objective."""

    return _replaced(OBJECTIVES, name, lambda old: {"value": lambda *of: change(old.value(*of))})


def _edited(part: Part, problem: Planning, block: str, edit: Edit) -> Part:
    rows = tuple(edit(row, problem) if row.name == block else row for row in part.rows)
    return replace(part, rows=rows)


# ── edits of rows ────────────────────────────────────────────────────────────────────────────


def entry(factor: float, at: int = 0, block: str = PLACES) -> Edit:
    """Multiply one coefficient."""

    def edit(rows: Rows, _problem: Planning) -> Rows:
        matrix = sparse.csr_array(rows.coefficients[block], copy=True)
        matrix.data[at] *= factor
        return _with(rows, block, matrix)

    return edit


def matrix(change: Callable[[Any, Planning], Any], block: str = PLACES) -> Edit:
    """Change all coefficients of a block of columns."""
    return lambda rows, p: _with(
        rows, block, sparse.csr_array(change(rows.coefficients[block].tocsr(), p))
    )


def ends(
    lower: Callable[[Floats], Any] | None = None, upper: Callable[[Floats], Any] | None = None
) -> Edit:
    """Change the bounds of rows."""

    def edit(rows: Rows, _problem: Planning) -> Rows:
        low = lower(rows.lower.copy()) if lower else rows.lower
        high = upper(rows.upper.copy()) if upper else rows.upper
        return replace(rows, lower=np.asarray(low, float), upper=np.asarray(high, float))

    return edit


def without(at: int) -> Edit:
    """Leave one row out."""

    def edit(rows: Rows, _problem: Planning) -> Rows:
        kept = np.delete(np.arange(len(rows.lower)), at)
        return replace(
            rows,
            coefficients={
                block: sparse.csr_array(sparse.csr_array(m)[kept])
                for block, m in rows.coefficients.items()
            },
            lower=rows.lower[kept],
            upper=rows.upper[kept],
            label=lambda i: rows.label(int(kept[i])),
            key=lambda i: rows.key(int(kept[i])),
        )

    return edit


def _with(rows: Rows, block: str, coefficients: sparse.csr_array) -> Rows:
    return replace(rows, coefficients={**rows.coefficients, block: coefficients})


# ── edits of functions ───────────────────────────────────────────────────────────────────────


def given(**changes: Any) -> Any:
    """Let a function see another instance; each change is worked out from the true one."""

    def around(old: Any) -> Any:
        def new(instance: Instance, *rest: Any) -> Any:
            changed = {name: change(instance) for name, change in changes.items()}
            return old(replace(instance, **changed), *rest)

        return new

    return around


def ruled(**changes: Any) -> Any:
    """Let a function see other rules of the model."""

    def around(old: Any) -> Any:
        def new(instance: Instance, policy: Any) -> Any:
            return old(instance, replace(policy, rules=replace(policy.rules, **changes)))

        return new

    return around


def result(change: Any) -> Any:
    """Change what a function returns."""
    return lambda old: lambda *given: change(old(*given))


def started_as_places(i: Instance) -> Any:
    fill = i.courses["fill_rate"].to_numpy()[i.pipeline["course"].to_numpy(int)]
    return i.pipeline.assign(started=i.pipeline["started"] * fill)


def free_last_year(old: Any) -> Any:
    return lambda rate, duration, j: old(rate, duration, j) * (j < duration)
