"""A change that leaves no plan: how far it is feasible, what is in conflict, what would help."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from commission_opt.errors import InputError, StoppedError
from commission_opt.explain.answer import Answer
from commission_opt.explain.infeasible.answers import diagnosis_answers
from commission_opt.explain.infeasible.collect import rulebook
from commission_opt.explain.infeasible.diagnosis import diagnosis_of
from commission_opt.explain.infeasible.trial import Trial
from commission_opt.explain.what_if.replan import Variants
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.scenario import Setting, read_changes
from commission_opt.solvers.status import Limits, Watch

_PARTS = 10_000  # of the change, to which its feasible part is found
_SHARE = 0.5  # of the time that finding it may take


def no_plan(
    problem: Planning,
    changes: Sequence[str],
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> list[Answer]:
    """Say why some changes leave no plan, how far they are feasible, and what would help.

    The problem is that of the plan, without the changes; the time limit is for all of the work.

    Returns
    -------
    list of Answer
        How far the changes are feasible; then conflicts and repairs of the instance with them.

    Raises
    ------
    InputError, NoPlanError, StoppedError
        If the changed instance is not valid, or the time or the user came first.
    """
    limits, watch, start = limits or Limits(), watch or Watch(), time.perf_counter()
    settings = read_changes(changes)
    variants = Variants(problem)
    touched = variants.ground.touched(settings)
    changed = variants.planned(settings)
    said = " and ".join(f"“{setting}”" for setting in settings)
    sentences = [f"“{s}” changes {t}." for s, t in zip(settings, touched, strict=True)]
    sentences.append(f"With {said} there is no plan that keeps every rule.")
    watch.begin("what if: how far the change is feasible")
    found = extent(variants, settings, limits, watch, start + _SHARE * limits.seconds)
    sentences += _says(settings, found)
    left = replace(limits, seconds=max(1.0, limits.seconds - (time.perf_counter() - start)))
    diagnosis = diagnosis_of(files_of(changed.instance), changed.policy, limits=left, watch=watch)
    sentences.append("What follows is of the instance with the change made, row by row as it is.")
    title = f"{problem.instance.title}: what if {said}"
    return [Answer(title, tuple(sentences)), *diagnosis_answers(diagnosis)]


def extent(
    variants: Variants, settings: Sequence[Setting], limits: Limits, watch: Watch, end: float
) -> tuple[float, float] | None:
    """Find how far some settings are feasible in fractions of places, halving what is not known.

    Every end is certified: places that keep the rules, checked without the solver, or multipliers
    that prove that there are none.

    Returns
    -------
    feasible, infeasible : float
        Parts of the change, 0 to 1. None if all of it is feasible, or if an end could not be
        settled in time.

    Raises
    ------
    StoppedError
        If the user stopped the work.
    """

    def feasible(part: int) -> bool | None:
        try:
            problem = variants.planned([*parts_of(settings, part / _PARTS)])
        except InputError:
            return None
        book = rulebook(problem)
        answer = Trial(book, limits, watch, end).in_fractions(book.everything, tight=False)
        return True if answer.x is not None else False if answer.proved else None

    low, high = 0, _PARTS
    if feasible(low) is not True or feasible(high) is not False:
        return None
    while high - low > 1:
        if watch.stopped:
            raise StoppedError("stopped before it was clear how far the change is feasible")
        middle = (low + high) // 2
        now = feasible(middle)
        if now is None:
            break
        low, high = (middle, high) if now else (low, middle)
    return low / _PARTS, high / _PARTS


def parts_of(settings: Sequence[Setting], part: float) -> Iterator[Setting]:
    """Yield settings that go a part of the way, 0 to 1, from the figures as they are."""
    for one in settings:
        axis, value = one.axis, one.value
        if axis.operator == "*=":
            yield Setting(axis, 1.0 + part * (value - 1.0))
        elif axis.operator == "+=":
            yield Setting(axis, part * value)
        elif part == 1.0:
            yield one
        else:
            yield Setting(replace(axis, operator="*="), 1.0 - part)
            yield Setting(replace(axis, operator="+="), part * value)


def _says(settings: Sequence[Setting], found: tuple[float, float] | None) -> list[str]:
    if found is None:
        return []

    def at(part: float) -> str:
        if any(one.axis.operator == "=" for one in settings):
            return f"{100 * part:.2f} % of the way"
        return " and ".join(f"“{one}”" for one in parts_of(settings, part))

    feasible, infeasible = found
    return [
        f"In fractions of places it is feasible up to {at(feasible)}, {100 * feasible:.2f} % of "
        f"the change; with {at(infeasible)} it is proved that no places keep every rule."
    ]


def files_of(instance: Instance) -> dict[str, bytes]:
    """Return the files of an instance with settings made: its tables as they are now.

    Each row stands on the line that it is known by.
    """
    files = dict(instance.files)
    for name, frame in instance.tables.items():
        file = TABLES[name].file
        if file not in files:
            continue
        columns = [column.name for column in TABLES[name].columns if column.name in frame]
        text = io.StringIO()
        writer, at = csv.writer(text, lineterminator="\n"), 2
        writer.writerow(columns)
        for line, *cells in frame[columns].itertuples():
            text.write("\n" * (int(line) - at))
            writer.writerow([_cell(cell) for cell in cells])
            at = max(at, int(line)) + 1
        files[file] = text.getvalue().encode()
    return files


def _cell(value: Any) -> str:
    """Write a figure so that it reads back exactly, and a text on one line."""
    if isinstance(value, str):
        return " ".join(value.splitlines())
    return "" if pd.isna(value) else f"{value:.17g}"
