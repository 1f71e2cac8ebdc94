"""Robust and fragile places: planted cases, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.places import _all_at, steadiness
from commission_opt.uncertainty.audit.record import audit_record
from commission_opt.uncertainty.audit.sentences import sentences
from uncertain import audited_in, decided

ROW = '\n[[uncertain]]\nname = "{}"\nfigures = "{}"\nhow = "*="\n{}\n'


@cache
def trial(*rows: tuple[str, str, str]) -> AuditedPlan:
    """The best plan in fractions for the instance as given, which is the middle of its futures."""
    plan = decided()
    problem = planning(plan.instance, plan.policy.relaxed().first_stages(1))
    best = solve_relaxation(formulate(problem, aims(problem)[0]), Limits(), Watch())
    outcome = problem.outcome(problem.layout.to_amounts(best.columns))
    content = 'name = "t"\ndraws = 16\nseed = 1\n' + "".join(ROW.format(*row) for row in rows)
    made = futures(plan.instance, plan.policy, parse_uncertainty(content.encode()))
    return AuditedPlan(replace(plan, problem=problem, outcome=outcome), made, 0.05)


def test_where_nothing_that_matters_varies_every_place_is_robust() -> None:
    tried = trial(("money", "budget", "uniform = [0.999999, 1.000001]"))
    found = done(steadiness(tried), tried)
    assert found.table["robust"].all()
    assert (found.table["hangs_on"] == "").all()
    assert found.futures == 1 + 2 + 8
    said = sentences(audit_record(audited_in(tried), None, None, {}, places=found))
    count = len(found.table)
    assert any(f"{count} of {count} decisions are robust: in each of 11" in each for each in said)


def test_places_hang_on_the_row_that_moves_them() -> None:
    profession = decided().instance.professions["profession"].tolist()[0]
    wide = ("wide", f"demand[profession={profession}]", "uniform = [0.2, 1.8]")
    tried = trial(wide, ("money", "budget", "uniform = [0.999999, 1.000001]"))
    found = done(steadiness(tried), tried)
    names = set(found.table["hangs_on"])
    assert names == {"", "wide"}
    assert not found.table.loc[found.table["hangs_on"] == "wide", "robust"].any()
    moved = found.table[~found.table["robust"]]
    assert (moved["most"] - moved["least"] > 0).all()
    record = found.record()
    assert record["fragile"]["wide"] == (found.table["hangs_on"] == "wide").sum()
    said = sentences(audit_record(audited_in(tried), None, None, {}, places=found))
    count = record["fragile"]["wide"]
    hang = "decision hangs" if count == 1 else "decisions hang"
    assert any(each.startswith(f"{count} {hang} on “wide” alone") for each in said)


@pytest.mark.parametrize("more", ["", "correlation = 0.4\n", 'over_time = "walk"\n'])
def test_a_row_at_a_quantile_has_all_its_units_there(more: str) -> None:
    row = ("d", "demand", 'uniform = [0.8, 1.2]\neach = "profession"\n' + more)
    [draw] = trial(row).futures.draws
    values = draw.values(np.array([_all_at(draw, 0.9)]))
    first = values[0][draw.year == 0]
    np.testing.assert_allclose(first, 0.8 + 0.4 * 0.9, rtol=1e-12)
    if "walk" in more:
        assert (np.diff(values[0].reshape(draw.groups, -1)) > 0).all()
