"""Gaps on fresh samples, and the value of knowing: planted cases where both are known."""

from functools import cache

import pandas as pd
import pytest

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit import groups
from commission_opt.uncertainty.audit.audit import Audit
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.groups import sample_gap, value_of_knowing
from commission_opt.uncertainty.audit.record import audit_record
from commission_opt.uncertainty.audit.sentences import sentences
from uncertain import audited_in, bounded, decided

ROW = '\n[[uncertain]]\nname = "{}"\nfigures = "{}"\nhow = "*="\n{}\n'


@cache
def audited(*rows: tuple[str, str, str]) -> Audit:
    plan = decided()
    text = 'name = "t"\ndraws = 16\nseed = 1\n' + "".join(ROW.format(*row) for row in rows)
    made = futures(plan.instance, plan.policy, parse_uncertainty(text.encode()))
    return audited_in(AuditedPlan(plan, made, 0.05))


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_SIZE", 16)
    monkeypatch.setattr(groups, "_DRAWS", 128)


def test_where_all_futures_are_the_same_nothing_is_worth_knowing() -> None:
    found = audited(("demand", "demand", "values = [1.05]\nprobabilities = [1]"))
    trial = bounded(found.trial)
    gap = done(sample_gap(trial), trial)
    assert gap is not None
    assert gap.upper == pytest.approx(gap.mean)
    problem = planning(found.trial.futures.in_future(0), found.trial.plan.policy.relaxed())
    formulation = formulate(problem, aims(problem)[0])
    least = solve_relaxation(formulation, Limits(), Watch()).bound * formulation.aim.scale
    assert gap.mean >= found.results["shortfall"][0] - least - 1e-6 * least
    known = done(value_of_knowing(trial), trial)
    assert known is not None
    assert known.loc[0, "knowing"] == pytest.approx(0.0, abs=1e-6 * least)


def test_what_changes_where_places_help_is_worth_more_than_what_changes_nothing() -> None:
    professions = decided().instance.professions["profession"].tolist()
    wide = ("wide", f"demand[profession={professions[0]}]", "uniform = [0.6, 1.6]")
    found = audited(wide, ("money", "budget", "uniform = [1.0, 1.00001]"))
    trial = bounded(found.trial)
    known = done(value_of_knowing(trial), trial)
    assert known is not None
    wide_, money = known["knowing"].to_numpy(float)
    assert wide_ > known["knowing_conf"].to_numpy(float)[0]
    assert wide_ > 10 * abs(money)


def test_sentences_tell_gap_and_value() -> None:
    found = audited(("demand", "demand", "uniform = [0.9, 1.2]"))
    rows = {"uncertain": ["demand"], "first": [1.0], "first_conf": [0.1], "total": [1.0],
            "total_conf": [0.1], "knowing": [50.0], "knowing_conf": [4.0]}  # fmt: skip

    gap = {"mean": 90.0, "upper": 100.0, "samples": 10, "draws": 256}
    said = sentences(audit_record(found, pd.DataFrame(rows), None, {}, gap))
    assert any("by more than 100.0 weighted FTE-years" in each for each in said)
    assert any("an estimated 50.0 ± 4.0 weighted FTE-years" in each for each in said)
