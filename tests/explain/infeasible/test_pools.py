"""What is said where pools of people leave no plan, and what would help."""

from pathlib import Path

import pandas as pd
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError
from commission_opt.explain.answer import Answer
from commission_opt.explain.infeasible.answers import diagnose
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from medical_school import MODEL, TABLES, write_to

PROMISE = (
    "commitment,profession,first_year,last_year,min_places,max_places,owner,reason\n"
    "more psychiatrists,psychiatrist,2026,2028,45,,board,agreed\n"
)
LAST_INTAKE = MODEL.replace('"repeat"', '"last_intake"')


def answers(folder: Path, text: str = MODEL) -> list[Answer]:
    return list(diagnose(folder, parse_policy(text.encode())))


def edits(found: list[Answer]) -> pd.DataFrame:
    return found[-1].tables[0].frame


@pytest.mark.slow
def test_more_entrants_let_a_commitment_be_kept(tmp_path: Path) -> None:
    folder = write_to(tmp_path / "few", commitments=PROMISE)
    found = answers(folder)
    said = " ".join(sentence for answer in found for sentence in answer.sentences)
    assert "people from pool 'graduates' in 2027" in said
    assert "people are there without new places (eligible.csv row 3)" in said
    frame = edits(found)
    alone = frame[frame["bends"] == "entrants"]
    assert list(alone["change"]) == [
        "3 more entrants of pool 'graduates'", "6 more entrants of pool 'house'",
    ]  # fmt: skip
    assert list(alone["edit"]) == [
        "eligible.csv row 3, entrants: 4 -> 7", "eligible.csv row 4, entrants: 3 -> 9",
    ]  # fmt: skip
    # With the edits made by hand there is a plan, and with one person less there is none.
    rows = TABLES["eligible"].replace("graduates,*,*,4", "graduates,*,*,7")
    for house, kept in ((9, True), (8, False)):
        again = write_to(
            tmp_path / str(house), commitments=PROMISE,
            eligible=rows.replace("house,*,*,3", f"house,*,*,{house}"),
        )  # fmt: skip
        if kept:
            assert diagnosed_as_kept(again)
        else:
            assert not diagnosed_as_kept(again)


def diagnosed_as_kept(folder: Path) -> bool:
    return "nothing is in conflict" in answers(folder)[0].sentences[0]


@pytest.mark.slow
def test_offers_give_way_to_what_places_allow(tmp_path: Path) -> None:
    rows = TABLES["eligible"].replace("graduates,*,*,4,0.5,0.5", "graduates,*,*,70,0.5,1")
    frame = edits(answers(write_to(tmp_path / "many", eligible=rows)))
    alone = frame[frame["bends"] == "offers"].iloc[0]
    assert (alone["file"], alone["row"], alone["column"]) == ("eligible.csv", 3, "offer_rate")
    assert alone["change"] == f"offers to pool 'graduates' 1 → {alone['new']:.12g}"
    assert 0.6 < alone["new"] < 1.0
    lower = rows.replace("70,0.5,1", f"70,0.5,{alone['new']:.12g}")
    assert diagnosed_as_kept(write_to(tmp_path / "lower", eligible=lower))


@pytest.fixture
def overdrawn(tmp_path: Path) -> Path:
    rows = TABLES["eligible"].replace("leavers,*,*,60", "leavers,*,*,30")
    return write_to(tmp_path / "overdrawn", eligible=rows)


def test_a_pool_that_last_intakes_overdraw_is_named_by_solve(overdrawn: Path) -> None:
    with pytest.raises(InfeasibleError) as error:
        allocate(read_instance(overdrawn), parse_policy(LAST_INTAKE.encode()))
    assert "people drawn from pool" in str(error.value)
    said = "as courses take last_intake again in each year after 2028 (continuation)"
    assert said in str(error.value)


def test_a_pool_that_last_intakes_overdraw_is_explained(overdrawn: Path) -> None:
    found = answers(overdrawn, LAST_INTAKE)
    # Forty places are continued, and thirty people come.
    assert found[1].sentences == (
        "The entrants of pool 'leavers' in 2029 (eligible.csv row 2) are 10.0 people too few "
        "whatever is decided: after the last commissioning year courses take their last_intake "
        "again, as continuation says.",
        "That is proved.",
    )
    frame = edits(found)
    assert "10 more entrants of pool 'leavers'" in set(frame["change"])
