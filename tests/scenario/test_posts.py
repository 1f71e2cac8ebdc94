"""Posts varied cell by cell, wildcards resolved, as a table written anew would have them."""

import numpy as np
import pytest

from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from handworked import hand
from samples import model

HEAD = "profession,region,year,posts\n"
GIVEN = HEAD + "nurse,north,*,90\nnurse,north,2027,100\nmedic,south,2026,8\nmedic,south,2060,1\n"


def varied(text: str) -> Instance:
    axis = parse_axis(text)
    setting = Setting(axis, axis.values[0])
    return Ground(hand(posts=GIVEN), parse_policy(model().encode())).apply([setting])[0]


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ("posts*=0.5", "nurse,north,*,45\nnurse,north,2027,50\nmedic,south,2026,4\n"),
        ("posts[year=2028]+=3", "nurse,north,*,90\nnurse,north,2027,100\nnurse,north,2028,93\n"
         "medic,south,2026,8\n"),
        ("posts[region=south]=2", "nurse,north,*,90\nnurse,north,2027,100\nmedic,south,2026,2\n"),
        ("posts[group=nursing,year=2027]=0", "nurse,north,*,90\nnurse,north,2027,0\n"
         "medic,south,2026,8\n"),
    ],
)  # fmt: skip
def test_posts_are_those_of_the_table_written_anew(change: str, rows: str) -> None:
    found, expected = varied(change).posts, hand(posts=HEAD + rows).posts
    np.testing.assert_array_equal(found, expected)


def test_the_table_says_each_cell_on_its_own() -> None:
    table = varied("posts*=0.5").tables["posts"]
    assert table["year"].tolist() == [2026, 2027, 2028, 2029, 2030, 2026]
    assert table["posts"].tolist() == [45, 50, 45, 45, 45, 4]
