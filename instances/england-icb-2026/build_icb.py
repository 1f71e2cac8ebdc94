"""Build the tables of the england-icb-2026 instance.

Run as ``python instances/england-icb-2026/build_icb.py [--out DIR]``, from any directory. What is
known of England and of the NHS regions comes from the sources of ``england-2026``, and so does the
code that combines it; ``sources/`` beside this script holds what is known of integrated care
boards. The same sources give the same tables, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "england-2026"))

from builder.sources import load_sources
from builder.tables import build_tables, write_tables

HERE = Path(__file__).resolve().parent
ENGLAND = HERE.parent / "england-2026"


def main() -> int:
    """Build the instance, by default in the folder of this script."""
    parser = argparse.ArgumentParser(description=f"Build the tables of {HERE.name}.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write the tables to")
    out: Path = parser.parse_args().out
    tables = build_tables(load_sources(HERE, national=ENGLAND))
    write_tables(tables, out)
    for name, rows in sorted(tables.items()):
        print(f"{name}.csv: {len(rows)} rows", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
