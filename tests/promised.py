"""Instances with commitments whose prices are known."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import independent
from commission_opt.files.shipped import find_instance
from commission_opt.instance.files import read_files
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_contents

HEADER = (
    "commitment,profession,group,region,provider,course,first_year,last_year,"
    "min_places,max_places,owner,reason\n"
)
# On paper, in fractions of places. Alone, the floor moves £50,000 from nurses in the north (3.344
# weighted FTE-years a place of £10,000) to the south (3.04): 5 · 0.304 = 1.52. Alone, the override
# closes 10 places of 2.196 and buys 6 nurses in the south for the £60,000: 21.96 − 18.24 = 3.72;
# these are 16 in all, so the floor costs nothing more.
FLOOR = "floor,,,,,nurse-south,2026,2026,15,,Board,Small course\n"
CLOSED = "closed,,,,,paramedic-south,2026,2026,0,0,Dean,No teachers\n"
LATER = "later,nurse,,,,,2028,2030,40,,Board,Not yet\n"
FLOOR_ALONE, CLOSED_ALONE = 1.52, 3.72
MODEL = find_instance("two-by-two") / "model.toml"


def two_by_two(commitments: str = "", **changed: str) -> Instance:
    """The instance that is solved on paper, with commitments and other tables changed."""
    reading = read_contents(two_by_two_files(commitments, **changed))
    assert reading.instance is not None, "\n".join(map(str, reading.problems))
    return reading.instance


def two_by_two_files(commitments: str = "", **changed: str) -> dict[str, bytes]:
    files = read_files(find_instance("two-by-two"))
    if commitments:
        files["commitments.csv"] = (HEADER + commitments).encode()
    return files | {f"{name}.csv": text.encode() for name, text in changed.items()}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """Files as a folder."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def without(case: independent.Case, names: Collection[str]) -> independent.Case:
    """The independent model's case without some commitments."""
    kept = [row for row in case.commitments if row["commitment"] not in names]
    return replace(case, commitments=kept)
