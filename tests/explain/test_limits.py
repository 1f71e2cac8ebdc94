from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain import limits
from commission_opt.explain.limits import KINDS, binding, scarce, standing
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.worth import Valuer
from commission_opt.policy_file import parse_policy
from samples import model, sample


@pytest.mark.parametrize("years", [1, 2])
def test_limits_are_told_by_their_place_in_the_table_and_the_dearest_first(years: int) -> None:
    instance = sample(4, 3, years, 1).instance
    found = allocate(instance, parse_policy(model(years=years).encode()))
    proof = found.proofs[0]
    for kind in KINDS:
        held = binding(kind, proof.formulation.program, proof.multipliers)
        assert held is not None
        assert held.count == len(getattr(instance, kind.block))
        assert (np.diff(held.worth) <= 0).all()
        prices = np.abs(proof.multipliers[proof.formulation.program.rows[kind.block]])
        assert held.worth == pytest.approx(prices[held.rows] * kind.size)
        assert np.delete(prices, held.rows) == pytest.approx(0.0, abs=1e-9 * (1 + prices.max()))


def test_a_kind_that_the_model_leaves_out_has_none() -> None:
    instance = sample(4, 3, 1, 1).instance
    text = model(years=1, budgets=False)
    proof = allocate(instance, parse_policy(text.encode())).proofs[0]
    assert binding(KINDS[0], proof.formulation.program, proof.multipliers) is None


def test_decisions_are_counted_where_they_stand() -> None:
    instance = sample(4, 3, 2, 1).instance
    found = allocate(instance, parse_policy(model(years=2).encode()))
    at = standing(found.problem, found.proofs[0].formulation.program, found.places)
    assert (at.count, at.what) == (found.places.size, "courses and years")
    assert at.none == int((found.places < 0.5).sum())
    capacity = instance.courses["max_intake"].to_numpy(float)[:, None]
    assert at.full == int(((found.places == capacity) & (capacity > 0)).sum())


@pytest.mark.parametrize(("seed", "whole"), [(3, True), (3, False), (5, True)])
def test_what_more_would_save_and_spend_is_what_explain_says(seed: int, whole: bool) -> None:
    text = model(integer=whole)
    found = allocate(sample(3, 2, 1, seed).instance, parse_policy(text.encode()))
    proof = found.proofs[0]
    told = scarce(found.problem, proof.formulation, proof.multipliers, found.places, dearest=50)
    assert [each.kind for each in told] == list(KINDS)
    money = margins(found.problem, found.places, seconds=30.0).frame("money")
    money = money[(money["year"] != "every") & (money["worth"] > 1e-6)]
    assert told[0].binding == len(told[0].more) == len(money) > 0
    for more, (_, row) in zip(told[0].more, money.iterrows(), strict=True):
        assert more.saved == pytest.approx(row["worth"], rel=1e-6)
        assert more.label.startswith(f"budget of fund '{row['fund']}'")
        if row["spent"] < 0:
            assert " less in all, " in more.says
            continue
        pattern = (
            r"£1m more would save ([\d.,]+) weighted FTE-years and spend £([\d.,]+)(m?) more in "
            r"all, (\d{4})–(\d\d): ([\d.,]+) for each £1m spent"
        )
        words = re.fullmatch(pattern, more.says)
        assert words is not None, more.says
        saved, spent, each = (float(words[i].replace(",", "")) for i in (1, 2, 6))
        spent *= 1e6 if words[3] else 1.0
        assert saved == pytest.approx(row["worth"], rel=0.006)
        assert spent == pytest.approx(row["spent"], rel=0.006)
        assert each == pytest.approx(saved / spent * 1e6, rel=0.012)
        assert (int(words[4]), int(words[5])) == (row["first_spent"], row["last_spent"] % 100)


def test_few_are_solved_again_where_many_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    found = allocate(sample(6, 4, 2, 1).instance, parse_policy(model(years=2).encode()))
    proof = found.proofs[0]
    asked = (found.problem, proof.formulation, proof.multipliers, found.places)
    everything = scarce(*asked, dearest=100)
    solved: list[object] = []
    again = Valuer.values

    def counted(self: Valuer, questions: Any, *rest: Any) -> Any:
        solved.append(questions)
        return again(self, questions, *rest)

    monkeypatch.setattr(Valuer, "values", counted)
    few = scarce(*asked, dearest=1)
    assert sum(each.binding for each in everything) > 8
    assert len(solved) <= 6
    for some, all_of_them in zip(few, everything, strict=True):
        assert some.binding >= all_of_them.binding  # by their prices, or tried
        assert {m.row for m in some.more} <= {m.row for m in all_of_them.more}


def test_large_programs_tell_the_most_that_a_step_could_save(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = allocate(sample(3, 2, 1, 3).instance, parse_policy(model().encode()))
    proof = found.proofs[0]
    asked = (found.problem, proof.formulation, proof.multipliers, found.places)
    exact = {more.row: more.saved for more in scarce(*asked)[0].more}
    monkeypatch.setattr(limits, "is_large", lambda _: True)
    most = {more.row: more for more in scarce(*asked)[0].more}
    assert most
    assert all("at most" in more.says and "explain" in more.says for more in most.values())
    shared = [row for row in exact if row in most]
    assert shared
    assert all(most[row].saved >= exact[row] * (1 - 1e-9) for row in shared)
