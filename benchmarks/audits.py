"""CPU seconds for audits of a plan in many draws, with and without bounds on regret.

Run ``python benchmarks/audits.py --draws 10000`` for england-2026 under the model ``annual`` and
its uncertainty file ``calibrated``, or with ``--generated 129x7x5`` for a national instance of five
years, a plan in fractions, and the file of ``many_futures.py``. Reading and solving the plan does
not count; drawing the figures, which each part does again, does. With 10,000 draws times are held
as multiples of a yardstick that is taken in the same run (``measuring.yardstick``).
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from many_futures import FILE
from measuring import markdown, percent, read_size, yardstick

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.futures.uncertainty_file import (
    find_uncertainty,
    parse_uncertainty,
    read_uncertainty,
)
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.uncertainty.audit.audit import audit
from commission_opt.uncertainty.audit.audited import AuditedPlan, done
from commission_opt.uncertainty.audit.drivers import drivers
from commission_opt.uncertainty.audit.groups import sample_gap, value_of_knowing
from commission_opt.uncertainty.audit.record import audit_record, write_audit
from commission_opt.uncertainty.audit.regret import regret_bounds, with_bounds

T = TypeVar("T")
DRAWS = 10_000
TARGETS = {"england-2026": (12.0, 36.0, 0.075), "129x7x5": (72.0, 286.0, 0.35)}
"""Yardsticks of an audit of 10,000 draws, the same with bounds on regret, and most mean bound."""


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work gives, and the CPU seconds of this process that it took."""
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def problem(asked: argparse.Namespace) -> tuple[Instance, Policy, Uncertainty]:
    """Return what is asked for: an instance, a model, an uncertainty file."""
    if asked.generated:
        professions, regions, years = map(int, asked.generated.split("x"))
        return *read_size((professions, regions, years)), parse_uncertainty(FILE)
    folder = find_instance(asked.instance)
    file = read_uncertainty(find_uncertainty(asked.uncertainty, folder))
    return read_instance(folder), read_policy(find_model(asked.model)), file


def held(name: str, plain: float, bounded: float, share: float, unit: float) -> str:
    """Hold an audit of 10,000 draws against its target, if it has one.

    Parameters
    ----------
    name : str
        Of a case of ``TARGETS``.
    plain, bounded : float
        CPU seconds of the audit, and of all with bounds on regret.
    share : float
        Mean bound on regret, as a share of the mean.
    unit : float
        Seconds of a yardstick.
    """
    lines = [f"a yardstick is {unit:.2f} s"]
    if name in TARGETS:
        most, most_bounded, least = TARGETS[name]
        for what, took, limit in (("audit", plain, most), ("with regret", bounded, most_bounded)):
            verdict = "met" if took <= limit * unit else "missed"
            lines.append(f"{what}: {took / unit:.1f} of {limit:g} yardsticks: {verdict}")
        verdict = "met" if share <= least else "missed"
        lines.append(f"mean bound {percent(share)}, asked {percent(least)}: {verdict}")
    return "\n".join(lines)


def main() -> None:
    """Audit the plan, and print what each part took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", default="england-2026")
    parser.add_argument("--model", default="annual")
    parser.add_argument("--uncertainty", default="calibrated")
    parser.add_argument("--generated", metavar="PxRxK", help="a generated instance instead")
    parser.add_argument("--draws", type=int, default=DRAWS)
    asked, unit = parser.parse_args(), yardstick(time.process_time)
    instance, policy, file = problem(asked)
    solved = allocate(instance, policy.relaxed() if asked.generated else policy)
    plan = Decided(solved.problem, solved.outcome)
    made, drawing = timed(
        lambda: futures(plan.instance, plan.policy, file, draws=asked.draws, seed=file.seed + 1)
    )
    trial = AuditedPlan(plan, made, 0.05)
    found, auditing = timed(lambda: done(audit(trial), trial))
    moved_by, driving = timed(lambda: done(drivers(trial), trial))
    ready, solving = timed(lambda: done(with_bounds(trial), trial))
    regret, bounding = timed(lambda: done(regret_bounds(ready), ready))
    _, gap = timed(lambda: done(sample_gap(ready), ready))
    _, knowing = timed(lambda: done(value_of_knowing(ready), ready))
    with tempfile.TemporaryDirectory() as name:
        record = audit_record(found, moved_by, regret, {})
        target = Path(name) / "audit"
        _, writing = timed(lambda: write_audit(found, moved_by, regret, record, target))
    of_mean = math.nan if isinstance(regret, str) else record["regret"]["share_of_mean"]
    said = regret if isinstance(regret, str) else percent(of_mean)
    rows = [
        ["figures drawn and checked", f"{drawing:.1f} s", ""],
        ["results, who is short, rules, spread", f"{auditing:.1f} s", f"{asked.draws:,} draws"],
        ["drivers", f"{driving:.1f} s", "" if moved_by is None else f"{len(moved_by)} rows"],
        ["the mean future, solved", f"{solving:.1f} s", ""],
        ["regret bounds", f"{bounding:.1f} s", f"mean bound {said} of the mean"],
        ["gap on fresh samples", f"{gap:.1f} s", ""],
        ["value of knowing", f"{knowing:.1f} s", ""],
        ["written", f"{writing:.1f} s", ""],
    ]
    print(markdown(("part", "CPU", "of"), rows))
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB at most")
    name = asked.generated or asked.instance
    plain = drawing + auditing
    known = name if asked.draws == DRAWS else ""
    print(held(known, plain, plain + solving + bounding, of_mean, unit))


if __name__ == "__main__":
    main()
