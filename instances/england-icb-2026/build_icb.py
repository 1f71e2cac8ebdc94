"""Build the tables of the england-icb-2026 instance.

Run as ``python instances/england-icb-2026/build_icb.py [--out DIR]``, from any directory. What is
known of England and of the NHS regions comes from the sources of ``england-2026``, and so does the
code that combines it; ``sources/`` beside this script holds what is known of integrated care
boards. The same sources give the same tables, byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "england-2026"))

from builder.script import run

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    sys.exit(run(HERE, national=HERE.parent / "england-2026"))
