"""What ten more posts are worth, by hand and against plans made anew."""

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.margins.margins import margins
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from drawn_posts import with_posts
from drawn_substitution import substituting
from handworked import COMMITMENTS, hand
from samples import both, made, model
from some import some

POLICY = parse_policy(model(2, integer=False, pace="false").encode())
BY_HAND = parse_policy(
    model(1, integer=False, pace="false", tiers="[]", rate=0.0, continuation="none")
    .replace("tiers = []\n", "")
    .encode()
)
# Ten medics in the south are twelve from 2026 on, all needed, with eleven posts and nine in 2030.
POSTS = "profession,region,year,posts\nmedic,south,*,11\nmedic,south,2030,9\nnurse,south,*,500\n"
PROMISE = COMMITMENTS + "four,medic,2026,2026,4,4,the board,agreed\n"


def solved(instance: Instance) -> Allocation:
    return allocate(instance, POLICY, Limits(gap=1e-9))


def test_ten_more_posts_let_those_work_who_have_none() -> None:
    # Of four who come in 2029 three find no post; one of these is needed in 2029, three in 2030.
    plan = allocate(hand(posts=POSTS, commitments=PROMISE), BY_HAND)
    quick = margins(plan, seconds=0.0).frame("posts").iloc[0]  # with the same places alone
    assert quick["low"] == pytest.approx(2.0)
    answer = margins(plan, seconds=1.0)
    medic, nurse = answer.frame("posts").to_dict("records")
    assert (medic["profession"], medic["region"]) == ("medic", "south")
    assert (medic["worth"], medic["plain"]) == pytest.approx((0.5 * (1 + 3), 1 + 3))
    assert nurse["worth"] == 0.0
    assert (
        "Ten more posts in every year would save most for medic in south: 2.00 weighted FTE-years, "
        "4.00 plain FTE-years; they would save something in 1 of 2 pairs of a profession and a "
        "region with posts." in answer.sentences
    )


@pytest.mark.each(3)
@pytest.mark.parametrize(("seed", "deploying"), some([(0, 1), (1, 0), (2, 0), (3, 1), (4, 0)], 2))
def test_each_is_worth_what_plans_made_anew_save(seed: int, deploying: int) -> None:
    synthetic = made(3, 2, 2, seed)
    tables = with_posts(synthetic.tables, seed)
    tables = substituting(tables, seed) if deploying else tables
    base = solved(both(synthetic.settings, tables).instance)
    frame = margins(base, seconds=30.0).frame("posts")
    quick = margins(base, seconds=0.0).frame("posts")  # by prices and the same places alone
    assert quick["low"].sum() > 0.5 * frame["worth"].sum()
    given = ~np.isnan(base.instance.posts)
    assert len(frame) == given.any(axis=2).sum()
    assert (frame["worth"] > 0.01).any()
    for _, row in frame.iterrows():
        changed, _ = Ground(base.instance, POLICY).apply(read_changes(row["change"]))
        anew = solved(changed)
        saved = base.certificate.objective - anew.certificate.objective
        near = 1e-6 * base.certificate.objective
        assert row["worth"] == pytest.approx(saved, abs=max(10 * near, row["error"]))
        assert row["error"] <= 0.01 * row["high"] + near
        assert row["low"] - near <= saved <= row["high"] + near


def test_nothing_is_asked_where_there_are_none_or_no_shortage_counts() -> None:
    assert "posts" not in [table.name for table in margins(solved(hand()), seconds=1.0).tables]
    text = model(1, integer=False, stages=(("cost", 0.0),))
    plan = allocate(hand(posts=POSTS), parse_policy(text.encode()))
    assert "posts" not in [table.name for table in margins(plan, seconds=1.0).tables]
