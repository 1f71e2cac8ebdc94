"""Ranges and different plans where an instance has measures, held to plans solved anew."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.errors import UsageError
from commission_opt.explain.room.alternatives import alternatives
from commission_opt.explain.room.different import different
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import in_words, room
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits
from lever_cases import levers, rules
from some import some

LIMITS = Limits(seconds=20.0)
HEAD = (
    "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
    "max_places,owner,reason,measure\n"
)


def stored(folder: Path, **keys: object) -> StoredPlan:
    write_plan(allocate(levers(), rules(**keys), LIMITS), folder / "plan")
    return read_plan(folder / "plan")


@pytest.mark.each(2)
@pytest.mark.parametrize("keys", [{"years": 1}, {"years": 2, "level": True}, {"years": 2}])
def test_measures_have_ranges_of_their_own(tmp_path: Path, keys: dict[str, object]) -> None:
    plan = stored(tmp_path, integer=False, continuation="none", **keys)
    found = ranges(plan, (0.02,), seconds=30.0, totals=True)
    answers = in_words(found)
    units = answers[0].frame("measures").set_index("measure")
    assert set(units.index) == {"abroad", "return", "locum"}
    own = dict(zip(plan.instance.measures["measure"], plan.outcome.units.sum(axis=1), strict=True))
    assert units["units"].to_dict() == pytest.approx(own)
    assert ("measures_by_year" in answers[0].frames()) == (keys["years"] == 2)
    assert ("courses_by_year" in answers[0].frames()) == (keys == {"years": 2})
    places = answers[0].frame("courses")
    assert set(places["course"]) == {"A", "B", "C"}
    assert answers[1].frame("regions")["places"].sum() == pytest.approx(plan.places.sum())
    # Every end that is reached lies between the ends that are proved.
    for row in (*units.to_dict("records"), *places.to_dict("records")):
        low, least = row["least 2%"], row["least reached 2%"]
        most, high = row["most reached 2%"], row["most 2%"]
        assert low - 1e-6 <= least <= most + 1e-6
        assert most <= high + 1e-6
    said = " ".join(answers[0].sentences)
    assert re.search(r"of 3 measures \d (is|are) fixed within 5 units", said)
    assert "numbers of units" in said


@pytest.mark.parametrize("code", some(["abroad", "return", "locum"], 3))
def test_ends_are_those_of_plans_solved_anew(tmp_path: Path, code: str) -> None:
    """A plan held at an end of the range is as good as it says; one beyond is not."""
    keys = {"years": 1, "integer": False, "continuation": "none"}
    plan = stored(tmp_path, **keys)
    row = room(plan, (0.02,), measure=[code], seconds=30.0)[0].frame("measures").iloc[0]
    best = plan.record["stages"][0]["final"]
    most = int(plan.instance.measures.set_index("measure")["max_amount"].to_dict()[code])
    low, high = row["least 2%"], row["most 2%"]
    near = {math.ceil(low), math.ceil(low) - 1, math.floor(high), math.floor(high) + 1, 0, most}
    inside = []
    for units in sorted(units for units in near if 0 <= units <= most):
        promise = f"pin,,,,,,2026,2026,{units},{units},The board,Asked,{code}\n"
        anew = allocate(levers(commitments=HEAD + promise), rules(**keys), LIMITS)
        good = anew.certificate.stages[0].final <= 1.02 * best * (1 + 1e-6)
        assert good == (low - 1e-5 <= units <= high + 1e-5), units
        inside.append(good)
    assert any(inside)


def test_names_choose_among_courses_and_measures(tmp_path: Path) -> None:
    plan = stored(tmp_path, years=1)
    (answer,) = room(plan, (0.01,), measure=["abroad"], seconds=10.0)
    assert list(answer.frames()) == ["measures"]
    (answer,) = room(plan, (0.01,), course=["B"], seconds=10.0)
    assert list(answer.frames()) == ["courses"]
    (answer,) = room(plan, (0.01,), course=["B"], measure=["return"], seconds=10.0)
    assert [len(frame) for frame in answer.frames().values()] == [1, 1]
    (answer,) = room(plan, (0.01,), region=["south"], profession=["medic"], seconds=10.0)
    assert answer.frame("measures")["measure"].tolist() == ["locum"]
    with pytest.raises(UsageError, match="no course or measure is of that"):
        room(plan, (0.01,), measure=["abroad"], region=["south"], seconds=10.0)


def test_different_plans_count_units_beside_places(tmp_path: Path) -> None:
    plan = stored(tmp_path, years=1)
    found = alternatives(plan, 2, 0.2, seconds=20.0)
    assert found.found
    answer = different(found)
    rows = {row["plan"]: row for row in answer.frame("plans").to_dict("records")}
    for k, other in enumerate(found.found, 1):
        places = np.abs(other.places - plan.places).sum()
        units = np.abs(other.outcome.units - plan.outcome.units).sum()
        row = rows[f"plan {k}"]
        moved = row["from this plan"], row["units from this plan"]
        assert moved == pytest.approx((places, units))
        sums = other.places.sum(), other.outcome.units.sum()
        assert (row["places"], row["units"]) == pytest.approx(sums)
        (said,) = [s for s in answer.sentences if s.startswith(f"Plan {k} moves ")]
        assert said.startswith(f"Plan {k} moves {places:g} places and {units:g} units against")
    table = answer.frame("measures").set_index("measure")
    for name, result in (("this plan", plan.outcome), ("plan 1", found.found[0].outcome)):
        own = dict(zip(plan.instance.measures["measure"], result.units.sum(axis=1), strict=True))
        assert table[name].to_dict() == pytest.approx(own)
