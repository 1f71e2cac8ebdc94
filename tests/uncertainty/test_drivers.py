"""What drives a result: indices that can be worked out by hand, and who has none."""

import pandas as pd
import pytest

from commission_opt.allocation.decided import Decided
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.uncertainty.audit import drivers as module
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.drivers import drivers
from commission_opt.uncertainty.audit.sentences import sentences
from uncertain import DRAWN, WRITTEN, decided, drawn, text

pytest.importorskip("SALib")
ROWS = """
[[uncertain]]
name = "{}"
figures = "{}"
how = "*="
uniform = [{}, {}]
"""


def driven(plan: Decided, made: Futures) -> pd.DataFrame | None:
    trial = AuditedPlan(plan, made, 0.05)
    return done(drivers(trial), trial)


def indices(*rows: tuple[str, str, float, float]):  # type: ignore[no-untyped-def]
    plan = decided()
    content = (
        b'name = "t"\ndraws = 8\nseed = 1\n' + "".join(ROWS.format(*row) for row in rows).encode()
    )
    made = futures(plan.instance, plan.policy, parse_uncertainty(content))
    found = driven(plan, made)
    assert found is not None
    return found.set_index("uncertain")


def test_a_figure_that_does_nothing_drives_nothing() -> None:
    found = indices(("demand", "demand", 0.9, 1.1), ("money", "budget", 0.99, 1.01))
    assert found.index.tolist() == ["demand", "money"]
    assert found.loc["demand", "first"] == pytest.approx(1.0, abs=found.loc["demand", "first_conf"])
    assert found.loc["demand", "total"] == pytest.approx(1.0, abs=0.1)
    assert found.loc["money", ["first", "total"]].abs().max() < 1e-12


def test_shares_of_the_variance_are_those_of_a_sum() -> None:
    # Where everybody is short the result is nearly linear in demand, and variances add up.
    north, south = decided().instance.regions["region"].tolist()[:2]
    rows = (
        ("a", f"demand[region={north}]", 1.3, 1.7),
        ("b", f"demand[region={south}]", 1.45, 1.55),
    )
    found = indices(*rows)
    assert found["first"].sum() == pytest.approx(1.0, abs=0.15)
    assert found["total"].sum() == pytest.approx(1.0, abs=0.15)
    assert found.index[0] == "a"  # which varies four times as much


def test_the_same_seed_gives_the_same_indices() -> None:
    rows = (("demand", "demand", 0.9, 1.1), ("leavers", "leavers", 0.8, 1.3))
    assert indices(*rows).equals(indices(*rows))


def test_without_draws_or_without_salib_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = decided()
    written = WRITTEN.replace("probability = 0.25", "probability = 1")
    told = futures(plan.instance, plan.policy, parse_uncertainty(text(written)))
    assert driven(plan, told) is None
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert driven(plan, drawn(DRAWN)) is None


def test_sentences_tell_the_drivers_above_their_noise() -> None:
    row = {"first": 0.8, "first_conf": 0.1, "total": 0.85, "total_conf": 0.05}
    noise = {"first": 0.01, "first_conf": 0.05, "total": 0.02, "total_conf": 0.03}
    record = {
        "values": [{"name": "shortfall", "title": "weighted shortfall", "as_given": 1.0,
                    "mean": 1.0, "p05": 1.0, "p95": 1.0, "least": 1.0, "most": 1.0,
                    "worst_tenth": 1.0}],
        "rules": [],
        "regret": None,
        "gap": None,
        "drivers": [{"uncertain": "demand", **row}, {"uncertain": "money", **noise}],
        "uncertainty": {"draws": 8, "explicit": 0, "name": "t", "seed": 1, "cut": 0.0},
    }  # fmt: skip
    [said] = [each for each in sentences(record) if "varies by" in each]
    assert "“demand” (0.80 ± 0.10 of it alone, 0.85 ± 0.05 together with others)" in said
    assert "money" not in said
