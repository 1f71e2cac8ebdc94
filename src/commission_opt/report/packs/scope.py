"""Whose rows a pack shows: those of a region, a profession or a provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from commission_opt.arrays import Bools, Ints
from commission_opt.errors import UsageError
from commission_opt.explain.naming import code_position, unknown
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.report.facts import Facts
from commission_opt.views import words

REGION, PROFESSION, PROVIDER = KINDS = ("region", "profession", "provider")


@dataclass(frozen=True, eq=False)
class Scope:
    """A region, a profession or a provider of an instance, and what is its own.

    L lines, P professions, Q leaf regions.

    Parameters
    ----------
    kind : {"region", "profession", "provider"}
    code : str
        As the instance has it.
    name : str
        As it is shown.
    lines : array of bool, shape (L,)
        Its courses and measures.
    cells : array of bool, shape (P, Q)
        Professions and leaf regions of whose staff it is told: of a provider those that it teaches.
    """

    kind: str
    code: str
    name: str
    lines: Bools
    cells: Bools

    @cached_property
    def at(self) -> Ints:
        """Positions of its lines."""
        return np.flatnonzero(self.lines)

    @property
    def staff(self) -> Bools:
        """Cells whose staff are its own, shape (P, Q): none of a provider."""
        return self.cells & (self.kind != PROVIDER)

    @property
    def professions(self) -> Ints:
        """Positions of the professions of which it is told."""
        return np.flatnonzero(self.cells.any(axis=1))

    @property
    def regions(self) -> Ints:
        """Positions of the leaf regions of which it is told."""
        return np.flatnonzero(self.cells.any(axis=0))

    def covers(self, scope: Bools) -> bool:
        """Say whether a limit or a budget on some leaf regions is its own alone."""
        if self.kind != REGION:
            return False
        here = np.asarray(self.cells.any(axis=0))
        return bool(scope.any() and here[scope].all())


def scope_of(facts: Facts, kind: str, code: str) -> Scope:
    """Return the scope of a code.

    Raises
    ------
    UsageError
        If there is no such region, profession or provider.
    """
    instance, names = facts.instance, facts.names
    lines = instance.lines
    cells = np.zeros(instance.shape[:2], dtype=bool)
    if kind == REGION:
        there = [region for region in instance.scopes if region != ANY]
        if code not in there:
            raise unknown(kind, code, there)
        here: Bools = instance.scopes[code]
        cells[:, here] = True
        return Scope(kind, code, names.regions[code], here[lines["q"].to_numpy(int)], cells)
    if kind == PROFESSION:
        p = code_position(instance, kind, code)
        cells[p] = True
        return Scope(kind, code, names.professions[code], lines["p"].to_numpy(int) == p, cells)
    there = providers(instance)
    if not there:
        raise UsageError(f"there is no provider {code!r}: no course of the instance names one")
    if code not in there:
        raise unknown(kind, code, there)
    own = np.zeros(len(lines), dtype=bool)
    own[: len(instance.courses)] = (instance.courses["provider"] == code).to_numpy()
    cells[lines["p"].to_numpy(int)[own], lines["q"].to_numpy(int)[own]] = True
    return Scope(kind, code, words.clean(code), own, cells)


def providers(instance: Instance) -> list[str]:
    """Return the providers that courses name, in their order."""
    named = instance.courses["provider"].fillna("").astype(str)
    return [provider for provider in dict.fromkeys(named) if provider]


def codes(instance: Instance) -> dict[str, list[str]]:
    """Return the codes of all regions, professions and providers, by kind."""
    return {
        REGION: [str(region) for region in instance.scopes if region != ANY],
        PROFESSION: [str(profession) for profession in instance.professions["profession"]],
        PROVIDER: providers(instance),
    }


def every_scope(facts: Facts) -> Iterator[Scope]:
    """Yield the scope of every region, profession and provider that has any line or staff."""
    for kind, there in codes(facts.instance).items():
        for code in there:
            yield scope_of(facts, kind, code)
