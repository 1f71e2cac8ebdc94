"""From a folder or workbook to an instance, with every problem found in one pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from commission_opt.errors import InputError, Problem
from commission_opt.instance import (
    hierarchy,
    misspelt,
    overrides,
    pools,
    rates,
    references,
    rules,
    substitutes,
)
from commission_opt.instance.build import build_instance
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.floors import check_floors
from commission_opt.instance.instance import Instance
from commission_opt.instance.raw import RawTable, parse_csv
from commission_opt.instance.schema import SETTINGS, TABLES
from commission_opt.instance.source import Source, source_of
from commission_opt.instance.typed import ANY, empty_table, typed_table
from commission_opt.reading import deep, promises
from commission_opt.reading.plausibility.files import unseen_characters, unseen_in_settings
from commission_opt.reading.plausibility.look import doubts
from commission_opt.reading.pools import check_pools, warn_nobody_to_deploy
from commission_opt.workbook.opened import open_source

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Reading:
    """What came of reading an instance.

    Parameters
    ----------
    instance : Instance or None
        The instance; None if there is any error.
    problems : tuple of Problem
        Errors first, then warnings, by file and row; before these what is doubtful, the most
        consequential first.
    seconds : mapping of str to float
        Time to ``read`` the files into tables and to ``check`` and resolve these.
    """

    instance: Instance | None
    problems: tuple[Problem, ...]
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)


def read_instance(folder: Path | str) -> Instance:
    """Read an instance that must be valid.

    Parameters
    ----------
    folder : path
        Folder with ``instance.toml`` and the tables, or a workbook with a sheet for each.

    Returns
    -------
    Instance

    Raises
    ------
    InputError
        If anything is wrong with it; carries every problem found.
    """
    reading, _ = _read(folder)
    if reading.instance is None:
        raise InputError(reading.problems)
    return reading.instance


def check_instance(folder: Path | str) -> Reading:
    """Read an instance and find everything that is wrong with it.

    Parameters
    ----------
    folder : path
        Folder with ``instance.toml`` and the tables, or a workbook with a sheet for each.

    Returns
    -------
    Reading
    """
    reading, source = _read(folder)
    if source is None or reading.instance is None:
        return reading
    start = time.perf_counter()
    found = tuple(map(source.place, doubts(reading.instance)))
    check = reading.seconds["check"] + time.perf_counter() - start
    seconds = {**reading.seconds, "check": check}
    return replace(reading, problems=(*found, *reading.problems), seconds=seconds)


def _read(folder: Path | str) -> tuple[Reading, Source | None]:
    """Read an instance, and return its tables of text if there are any."""
    start = time.perf_counter()
    try:
        source = open_source(Path(folder))
    except InputError as error:
        return Reading(None, error.problems), None
    return read_source(source, start), source


def read_contents(files: Mapping[str, bytes], known: Iterable[Problem] = ()) -> Reading:
    """Read an instance from the contents of its files, by name.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by the name of the file.
    known : iterable of Problem
        What is known to be wrong already.
    """
    start = time.perf_counter()
    return read_source(source_of(files, known), start)


def read_source(source: Source, start: float | None = None) -> Reading:
    """Read an instance from its tables of text.

    Parameters
    ----------
    start : float or None
        When the source began to be read, by ``time.perf_counter``; None if just now.
    """
    start = time.perf_counter() if start is None else start
    settings, problems = source.settings, list(source.problems)
    tables, found = _typed_tables(source.tables)
    problems += found
    read = time.perf_counter()
    problems += _check_tables(tables)
    problems += unseen_in_settings(settings)
    if source.settings_valid:
        first_year = int(str(settings["first_year"]))
        years = range(first_year, first_year + int(str(settings["horizon"])))
        problems += _check_years(tables, years)
        instance, found = _resolve(settings, tables, source.files, problems)
        problems += found
    seconds = {"read": read - start, "check": time.perf_counter() - read}
    placed = tuple(map(source.place, _ordered(problems)))
    if any(p.severity == "error" for p in problems) or not source.settings_valid:
        return Reading(None, placed, seconds)
    return Reading(instance, placed, seconds)


def read_regardless(files: Mapping[str, bytes]) -> Instance:
    """Read an instance whose figures are sound each but contradict each other.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by the name of the file. All that may be wrong with them is what
        ``is_contradiction`` says of.

    Returns
    -------
    Instance
        As its files say, contradictions and all.
    """
    source = source_of(files)
    tables, _ = _typed_tables(source.tables)
    return build_instance(source.settings, tables, files)[0]


_CONTRADICTIONS = {
    ("budgets.csv", "amount"),
    ("placements.csv", "capacity"),
    ("commitments.csv", "min_places"),
    ("courses.csv", "min_cohort"),
    ("measures.csv", "min_amount"),
}


def is_contradiction(problem: Problem, files: Mapping[str, bytes]) -> bool:
    """Say whether an error is a sound figure that cannot be kept beside others.

    A pipeline that alone breaks a budget or a pool, a commitment that no course or measure can
    meet or whose least is more than its most, a minimum cohort beyond ``max_intake`` or a
    ``min_amount`` beyond ``max_amount``.
    """
    if problem.row is None or (problem.file, problem.column) not in _CONTRADICTIONS:
        return False
    table, _ = typed_table(parse_csv(problem.file.removesuffix(".csv"), files[problem.file]))
    figures = table[problem.column].dropna()
    return bool(problem.row in figures.index)


_NEVER_EMPTY = ("professions", "regions", "workforce", "demand", "courses")


def _typed_tables(raw: Mapping[str, RawTable]) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    tables, problems = {}, []
    for name, table in TABLES.items():
        if name in raw:
            tables[name], found = typed_table(raw[name])
            problems += found
            if name in _NEVER_EMPTY and tables[name].empty and not found:
                problems.append(Problem.of_file(table.file, "has no rows"))
        else:
            tables[name] = empty_table(table)
            if table.required:
                message = f"is missing; it holds: {table.help}"
                problems.append(Problem.of_file(table.file, message))
    return tables, problems


_TABLE_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Tables], Iterator[Problem]]], ...] = (
    # what is looked through: without a row in any of these there is nothing to find
    (("regions",), lambda tables: hierarchy.check_hierarchy(tables["regions"])),
    (("professions", "measures"), references.check_names),
    ((), references.check_references),
    ((), references.check_duplicates),
    (("costs", "placement_use"), references.check_courses_named_twice),
    (("costs", "placement_use"), rates.check_study_years),
    (("destinations",), overrides.check_shares),
    (("courses", "measures"), rules.check_amounts),
    (("workforce",), rules.check_early_leavers),
    (("courses",), rules.check_staff_taken),
    (("commitments",), rules.check_commitments),
    (("pathways",), pools.check_pathways),
    (("floors",), check_floors),
    (("measures",), lambda tables: deep.check_kinds(tables["measures"])),
    (("substitution",), lambda tables: substitutes.check_pairs(tables["substitution"])),
    (("workforce", "measures"), rules.warn_rates),
    (("regions",), rules.warn_parent_weights),
    (("assumptions",), rules.warn_assumptions),
    ((), unseen_characters),
)


def _check_tables(tables: Tables) -> Iterator[Problem]:
    for looked_through, check in _TABLE_CHECKS:
        if not looked_through or any(len(tables[name]) for name in looked_through):
            yield from check(tables)


def _check_years(tables: Tables, years: range) -> Iterator[Problem]:
    yield from references.check_complete(tables, years)
    if len(tables["eligible"]):
        yield from pools.check_every_year(tables, years)
    if len(tables["pipeline"]):
        yield from rules.check_pipeline_starts(tables, years[0])
    yield from rules.warn_outside_horizon(tables, years)
    if len(tables["commitments"]):
        yield from promises.warn_beyond_horizon(tables["commitments"], years)
    yield from rules.warn_demand_jumps(tables, years)


_RESOLVED_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Instance], Iterator[Problem]]], ...] = (
    # tables that must be sound as a whole, as what they lack would be found wanting elsewhere
    (("costs", "courses", "measures", "pay", "budgets"), misspelt.check_funds),
    (("placement_use", "courses", "measures", "placements"), misspelt.check_pools),
    ((), deep.check_pipeline_alone),
    (("workforce", "courses", "pipeline", "joiners", "costs", "pay"), deep.warn_pay_alone),
    (("professions", "regions", "courses"), deep.check_commitments_can_be_met),
    (("workforce", "courses", "pipeline", "joiners"), deep.check_staff_to_take),
    (("regions", "courses", "pathways", "eligible"), check_pools),
    (("substitution",), lambda instance: substitutes.check_circles(instance.substitution)),
    (("workforce", "courses", "pipeline", "joiners"), warn_nobody_to_deploy),
    ((), deep.warn_nobody_leaves),
    ((), deep.warn_late_effects),
    (("costs",), deep.warn_free_lines),
    (("budgets",), deep.warn_missing_budgets),
    (("placements",), deep.warn_missing_capacities),
    (("costs", "courses", "measures", "pay"), deep.warn_idle_budgets),
)


def _resolve(
    settings: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, bytes],
    problems: list[Problem],
) -> tuple[Instance | None, list[Problem]]:
    """Resolve the rows without errors, so that what they say together is checked too.

    What would only follow from a row that was left out is not reported.
    """
    sound = _sound_rows(tables, problems)
    if any(sound[name].empty for name in ("professions", "regions", "courses")):
        return None, []
    whole = {name for name, rows in sound.items() if len(rows) == len(tables[name])}
    instance, found = build_instance(settings, sound, files)
    for needed, check in _RESOLVED_CHECKS:
        if whole.issuperset(needed):
            found += check(instance)
    return instance, found


def _sound_rows(
    tables: Mapping[str, pd.DataFrame], problems: list[Problem]
) -> dict[str, pd.DataFrame]:
    """Leave out rows that cannot be used, and rows that name what was left out."""
    bad: dict[str, set[int]] = {}
    for p in problems:
        if p.severity == "error" and p.row is not None:
            bad.setdefault(p.file.removesuffix(".csv"), set()).add(p.row)
    if not any(p.severity == "error" for p in problems):
        return dict(tables)
    sound = {}
    for name, frame in tables.items():
        if name not in bad:
            sound[name] = frame
            continue
        needed = [column.name for column in TABLES[name].columns if column.required]
        whole = frame[needed].notna().all(axis=1)
        sound[name] = _only(frame, whole & ~frame.index.isin(bad.get(name, ())))
    for kinds in ({"profession", "leaf", "region"}, {"course", "measure", "group", "provider"}):
        known = references.known_codes(sound)
        for name, column in references.references():
            if column.names in kinds and len(sound[name]):
                kept = {*known[column.names], ANY, ""}
                sound[name] = _only(sound[name], sound[name][column.name].isin(kept))
    return sound


def _only(frame: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """Leave out rows, which are none in most tables."""
    return frame if kept.all() else frame[kept]


def _ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    """Sort; of several findings about one cell keep the first, as the others follow from it."""
    first: dict[object, Problem] = {}
    for p in problems:
        cell = (p.file, p.row, p.column)
        first.setdefault(p if None in cell else cell, p)
    order = {file: i for i, file in enumerate([SETTINGS_FILE, *(t.file for t in TABLES.values())])}
    keys = {key: i for i, key in enumerate(SETTINGS)}
    return tuple(
        sorted(
            first.values(),
            key=lambda p: (
                p.severity,
                order.get(p.file, -1),
                p.row or 0,
                keys.get(p.column or "", -1) if p.file == SETTINGS_FILE else 0,
                p.column or "",
            ),
        )
    )
