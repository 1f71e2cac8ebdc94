import re
from dataclasses import replace

import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain import scarce as module
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.prices import Optimum, PricedProgram
from commission_opt.explain.scarce import Scarce, scarce
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.rules import LIMITS
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from samples import model, sample
from some import some


def _scarce(found: Allocation, most: int = 50) -> list[Scarce]:
    proof = found.proofs[0]
    return scarce(found.problem, proof.formulation, proof.multipliers, found.places, most)


@pytest.mark.each(2)
@pytest.mark.parametrize(("seed", "whole"), some([(3, True), (3, False), (5, True)], 2))
def test_what_more_would_save_and_spend_is_what_explain_says(seed: int, whole: bool) -> None:
    text = model(integer=whole)
    found = allocate(sample(3, 2, 1, seed).instance, parse_policy(text.encode()))
    told = _scarce(found)
    assert [each.kind for each in told] == list(LIMITS.values())
    money = margins(found, seconds=30.0).frame("money")
    money = money[(money["year"] != "every") & (money["worth"] > 1e-6)]
    assert len(told[0].more) == len(money) > 0
    for more, (_, row) in zip(told[0].more, money.iterrows(), strict=True):
        assert more.saved == pytest.approx(row["worth"], rel=1e-6)
        assert more.label.startswith(f"budget of fund '{row['fund']}'")
        if row["spent"] < 0:
            assert " less in all, " in more.says
            continue
        pattern = (
            r"£1m more would save ([\d.,]+) weighted FTE-years and spend £([\d.,]+)(m?) more in "
            r"all, (\d{4})/\d\d(?: to (\d{4})/\d\d)?: ([\d.,]+) for each £1m spent"
        )
        words = re.fullmatch(pattern, more.says)
        assert words is not None, more.says
        saved, spent, each = (float(words[i].replace(",", "")) for i in (1, 2, 6))
        spent *= 1e6 if words[3] else 1.0
        assert saved == pytest.approx(row["worth"], rel=0.006)
        assert spent == pytest.approx(row["spent"], rel=0.006)
        assert each == pytest.approx(saved / spent * 1e6, rel=0.012)
        assert int(words[4]) == row["first_spent"]
        assert int(words[5] or words[4]) == row["last_spent"]


def test_large_programs_tell_the_most_that_a_step_could_save(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = allocate(sample(3, 2, 1, 3).instance, parse_policy(model().encode()))
    exact = {more.row: more.saved for more in _scarce(found)[0].more}
    monkeypatch.setattr(module, "is_large", lambda _: True)
    most = {more.row: more for more in _scarce(found)[0].more}
    assert most
    assert all("at most" in more.says and "explain" in more.says for more in most.values())
    shared = [row for row in exact if row in most]
    assert shared
    assert all(most[row].saved >= exact[row] * (1 - 1e-9) for row in shared)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "years"), some([(3, 1), (5, 2), (7, 2)], 3))
def test_few_that_are_valued_are_those_of_all_and_as_many_are_counted(
    seed: int, years: int
) -> None:
    text = model(years=years)
    found = allocate(sample(4, 3, years, seed).instance, parse_policy(text.encode()))
    for few, every in zip(_scarce(found, 2), _scarce(found), strict=True):
        assert few.holding == every.holding == len(every.more)
        assert len(few.more) == min(2, few.holding)
        assert [more.saved for more in few.more] == pytest.approx(
            [more.saved for more in every.more[:2]], rel=1e-6
        )


def test_budgets_that_hold_back_in_all_years_together_are_not_said_to_bind_no_plan() -> None:
    """Every year's budget is as tight as the next: more in one year alone buys nothing."""
    instance = read_instance(find_instance("two-by-two"))
    policy = replace(read_policy(find_model("annual")), integer=False)
    found = allocate(instance, policy, Limits(seconds=20.0))

    def saved(years: list[int]) -> float:
        richer = instance.budgets.copy()
        richer.loc[richer["year"].isin(years), "amount"] += 1e6
        other = allocate(replace(instance, budgets=richer), policy, Limits(seconds=20.0))
        return found.certificate.objective - other.certificate.objective

    years = instance.budgets["year"].astype(int).tolist()
    assert [saved([year]) for year in years] == pytest.approx([0.0] * len(years), abs=1e-6)
    money, placements = _scarce(found)
    assert (money.kind, money.holding, money.more) == (LIMITS["budgets"], 0, ())
    assert money.words == (
        "no budget of one year alone holds the plan back, but those of all years do"
    )
    (every,) = money.every_year
    assert every.saved > 100
    assert every.saved == pytest.approx(saved(years), rel=1e-6)
    assert every.says.startswith("£1m more in each would save ")
    assert placements.words == "0 of 8 placement pools by region and year hold the plan back"
    said = margins(found, seconds=30.0).sentences
    assert "no budget of one year alone, but those of all years together" in said[0]
    assert "in one year alone would buy nothing in any budget; in every year" in said[1]


@pytest.mark.slow
def test_few_are_solved_again_where_many_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    found = allocate(sample(6, 4, 2, 1).instance, parse_policy(model(years=2).encode()))
    solved: list[float] = []
    again = PricedProgram.resolved

    def counted(self: PricedProgram, program: LinearProgram, seconds: float) -> Optimum | None:
        solved.append(seconds)
        return again(self, program, seconds)

    monkeypatch.setattr(PricedProgram, "resolved", counted)
    every = _scarce(found)
    many = len(solved)
    solved.clear()
    few = _scarce(found, 1)
    assert len(solved) < many
    assert [each.holding for each in few] == [each.holding for each in every]
