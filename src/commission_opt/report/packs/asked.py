"""What was asked of a region, a profession or a provider: its limits, and commitments on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commission_opt.explain.answer import AnswerTable
from commission_opt.explain.ledger.promises import Promise, promises
from commission_opt.report.facts import Facts
from commission_opt.report.packs.scope import PROFESSION, PROVIDER, REGION, Scope
from commission_opt.report.section import Exhibit, Section, known, tabled
from commission_opt.views import words
from commission_opt.views.lines import COURSE


def asked(facts: Facts, scope: Scope) -> Section:
    """Return the section."""
    own = promised(facts, scope)
    said = [
        "Last year, and within which limits the plan was to stay. The least and the most by the "
        "pace of change are those of the first year; capacity and cohorts limit it further."
    ]
    exhibits = [Exhibit(_limits(facts, scope), folded=len(scope.at) > 40)]
    if own:
        exhibits.append(Exhibit(_commitments(facts, scope, own)))
    else:
        said.append("No commitment that is in force speaks of it.")
    return Section("asked", "What was asked", tuple(said), tuple(exhibits))


def promised(facts: Facts, scope: Scope) -> list[Promise]:
    """Return the commitments in force that count places or units of a scope."""
    matches = facts.instance.commitment_lines
    found = promises(facts.found.plan.problem, facts.outcome.amounts)
    return [each for each in found if each.in_force and matches[each.position][scope.lines].any()]


def line_columns(facts: Facts, scope: Scope) -> list[tuple[Any, ...]]:
    """Return the columns that name the lines of a scope: those that say something of it."""
    table, names = facts.instance.lines.iloc[scope.at], facts.names
    of = {
        "profession": table["profession"].map(names.professions).tolist(),
        "region": table["region"].map(names.regions).tolist(),
    }
    other = {REGION: "profession", PROFESSION: "region"}.get(scope.kind)
    alone = {len(table), 1} == {len({*cells}) for cells in of.values()}
    if other is not None and alone and (table["kind"] == COURSE).all():
        return [(other, other, of[other])]  # which says all of a course
    titles = {**names.courses, **names.measures}
    what = "course or measure" if facts.units else "course"
    found: list[tuple[Any, ...]] = [("line", what, [titles[code] for code in table["line"]])]
    found += [(name, name, cells) for name, cells in of.items() if len({*cells}) > 1]
    courses = facts.instance.courses["provider"].fillna("").astype(str).tolist()
    if scope.kind != PROVIDER and any(courses):
        every = np.array([*courses, *[""] * len(facts.instance.measures)], dtype=object)
        found.append(("provider", "provider", every[scope.at].tolist()))
    return found


def _limits(facts: Facts, scope: Scope) -> AnswerTable:
    table, at = facts.instance.lines.iloc[scope.at], scope.at
    low, high = (end[at, 0] for end in facts.standing.pace)
    finite = np.where(np.isfinite(high), high, np.nan)
    paced = np.isfinite(high)
    columns = [
        *line_columns(facts, scope),
        ("last", "last year", table["last_amount"].to_numpy(float), words.count),
        ("cohort", "smallest", table["min_amount"].to_numpy(float), words.count),
        ("capacity", "capacity", table["max_amount"].to_numpy(float), words.count),
        *[
            (name, f"{name} by the pace of change", ends, known(words.count))
            for name, ends in (("least", np.where(paced, low, np.nan)), ("most", finite))
        ]
        * bool(paced.any()),
    ]
    return tabled("limits", "Last year and limits by course", columns)


def _commitments(facts: Facts, scope: Scope, own: Sequence[Promise]) -> AnswerTable:
    matches = facts.instance.commitment_lines
    rows = [
        (each, k, year, matches[each.position]) for each in own for k, year in enumerate(each.years)
    ]
    first = facts.instance.first_year
    here = [
        float(facts.outcome.amounts[lines & scope.lines, year - first].sum())
        for _, _, year, lines in rows
    ]
    shared = [bool((lines & ~scope.lines).any()) for *_, lines in rows]
    columns = (
        ("commitment", "commitment", [each.name for each, *_ in rows]),
        ("owner", "owner", [each.owner for each, *_ in rows]),
        ("reason", "reason", [each.reason or "" for each, *_ in rows]),
        ("year", "year", [year for _, _, year, _ in rows], words.year),
        ("least", "at least", [_end(each.least) for each, *_ in rows], known(words.count)),
        ("most", "at most", [_end(each.most) for each, *_ in rows], known(words.count)),
        ("here", "the plan gives here", here, words.count),
        ("shared", "counts", ["others as well" if some else "this alone" for some in shared]),
    )
    note = (
        "What a commitment asks for is asked of all that it counts together; what the plan gives "
        "here is the part of it that this page is about."
    )
    return tabled("commitments", "Commitments in force", columns, note=note)


def _end(value: float) -> float:
    return value if np.isfinite(value) else np.nan
