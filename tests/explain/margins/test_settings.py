"""Settings change what they are said to change, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.questions import LimitSteps, written
from commission_opt.explain.margins.rates import better, rate_step
from commission_opt.files.shipped import find_instance
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from drawn_substitution import substituting
from handworked import hand
from margin_cases import settings_of
from samples import both, made, model, policy, sample
from some import some

KNOWN = sample(4, 3, 1, 1).instance
POLICY = parse_policy(model(2, integer=False, pace="false").encode())


def ground() -> Ground:
    return Ground(KNOWN, policy(model(1)))


@pytest.mark.slow
@pytest.mark.parametrize("table", some(["budgets", "placements"], 2))
def test_a_step_reaches_one_row_or_all_years_of_one_region_or_all_rows(table: str) -> None:
    rows = getattr(KNOWN, table)
    field = {"budgets": "budget", "placements": "placement_capacity"}[table]
    figure = {"budgets": "amount", "placements": "capacity"}[table]
    steps, code = LimitSteps(KNOWN, field, rows), rows.columns[0]
    assert table == "placements" or set(rows["region"]) > {"*"}
    for i in range(len(rows)):
        own = rows.iloc[i]
        same = (rows[code] == own[code]).to_numpy()
        where = (rows["region"] == own["region"]).to_numpy()
        when = (rows["year"] == own["year"]).to_numpy()
        for region, year, meant in (
            (own["region"], int(own["year"]), same & where & when),
            (own["region"], None, same & where),
            (None, None, same),
        ):
            texts = written(steps.of(own[code], region, year, 1000.0))
            changed, _ = ground().apply(settings_of(texts))
            moved = getattr(changed, table)[figure].to_numpy() - rows[figure].to_numpy()
            np.testing.assert_allclose(moved, 1000.0 * meant, atol=1e-6)


def test_rates_stop_at_their_ends() -> None:
    codes, values = ["a", "b", "c", "d"], np.array([0.5, 0.995, 1.0, 0.3])
    rates = pd.Series(values, codes, name="join_rate")
    texts = written(rate_step({"profession": ["p"]}, "course", rates, 0.01))
    assert texts == [
        "join_rate[course=a|d,profession=p]+=0.01",
        "join_rate[course=b,profession=p]=1",
    ]
    texts = written(rate_step({}, "region", (1 - rates).rename("leaver_rate"), -0.01))
    assert texts == ["leaver_rate[region=a|d]+=-0.01", "leaver_rate[region=b]=0"]
    assert rate_step({}, "course", rates[["c"]], 0.01) == ()


def test_who_goes_on_does_not_join_even_where_joining_is_better() -> None:
    codes, values = ["a", "b", "c", "d"], np.array([0.2, 0.195, 0.1, 0.994])
    rates = pd.Series(values, codes, name="join_rate")
    texts = written(rate_step({}, "course", rates, 0.01, np.array([0.2, 0.2, 0.2, 1.0])))
    assert texts == [
        "join_rate[course=c]+=0.01",
        "join_rate[course=b]=0.2",
        "join_rate[course=d]=1",
    ]
    instance = read_instance(find_instance("england-medical-2026"))
    settings = better(instance, "join", None)
    assert not any("medical-school" in text for text in written(settings))
    changed, _ = Ground(instance, policy(model(1))).apply(settings)
    moved = (changed.courses["join_rate"] - instance.courses["join_rate"]).to_numpy()
    feeds = instance.courses["profession"] == "medicine"
    np.testing.assert_allclose(moved, np.where(feeds, 0.0, 0.01), atol=1e-12)


@pytest.mark.parametrize("rate", ["completion", "join", "leavers"])
def test_a_better_rate_moves_the_rates_of_one_profession(rate: str) -> None:
    codes = KNOWN.professions["profession"].tolist()
    for p, code in enumerate(codes):
        settings = better(KNOWN, rate, code)
        changed, _ = ground().apply(settings)
        if rate == "leavers":
            for name in ("leaver_rate", "early_leaver_rate"):
                moved = getattr(changed, name) - getattr(KNOWN, name)
                np.testing.assert_allclose(moved[p], -0.01)
                assert not np.delete(moved, p, axis=0).any()
        else:
            moved = changed.courses[f"{rate}_rate"] - KNOWN.courses[f"{rate}_rate"]
            own = (KNOWN.courses["profession"] == code).to_numpy()
            assert (moved[own] > 0).all()
            assert moved[own].max() <= 0.01 + 1e-12
            assert not moved[~own].any()


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
