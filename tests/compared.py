"""Plans to compare: solved, written and read back."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pandas as pd

import independent
from commission_opt.allocation.allocate import allocate
from commission_opt.instance.write import settings_text
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.policy import Policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Limits
from promised import written
from samples import made

Files = dict[str, bytes]


def plan_of(folder: Path, files: Mapping[str, bytes], policy: Policy) -> StoredPlan:
    """Solve files under a model and read the plan back."""
    reading = read_contents(files)
    assert reading.instance is not None, "\n".join(map(str, reading.problems))
    write_plan(allocate(reading.instance, policy, Limits(gap=1e-6)), folder)
    return read_plan(folder)


def generated(professions: int, regions: int, years: int, seed: int) -> Files:
    """The files of a generated instance."""
    synthetic = made(professions, regions, years, seed)
    tables = {f"{name}.csv": _csv(frame) for name, frame in synthetic.tables.items()}
    return {"instance.toml": settings_text(synthetic.settings).encode(), **tables}


def edited(files: Files, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Files:
    """The same files with a table changed."""
    file = f"{table}.csv"
    frame = pd.read_csv(BytesIO(files[file]), dtype=str, keep_default_na=False)
    return files | {file: _csv(change(frame))}


def scaled(column: str, factor: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Multiply the numbers of a column."""
    return lambda frame: frame.assign(
        **{column: (pd.to_numeric(frame[column]) * factor).map("{:.6f}".format)}
    )


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


def relaxed(folder: Path, files: Mapping[str, bytes], text: str) -> float:
    """The best in fractions of places by the independent model."""
    case = independent.load(written(folder, dict(files)))
    return independent.solve(case, independent.load_policy(text))[0]
