"""Seconds, gap and memory against the size of generated instances, with a fitted exponent.

Run ``python benchmarks/growth.py --regions 7,14,28,44 --years 1,3,5 --professions 129 --out DIR``.
Each size runs in a fresh process with the fast method and a gap of 0, so that it never stops early.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measuring import generated, markdown, percent, read_generated, run_limited

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.plan.write import peak_memory_mib
from commission_opt.solvers.status import Limits

HEADER = (
    "regions", "years", "decisions", "nonzeros", "relaxation", "bound", "integer", "total",
    "gap", "peak MiB",
)  # fmt: skip
_SPARE = 300.0  # seconds to read and check on top of the time limit
_PHASES = ("relaxation", "bound", "integer")
_UNITS = {"seconds": 1.0, "gap": 100.0}  # of the plot
_LABELS = {"seconds": "seconds", "gap": "certified gap, %"}
Record = dict[str, Any]


def one(folder: Path, time_limit: float) -> Record:
    """Allocate the instance of a folder and return what was measured."""
    instance, policy = read_generated(folder)
    allocation = allocate(instance, policy, Limits(time_limit, gap=0.0), method=Method.FAST)
    return {
        "decisions": allocation.problem.layout.size,
        "nonzeros": int(allocation.proofs[0].formulation.program.matrix.nnz),
        "phases": {phase: allocation.seconds.get(phase, 0.0) for phase in _PHASES},
        "seconds": sum(allocation.seconds.values()),
        "gap": allocation.certificate.gap,
        "peak": peak_memory_mib(),
    }


def measured(professions: int, regions: int, years: int, seed: int, limit: float) -> Record:
    """Measure a size in a process of its own; without figures if it does not end."""
    record: Record = {"regions": regions, "years": years}
    with generated((professions, regions, years), seed) as folder:
        command = [sys.executable, __file__, "--one", str(folder), "--time-limit", str(limit)]
        try:
            printed = run_limited(command, limit + _SPARE)
        except RuntimeError as error:
            print(str(error).rstrip(), file=sys.stderr)
            printed = None
    return record if printed is None else record | json.loads(printed)


def row(record: Record) -> list[str]:
    """Return a row of the table."""
    size = [str(record["regions"]), str(record["years"])]
    if "seconds" not in record:
        return [*size, "–", "–", "–", "–", "–", "no plan", "–", "–"]
    return [
        *size,
        f"{record['decisions']:,}",
        f"{record['nonzeros']:,}",
        *(f"{record['phases'][phase]:.2f} s" for phase in _PHASES),
        f"{record['seconds']:.2f} s",
        percent(record["gap"]),
        "–" if record["peak"] is None else f"{record['peak']:.0f}",
    ]


def fit(records: Sequence[Record]) -> tuple[float, float] | None:
    """Fit seconds = a · decisions^b by least squares on logarithms; None for fewer than 2 sizes."""
    decisions = np.array([record["decisions"] for record in records], dtype=float)
    if len(np.unique(decisions)) < 2:
        return None
    seconds = np.array([record["seconds"] for record in records])
    exponent, level = np.polyfit(np.log(decisions), np.log(seconds), 1)
    return float(np.exp(level)), float(exponent)


def draw(records: Sequence[Record], power: tuple[float, float] | None, out: Path) -> None:
    """Draw seconds and gap against decisions, each into a PNG file."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        print("no plots: matplotlib is not here; pip install 'commission-opt[plots]'")
        return
    out.mkdir(parents=True, exist_ok=True)
    for what, label in _LABELS.items():
        figure = Figure(figsize=(6, 4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        for years in sorted({record["years"] for record in records}):
            some = [record for record in records if record["years"] == years]
            x = [record["decisions"] for record in some]
            y = [record[what] * _UNITS[what] for record in some]
            axes.plot(x, y, "o", label=f"{years} commissioning year{'s'[: years > 1]}")
        if what == "seconds":
            axes.set_yscale("log")
            if power is not None:
                ends = np.array(sorted(record["decisions"] for record in records))[[0, -1]]
                line = power[0] * ends ** power[1]
                axes.plot(ends, line, "k--", label=f"decisions^{power[1]:.2f}")
        axes.set_xscale("log")
        axes.set_xlabel("decisions")
        axes.set_ylabel(label)
        axes.legend()
        figure.savefig(out / f"growth-{what}.png", dpi=120)
        print(f"wrote {out / f'growth-{what}.png'}")


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--professions", type=int, default=129)
    parser.add_argument("--regions", type=_numbers, default=[7, 14, 28, 44])
    parser.add_argument("--years", type=_numbers, default=[1, 3, 5])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=600.0, help="seconds for each size")
    parser.add_argument("--out", type=Path, help="folder for the plots; without it, none")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    return parser


def main(words: Sequence[str] | None = None) -> None:
    """Measure every size, print a table and the fitted exponent, and draw."""
    asked = _parser().parse_args(words)
    if asked.one is not None:
        print(json.dumps(one(asked.one, asked.time_limit)))
        return
    records = [
        measured(asked.professions, regions, years, asked.seed, asked.time_limit)
        for years in asked.years
        for regions in asked.regions
    ]
    print(markdown(HEADER, [row(record) for record in records]))
    solved = [record for record in records if "seconds" in record]
    power = fit(solved)
    if power is not None:
        print(f"\nseconds ≈ {power[0]:.3g} · decisions^{power[1]:.2f}")
    if asked.out is not None and solved:
        draw(solved, power, asked.out)


if __name__ == "__main__":
    main()
