"""Answers are read back from the Markdown that commands print."""

import pandas as pd

from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable, to_markdown
from commission_opt.workbench.markdown_read import AnswerPart, parts_of

HOSTILE = "<b>a|b</b>\\| &lt;"


def test_an_answer_is_read_back() -> None:
    frame = pd.DataFrame({"who": [HOSTILE, "b"], "n": [1.5, 2.0]})
    columns = (AnswerColumn("who", "Who"), AnswerColumn("n", "How many", "{:,.1f}".format))
    table = AnswerTable("t", "A table", frame, columns, note="A note.")
    found = list(parts_of(to_markdown([Answer("Why", ("Because <i>.",), (table,))])))
    assert [part.kind for part in found] == ["title", "text", "heading", "table", "text"]
    assert [part.text for part in found] == ["Why", "Because <i>.", "A table", "", "A note."]
    assert found[3] == AnswerPart("table", "", ["Who", "How many"], found[3].rows, [0])
    assert found[3].rows[1] == ["b", "2.0"]
    assert found[3].rows[0][0].startswith("<b>a|b</b>")
