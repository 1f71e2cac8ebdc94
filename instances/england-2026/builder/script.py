"""What the build scripts do when they are run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from builder.sources import Row, load_sources
from builder.tables import build_tables, write_tables


def run(folder: Path, national: Path | None = None) -> int:
    """Build an instance from its sources, by default into its own folder.

    Parameters
    ----------
    folder, national
        As for `load_sources`.

    Returns
    -------
    int
        Exit code.
    """
    return run_with(folder, lambda: build_tables(load_sources(folder, national)))


def run_with(folder: Path, build: Callable[[], Mapping[str, list[Row]]]) -> int:
    """Build an instance and write its tables, by default into its own folder.

    Parameters
    ----------
    folder
        Folder of the instance.
    build
        Gives the rows of every table.

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(description=f"Build the tables of {folder.name}.")
    parser.add_argument("--out", type=Path, default=folder, help="folder to write the tables to")
    out: Path = parser.parse_args().out
    tables = build()
    write_tables(tables, out)
    for name, rows in sorted(tables.items()):
        print(f"{name}.csv: {len(rows)} rows", file=sys.stderr)
    return 0
