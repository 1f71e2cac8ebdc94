"""Two plans with measures: units by measure, and no difference overlooked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.comparison.compare import compare
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits
from lever_cases import MEASURES, levers, rules

LIMITS = Limits(seconds=20.0)
FEWER = MEASURES.replace(",4,6,,\n", ",4,1,,\n")
ONE = "\n".join(row for row in MEASURES.splitlines() if not row.startswith("locum")) + "\n"


def stored(folder: Path, measures: str = MEASURES, **keys: object) -> StoredPlan:
    costs = levers().files["costs.csv"].decode()
    if "locum" not in measures:
        costs = "".join(r for r in costs.splitlines(keepends=True) if not r.startswith("locum"))
    instance = levers(measures=measures, costs=costs)
    write_plan(allocate(instance, rules(**{"years": 2, **keys}), LIMITS), folder)
    return read_plan(folder)


@pytest.mark.each(2)
@pytest.mark.parametrize("other", [FEWER, ONE])
def test_units_are_compared_by_measure(tmp_path: Path, other: str) -> None:
    a, b = stored(tmp_path / "a"), stored(tmp_path / "b", other)
    answers = compare(a, b, LIMITS)
    (units,) = [answer for answer in answers if answer.title == "Units"]
    frame = units.frame("measures").set_index("measure")
    sums = [
        dict(zip(p.instance.measures["measure"], p.outcome.units.sum(axis=1), strict=True))
        for p in (a, b)
    ]
    changes = {
        code: sums[1].get(code, 0.0) - sums[0].get(code, 0.0) for code in (*sums[0], *sums[1])
    }
    moved = {code: change for code, change in changes.items() if change}
    assert frame["change"].to_dict() == pytest.approx(moved)
    before, after = (sum(s.values()) for s in sums)
    assert units.sentences[0].startswith(f"Units go from {before:g} to {after:g} in 2026–2027;")
    assert f"{len(moved)} of 3 measures" in units.sentences[0]
    assert set(frame["settled"]) <= {"decided", "one of many", "not known"}
    assert any("places and units from £" in answer.sentences[0] for answer in answers)


@pytest.mark.slow
def test_plans_that_differ_in_units_alone_are_not_the_same(tmp_path: Path) -> None:
    a, b = (stored(tmp_path / name, integer=False) for name in ("a", "b"))
    said = compare(a, b, LIMITS)[0].sentences[0]
    assert said.startswith("Nothing changed: inputs, model, places and units are the same.")
    amounts = a.amounts.copy()
    amounts[len(a.places) :] *= 0.5
    fewer = replace(b, outcome=b.problem.outcome(amounts))
    assert np.array_equal(fewer.places, a.places)
    answers = compare(a, fewer, LIMITS)
    assert not any("Nothing changed" in said for answer in answers for said in answer.sentences)
    (units,) = [answer for answer in answers if answer.title == "Units"]
    lost = units.frame("measures").set_index("measure")["change"]
    half = -0.5 * a.outcome.units.sum(axis=1)
    own = dict(zip(a.instance.measures["measure"], half, strict=True))
    assert lost.to_dict() == pytest.approx({code: each for code, each in own.items() if each})
