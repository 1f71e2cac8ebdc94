"""A plan checked from its files alone: no solver, no trust in what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.certificate.alone import AloneProof, proofs_alone, stages_apart
from commission_opt.certificate.certify import Certificate, Proof, certify
from commission_opt.certificate.eased import EasedProof, eased_formulation, with_proofs
from commission_opt.certificate.limits import limits_of
from commission_opt.certificate.proof_arrays import LARGEST
from commission_opt.certificate.proof_file import read_proofs, read_proofs_alone
from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import hash_of
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.goals import names_of, regrets, weighs
from commission_opt.plan.changed_places import changed_places
from commission_opt.plan.deployment import beyond_limits
from commission_opt.plan.judged import record_problems, shows_each, unproved_stages
from commission_opt.plan.read import RECORD, SCENARIOS, StoredPlan, differences, said_values
from commission_opt.plan.record import PROOF
from commission_opt.plan.table import number_in, read_table, unreadable
from commission_opt.plan.uncertain import MEAN, mended_tables, rival_tables
from commission_opt.views import lines

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
    unproved : tuple of str
        What the plan says and no file of it shows: stages of plans of format 2, which keep no
        places of their stages.
    """

    plan: StoredPlan
    certificate: Certificate
    problems: tuple[Problem, ...]
    proofs: tuple[Proof, ...]
    unproved: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the plan is what it says: every rule kept, every bound proved."""
        return self.certificate.valid and not self.problems


def verify(plan: StoredPlan) -> Verification:
    """Work out everything that a plan says of itself again, without solving.

    Parameters
    ----------
    plan : StoredPlan
        From ``read_plan``, which has compared inputs and model with the record.

    Raises
    ------
    InputError
        If the proof of the plan cannot be read or is of another program.
    """
    proofs, eased = _proofs(plan)
    try:
        certificate = with_proofs(
            plan.problem, certify(plan.problem, plan.outcome, proofs), proofs, eased
        )
    except (ValueError, IndexError) as error:
        message = f"proves nothing: {error}"
        raise InputError.of_file(PROOF, message) from error
    alone = _alone(plan, len(proofs))
    problems = [
        *_changed_files(plan),
        *changed_places(plan),
        *beyond_limits(plan.problem, plan.outcome),
        *differences(plan),
        *record_problems(plan, certificate, proofs[0].formulation.program, alone),
        *_bounds(plan, alone),
        *_tables(plan),
    ]
    unique = tuple(dict.fromkeys(problems))
    unproved = tuple(unproved_stages(plan, certificate))
    return Verification(plan, certificate, unique, tuple(proofs), unproved)


def _proofs(plan: StoredPlan) -> tuple[list[Proof], list[EasedProof]]:
    problem, values = plan.problem, said_values(plan)
    parts, targets, written = rule_parts(problem), aims(problem), list[Formulation]()
    for k, aim in enumerate(targets):
        held = zip(targets, limits_of(problem, values[:k]), strict=False)
        written.append(formulate(problem, aim, parts, list(held)))
    said = dict(enumerate(stage.get("eased") for stage in plan.record["stages"]))
    shares = {k: float(each["tolerance"]) for k, each in said.items() if each is not None}
    if shares and (0 in shares or weighs(problem)):
        message = "is of a stage behind no other, or of several scenarios"
        raise InputError([Problem("error", RECORD, None, "stages.eased", message)])
    stages = {k: eased_formulation(problem, values[:k], share) for k, share in shares.items()}
    proofs = read_proofs(
        plan.folder / PROOF, written, values,
        places=plan.record["format"] > 2, futures=_shown(plan), eased=stages,
    )  # fmt: skip
    own, more = proofs[: len(written)], proofs[len(written) :]
    pairs = zip(shares.items(), more, strict=True)
    return own, [EasedProof(k, share, proof) for (k, share), proof in pairs]


def _shown(plan: StoredPlan) -> int:
    """Return of how many futures by themselves the plan has a proof."""
    if not shows_each(plan):
        return 0
    count = len(names_of(plan.problem))
    if plan.record["uncertainty"]["proved_alone"] != count:
        message = f"is neither 0 nor {count}, the number of scenarios"
        raise InputError([Problem("error", RECORD, None, "uncertainty.proved_alone", message)])
    return count


def _alone(plan: StoredPlan, stages: int) -> list[AloneProof]:
    """Prove again what no plan for each future by itself is below, and what one has."""
    if not (count := _shown(plan)):
        return []
    problem, written = plan.problem, (stage for _, stage in stages_apart(plan.problem))
    proofs = read_proofs_alone(
        plan.folder / PROOF, stages, written, futures=count, deploys=problem.deploys
    )
    try:
        return list(proofs_alone(problem, proofs))
    except (ValueError, IndexError) as error:
        raise InputError.of_file(PROOF, f"proves nothing: {error}") from error


def _bounds(plan: StoredPlan, alone: Sequence[AloneProof]) -> Iterator[Problem]:
    """Report the first bound of a future by itself that is not the one proved."""
    if not alone:
        if regrets(plan.problem):
            message = "is not proved: the plan has no proof of each scenario by itself"
            yield Problem("error", SCENARIOS, None, "bound", message)
        return
    proved = np.array([each.bound for each in alone])
    said = np.full_like(proved, np.nan) if plan.bounds is None else plan.bounds
    same = np.isclose(said, proved, rtol=_SAME, atol=_SAME)
    if not same.all():
        w = int(np.argmin(same))
        message = f"says {said[w]}, but the files prove {proved[w]}"
        yield Problem("error", SCENARIOS, w + 2, "bound", message)


def _changed_files(plan: StoredPlan) -> Iterator[Problem]:
    for name in plan.frames():
        if f"{name}.csv" not in plan.record["hashes"]["outputs"]:
            yield Problem.of_file(f"{name}.csv", f"has no hash in {RECORD}")
    for name, expected in sorted(plan.record["hashes"]["outputs"].items()):
        try:
            same = hash_of(plan.folder / name, LARGEST) == expected
        except OSError as error:
            yield Problem.of_file(name, unreadable(error))
            continue
        if not same:
            message = f"was changed after the plan was made: its hash is not that in {RECORD}"
            yield Problem.of_file(name, message)


def _tables(plan: StoredPlan) -> Iterator[Problem]:
    """Compare every table with what follows from what is bought."""
    beside = rival_tables(plan.problem, MEAN, plan.mean_amounts, plan.mean_deployed)
    mended = mended_tables(plan.problem, plan.mended)
    for name, expected in (plan.frames() | beside | mended).items():
        file = f"{name}.csv"
        try:
            stored = read_table(plan.folder / file, len(expected))
        except OSError as error:
            yield Problem.of_file(file, unreadable(error))
            continue
        except ValueError as error:
            yield Problem.of_file(file, f"cannot be read: {error}")
            continue
        if list(stored.columns) != list(expected.columns) or len(stored) != len(expected):
            yield Problem.of_file(file, "has other columns or rows than the plan")
            continue
        yield from _cells(file, stored, expected, lines.what(plan.instance))


def _cells(
    file: str, stored: pd.DataFrame, expected: pd.DataFrame, bought: str
) -> Iterator[Problem]:
    """Report the first cell of each column that is not what follows from what is bought."""
    for column in expected.columns:
        there, right = list(stored[column]), expected[column].to_numpy()
        if right.dtype.kind in "if":
            same = _equal_numbers(there, right.astype(float))
        else:
            same = np.array([a == str(b) for a, b in zip(there, right, strict=True)], dtype=bool)
        if not same.all():
            row = int(np.argmin(same))
            says, follows = (
                "nothing" if pd.isna(cell) or cell == "" else cell
                for cell in (there[row], right[row])
            )
            message = f"says {says}, but {follows} follows from the {bought}"
            yield Problem("error", file, row + 2, column, message)


def _equal_numbers(there: Sequence[str], right: np.ndarray) -> np.ndarray:
    numbers = np.array([number_in(text) for text in there], dtype=float)
    scale = np.maximum(1.0, np.abs(right))
    none = np.array([text == "" for text in there], dtype=bool) & np.isnan(right)
    same: np.ndarray = none | (np.abs(numbers - right) <= _SAME * scale)
    return same
