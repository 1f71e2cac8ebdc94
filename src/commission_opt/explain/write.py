"""Answers as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from commission_opt.explain.answer import Answer, AnswerTable
from commission_opt.text.counts import agreed, plural
from commission_opt.text.markdown import escaped, table

_YEARS = {"year", "first_year", "last_year", "first_spent", "last_spent"}


def to_markdown(answers: Sequence[Answer]) -> str:
    """Return answers as Markdown, one section each."""
    return "\n\n".join(part for answer in answers for part in _parts(answer)) + "\n"


def _parts(answer: Answer) -> list[str]:
    parts = [f"## {escaped(answer.title)}", *map(escaped, answer.sentences)]
    for shown in answer.tables:
        parts.append(f"### {escaped(shown.title)}")
        if shown.shown():
            headings = [column.heading for column in shown.columns]
            texts = [i for i, column in enumerate(shown.columns) if column.is_text]
            parts.append(table(headings, shown.shown(), texts))
        parts += [escaped(line) for line in remarks(shown)]
    return parts


def remarks(shown: AnswerTable) -> list[str]:
    """Return what is to be said below a table."""
    lines = [] if len(shown.frame) else ["none"]
    if shown.hidden:
        more, all_ = shown.hidden, agreed(shown.hidden, "it", "them all")
        listed = f"and {plural(more, 'more row')}" if shown.shown() else plural(more, "row")
        lines.append(f"{listed}; --format json has {all_}")
    return [*lines, shown.note] if shown.note else lines


def to_json(answers: Sequence[Answer]) -> str:
    """Return answers as JSON; figures are exact, what is missing or endless is null."""
    records = [_record(answer) for answer in answers]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False)


def _record(answer: Answer) -> dict[str, object]:
    tables = {
        shown.name: [
            {str(key): _plain(value, str(key)) for key, value in row.items()}
            for row in shown.frame.to_dict("records")
        ]
        for shown in answer.tables
    }
    return {"title": answer.title, "sentences": list(answer.sentences), "tables": tables}


def _plain(value: Any, key: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if key in _YEARS and isinstance(value, float) and value.is_integer():
        return int(value)  # a column in which some are missing holds fractions
    return None if isinstance(value, float) and not np.isfinite(value) else value
