"""What can be wrong with posts, all of it said with file, row and column."""

import pytest

from builders import Tiny
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.look import doubts
from commission_opt.reading.read import Reading, read_contents

HEAD = "profession,region,year,posts\n"
BAD = {
    "adult,north,*,many": "row 2, posts: 'many' is not a number",
    "adult,north,*,NaN": "row 2, posts: 'NaN' stands for no number; a number is needed",
    "adult,north,*,inf": "row 2, posts: 'inf' is infinite; a finite number is needed",
    "adult,north,*,-1": "row 2, posts: -1 is negative",
    "adult,north,*,": "row 2, posts: is empty; a number is needed",
    "adult,north,soon,1": "row 2, year: 'soon' is not a number",
    "adult,north,1800,1": "row 2, year: 1800 is not between 1900 and 2300",
    "adult,north,*,1\nadult,north,,2": "row 3: repeats the key of row 2",
    "adult,north,2026,1\nadult,north,2026.0,2": "row 3: repeats the key of row 2",
    "adlt,north,*,1": "row 2, profession: there is no profession 'adlt' in professions.csv; did "
    "you mean 'adult'?",
    "*,north,*,1": "row 2, profession: “*” is not allowed here; name one code",
    "adult,land,*,1": "row 2, region: region 'land' contains other regions; name a region within "
    "it",
    "adult,,*,1": "row 2, region: is empty; a code is needed",
}


def read(text: str) -> Reading:
    return read_contents({**Tiny().contents(), "posts.csv": text.encode()})


@pytest.mark.each(3)
@pytest.mark.parametrize("row", BAD)
def test_bad_rows_are_refused(row: str) -> None:
    reading = read(f"{HEAD}{row}\n")
    assert reading.instance is None
    assert [str(p) for p in reading.problems if p.severity == "error"] == [f"posts.csv {BAD[row]}"]


def test_a_missing_column_is_named() -> None:
    (error,) = (p for p in read("profession,region,posts\n").problems if p.severity == "error")
    assert str(error).startswith("posts.csv row 1, year: the column is missing")


def posts(rows: str) -> dict[tuple[str, str, int], float]:
    """The posts of every cell that has some."""
    instance = read(HEAD + rows).instance
    assert isinstance(instance, Instance)
    return {
        (p, q, instance.first_year + y): float(instance.posts[i, j, y])
        for i, p in enumerate(instance.professions["profession"])
        for j, q in enumerate(instance.regions["region"])
        for y in range(instance.horizon)
        if instance.posts[i, j, y] >= 0
    }


def test_the_row_of_a_year_replaces_that_of_every_year() -> None:
    first, *others = sorted(posts("gp,coast,*,5\n"))
    found = posts(f"gp,coast,{first[2]},7\ngp,coast,,5\n")
    assert found == {first: 7.0, **dict.fromkeys(others, 5.0)}
    assert posts(f"gp,coast,{first[2]},0\n") == {first: 0.0}


@pytest.mark.parametrize(("figure", "said"), [("9999", "times"), ("3", "times"), ("0", "")])
def test_posts_in_another_unit_are_doubted(figure: str, said: str) -> None:
    instance = read(f"{HEAD}adult,north,*,{figure}\n").instance
    assert instance is not None
    found = [p for p in doubts(instance) if p.file == "posts.csv"]
    assert len(found) == bool(said)
    for problem in found:
        assert (problem.row, problem.column, problem.doubtful) == (2, "posts", True)
        assert f"{int(figure):,} posts are " in problem.message
        assert "FTE needed at most of 'adult' in 'north'" in problem.message


def test_rows_outside_the_horizon_are_ignored_with_a_warning() -> None:
    reading = read(f"{HEAD}adult,north,2050,1\n")
    said = "posts.csv row 2, year: 2050 is outside the horizon 2026–2031; the row is ignored"
    assert said in [str(p) for p in reading.problems]
    assert posts("adult,north,2050,1\n") == {}
