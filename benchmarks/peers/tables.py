"""The tables of a comparison, from the rows that the jobs left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from measuring import markdown, percent
from peers.registry import OURS

Row = Mapping[str, Any]
Rows = dict[str, dict[str, list[dict[str, Any]]]]
ByPeer = Mapping[str, Sequence[Row]]

FLOOR = "raw-highspy"
_ASSEMBLY = ("statement", "build", "pass")
_GOOD = {"optimal", "limit"}


def assembly(rows: ByPeer, _gap: float) -> str:
    """Write up the way from supply to a loaded solver."""
    header = (
        "library", "tables → solver", "of that, passing", "÷ raw arrays", "÷ this engine",
        "with supply, ÷ raw arrays", "with supply, ÷ this engine",
    )  # fmt: skip
    lines = []
    for peer, runs in rows.items():
        if problem := _problem(runs, _ASSEMBLY):
            lines.append([peer, problem, *["–"] * (len(header) - 2)])
            continue
        bare, whole = _sum(*_ASSEMBLY), _sum("supply", *_ASSEMBLY)
        passing = median(_sum("pass")(run) for run in runs)
        lines.append(
            [
                peer,
                f"{median(map(bare, runs)):.3f} s",
                "within the solve" if passing < 1e-4 else f"{passing:.3f} s",
                *(_ratio(runs, rows, other, bare) for other in (FLOOR, OURS)),
                *(_ratio(runs, rows, other, whole) for other in (FLOOR, OURS)),
            ]
        )
    return markdown(header, lines)


def memory(rows: ByPeer, _gap: float) -> str:
    """Write up the most memory that a process has held until the model was handed over."""
    header = ("library", "peak, MiB", "÷ this engine", "beyond supply, MiB", "÷ this engine")
    lines = []
    for peer, runs in rows.items():
        if problem := _problem(runs, _ASSEMBLY):
            lines.append([peer, problem, "–", "–", "–"])
            continue
        lines.append(
            [
                peer,
                f"{median(map(_peak, runs)):.0f}",
                _ratio(runs, rows, OURS, _peak),
                f"{median(map(_growth, runs)):.0f}",
                _ratio(runs, rows, OURS, _growth),
            ]
        )
    return markdown(header, lines)


def relaxation(rows: ByPeer, _gap: float) -> str:
    """Write up the solve of the relaxation to its optimum."""
    header = ("library", "relaxation", "÷ raw arrays", "÷ this engine", "optimum − ours, relative")
    ours = next((row.get("relaxation") for row in rows.get(OURS, ())), None)
    lines = []
    for peer, runs in rows.items():
        if problem := _problem(runs, ("relax",)):
            lines.append([peer, problem, "–", "–", "–"])
            continue
        spent = _sum("relax")
        values = [run["relaxation"] for run in runs if run.get("relaxation") is not None]
        lines.append(
            [
                peer,
                f"{median(map(spent, runs)):.2f} s",
                *(_ratio(runs, rows, other, spent) for other in (FLOOR, OURS)),
                _difference(values, [ours] * len(values)),
            ]
        )
    return markdown(header, lines)


def integer(rows: ByPeer, gap: float) -> str:
    """Write up the way from supply to an integer plan of the gap asked for."""
    header = (
        "library", "end to end", "÷ this engine", "objective", "own gap", "gap to our bound",
        "ended",
    )  # fmt: skip
    bounds = [row["bound"] for row in rows.get(OURS, ()) if row.get("bound") is not None]
    phases = ("supply", "statement", "build_integer", "integer")
    ours_done = bool(rows.get(OURS)) and all(_reached(row, gap) for row in rows[OURS])
    lines = []
    for peer, runs in rows.items():
        if problem := _problem(runs, ("integer",)):
            lines.append([peer, problem, *["–"] * (len(header) - 2)])
            continue
        spent, run = _sum(*phases), runs[0]
        objective, own = run.get("objective"), run.get("gap")
        ratio = _ratio(runs, rows, OURS, spent) if ours_done else "–"
        reached = all(_reached(row, gap) for row in runs)
        lines.append(
            [
                peer,
                f"{median(map(spent, runs)):.2f} s",
                ratio if reached or ratio == "–" else f"> {ratio}",
                "no plan" if objective is None else f"{objective:,.1f}",
                "–" if own is None else percent(own),
                percent((objective - max(bounds)) / abs(objective))
                if bounds and objective is not None
                else "–",
                "breaks a rule" if run["status"] == "broken"
                else "gap reached" if reached else f"gap not reached ({run['message']})",
            ]
        )  # fmt: skip
    return markdown(header, lines)


def resolves(rows: ByPeer, _gap: float) -> str:
    """Write up ten solves of the relaxation with other budgets."""
    header = ("library", "ten re-solves", "÷ raw arrays", "÷ this engine", "largest difference")
    ours = next((row.get("resolved") for row in rows.get(OURS, ())), None)
    lines = []
    for peer, runs in rows.items():
        if problem := _problem(runs, ("resolve",)):
            lines.append([peer, problem, "–", "–", "–"])
            continue
        spent = _sum("resolve")
        lines.append(
            [
                peer,
                f"{median(map(spent, runs)):.2f} s",
                *(_ratio(runs, rows, other, spent) for other in (FLOOR, OURS)),
                _difference(runs[0]["resolved"], ours),
            ]
        )
    return markdown(header, lines)


TABLES: Sequence[tuple[str, str, Callable[[ByPeer, float], str]]] = (
    ("Assembly: tables → solver", "assembly", assembly),
    ("Peak memory of assembly", "assembly", memory),
    ("Relaxation", "relaxation", relaxation),
    ("Ten re-solves of the relaxation with changed budgets", "relaxation", resolves),
    ("End to end to an integer plan", "integer", integer),
)


def _problem(runs: Sequence[Row], phases: Sequence[str]) -> str:
    """Say why some runs have no figures; "" if all have."""
    for run in runs:
        if any(phase not in run["seconds"] for phase in phases):
            return f"{run['status']}: {run.get('message', '')}".replace("\n", " ").replace("|", "/")
    return "" if runs else "not run"


def _sum(*phases: str) -> Callable[[Row], float]:
    return lambda row: sum(row["seconds"][phase] for phase in phases)


def _peak(row: Row) -> float:
    return float(row["peak_memory_mib"]["pass"])


def _growth(row: Row) -> float:
    return _peak(row) - float(row["peak_memory_mib"]["supply"])


def _reached(row: Row, gap: float) -> bool:
    own = row.get("gap")
    return row["status"] in _GOOD and own is not None and own <= gap * (1 + 1e-6)


def _ratio(runs: Sequence[Row], rows: ByPeer, other: str, figure: Callable[[Row], float]) -> str:
    """Return the median of the ratios of each round."""
    others = rows.get(other, ())
    try:
        ratios = [figure(a) / figure(b) for a, b in zip(runs, others, strict=True)]
    except (KeyError, ValueError, ZeroDivisionError):
        return "–"
    return f"{median(ratios):.2f}" if ratios else "–"


def _difference(values: Sequence[float], ours: Sequence[float | None] | None) -> str:
    if ours is None or len(values) != len(ours) or not values:
        return "–"
    sizes = [abs(a - b) / abs(b) for a, b in zip(values, ours, strict=True) if b]
    return f"{max(sizes):.0e}" if sizes else "–"
