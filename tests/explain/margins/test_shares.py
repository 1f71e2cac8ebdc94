"""What a point more of the work that others may cover is worth, against plans made anew."""

import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.what_if.change import read_changes
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.scenario.ground import Ground
from commission_opt.solvers.status import Limits
from drawn_substitution import substituting
from handworked import hand
from samples import both, made, model
from some import some

POLICY = parse_policy(model(2, integer=False, pace="false").encode())


def solved(instance: Instance) -> Allocation:
    return allocate(instance, POLICY, Limits(gap=1e-9))


@pytest.mark.parametrize("seed", some([0, 2, 3, 5, 6], 1, 1))
def test_each_is_worth_what_plans_made_anew_save(seed: int) -> None:
    synthetic = made(3, 2, 2, seed)
    instance = both(synthetic.settings, substituting(synthetic.tables, seed)).instance
    base = solved(instance)
    shares = margins(base, seconds=30.0).frame("shares")
    assert len(shares) == len(instance.substitution.groupby(["needed", "by"]))
    for _, row in shares.iterrows():
        changed, _ = Ground(instance, POLICY).apply(read_changes(row["change"]))
        saved = base.certificate.objective - solved(changed).certificate.objective
        near = 1e-6 * base.certificate.objective
        assert row["low"] - near <= saved <= row["high"] + near
        assert row["worth"] == pytest.approx(saved, rel=0.02, abs=10 * near)


def test_a_share_that_cannot_grow_is_not_asked_about() -> None:
    pairs = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.2\nnurse,medic,*,1.5,1\n"
    answer = margins(solved(hand(substitution=pairs)), seconds=1.0)
    assert answer.frame("shares")[["by", "needed"]].to_numpy().tolist() == [["nurse", "medic"]]


def test_a_plan_without_substitution_has_no_such_table() -> None:
    tables = [table.name for table in margins(solved(hand()), seconds=1.0).tables]
    assert "shares" not in tables
