"""Which limits hold the plan back, and what a little more of each would save."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.certificate import Proof
from commission_opt.explain import figures
from commission_opt.explain.answer import Column, Table
from commission_opt.formulation.rules import budgets
from commission_opt.report import words
from commission_opt.report.facts import Facts
from commission_opt.report.section import Block, Section

_MOST = 20
_KINDS = (
    ("budgets", "budget", "£1m more", 1e6 / budgets.UNIT),
    ("placements", "placement pool", "100 weeks more", 100.0),
)


def limits(facts: Facts) -> Section:
    """Return the section."""
    proof = facts.found.proofs[0]
    unit = facts.found.certificate.stages[0].unit
    said, blocks = [], []
    for block, kind, step, per in _KINDS:
        if block not in proof.formulation.program.rows:
            said.append(f"The model sets no limit to {kind}s.")
            continue
        frame, count = _binding(proof, block, per)
        held = words.plural(len(frame), kind)
        verb = "holds" if len(frame) == 1 else "hold"
        said.append(f"{held} of {count:,} {verb} the plan back.")
        if len(frame):
            title = f"What {step} of a {kind} would save, {unit}"
            columns = (
                Column("limit", "limit"),
                Column("worth", f"saved by {step}", figures.fte),
            )
            blocks.append(Block(Table(block, title, frame, columns, most=_MOST)))
    said.append(_held(facts))
    if blocks:
        said.append(
            "These are values at the margin: they hold for a little more, not for much more, and "
            "come from the plan in fractions of places."
        )
    return Section("limits", "What limits the plan", tuple(said), tuple(blocks))


def _binding(proof: Proof, block: str, per: float) -> tuple[pd.DataFrame, int]:
    """Return the rows of a kind of limit that have a price, the dearest first, and their number."""
    formulation = proof.formulation
    rows = formulation.program.rows[block]
    worth = np.abs(proof.multipliers[rows]) * formulation.aim.scale * per
    binding = np.flatnonzero(worth > 1e-6)
    order = binding[np.argsort(-worth[binding], kind="stable")]
    labels = [formulation.row_label(rows.start + int(i)) for i in order]
    return pd.DataFrame({"limit": labels, "worth": worth[order]}), len(worth)


def _held(facts: Facts) -> str:
    formulation = facts.found.proofs[0].formulation
    layout = facts.found.plan.problem.layout
    places = layout.to_columns(facts.outcome.places)
    capacity = np.repeat(facts.instance.courses["max_intake"].to_numpy(float), layout.per_course)
    low = formulation.program.lower[: len(places)]
    high = formulation.program.upper[: len(places)]
    full = int(np.sum((places >= capacity - 1e-6) & (capacity > 0)))
    down = int(np.sum((places <= low + 1e-6) & (low > 0)))
    up = int(np.sum((places >= high - 1e-6) & (high < capacity - 1e-6)))
    closed = int(np.sum(places <= 1e-6))
    what = "courses" if layout.per_course == 1 else "courses and years"
    return (
        f"Of {len(places):,} {what}, {full:,} are full, {up:,} grow and {down:,} shrink as fast as "
        f"the rules allow, and {closed:,} get no places."
    )
