"""Build the tables of the england-levers-2026 instance.

Run as ``python instances/england-levers-2026/build_levers.py [--out DIR]``, from any directory.
What is known of England comes from the sources of ``england-2026``, and so does the code that
combines it. ``sources/`` beside this script holds what is known of levers, and ``levers/`` adds it:

- ``sources.py``: the source tables, and how a figure of a lever is looked up
- ``routes.py``: courses that take staff
- ``measures.py``: measures, their costs and placement weeks
- ``tables.py``: all tables together

The same sources give the same tables, byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "england-2026"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from builder.script import run_with
from levers.sources import load_levers
from levers.tables import build_levers

HERE = Path(__file__).resolve().parent
NATIONAL = HERE.parent / "england-2026"

if __name__ == "__main__":
    sys.exit(run_with(HERE, lambda: build_levers(load_levers(HERE, NATIONAL))))
