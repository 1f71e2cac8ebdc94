"""Why a measure is bought as it is, held to its own columns and to plans solved anew."""

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.why.course import why_course, why_measure
from commission_opt.solvers.status import Limits
from handworked import hand
from lever_cases import COSTS, MEASURES, levers, rules, supplied
from some import some

LIMITS = Limits(seconds=20.0)
HEAD = (
    "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
    "max_places,owner,reason,measure\n"
)


def pinned(code: str, year: int, units: float) -> dict[str, str]:
    """Tables in which a measure has to have some units in a year, and may."""
    promise = f"pin,,,,,,{year},{year},{units:.12g},{units:.12g},The board,Asked,{code}\n"
    rows = [row.split(",") for row in MEASURES.splitlines()]
    at = rows[0].index("max_amount")
    for row in rows[1:]:
        row[at] = str(int(row[at]) + 100 * (row[0] == code))
    return {"commitments": HEAD + promise, "measures": "\n".join(map(",".join, rows)) + "\n"}


@pytest.mark.each(2)
@pytest.mark.parametrize("continuation", some(["repeat", "none", "last_intake"], 3))
@pytest.mark.parametrize(("code", "year"), [("abroad", 2026), ("abroad", 2027), ("return", 2027)])
def test_one_more_unit_brings_and_takes_what_its_columns_say(
    code: str, year: int, continuation: str
) -> None:
    found = allocate(levers(), rules(years=2, continuation=continuation), LIMITS)
    answer = why_measure(found, code, year, LIMITS)
    instance = found.instance
    starts = [year - 2026]
    if continuation == "repeat" and year == 2027:  # the last year is bought again
        starts += [2, 3, 4]
    brought = np.zeros(5)
    for start in starts:
        brought += [supplied(instance, code, start, y) for y in range(5)]
    frame = answer.frame("brings").set_index("year")["fte"]
    assert frame.to_dict() == pytest.approx({2026 + y: f for y, f in enumerate(brought) if f})
    (row,) = (line.split(",") for line in COSTS.splitlines() if line.startswith(f"{code},"))
    paid = 2 if code == "abroad" else 1
    spent = np.zeros(5)
    for start in starts:
        spent[start : start + paid] += float(row[4])
    taken = answer.frame("takes").set_index("year")
    assert set(taken["what"]) == {row[3]}
    expected = {2026 + y: s for y, s in enumerate(spent) if s}
    assert taken["amount"].to_dict() == pytest.approx(expected)
    (said,) = [s for s in answer.sentences if s.startswith(f"One more unit in {year} brings")]
    region = "north" if code == "abroad" else "south"
    assert f"brings {figures.fte(brought.sum())} FTE-years of nurse in {region} within" in said
    assert f"takes {figures.pounds(spent.sum())}." in said


@pytest.mark.each(3)
@pytest.mark.parametrize("code", ["abroad", "return", "locum"])
def test_what_a_step_more_costs_is_what_solving_anew_says(code: str) -> None:
    keys = {"years": 1, "integer": False, "continuation": "none"}
    found = allocate(levers(), rules(**keys), LIMITS)
    line = found.instance.lines["line"].tolist().index(code)
    answer = why_measure(found, code, limits=LIMITS)
    step = float(found.problem.cohorts.step[line])
    units = float(found.amounts[line, 0]) + step
    anew = allocate(levers(**pinned(code, 2026, units)), rules(**keys), LIMITS)
    lost = anew.certificate.stages[0].final - found.certificate.stages[0].final
    (said,) = [s for s in answer.sentences if s.startswith("Forcing")]
    assert said.startswith(f"Forcing {'one' if step == 1 else f'{step:g}'} more unit")
    kind = "cost" if lost > 0 else "save"
    assert f"on it would {kind} {figures.fte(abs(lost))} weighted" in said
    moved = answer.frame("displaced")
    assert moved.iloc[0][["line", "kind"]].tolist() == [code, "recruit"]
    assert moved.iloc[0]["change"] == pytest.approx(step)


def test_the_years_table_is_of_its_own_figures() -> None:
    found = allocate(levers(), rules(years=2), LIMITS)
    for measure, code in enumerate(found.instance.measures["measure"]):
        answer: Answer = why_measure(found, code, 2027, LIMITS)
        units = found.outcome.units[measure]
        row = found.instance.measures.iloc[measure]
        frame = answer.frame("years")
        assert frame["units"].tolist() == pytest.approx(units)
        assert frame["before"].tolist() == pytest.approx([row["last_amount"], units[0]])
        assert frame["most"].tolist() == [row["max_amount"]] * 2
        assert frame["least"].tolist() == [0.0, 0.0]
        for amount, stands in zip(units, frame["stands"], strict=True):
            at_most = amount > row["max_amount"] - max(1, row["step"])
            assert ("the most there is" in stands) == at_most
            assert ("none bought" in stands) == (amount == 0)
        assert answer.title == f"Why {code} has {units[1]:g} units in 2027"
        assert not any("place " in said.split(":")[0] for said in answer.sentences[:1])


def test_courses_beside_measures_name_what_they_displace() -> None:
    found = allocate(levers(), rules(years=1, continuation="none"), LIMITS)
    for code in found.instance.courses["course"]:
        frame = why_course(found, code, limits=LIMITS).frame("displaced")
        known = dict(zip(found.instance.lines["line"], found.instance.lines["kind"], strict=True))
        assert {row.line: row.kind for row in frame.itertuples()}.items() <= known.items()


def test_what_is_no_measure_is_refused() -> None:
    found = allocate(levers(), rules(), LIMITS)
    with pytest.raises(UsageError, match="there is no measure 'abraod'; did you mean 'abroad'"):
        why_measure(found, "abraod")
    with pytest.raises(UsageError, match="2031 is no commissioning year"):
        why_measure(found, "abroad", 2031)
    bare = allocate(hand(), rules(), LIMITS)
    with pytest.raises(UsageError, match="the instance has no measures"):
        why_measure(bare, "abroad")


def test_work_that_is_spared_is_not_said_to_come() -> None:
    measures = (
        "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
        "calls,reshape,nurse,north,1,1.5,0,6\n"
    )
    instance = hand(measures=measures, need={("nurse", "north"): 200})
    found = allocate(instance, rules(continuation="none"), LIMITS)
    answer = why_measure(found, "calls", 2026, LIMITS)
    (said,) = [s for s in answer.sentences if s.startswith("One more unit in 2026 spares")]
    fte = answer.frame("brings")["fte"]
    assert fte.tolist() == [1.5] * 4  # from 2027 to the end of the horizon
    assert f"spares {figures.fte(fte.sum())} FTE-years of nurse in north within" in said
    (cost,) = [s for s in margins(found, seconds=1.0).sentences if s.startswith("An FTE-year of")]
    assert cost.startswith("An FTE-year of new supply, or of work that is spared, costs £")


def test_who_would_leave_is_scarce_in_fte() -> None:
    measures = (
        "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
        "stay,retain,nurse,north,0,1.5,0,60\n"
    )
    instance = hand(measures=measures, need={("nurse", "north"): 200})
    found = allocate(instance, rules(integer=False, continuation="none"), LIMITS)
    assert found.outcome.units[0, 0] == pytest.approx(10 / 1.5)  # a tenth of 100 would leave
    balance = why_measure(found, "stay", 2026, LIMITS).frame("balance")
    held = balance[balance["kind"] == "retention"]
    assert held[["uses", "unit"]].to_numpy().tolist() == [[1.5, "FTE"]]
    assert balance["worth"].sum() == pytest.approx(0, abs=1e-6)
