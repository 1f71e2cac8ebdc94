import pytest

from commission_opt.explain.answer import to_json, to_markdown
from commission_opt.explain.room.ranges import Ranges, ranges
from commission_opt.explain.room.room import (
    BOTH,
    DECIDED,
    FIXED,
    FRACTIONS,
    ONE_OF_MANY,
    OPEN,
    PROVED,
    in_words,
)
from room_cases import solved
from samples import model, sample


@pytest.fixture(scope="module")
def found() -> Ranges:
    return ranges(solved(sample(4, 2, 1, 3).instance, model()), (0.001, 0.02))


def test_the_table_has_every_course_the_freest_first(found: Ranges) -> None:
    table = in_words(found)[0].frame("courses")
    assert sorted(table["course"]) == sorted(found.plan.instance.courses["course"])
    assert (table["width 0.1%"].diff().dropna() <= 0).all()
    for tag in ("0.1%", "2%"):
        assert (table[f"most {tag}"] - table[f"least {tag}"] == table[f"width {tag}"]).all()
        low = table[f"least reached {tag}"] - table[f"least {tag}"]
        high = table[f"most {tag}"] - table[f"most reached {tag}"]
        assert (table[f"apart {tag}"] == low.where(low > high, high)).all()
        assert ((table[f"least is {tag}"] == BOTH) == (low == 0)).all()
        assert set(table[f"most is {tag}"]) <= {BOTH, FRACTIONS, PROVED}


def test_sentences_count_what_the_table_shows(found: Ranges) -> None:
    answer = in_words(found)[0]
    table = answer.frame("courses")
    fixed = int((table["width 0.1%"] <= FIXED).sum())
    assert f"of {len(table)} courses {fixed} are fixed within 5 places" in answer.sentences[1]
    assert table["course"].iloc[0] in answer.sentences[4]
    settled = table["settled 0.1%"]
    decided, many, unknown = ((settled == w).sum() for w in (DECIDED, ONE_OF_MANY, OPEN))
    assert f"{decided} of {len(table)} numbers of places are decided" in answer.sentences[3]
    assert f"{many} are one of many" in answer.sentences[3]
    assert (f"Of {unknown} neither is known" in answer.sentences[3]) == bool(unknown)
    both = sum(
        int((table[f"{end} is {tag}"] == BOTH).sum())
        for end in ("least", "most")
        for tag in ("0.1%", "2%")
    )
    assert f"{both:,} of {4 * len(table):,} ends are proved and reached" in answer.sentences[5]


def test_an_end_that_is_not_reached_shows_both_numbers(found: Ranges) -> None:
    table = in_words(found)[0].frame("courses")
    for row in table.to_dict("records"):
        shown = row["range 0.1%"]
        open_ends = (row["least is 0.1%"] != BOTH) + (row["most is 0.1%"] != BOTH)
        assert shown.count("/") == open_ends


def test_later_objectives_and_late_ranges_are_told() -> None:
    text = model(stages=[("shortfall", 0.01), ("cost", 0.0)])
    late = ranges(solved(sample(4, 2, 1, 3).instance, text), (0.001,), seconds=0.0)
    said = " ".join(in_words(late)[0].sentences)
    assert "later objectives of the model are left out" in said
    assert f"before {len(late.done)} of {len(late.done)} ranges were worked out" in said


def test_answers_are_markdown_and_json(found: Ranges) -> None:
    answers = in_words(found)
    assert to_markdown(answers).startswith("## Room to move")
    assert '"least reached 0.1%"' in to_json(answers)


def test_what_is_decided_is_so_in_every_plan_and_what_is_not_was_found_otherwise(
    found: Ranges,
) -> None:
    table = in_words(found)[0].frame("courses")
    for tag in ("0.1%", "2%"):
        for row in table.to_dict("records"):
            same = row[f"least {tag}"] == row[f"most {tag}"]
            assert (row[f"settled {tag}"] == DECIDED) == same
            reached = row[f"most reached {tag}"] > row[f"least reached {tag}"]
            assert (row[f"settled {tag}"] == ONE_OF_MANY) == (reached and not same)
    # The plan itself is within every tolerance, so that what is decided is what it has.
    decided = table[table["settled 0.1%"] == DECIDED]
    assert (decided["least 0.1%"] == decided["places"]).all()
