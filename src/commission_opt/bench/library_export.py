"""The problems of a library as MPS files, so that others can measure themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from commission_opt.bench.run import write_generated
from commission_opt.bench.spec import Case, Generated
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.export import export_stage, formulate_stage
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance


def export_cases(cases: Sequence[Case], folder: Path, tell: Callable[[str], None]) -> None:
    """Write the first stage of each case as ``NAME.mps``, and ``problems.csv``.

    The latter has the size of each and its unit: what 1 of its objective stands for.

    Parameters
    ----------
    folder : Path
        Is there and empty.
    tell : callable
        Told what is written.
    """
    rows = []
    for number, case in enumerate(cases, start=1):
        name = case.name or case.key.replace("/", "-")
        tell(f"{number} of {len(cases)} · {name}")
        with tempfile.TemporaryDirectory() as made:
            where = case.instance
            if isinstance(where, Generated):
                write_generated(where, Path(made))
                where = Path(made)
            policy = read_policy(where / "model.toml" if case.model is None else case.model)
            policy = policy.relaxed() if case.relaxed else policy
            stage = formulate_stage(read_instance(where), policy)
        export_stage(stage, folder / f"{name}.mps", "mps")
        size, unit = stage.program.matrix, OBJECTIVES[stage.aim.name].unit
        rows.append((name, *size.shape, size.nnz, stage.aim.scale, unit))
    columns = ["case", "rows", "columns", "nonzeros", "one_is", "unit"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "problems.csv", index=False)
