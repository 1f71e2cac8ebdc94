"""Every row says which file, line and column its ends come from, and in which unit."""

import csv
from io import StringIO

import numpy as np
import pytest

from commission_opt.formulation.assemble import Formulation, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.origin import MODEL_FILE, Statement
from commission_opt.policy import FairShare, PaceOfChange, Rules
from golden_problems import OWN, problem

RULES_ON = Rules(
    pace_of_change=PaceOfChange(max_increase=0.25, max_decrease=0.15, allowance=5),
    fair_share=FairShare(0.1, "last_intake"),
)
UNITS = {"£", "weeks", "places", "units", "people", "FTE", "share"}


def stage(name: str, own: str = "measures") -> Formulation:
    of = problem(RULES_ON, integer=False, own=own)
    aim = OBJECTIVES[name].aim(of)
    return formulate(of, aim, rule_parts(of), [(aim, 5.0)])


@pytest.mark.each(4)
@pytest.mark.parametrize(
    ("name", "own"),
    [*((name, "measures") for name in OBJECTIVES), *(("shortfall", own) for own in OWN)],
)
def test_every_end_of_a_row_rests_on_a_statement(name: str, own: str) -> None:
    formulation = stage(name, own)
    program = formulation.program
    for upper, ends in ((False, program.row_lower), (True, program.row_upper)):
        for row in np.flatnonzero(np.isfinite(ends)):
            said = formulation.statement(int(row), upper=upper)
            assert said is not None, formulation.row_label(int(row))
            assert said.origin.unit in UNITS | {OBJECTIVES[name].unit}
            assert in_the_file(formulation, said), said


def in_the_file(formulation: Formulation, said: Statement) -> bool:
    """Read the cell that a statement names again, and compare."""
    if said.origin.file == MODEL_FILE:
        return said.row is None
    instance = formulation.problem.instance
    rows = list(csv.reader(StringIO(instance.files[said.origin.file].decode("utf-8"))))
    cell = rows[said.row - 1][rows[0].index(said.column)] if said.row else ""
    return float(cell) == said.limit


def test_columns_are_named_by_what_they_count() -> None:
    names = [name for name in stage("cost").column_names() if name.startswith(("places", "units"))]
    assert [name.split("(")[0] for name in names] == ["places"] * 6 + ["units"] * 2
    assert names[-1] == "units(abroad,2027)"
