"""How each option was made, what differs between them, and how far each is proved."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from commission_opt.explain.answer import AnswerTable
from commission_opt.explain.comparison.changes import input_changes, model_changes, summary
from commission_opt.plan.sign import state_of
from commission_opt.report.options.board import quoted
from commission_opt.report.options.made import Option
from commission_opt.report.section import Exhibit, Section, known, tabled
from commission_opt.views import words
from commission_opt.views.shortfall import judged

_MOST = 60  # changes of inputs that are shown


def source(options: Sequence[Option]) -> Section:
    """Return the section."""
    plans = [each for each in options if each.is_plan]
    first = plans[0].name
    said = [
        "Every plan was proved again from its own files when this page was made. “No new places” "
        f"and “last year repeated” are worked out on the figures and the model of {quoted(first)}.",
    ]
    points = [f"{quoted(each.name)}: {' '.join(_proved(each))}" for each in plans]
    exhibits = [Exhibit(_made(plans))]
    changed = _changed(plans)
    if len(changed):
        exhibits.append(Exhibit(_differing(changed, first)))
    elif len(plans) > 1:
        said.append(f"All plans rest on the figures and the model of {quoted(first)}.")
    return Section("source", "Where they come from", tuple(said), tuple(exhibits), tuple(points))


def _proved(option: Option) -> tuple[str, ...]:
    found, plan = option.facts.found, option.facts.found.plan
    asked = float(plan.record["asked_gap"]) if plan.record.get("asked_gap") is not None else None
    return judged(option.facts.futures, found.certificate, asked)[:2]


def _made(plans: Sequence[Option]) -> AnswerTable:
    columns = (
        ("option", "option", [each.name for each in plans]),
        ("instance", "instance", [each.facts.instance.name for each in plans]),
        ("model", "model", [each.facts.policy.name for each in plans]),
        ("change", "changes", [_changes(each) for each in plans]),
        ("command", "command", [each.facts.found.plan.record.get("command", "") for each in plans]),
        ("hash", "SHA-256 of the plan", [state_of(each.facts.found.plan) for each in plans]),
    )
    return tabled("made", "How each option was made", columns)


def _changes(option: Option) -> str:
    assert option.asked is not None
    if option.asked.plan is not None:
        return "as its plan has them"
    return "; ".join(option.asked.change) or "none"


def _changed(plans: Sequence[Option]) -> pd.DataFrame:
    """Return what differs in the inputs and the model of each plan from those of the first."""
    first, frames = plans[0].facts, []
    for each in plans[1:]:
        own = each.facts
        found = pd.concat(
            [
                summary(input_changes(first.instance, own.instance)),
                summary(model_changes(first.policy, own.policy)),
            ],
            ignore_index=True,
        )
        found = found[(found["table"] != "instance") | (found["row"] == "")]
        frames.append(found.assign(option=each.name))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _differing(changed: pd.DataFrame, first: str) -> AnswerTable:
    of = changed["column"].where(changed["column"] != "", changed["row"]).astype(str)
    columns = (
        ("option", "option", changed["option"].tolist()),
        ("table", "table", changed["table"].astype(str).tolist()),
        ("column", "column or key", of.tolist()),
        ("kind", "what", changed["kind"].astype(str).tolist()),
        ("count", "how many", changed["count"].to_numpy(int), words.count),
        ("sum", "sum of changes", changed["sum"].to_numpy(float), known(words.change)),
        ("largest", "largest", changed["largest"].to_numpy(float), known(words.change)),
    )
    return tabled("differing", f"What differs from {quoted(first)}", columns, _MOST)
