"""An instance after some edits, and the edits that contradictory figures need in any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from commission_opt.errors import Problem
from commission_opt.explain.infeasible.edits import Edit, edited, edited_model
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import ORIGINS
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents, read_regardless


@dataclass(frozen=True, eq=False)
class Reached:
    """What some edits lead to: files, the instance in them under the model, its contradictions."""

    files: Mapping[str, bytes]
    problem: Planning
    errors: tuple[Problem, ...]

    @classmethod
    def at(cls, files: Mapping[str, bytes], policy: Policy) -> Reached:
        """Read files, whether or not their figures contradict each other."""
        reading = read_contents(files)
        instance = reading.instance or read_regardless(files)
        errors = tuple(p for p in reading.problems if p.severity == "error")
        return cls(files, planning(instance, policy), errors)

    def after(self, edits: Sequence[Edit]) -> Reached:
        """Return what edits lead to from here."""
        return Reached.at(edited(self.files, edits), edited_policy(self.problem.policy, edits))


def edited_policy(policy: Policy, edits: Sequence[Edit]) -> Policy:
    """Return a commissioning model with the numbers of some keys edited."""
    content = edited_model(policy.content, edits)
    if content == policy.content:
        return policy
    return replace(parse_policy(content), integer=policy.integer)


def contradictions(
    reached: Reached, bends: Sequence[str], *, of_courses: bool = False
) -> list[Edit]:
    """Return the edits that contradictory figures need, if rules of some kinds give way.

    With ``of_courses`` only figures of single courses are looked at.
    """
    instance, edits = reached.problem.instance, list[Edit]()
    for problem in reached.errors:
        able = [o for o in contradicting(problem) if o.relax is not None and o.relax.name in bends]
        # What the check complains of first gives way.
        origin = min(able, key=lambda o: o.column != problem.column, default=None)
        if origin is None or (of_courses and not origin.of_course):
            continue
        relax, row = origin.relax, problem.row
        assert relax is not None
        assert relax.least is not None
        assert row is not None
        old = float(instance.tables[origin.file.removesuffix(".csv")].at[row, origin.column])  # type: ignore[arg-type]
        said = relax.least(instance, row)
        edits.append(
            Edit(
                origin.file, row, origin.column, old, said.limit, said.name, relax.words,
                said.unit or origin.unit,
            )
        )  # fmt: skip
    return edits


def contradicting(problem: Problem) -> list[Origin]:
    """Return the figures on the line of a contradiction one of which must change."""
    return [
        origin
        for origin in ORIGINS
        if origin.file == problem.file and origin.relax is not None and origin.relax.least
    ]
