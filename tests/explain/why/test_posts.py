"""Who finds no post, by figures that can be worked out by hand."""

import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import UsageError
from commission_opt.explain.why.origins import supply_of
from commission_opt.explain.why.posts import posts_of
from commission_opt.policy import Objective, Policy, Rules
from commission_opt.views import posts
from commission_opt.views.shortfall import Baselines
from handworked import COMMITMENTS, hand

# Ten medics in the south never leave, twelve are needed, and eleven have a post, of which nine in
# 2030. Four who are promised a place in 2026 are there from 2029 on: three too many, then five.
POSTS = "profession,region,year,posts\nmedic,south,*,11\nmedic,south,2030,9\n"
PROMISE = COMMITMENTS + "four,medic,2026,2026,4,4,the board,agreed\n"
RULES = Rules(continuation="none")
MODEL = Policy("test", "Test", 1, (Objective("shortfall"),), False, 0.0, RULES)


def plan(first: str = "shortfall") -> Allocation:
    instance = hand(posts=POSTS, commitments=PROMISE)
    policy = Policy("test", "Test", 1, (Objective(first),), False, 0.0, RULES)
    return allocate(instance, policy)


def test_figures_of_every_year() -> None:
    answer = posts_of(plan())
    years = answer.frame("by_year").set_index("year")
    assert years["posts"].tolist() == [11, 11, 11, 11, 9]
    assert years["supply"].tolist() == pytest.approx([10, 10, 10, 14, 14])
    assert years["without"].tolist() == pytest.approx([0, 0, 0, 3, 5])
    assert years["graduates"].tolist() == pytest.approx([0, 0, 0, 4, 0])
    assert years["graduates_without"].tolist() == pytest.approx([0, 0, 0, 3, 0])
    assert years["new"].tolist() == pytest.approx([0, 0, 0, 3, 4])  # in 2030 one more anyhow
    assert years["unfunded"].tolist() == pytest.approx([1, 1, 1, 1, 3])


def test_one_more_post_is_worth_a_fte_of_shortage_where_it_binds() -> None:
    cells = posts_of(plan()).frame("cells").set_index("year")
    # A FTE missing counts 0.5 in the south; only where staff are without a post does one fill it.
    assert cells["worth"].sort_index().tolist() == pytest.approx([0, 0, 0, 0.5, 0.5])
    fewer = posts_of(plan("unemployed")).frame("cells").set_index("year")["worth"].sort_index()
    assert fewer.tolist()[3:] == pytest.approx([1, 1])


def test_a_year_is_told_in_sentences() -> None:
    answer = posts_of(plan(), 2029)
    assert answer.sentences == (
        "3 FTE of staff are without a post in 2029/30; all of them are there because of what is "
        "bought.",
        "Of the 4 FTE of graduates who enter in 2029/30, 3 find no post if those at work before "
        "keep theirs.",
        "One more post is worth most for medic in south in 2029/30: it saves 0.50 weighted "
        "FTE-years.",
    )
    assert answer.frame("cells")["year"].tolist() == [2029]
    assert posts_of(plan()).sentences[0] == (
        "5 FTE of staff are without a post in 2030/31, the most of any year; 4 of them are there "
        "because of what is bought, and 1 would be without new places too."
    )
    assert posts_of(plan(), 2026).sentences[0] == "Nobody is without a post in 2026/27."


def test_the_first_screen_and_pages_say_it() -> None:
    made = plan()
    assert list(posts.said(Baselines(made.problem, made.outcome))) == [
        "With the plan 8 FTE-years of staff are without a post to 2030/31, most in 2030/31: 5 FTE; "
        "without new places it would be 1 FTE-years.",
        "Of the shortfall with the plan 7 FTE-years are work for which there are no posts: no "
        "training closes them.",
    ]
    none = allocate(hand(), MODEL)
    assert list(posts.said(Baselines(none.problem, none.outcome))) == []


def test_the_supply_of_a_region_shows_its_posts() -> None:
    frame = supply_of(plan(), "medic", "south").frame("supply")
    assert frame["posts"].tolist() == [11, 11, 11, 11, 9]
    assert frame["unemployed"].tolist() == pytest.approx([0, 0, 0, 3, 5])
    assert frame["shortfall"].tolist() == pytest.approx([2, 2, 2, 1, 3])
    both = supply_of(plan(), "medic", "nation").frame("supply")
    assert both["posts"].isna().all()
    assert both["unemployed"].tolist() == pytest.approx([0, 0, 0, 3, 5])
    assert "posts" not in supply_of(plan(), "nurse", "south").frame("supply")


def test_questions_about_posts_that_there_are_not_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no posts in its years; they stand in posts\.csv"):
        posts_of(allocate(hand(), MODEL))
    with pytest.raises(UsageError, match="no posts in 2040; give a year from 2026 to 2030"):
        posts_of(plan(), 2040)
