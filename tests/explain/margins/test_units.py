"""Values at the margin where an instance has measures, solved anew from other tables."""

import re

import numpy as np
import pytest

from commission_opt.accounts.outcome import charged
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.limits import standing
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.prices import first_stage
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Limits
from handworked import TABLES
from lever_cases import MEASURES, levers, rules
from some import some

LIMITS = Limits(seconds=20.0)
RELAXED = [
    {"years": 1, "integer": False, "continuation": "none"},
    {"years": 2, "integer": False},
    {"years": 2, "integer": False, "level": True, "continuation": "last_intake"},
]


def with_more(code: str, by: int = 10) -> str:
    """The table of measures with more of one."""
    rows = [row.split(",") for row in MEASURES.splitlines()]
    at = rows[0].index("max_amount")
    for row in rows[1:]:
        row[at] = str(int(row[at]) + by * (row[0] == code))
    return "\n".join(map(",".join, rows)) + "\n"


def solved(instance: Instance, keys: dict[str, object]) -> Allocation:
    return allocate(instance, rules(**keys), LIMITS)


@pytest.mark.parametrize("keys", some(RELAXED, 3))
def test_ten_more_units_are_worth_what_solving_anew_saves(keys: dict[str, object]) -> None:
    found = solved(levers(), keys)
    value = found.certificate.stages[0].final
    answer = margins(found, seconds=20.0)
    frame = answer.frame("units").set_index("measure")
    assert set(frame.index) == {"abroad", "return", "locum"}
    for code, row in frame.iterrows():
        more = solved(levers(measures=with_more(str(code))), keys)
        saved = value - more.certificate.stages[0].final
        assert row["worth"] == pytest.approx(saved, abs=1e-5 * max(1.0, value))
        assert row["change"] == [f"max_amount[measure={code}]+=10"]
        assert row["low"] - 1e-6 <= saved <= row["high"] + 1e-6
    assert frame["worth"].max() > 1e-3
    # What is more spent and bought adds up to that of the places and units found.
    some = frame[(frame["worth"] > 1e-3) & (frame["spent"].abs() > 1.0)]
    assert len(some)
    for code, row in some.iterrows():
        again = solved(levers(measures=with_more(str(code))), keys)
        spent = [float(charged(f.instance, f.outcome).sum()) for f in (found, again)]
        starts = [f.outcome.started.reshape(f.instance.starts.shape) for f in (found, again)]
        courses = len(found.places)
        units = [float(s[courses:].sum()) for s in starts]
        places = [float(s[:courses].sum()) for s in starts]
        if row["spent"] == pytest.approx(spent[1] - spent[0], rel=1e-4):  # the same of the best
            assert row["units"] == pytest.approx(units[1] - units[0], abs=1e-4)
            assert row["places"] == pytest.approx(places[1] - places[0], abs=1e-4)


def better(rate: str, whose: str) -> dict[str, str]:
    """The tables with rates of a kind a point better, of one profession or every one."""
    name, by = {"leavers": ("workforce", -0.01), "completion": ("courses", 0.01)}[rate]
    columns = ("leaver_rate", "early_leaver_rate") if rate == "leavers" else ("completion_rate",)
    rows = [row.split(",") for row in TABLES[name].splitlines()]
    for column in columns:
        at, p = rows[0].index(column), rows[0].index("profession")
        for row in (row for row in rows[1:] if whose in (row[p], "every")):
            row[at] = str(min(1.0, max(0.0, float(row[at]) + by))) if row[at] else ""
    return {name: "\n".join(map(",".join, rows)) + "\n"}


@pytest.mark.each(3)
@pytest.mark.parametrize("keys", some(RELAXED[:2], 2))
@pytest.mark.parametrize(
    ("rate", "whose"), [("leavers", "every"), ("leavers", "nurse"), ("completion", "nurse")]
)
def test_better_rates_are_worth_what_solving_anew_saves(
    keys: dict[str, object], rate: str, whose: str
) -> None:
    found = solved(levers(), keys)
    frame = margins(found, seconds=20.0).frame("rates")
    row = frame[(frame["rate"] == rate) & (frame["profession"] == whose)].iloc[0]
    saved = (
        found.certificate.stages[0].final
        - solved(levers(**better(rate, whose)), keys).certificate.stages[0].final
    )
    assert row["worth"] == pytest.approx(saved, abs=1e-5 * max(1.0, abs(saved)))
    assert saved > 0


def test_sentences_say_what_the_tables_have() -> None:
    found = solved(levers(), {"years": 2})
    answer: Answer = margins(found, seconds=20.0)
    frame = answer.frame("units")
    (said,) = [s for s in answer.sentences if "would use ten more units" in s]
    worth = frame[frame["worth"] > 1e-6]
    assert said.startswith(f"{len(worth)} of {len(frame)} measures would use ten more units;")
    assert f"most on {worth.iloc[0]['measure']} (" in said
    shown = next(t for t in answer.tables if t.name == "units")
    assert shown.title == "Ten more units of a measure"


@pytest.mark.parametrize("keys", [{"years": 1}, {"years": 2}, {"years": 2, "level": True}])
def test_where_courses_stand_is_said_apart_from_where_measures_stand(
    keys: dict[str, object],
) -> None:
    found = solved(levers(), keys)
    stage = first_stage(found.problem)
    said = standing(stage.problem, stage.program, found.outcome)
    of_courses, of_measures = said.split("; ")
    places, units = found.places, found.amounts[len(found.places) :]
    if keys.get("level"):
        places = places[:, :1]
    capacity = found.instance.courses["max_intake"].to_numpy()[:, None]
    most = found.instance.measures["max_amount"].to_numpy()[:, None]
    count, full = (int(n) for n in re.findall(r"\d+", of_courses)[:2])
    assert (count, full) == (places.size, int((places >= capacity).sum()))
    none = int((places == 0).sum())
    assert f"and {none or 'none'} {'are' if none > 1 else 'is'} without places" in of_courses
    count, at_most = (int(n) for n in re.findall(r"\d+", of_measures)[:2])
    assert (count, at_most) == (units.size, int((units >= most).sum()))
    none = int((units == 0).sum())
    assert of_measures.endswith(f"{none or 'none'} {'are' if none > 1 else 'is'} without units")
    assert np.isfinite(units).all()
