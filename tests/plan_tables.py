"""The tables of a plan as files, and sums over them, for those who check sentences by them."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]
_NUMBER = re.compile(r"[−-]?£?\d[\d,]*(?:\.\d+)?")


def numbers(text: str) -> list[float]:
    """Every number of a sentence, in order."""
    return [float(re.sub("[£,]", "", n).replace("−", "-")) for n in _NUMBER.findall(text)]


@dataclass(frozen=True)
class PlanTables:
    """A plan read with nothing of the package."""

    folder: Path

    @property
    def record(self) -> dict[str, Any]:
        """What plan.json holds."""
        found: dict[str, Any] = json.loads((self.folder / "plan.json").read_text("utf-8"))
        return found

    def rows(self, name: str) -> Rows:
        """The rows of a table of the plan, or of its instance."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def short(self, supply: str = "supply") -> dict[int, float]:
        """FTE missing by year, with a column of supply.csv as the supply."""
        found: dict[int, float] = defaultdict(float)
        for row in self.rows("supply"):
            found[int(row["year"])] += max(0.0, float(row["demand"]) - float(row[supply]))
        return dict(found)

    def stage(self, k: int) -> dict[str, Any]:
        """What plan.json says of an objective."""
        found: dict[str, Any] = self.record["stages"][k]
        return found


def total(rows: Iterable[dict[str, str]], *columns: str) -> float:
    """The sum of some columns over some rows."""
    return sum(float(row[column]) for row in rows for column in columns)
