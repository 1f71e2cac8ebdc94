"""A library of problems: the best plan and the best bound known of each, and what a run adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.bench.results import Row
from commission_opt.bench.spec import Case
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.files.toml.read import read_bytes

SPEC, TABLE = "library.toml", "best.csv"
_SURE = 1e-6  # relative; what a certificate vouches for


@dataclass(frozen=True)
class Known:
    """What is known of the first objective of a case.

    Parameters
    ----------
    unit : str
        Of the objective.
    objective, bound : float
        Of the best plan, and the best that was proved.
    plan_commit, bound_commit : str
        The commits that found them.
    plan_work, bound_work : float
        The work limits that they were found with.
    instance, model : str
        Hashes of what the inputs mean.
    """

    case: str
    unit: str
    objective: float
    bound: float
    plan_commit: str
    plan_work: float
    bound_commit: str
    bound_work: float
    instance: str
    model: str

    @property
    def gap(self) -> float:
        """Distance of plan and bound, relative to the plan."""
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)


_NUMBERS = ("objective", "bound", "plan_work", "bound_work")
_COLUMNS = tuple(field.name for field in fields(Known))


def read_known(path: Path) -> dict[str, Known]:
    """Read the table of a library, by case; nothing is known where there is none.

    Raises
    ------
    InputError
        If a column is missing, a number is none, or a case stands twice.
    """
    if not path.exists():
        return {}
    text = read_bytes(path, "table").decode("utf-8", "replace")
    table = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    lacking = [name for name in _COLUMNS if name not in table]
    if lacking:
        raise InputError([Problem("error", path.name, 1, lacking[0], "the column is missing")])
    found: dict[str, Known] = {}
    for number, cells in enumerate(table[list(_COLUMNS)].to_dict("records"), start=2):
        values: dict[str, Any] = {str(name): cell for name, cell in cells.items()}
        for name in _NUMBERS:
            values[name] = _number(path, number, name, values[name])
        known = Known(**values)
        if known.case in found:
            message = f"the case {known.case!r} stands twice; leave out one"
            raise InputError([Problem("error", path.name, number, "case", message)])
        found[known.case] = known
    return found


def _number(path: Path, row: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0.0:
        message = f"{text!r} is no finite number"
        raise InputError([Problem("error", path.name, row, column, message)])
    return value


def table_of(known: Mapping[str, Known]) -> str:
    """Return the table of a library as CSV."""
    rows = [asdict(each) for each in known.values()]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).to_csv(index=False, lineterminator="\n")


def contradictions(rows: Sequence[Row], known: Mapping[str, Known]) -> Iterator[str]:
    """Say where a bound is above a known plan, or a plan below a known bound: one is wrong."""
    for row in rows:
        best = known.get(_name(row))
        if best is None or row.get("bound") is None or row.get("objective") is None:
            continue
        room = _SURE * max(1.0, abs(best.objective))
        if row["bound"] > best.objective + room:
            yield (
                f"{best.case}: no plan is below {row['bound']!r}, it says, and one of "
                f"{best.objective!r} is known ({best.plan_commit})"
            )
        if row["objective"] < best.bound - room:
            yield (
                f"{best.case}: it has a plan of {row['objective']!r}, and it is known that none is "
                f"below {best.bound!r} ({best.bound_commit})"
            )


def others(rows: Sequence[Row], known: Mapping[str, Known]) -> Iterator[str]:
    """Name cases whose inputs mean something else than those of the table."""
    for row in rows:
        best, means = known.get(_name(row)), row.get("means") or {}
        if best is not None and means:
            for what in ("instance", "model"):
                if means.get(what) != getattr(best, what):
                    yield f"{best.case}: the {what} is another than that of the table"


def improved(known: Mapping[str, Known], rows: Sequence[Row]) -> dict[str, Known]:
    """Return what is known after some runs: never a worse plan, never a lower bound."""
    found = dict(known)
    for row in rows:
        if row.get("bound") is None or row.get("objective") is None:
            continue
        new, old = _known(row), found.get(_name(row))
        if old is None:
            found[new.case] = new
            continue
        if _less(new.objective, old.objective):
            old = replace(
                old, objective=new.objective, plan_commit=new.plan_commit, plan_work=new.plan_work
            )
        if _less(old.bound, new.bound):
            old = replace(
                old, bound=new.bound, bound_commit=new.bound_commit, bound_work=new.bound_work
            )
        found[new.case] = old
    return found


def _less(one: float, other: float) -> bool:
    return one < other - 1e-9 * max(1.0, abs(other))


def _known(row: Row) -> Known:
    commit, work, means = (
        str(row.get("commit") or ""),
        float(row.get("work_limit") or row["time_limit"]),
        row["means"],
    )
    return Known(
        _name(row), str(row["unit"]), float(row["objective"]), float(row["bound"]),
        commit, work, commit, work, str(means["instance"]), str(means["model"]),
    )  # fmt: skip


def check_clean(rows: Sequence[Row]) -> None:
    """Refuse to name a commit that is not what ran.

    Raises
    ------
    UsageError
    """
    if any(row.get("dirty") or not row.get("commit") for row in rows):
        raise UsageError(
            "the table names the commit that found a plan, and what ran is none: commit first, "
            "or leave out --update"
        )


def _name(row: Row) -> str:
    return str(row.get("name") or row["case"])


def chosen(cases: Sequence[Case], only: Sequence[str]) -> tuple[Case, ...]:
    """Return the cases whose names hold one of some texts; all if there are none.

    Raises
    ------
    UsageError
        If a text is in no name.
    """
    for text in only:
        if not any(text in (case.name or case.key) for case in cases):
            raise UsageError(f"no case of the library has {text!r} in its name")
    return tuple(c for c in cases if not only or any(t in (c.name or c.key) for t in only))


def comparison(rows: Sequence[Row], known: Mapping[str, Known]) -> list[list[str]]:
    """Return a row of texts for each run: what it found, what was known, and what is new."""
    return [_compared(row, known.get(_name(row))) for row in rows]


def _compared(row: Row, best: Known | None) -> list[str]:
    name = _name(row)
    if row.get("objective") is None or row.get("bound") is None:
        said = ["–"] * 3
        return [name, *said, *_best(best), str(row["status"])]
    said = [f"{row['objective']:,.1f}", f"{row['bound']:,.1f}", f"{100 * row['gap']:.3f} %"]
    new = ["a first plan and bound"] if best is None else []
    if best is not None and _less(row["objective"], best.objective):
        new.append("a better plan")
    if best is not None and _less(best.bound, row["bound"]):
        new.append("a better bound")
    return [name, *said, *_best(best), ", ".join(new)]


def _best(best: Known | None) -> list[str]:
    if best is None:
        return ["–", "–", "–"]
    return [f"{best.objective:,.1f}", f"{best.bound:,.1f}", f"{100 * best.gap:.3f} %"]
