"""What ``audit.json`` holds, and the tables beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.files.folder import whole_folder
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.uncertainty.audit.audit import Audit
from commission_opt.uncertainty.audit.gathered import FTE_YEARS
from commission_opt.uncertainty.audit.places import Steadiness
from commission_opt.uncertainty.audit.quantiles import spread_of
from commission_opt.uncertainty.audit.redecided import Redecided

RECORD = "audit.json"
FORMAT = 2  # robust.csv has profession and region
COPY = "uncertainty.toml"


def audit_record(
    audit: Audit,
    drivers: pd.DataFrame | None,
    regret: Floats | str | None,
    made: Mapping[str, Any],
    gap: Mapping[str, float] | None = None,
    redecided: Redecided | None = None,
    places: Steadiness | None = None,
) -> dict[str, Any]:
    """Return what ``audit.json`` holds.

    Parameters
    ----------
    audit : Audit
    drivers : pandas.DataFrame or None
        Sobol indices, if there are any.
    regret : array, shape (W,), str or None
        Bounds on the regret, why there are none, or None if they were not asked for.
    made : mapping
        How it was made: command, versions, hashes.
    gap : mapping, optional
        Of the plan on fresh samples: ``groups.SampleGap``.
    redecided : Redecided, optional
    places : Steadiness, optional
    """
    trial, futures = audit.trial, audit.trial.futures
    instance, uncertainty = trial.plan.instance, futures.uncertainty
    return {
        "format": FORMAT,
        "instance": instance.name,
        "title": instance.title,
        "years": [instance.years[0], instance.years[-1]],
        "model": trial.plan.policy.name,
        "description": instance.description,
        "professions": _titles(instance.professions, "profession"),
        "regions": _titles(instance.regions, "region"),
        "uncertainty": {
            "name": uncertainty.name,
            "title": uncertainty.title,
            "hash": hashlib.sha256(uncertainty.content).hexdigest(),
            "explicit": futures.explicit,
            "draws": len(futures.names) - futures.explicit,
            "seed": futures.seed,
            "cut": futures.cut,
        },
        **_evaluated(trial.plan.problem.deploys, trial.now),
        "one_by_one": trial.one_by_one,
        "short": trial.share,
        "values": [
            {
                "name": name,
                "title": title_of(name),
                "unit": unit_of(name),
                "as_given": audit.given[name],
                **spread_of(values, futures.probability),
            }
            for name, values in audit.results.items()
        ],
        "rules": [asdict(each) for each in audit.breaks],
        "drivers": None if drivers is None else drivers.to_dict("records"),
        "regret": _regret(audit, regret),
        "gap": None if gap is None else dict(gap),
        "redecided": None if redecided is None else redecided.record(),
        "places": None if places is None else places.record(),
        **made,
    }


def _evaluated(deploys: bool, now: int | None) -> dict[str, Any]:
    """Say what of the plan is held in every future."""
    text = "the places and units of the plan, as they are, in every future"
    more: dict[str, Any] = {}
    if now is not None:
        text = "what the plan decides now and, of later years, the mean over its own scenarios"
        more["decided_now"] = now
    if deploys:
        text += ", and those deployed who are if all goes as given"
        more["deployed"] = "as given"
    return {"evaluated": text, **more}


def _titles(table: pd.DataFrame, code: str) -> dict[str, str]:
    return dict(zip(table[code].astype(str), table["title"].astype(str), strict=True))


def _regret(audit: Audit, regret: Floats | str | None) -> dict[str, Any] | None:
    if regret is None:
        return None
    if isinstance(regret, str):
        return {"none": regret}
    probability = audit.trial.futures.probability
    mean = float(probability @ audit.results[audit.trial.first])
    spread = spread_of(regret, probability)
    return {**spread, "share_of_mean": spread["mean"] / mean if mean > 0 else None}


def title_of(name: str) -> str:
    """Return what a value is, after "the"."""
    return "shortfall" if name == FTE_YEARS else OBJECTIVES[name].title


def unit_of(name: str) -> str:
    """Return what a value is counted in."""
    return "FTE-years" if name == FTE_YEARS else OBJECTIVES[name].unit


def said(name: str, value: float) -> str:
    """Write a value with its unit."""
    return f"{value:,.1f} FTE-years" if name == FTE_YEARS else OBJECTIVES[name].amount(value)


def number(name: str, value: float) -> str:
    """Write a value without its unit, but for £ and %."""
    return f"{value:,.1f}" if name == FTE_YEARS else OBJECTIVES[name].show(value)


def draws_table(audit: Audit, regret: Floats | str | None) -> pd.DataFrame:
    """Return a row for each future: its probability, results, and breaks of rules that break."""
    broken = {
        f"beyond_{rule}": np.maximum(sizes, 0.0)
        for rule, sizes in audit.sizes.items()
        if (sizes > TOLERANCE).any()
    }
    return pd.DataFrame(
        {
            "scenario": audit.trial.futures.names,
            "probability": audit.trial.futures.probability,
            **audit.results,
            **({} if regret is None or isinstance(regret, str) else {"regret_bound": regret}),
            **broken,
        }
    )


def write_audit(
    audit: Audit,
    drivers: pd.DataFrame | None,
    regret: Floats | str | None,
    record: Mapping[str, Any],
    target: Path,
    *,
    redecided: Redecided | None = None,
    places: Steadiness | None = None,
    force: bool = False,
) -> None:
    """Write an audit as a folder that appears whole or not at all.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written.
    """
    tables = {
        "draws": draws_table(audit, regret),
        "spread": audit.spread,
        "totals": audit.totals,
        "short": audit.short,
        **({} if drivers is None else {"drivers": drivers}),
        **({} if redecided is None else {"redecided": redecided.table()}),
        **({} if places is None else {"robust": places.table}),
    }
    with whole_folder(target, force=force) as folder:
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        (folder / COPY).write_bytes(audit.trial.futures.uncertainty.content)
        text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / RECORD).write_text(text + "\n", encoding="utf-8", newline="\n")
