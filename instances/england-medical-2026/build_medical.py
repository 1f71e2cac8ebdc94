"""Build the tables of the england-medical-2026 instance.

Run as ``python instances/england-medical-2026/build_medical.py [--out DIR]``, from any directory.
What is known of specialties, general practice and the NHS regions comes from the sources of
``england-2026``, and so does the code that combines it; ``sources/`` beside this script holds the
steps of the pathway, the pools between them, and what differs. The same sources give the same
tables, byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "england-2026"))

from builder.script import run_with
from doctors.sources import load_pathway
from doctors.tables import build_pathway

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.exit(
        run_with(HERE, lambda: build_pathway(load_pathway(HERE, HERE.parent / "england-2026")))
    )
