"""What explains the difference of two plans, against paper and against really re-solving."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.comparison.attribution import REMAINDER, TOTAL
from commission_opt.explain.comparison.compare import compare
from commission_opt.explain.comparison.words import counted_otherwise
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import frame as ranges_frame
from commission_opt.plan.read import StoredPlan
from commission_opt.policy_file import read_policy
from compared import Files, edited, generated, plan_of, relaxed, scaled
from promised import CLOSED, CLOSED_ALONE, FLOOR, FLOOR_ALONE, MODEL, two_by_two_files
from samples import model, policy
from some import some

FRACTIONS = read_policy(MODEL).relaxed()
WHOLE = read_policy(MODEL)
SUMMED = ["value", "shortfall", "spend"]


def budget_of(amount: str) -> Files:
    files = two_by_two_files()
    text = files["budgets.csv"].decode().replace("2026,600000", f"2026,{amount}")
    return files | {"budgets.csv": text.encode()}


def explained(answers: Sequence[Answer]) -> pd.DataFrame:
    return answers[0].frame("explained").set_index("because_of")


def assert_adds_up(frame: pd.DataFrame, a: StoredPlan, b: StoredPlan) -> None:
    parts = frame.drop(index=TOTAL)
    for column in SUMMED:
        total = frame.loc[TOTAL, column]
        assert parts[column].sum() == pytest.approx(total, rel=1e-9, abs=1e-6)
    said = [plan.record["stages"][0]["final"] for plan in (a, b)]
    assert frame.loc[TOTAL, "value"] == pytest.approx(said[1] - said[0])


def test_a_planted_change_is_explained_by_its_table_alone(tmp_path: Path) -> None:
    """On paper £10,000 more buy one nurse in the south, worth 3.04."""
    a = plan_of(tmp_path / "a", two_by_two_files(), FRACTIONS)
    b = plan_of(tmp_path / "b", budget_of("610000"), FRACTIONS)
    answers = compare(a, b)
    frame = explained(answers)
    assert frame.index.tolist() == ["budgets.csv", REMAINDER, TOTAL]
    assert frame.loc["budgets.csv", "value"] == pytest.approx(-3.04)
    assert frame.loc["budgets.csv", "low"] == pytest.approx(-3.04)
    assert frame.loc["budgets.csv", "high"] == pytest.approx(-3.04)
    assert frame.loc["budgets.csv", "spend"] == pytest.approx(10_000)
    assert frame.loc[REMAINDER, "value"] == pytest.approx(0.0, abs=1e-9)
    assert answers[0].sentences[0] == (
        "b has 3.04 weighted FTE-years of shortfall less than a: 373.9 became 370.9 (-0.81 %)."
    )
    assert answers[1].sentences == ("Changes: 1 in budgets.csv.",)
    courses = answers[2].frame("courses").set_index("course")
    assert courses["change"].to_dict() == {"nurse-south": pytest.approx(1.0)}
    funds = answers[3].frame("funds").set_index("fund")
    assert funds.loc["tuition", "change"] == pytest.approx(10_000)
    years = answers[3].frame("years").set_index("year")
    assert years["weighted_change"].to_dict() == pytest.approx(
        {2026: 0.0, 2027: 0.0, 2028: -1.6, 2029: -1.44}
    )
    assert years["change"].sum() == pytest.approx(-1.52)


@pytest.mark.slow
def test_a_table_that_is_gone_or_new(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(FLOOR), FRACTIONS)
    b = plan_of(tmp_path / "b", budget_of("610000"), FRACTIONS)
    gone, new = explained(compare(a, b)), explained(compare(b, a))
    assert gone.index.tolist()[:2] == ["budgets.csv", "commitments.csv"]
    assert gone.loc["commitments.csv", "value"] == pytest.approx(-0.8 * FLOOR_ALONE)
    assert new.loc["commitments.csv", "value"] == pytest.approx(FLOOR_ALONE)
    assert_adds_up(gone, a, b)
    assert_adds_up(new, b, a)


@pytest.mark.slow
def test_changes_without_effect_explain_nothing(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(), FRACTIONS)
    files = edited(budget_of("610000"), "professions", lambda f: f.assign(title="Staff"))
    b = plan_of(tmp_path / "b", files, FRACTIONS)
    frame = explained(compare(a, b))
    assert frame.index.tolist() == ["professions.csv", "budgets.csv", REMAINDER, TOTAL]
    assert frame.loc["professions.csv", "value"] == pytest.approx(0.0, abs=1e-9)
    assert frame.loc["budgets.csv", "value"] == pytest.approx(-3.04)


@pytest.mark.slow
def test_the_order_matters_and_both_are_given(tmp_path: Path) -> None:
    """The floor costs 1.52 while the other course is open, and nothing once it is closed."""
    a = plan_of(tmp_path / "a", two_by_two_files(FLOOR.replace(",15,,", ",1,,")), FRACTIONS)
    closed = edited(
        two_by_two_files(FLOOR), "courses",
        lambda f: f.assign(max_intake=f["max_intake"].mask(f["course"] == "paramedic-south", "0"),
                           min_cohort="0"),
    )  # fmt: skip
    b = plan_of(tmp_path / "b", closed, FRACTIONS)
    default = explained(compare(a, b))
    assert default.index.tolist()[:2] == ["courses.csv", "commitments.csv"]
    assert default.loc["courses.csv", "value"] == pytest.approx(CLOSED_ALONE)
    assert default.loc["commitments.csv", "value"] == pytest.approx(0.0, abs=1e-9)
    asked = explained(compare(a, b, order=["commitments.csv"]))
    assert asked.index.tolist()[:2] == ["commitments.csv", "courses.csv"]
    assert asked.loc["commitments.csv", "value"] == pytest.approx(FLOOR_ALONE)
    assert asked.loc["courses.csv", "value"] == pytest.approx(CLOSED_ALONE - FLOOR_ALONE)
    both = explained(compare(a, b, both_orders=True))
    assert both.loc["commitments.csv", "value"] == pytest.approx(FLOOR_ALONE / 2)
    assert both.loc["commitments.csv", "forward"] == pytest.approx(0.0, abs=1e-9)
    assert both.loc["commitments.csv", "backward"] == pytest.approx(FLOOR_ALONE)
    for frame in (default, asked, both):
        assert_adds_up(frame, a, b)


def with_a_profession(files: Files) -> Files:
    """The same with medics, who need rows in several tables."""
    years = range(2026, 2030)
    more = {
        "professions": "medic,Medicine,medical,1\n",
        "workforce": "medic,north,10,0.1\nmedic,south,10,0.1\n",
        "demand": "".join(f"medic,{q},{y},12\n" for q in ("north", "south") for y in years),
        "courses": "medic-north,medic,north,1,0,5,0,1,1,1,1,1\n",
        "costs": "*,medic,1,tuition,6000\n",
    }
    return files | {f"{t}.csv": files[f"{t}.csv"] + text.encode() for t, text in more.items()}


@pytest.mark.slow
def test_tables_that_only_make_sense_together(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(), WHOLE)
    files = with_a_profession(two_by_two_files()) | {
        "budgets.csv": budget_of("700000")["budgets.csv"]
    }
    b = plan_of(tmp_path / "b", files, WHOLE)
    answers = compare(a, b)
    frame = explained(answers)
    together = "professions.csv, workforce.csv, demand.csv together"
    assert frame.index.tolist()[0] == together
    assert frame.index.tolist()[-3:] == ["budgets.csv", REMAINDER, TOTAL]
    assert frame["value"].iloc[0] > 0  # a profession that is short of staff
    assert_adds_up(frame, a, b)
    assert "the inputs do not pass the checks" in answers[0].tables[0].note
    text = " ".join(answers[0].sentences)
    assert "2 professions are in both plans, 0 only in a and 1 only in b." in text
    both = explained(compare(a, b, both_orders=True))
    assert_adds_up(both, a, b)
    assert any("professions.csv" in group and "together" in group for group in both.index)


@pytest.mark.slow
def test_a_version_that_nothing_fits_is_joined_with_the_next(tmp_path: Path) -> None:
    """Forty-five nurses in the north need more placements than there are."""
    promise = "many,,,,,nurse-north,2026,2026,45,,Board,-\n"
    a = plan_of(tmp_path / "a", two_by_two_files(), FRACTIONS)
    more = edited(two_by_two_files(promise), "placements", scaled("capacity", 3.0))
    b = plan_of(tmp_path / "b", more, FRACTIONS)
    answers = compare(a, b, order=["commitments", "placements"])
    frame = explained(answers)
    assert frame.index.tolist()[0] == "commitments.csv, placements.csv together"
    assert "no places keep every rule" in answers[0].tables[0].note
    assert_adds_up(frame, a, b)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "integer"), some([(0, True), (0, False), (1, True), (1, False)], 4)
)
def test_contributions_equal_really_solving_in_sequence(
    tmp_path: Path, seed: int, integer: bool
) -> None:
    text = model(1, integer=False)
    start = generated(3, 3, 1, seed)
    chain = [
        ("demand", scaled("fte", 1.01)),
        ("budgets", scaled("amount", 1.05)),
        ("commitments", lambda frame: frame.iloc[1:]),
    ]
    files, values = start, [relaxed(tmp_path / "0", start, text)]
    for i, (table, change) in enumerate(chain, start=1):
        files = edited(files, table, change)
        values.append(relaxed(tmp_path / str(i), files, text))
    other = model(1, integer=integer, rate=0.05)
    values.append(
        relaxed(tmp_path / "4", files, other.replace("integer = true", "integer = false"))
    )
    a = plan_of(tmp_path / "a", start, policy(model(1, integer=integer)))
    b = plan_of(tmp_path / "b", files, policy(other))
    frame = explained(compare(a, b))
    parts = frame.drop(index=[REMAINDER, TOTAL])
    assert parts.index.tolist() == ["demand.csv", "budgets.csv", "commitments.csv", "model.toml"]
    expected = [after - before for before, after in pairwise(values)]
    assert parts["value"].tolist() == pytest.approx(expected, abs=1e-6 * values[0])
    assert (parts["low"] <= parts["value"]).all()
    assert (parts["value"] <= parts["high"]).all()
    assert_adds_up(frame, a, b)
    if not integer:
        assert frame.loc[REMAINDER, "value"] == pytest.approx(0.0, abs=1e-6 * values[0])


@pytest.mark.slow
def test_identical_plans(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(), WHOLE)
    b = plan_of(tmp_path / "b", two_by_two_files(), WHOLE)
    (answer,) = compare(a, b)
    assert answer.sentences == ("Nothing changed: inputs, model and places are the same.",)
    files = two_by_two_files()
    c = plan_of(tmp_path / "c", files | {"budgets.csv": files["budgets.csv"] + b"\n"}, WHOLE)
    (answer,) = compare(a, c)
    assert answer.sentences[1] == "Only the form of files differs, or their notes: budgets.csv."


@pytest.mark.slow
def test_the_same_inputs_and_other_places(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(), WHOLE)
    b = plan_of(tmp_path / "b", two_by_two_files(), FRACTIONS)
    answers = compare(a, b)
    frame = explained(answers)
    assert frame.loc["model.toml", "value"] == pytest.approx(0.0, abs=1e-9)
    assert frame.loc[REMAINDER, "value"] == pytest.approx(373.936 - 380.696)
    assert "a is in whole places and b in fractions" in " ".join(answers[0].sentences)


@pytest.mark.slow
def test_other_objectives_are_compared_by_plain_shortfall(tmp_path: Path) -> None:
    files = generated(3, 3, 1, 0)
    a = plan_of(tmp_path / "a", files, policy(model(1, integer=False)))
    b = plan_of(tmp_path / "b", files, policy(model(1, integer=False, stages=(("change", 0.0),))))
    answers = compare(a, b)
    frame = explained(answers)
    plain = [float(plan.outcome.shortfall.sum()) for plan in (a, b)]
    assert frame.loc[TOTAL, "value"] == pytest.approx(plain[1] - plain[0])
    assert frame["value"].drop(index=TOTAL).sum() == pytest.approx(plain[1] - plain[0])
    text = " ".join(answers[0].sentences)
    assert "a minimises the weighted shortfall and b the change, so they are compared by" in text


def test_other_years(tmp_path: Path) -> None:
    files = generated(3, 3, 1, 0)
    a = plan_of(tmp_path / "a", files, policy(model(1, integer=False)))
    b = plan_of(tmp_path / "b", files, policy(model(2, integer=False)))
    answers = compare(a, b)
    assert "a commissions 2026 and b 2026–2027." in " ".join(answers[0].sentences)
    assert "in 2026, which both commission" in answers[2].sentences[0]
    total = answers[2].frame("courses")["change"].sum()
    assert total == pytest.approx(b.places[:, 0].sum() - a.places[:, 0].sum())


def test_an_order_that_names_nothing(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(), FRACTIONS)
    b = plan_of(tmp_path / "b", budget_of("610000"), FRACTIONS)
    with pytest.raises(UsageError, match=r"there is no part of the inputs 'budget'; did you mean"):
        compare(a, b, order=["budget"])


@pytest.mark.slow
def test_entirely_different_plans(tmp_path: Path) -> None:
    a = plan_of(tmp_path / "a", two_by_two_files(CLOSED), FRACTIONS)
    b = plan_of(tmp_path / "b", generated(3, 3, 1, 0), policy(model(1, integer=False)))
    answers = compare(a, b)
    frame = explained(answers)
    assert_adds_up(frame, a, b)
    assert "0 courses are in both plans" in " ".join(answers[0].sentences)


@pytest.mark.slow
def test_changes_that_need_not_be_are_one_of_many(tmp_path: Path) -> None:
    """Two plans of one problem within the tolerance: neither number is decided."""
    files = generated(3, 2, 1, 3)
    rules = policy(model(integer=False))
    a = plan_of(tmp_path / "a", files, rules)
    b = plan_of(tmp_path / "b", edited(files, "budgets", scaled("amount", 1.00001)), rules)
    (places,) = [answer for answer in compare(a, b) if answer.title == "Places"]
    settled = places.frame("courses")["settled"]
    assert set(settled) == {"one of many"}


@pytest.mark.slow
def test_decided_changes_are_those_whose_ranges_do_not_meet(tmp_path: Path) -> None:
    files, rules = generated(3, 2, 1, 3), policy(model(integer=False))
    a = plan_of(tmp_path / "a", files, rules)
    b = plan_of(tmp_path / "b", edited(files, "budgets", scaled("amount", 1.05)), rules)
    (places,) = [answer for answer in compare(a, b) if answer.title == "Places"]
    table = places.frame("courses").set_index("course")
    ends = [ranges_frame(ranges(plan, (0.001,)), "courses").set_index("course") for plan in (a, b)]
    apart = {
        course
        for course in table.index
        if ends[0]["most 0.1%"][course] < ends[1]["least 0.1%"][course] - 1e-6
        or ends[1]["most 0.1%"][course] < ends[0]["least 0.1%"][course] - 1e-6
    }
    assert apart
    assert set(table.index[table["settled"] == "decided"]) == apart
    verb = "is" if len(apart) == 1 else "are"
    assert f"{len(apart)} of these {len(table)} changes {verb} decided" in places.sentences[1]


@pytest.mark.parametrize(
    ("key", "counts"),
    [
        ("objective[1].tolerance", False),
        ("objective[2].minimise", False),
        ("name", False),
        ("objective[1].tiers", True),
        ("discount_rate", True),
        ("rules.commitment_price", True),
    ],
)
def test_only_what_the_first_objective_counts_by_is_said_to_be_weighed_otherwise(
    key: str, counts: bool
) -> None:
    inputs = pd.DataFrame({"table": [], "row": [], "column": []}, dtype=str)
    assert counted_otherwise(inputs, pd.DataFrame({"row": [key]})) == counts
