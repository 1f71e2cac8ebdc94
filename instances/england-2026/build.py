"""Build the tables of the england-2026 instance from the figures in ``sources/``.

Run as ``python instances/england-2026/build.py [--out DIR]``, from any directory. Every figure
and every assumption stands in a source table with its origin; ``builder/`` only combines them:

- ``sources.py``: the source tables, and how a figure is looked up
- ``splits.py``: England's totals over the regions
- ``staff.py``: workforce
- ``demand.py``: demand, and joiners by other routes
- ``intakes.py``: the latest intake of a profession, and earlier years against it
- ``courses.py``: courses and pipeline
- ``destinations.py``: where graduates work
- ``use.py``: what the pipeline and a steady intake use, in money and in placement weeks
- ``money.py``: costs and budgets
- ``placements.py``: placement weeks and capacity
- ``assumptions.py``: what all of this rests on
- ``tables.py``: all tables together
- ``script.py``: what this script does with them

The same sources give the same tables, byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

from builder.script import run

if __name__ == "__main__":
    sys.exit(run(Path(__file__).resolve().parent))
