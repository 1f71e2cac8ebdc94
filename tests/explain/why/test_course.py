"""Why a course has its places: weighed, forced and broken even by the independent model."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.why.course import why_course
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from margin_cases import changed_case, least
from samples import made, model, policy, sample
from small_sweeps import BY_HAND, MODEL

TEXT = model(1, integer=False)
TWO = model(2, integer=False)


@cache
def planned(text: str, years: int, seed: int) -> Allocation:
    return allocate(sample(4, 3, years, seed).instance, policy(text), Limits(seconds=20.0))


def case(years: int, seed: int, *texts: str) -> independent.Case:
    return changed_case(made(4, 3, years, seed), sample(4, 3, years, seed).instance, texts)


def courses(seed: int, years: int) -> list[str]:
    """Courses of one group after the other."""
    codes = sample(4, 3, years, seed).instance.courses["course"].tolist()
    return codes[:: max(1, len(codes) // 4)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "years", "seed"), [(TEXT, 1, 1), pytest.param(TWO, 2, 3, marks=pytest.mark.slow)]
)
def test_what_a_step_costs_is_what_solving_again_with_it_forced_costs(
    text: str, years: int, seed: int
) -> None:
    found = planned(text, years, seed)
    problem, places = found.problem, found.places
    base = case(years, seed)
    before, tested = least(base, text), 0
    for code in courses(seed, years):
        for year in range(problem.instance.first_year, problem.instance.first_year + years):
            answer = why_course(found, code, year)
            shares, moved = answer.frame("balance"), answer.frame("displaced")
            if not len(moved):
                continue
            own = moved.iloc[0]
            assert (own["course"], own["year"]) == (code, year)
            c = problem.instance.courses["course"].tolist().index(code)
            here = float(places[c, year - problem.instance.first_year])
            step = float(problem.cohorts.step[c])
            assert own["change"] == pytest.approx(step)
            net = float(shares["worth"].sum())
            push = 1e-3
            for way in (1, -1):
                number = here + way * push
                if number < 0:
                    continue
                try:
                    after = least(base, text, fixed=(code, year, number))
                except independent.Infeasible:
                    continue
                # By convexity no push gains more than the balance, whatever the optimum taken.
                assert before - after <= way * net * push + 1e-6 * max(1.0, abs(before))
                tested += 1
    assert tested >= 4


def lost(seed: int, what: str, factor: float, at: tuple[str, int, float]) -> float:
    """What keeping a course at its places costs where a weight or a cost is another."""
    code, weighs = at[0], what == "weight of the profession"
    base = case(1, seed) if weighs else case(1, seed, f"cost[course={code}]*={factor!r}")
    if weighs:
        base.profession_weight[base.courses[code].profession] *= factor
    free = least(base, TEXT)
    try:
        return least(base, TEXT, fixed=at) - free
    except independent.Infeasible:  # it costs so much that it cannot keep them
        return np.inf


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_places_change_beyond_a_break_even_and_not_before(seed: int) -> None:
    found = planned(TEXT, 1, seed)
    problem, places = found.problem, found.places
    tested, size = 0, 1e-6 * abs(least(case(1, seed), TEXT))
    for code in courses(seed, 1):
        c = problem.instance.courses["course"].tolist().index(code)
        at = (code, problem.instance.first_year, float(places[c, 0]))
        evens = why_course(found, code).frame("break_even")
        for _, row in evens[evens["factor_other"].notna() & ~evens["tied"]].iterrows():
            beyond = row["factor_other"] + 0.05 * (row["factor_other"] - 1.0)
            assert lost(seed, row["what"], row["factor_same"], at) <= size
            assert lost(seed, row["what"], beyond, at) > 0
            tested += 1
    assert tested >= 4


def by_hand(*, relaxed: bool) -> Allocation:
    given = read_policy(MODEL)
    given = given.relaxed() if relaxed else given
    return allocate(read_instance(BY_HAND), given, Limits(seconds=20.0))


def even(answer: Answer, what: str, way: str) -> pd.Series:
    frame = answer.frame("break_even")
    return frame[(frame["what"] == what) & (frame["way"] == way)].iloc[0]


def test_by_hand_what_a_place_brings_and_takes() -> None:
    found = by_hand(relaxed=True)
    frame = why_course(found, "nurse-north").frame("balance").set_index("kind")
    # 3.344 FTE-years; £10,000 that would buy 3.04 in the south; ten weeks in the north, which are
    # worth the rest.
    assert frame.loc["supply", "worth"] == pytest.approx(3.344)
    assert frame.loc["budgets", "worth"] == pytest.approx(-3.04)
    assert frame.loc["budgets", "uses"] == pytest.approx(10_000)
    assert frame.loc["placements", "worth"] == pytest.approx(-0.304)
    assert frame.loc["placements", "uses"] == pytest.approx(10)


def test_by_hand_what_a_place_displaces() -> None:
    found = by_hand(relaxed=True)
    moved = why_course(found, "paramedic-south").frame("displaced").set_index("course")
    # A place beyond ten takes £6,000, 0.6 of a nurse in the south.
    assert moved["change"].to_dict() == pytest.approx({"paramedic-south": 1.0, "nurse-south": -0.6})


def test_by_hand_where_the_answer_changes() -> None:
    found = by_hand(relaxed=True)
    answer = why_course(found, "paramedic-south")
    # Its eleventh place is worth 1.296 of paramedics and costs £6,000, 1.824 of nurses: the weight
    # must be 1.824 / 1.296 times what it is, the cost 1.296 / 3.04 of £10,000. The first ten are
    # worth 2.196 and go at 1.824 / 2.196, or a cost of 2.196 / 3.04 of £10,000.
    up, down = (even(answer, "weight of the profession", way) for way in ("higher", "lower"))
    assert up["same"] <= 1.824 / 1.296 <= up["other"]
    assert down["other"] <= 1.824 / 2.196 <= down["same"]
    cheap, dear = (even(answer, "cost per student", way) for way in ("lower", "higher"))
    assert cheap["other"] <= 10_000 * 1.296 / 3.04 <= cheap["same"]
    assert dear["same"] <= 10_000 * 2.196 / 3.04 <= dear["other"]
    assert cheap["places"] > 10 > dear["places"]
    assert (up["other"] - up["same"]) <= 1e-3 * up["same"]


def test_by_hand_a_tie_is_called_one() -> None:
    found = by_hand(relaxed=True)
    # The last pounds go to nurse-south: if it is any cheaper there is room for more.
    answer = why_course(found, "nurse-south")
    assert even(answer, "cost per student", "lower")["tied"]
    assert any("ever so little" in line for line in answer.sentences)


def test_in_whole_places_a_closed_course_is_weighed_as_if_it_could_open() -> None:
    found = by_hand(relaxed=False)
    answer = why_course(found, "paramedic-south")
    assert "closed" in answer.frame("years")["stands"].iloc[0]
    shares = answer.frame("balance")
    assert (shares.loc[shares["kind"] == "supply", "worth"] > 0).all()
    assert even(answer, "cost per student", "higher")["places"] < 10


@pytest.mark.slow
def test_years_say_where_a_course_stands() -> None:
    found = planned(model(2), 2, 1)
    problem, places = found.problem, found.places
    stood = set()
    for c, code in enumerate(problem.instance.courses["course"]):
        if c % 5:
            continue
        frame = why_course(found, code).frame("years")
        np.testing.assert_array_equal(frame["places"], places[c])
        assert (frame["least"] <= frame["places"] + 1e-6).all()
        assert (frame["places"] <= frame["most"] + 1e-6).all()
        at_most = frame["places"] >= frame["most"] - 1e-6
        says = frame["stands"].str.contains("full|most", regex=True)
        assert (says | ~at_most).all()
        stood |= set(frame["stands"])
    assert len(stood) > 1


@pytest.mark.parametrize(("course", "year"), [("no-such", None), ("c00001", 1999)])
def test_what_is_not_there(course: str, year: int | None) -> None:
    found = planned(TEXT, 1, 1)
    problem = found.problem
    known = problem.instance.courses["course"].iloc[0] if course != "no-such" else course
    with pytest.raises(UsageError, match=r"no course|no commissioning year"):
        why_course(found, known, year)


def test_more_and_fewer_are_said_against_what_the_sentence_names() -> None:
    found, compared = planned(model(2), 2, 1), set()
    for c, code in enumerate(found.instance.courses["course"]):
        said = " ".join(why_course(found, code).sentences)
        for way, than, amount in re.findall(
            r"t would have (more|fewer)(?: than (\S+))? places \(([^)]*)\)", said
        ):
            against = than or f"{found.places[c, 0]:g}"
            more, less = (float(text.replace(",", "")) for text in (amount, against))
            assert more >= less if way == "more" else more <= less, said
            assert than or more != less, said
            compared.add((way, bool(than)))
    assert len(compared) > 2, compared
