"""A plan checked from its files alone: no solver, no trust in what it says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.certificate import Certificate, Proof, certify, limit
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.parts import Aim
from commission_opt.plan import PROOF, plan_tables
from commission_opt.proof_file import StoredProof, read_proofs
from commission_opt.stored_plan import RECORD, StoredPlan

_SAME = 1e-9  # relative; a sum may be rounded otherwise on another machine


@dataclass(frozen=True)
class Verification:
    """What is left of a plan when nothing in it is believed.

    Parameters
    ----------
    plan : StoredPlan
    certificate : Certificate
        Worked out again.
    problems : tuple of Problem
        Where the files do not fit each other, or what they say does not hold.
    proofs : tuple of Proof
        What the certificate rests on, one for each objective.
    """

    plan: StoredPlan
    certificate: Certificate
    problems: tuple[Problem, ...]
    proofs: tuple[Proof, ...]

    @property
    def holds(self) -> bool:
        """Whether the plan is what it says: every rule kept, every bound proved."""
        return self.certificate.valid and not self.problems


def verify(plan: StoredPlan) -> Verification:
    """Work out everything that a plan says of itself again, without solving.

    Parameters
    ----------
    plan : StoredPlan
        From ``read_plan``, which has compared inputs, model and places with the record.

    Returns
    -------
    Verification

    Raises
    ------
    InputError
        If the proof of the plan cannot be read or is of another program.
    """
    proofs = _proofs(plan)
    try:
        certificate = certify(plan.problem, plan.outcome, proofs)
    except (ValueError, IndexError) as error:
        message = f"proves nothing: {error}"
        raise InputError([Problem("error", PROOF, None, None, message)]) from error
    problems = [
        *_changed_files(plan),
        *_record(plan.record, certificate),
        *_tables(plan),
    ]
    unique = tuple(dict.fromkeys(problems))
    return Verification(plan, certificate, unique, tuple(proofs))


def _proofs(plan: StoredPlan) -> list[Proof]:
    problem, said = plan.problem, plan.record["stages"]
    stored = read_proofs(plan.folder / PROOF, len(plan.policy.objectives))
    parts, held, proofs = rule_parts(problem), list[tuple[Aim, float]](), list[Proof]()
    for k, (aim, objective) in enumerate(zip(aims(problem), plan.policy.objectives, strict=True)):
        formulation = formulate(problem, aim, parts, held)
        _check_fits(stored[k], len(formulation.program.row_lower))
        value = float(said[k]["objective"])
        held.append((aim, limit(value, objective.tolerance)))
        proofs.append(Proof(formulation, stored[k].multipliers, value, 0.0, stored[k].trees))
    return proofs


def _check_fits(proof: StoredProof, rows: int) -> None:
    if len(proof.multipliers) != rows:
        message = (
            f"has multipliers for {len(proof.multipliers):,} rows, and the program has {rows:,}: "
            "it belongs to another plan, or to another version of the program"
        )
        raise InputError([Problem("error", PROOF, None, None, message)])


def _changed_files(plan: StoredPlan) -> Iterator[Problem]:
    said = plan.record["hashes"].get("outputs", {})
    for name, expected in sorted(said.items()):
        path = plan.folder / name
        if not path.is_file():
            yield Problem("error", name, None, None, "is missing from the plan")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            message = f"was changed after the plan was made: its hash is not that in {RECORD}"
            yield Problem("error", name, None, None, message)


def _record(record: Mapping[str, Any], certificate: Certificate) -> Iterator[Problem]:
    """Compare what the record says with what was worked out."""
    near = all(stage.gap <= record["asked_gap"] for stage in certificate.stages)
    found: dict[str, Any] = {
        "status": "optimal" if near else "feasible",
        "certificate.feasible": certificate.feasible,
        "certificate.consistent": certificate.consistent,
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap,
        "without_new_places": certificate.without_new_places,
        "achieved": certificate.achieved,
    }
    for k, stage in enumerate(certificate.stages):
        names = ("objective", "final", "limit", "bound", "gap")
        found |= {f"stages.{k}.{name}": getattr(stage, name) for name in names}
    for key, value in found.items():
        said = _said(record, key)
        if not _same(said, value):
            message = f"says {said}, but the files prove {value}"
            yield Problem("error", RECORD, None, key, message)


def _said(record: Mapping[str, Any], key: str) -> Any:
    value: Any = record
    for part in key.split("."):
        value = value[int(part)] if part.isdigit() else value.get(part)
    return value


def _same(said: Any, found: Any) -> bool:
    if found is None or isinstance(found, str | bool):
        return bool(said == found)
    near: bool = isinstance(said, int | float) and bool(
        np.isclose(said, found, rtol=_SAME, atol=_SAME)
    )
    return near


def _tables(plan: StoredPlan) -> Iterator[Problem]:
    """Compare every table with what follows from the places."""
    for name, expected in plan_tables(plan.instance, plan.outcome, plan.policy.integer).items():
        file = f"{name}.csv"
        try:
            stored = pd.read_csv(plan.folder / file, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            yield Problem("error", file, None, None, f"cannot be read: {error}")
            continue
        if list(stored.columns) != list(expected.columns) or len(stored) != len(expected):
            yield Problem("error", file, None, None, "has other columns or rows than the plan")
            continue
        yield from _cells(file, stored, expected)


def _cells(file: str, stored: pd.DataFrame, expected: pd.DataFrame) -> Iterator[Problem]:
    """Report the first cell of each column that is not what follows from the places."""
    for column in expected.columns:
        there, right = stored[column].to_numpy(str), expected[column].to_numpy()
        if right.dtype.kind in "if":
            same = _equal_numbers(there, right.astype(float))
        else:
            same = there == right.astype(str)
        if not same.all():
            row = int(np.argmin(same))
            message = f"says {there[row]}, but {right[row]} follows from the places"
            yield Problem("error", file, row + 2, column, message)


def _equal_numbers(there: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        numbers = np.array([float(text) for text in there])
    except ValueError:
        return np.array([_is_number(text) for text in there])
    scale = np.maximum(1.0, np.abs(right))
    same: np.ndarray = np.abs(numbers - right) <= _SAME * scale
    return same


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
