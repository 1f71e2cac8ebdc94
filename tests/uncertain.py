"""A small plan and futures of its instance, some written out and some drawn."""

from functools import cache
from pathlib import Path

import numpy as np

from commission_opt.allocation.decided import Decided
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.policy_file import parse_policy
from commission_opt.uncertainty.audit.audit import Audit, audit
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.regret import PASSES, regret_bounds, with_bounds
from futures_made import row, scenario
from samples import model, sample

DRAWN = row("demand", "interval = [0.95, 1.08]", each='"profession"', over_time='"fan"') + row(
    "leavers", "uniform = [0.8, 1.3]", each='["profession", "region"]', correlation="0.4"
)
WRITTEN = scenario("fewer join", 0.25, "join_rate*=0.6", "joiners*=0.5")
BOUGHT = scenario("less money", 0.1, "budget*=0.85", "completion_rate*=1.02")
PLACES = [("shortfall", 0.0), ("worst_region", 0.01), ("cost", 0.0)]


def text(*parts: str, draws: int = 60, name: str = "trial") -> bytes:
    """An uncertainty file."""
    head = f'name = "{name}"\n' + (f"draws = {draws}\nseed = 3\n" if DRAWN in parts else "")
    return (head + "".join(parts)).encode()


@cache
def decided(seed: int = 2, years: int = 2) -> Decided:
    """A plan that nobody optimised: last year's places again, and a few more."""
    instance = sample(4, 4, years, seed, 8).instance
    problem = planning(instance, parse_policy(model(years, stages=PLACES).encode()))
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    amounts = np.round(last * np.linspace(1.0, 1.1, years))
    return Decided(problem, outcome_of(problem, amounts))


@cache
def drawn(*parts: str, draws: int = 60, seed: int | None = None) -> Futures:
    """Futures of the instance of ``decided``."""
    plan = decided()
    read = parse_uncertainty(text(*parts, draws=draws))
    return futures(plan.instance, plan.policy, read, seed=seed)


def write(folder: Path, *parts: str, draws: int = 60) -> Path:
    """Write an uncertainty file."""
    path = folder / "trial.toml"
    path.write_bytes(text(*parts, draws=draws))
    return path


def audited_in(trial: AuditedPlan) -> Audit:
    """An audit, worked out here."""
    return done(audit(trial), trial)


def bounded(trial: AuditedPlan) -> AuditedPlan:
    """A trial whose mean future is solved."""
    return done(with_bounds(trial), trial)


def regret_of(found: Audit, passes: int = PASSES) -> Floats | str:
    """Bounds on the regret of an audited plan."""
    trial = bounded(found.trial)
    return done(regret_bounds(trial, passes), trial)
