"""Seconds from tables to supply, on a generated instance of any size.

Run ``python benchmarks/phases.py 129 44 5``: professions, regions, commissioning years.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from commission_opt.accounts.response import response
from commission_opt.instance.generate import generate
from commission_opt.instance.write import write_instance
from commission_opt.reading.read import read_instance
from commission_opt.supply import baseline


def main(professions: int, regions: int, years: int) -> None:
    """Time each phase once and print it."""
    with tempfile.TemporaryDirectory() as name:
        synthetic = generate(professions, regions, years, seed=0)
        write_instance(Path(name), synthetic.settings, synthetic.tables)
        start = time.perf_counter()
        instance = read_instance(name)
        read = time.perf_counter()
        baseline(instance)
        operator = response(instance)
        end = time.perf_counter()
    print(f"{professions} professions × {regions} regions × {instance.horizon} years")
    print(f"read and check   {read - start:6.2f} s")
    print(f"base and S       {end - read:6.2f} s   ({operator.nnz:,} coefficients)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
