"""Options with what is recommended, said in a form and written as the file that a command takes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from commission_opt.report.options.asked import read_options
from report_pages import HOSTILE
from workbench_served import Served, served, text_of

SAID: dict[str, Any] = {
    "title": 'Places for "2026"',
    "plan": ["two-by-two", "two-by-two-2"],
    "option": ["As given", "More money"],
    "recommended": "3",
    "decision": "Commission these places",
    "owner": "Director of education",
    "why": "It leaves the fewest missing",
    "risks": "Demand may grow\n\nA provider may withdraw\n",
    "dates": "15 December 2026: the board decides",
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench with two plans, of which one has more money."""
    with served(tmp_path_factory.mktemp("planned")) as bench:
        bench.post("/instances/shipped", instance="two-by-two")
        for change in ("", "budget*=1.1"):
            bench.done("/instances/two-by-two/solve", seconds="5", change=change)
        yield bench


def test_what_is_recommended_is_on_the_page_and_in_the_file(planned: Served) -> None:
    form = planned.get("/options?plan=two-by-two&plan=two-by-two-2")
    assert 'value="two-by-two-2" required' in form.text
    made = planned.done("/options", **SAID)
    assert made == "/options/places-for-2026"
    page = text_of(planned.get(f"{made}/options.html"))
    for said in ("Commission these places", "Director of education", "A provider may withdraw"):
        assert said in page
    book = openpyxl.load_workbook(io.BytesIO(planned.get(f"{made}/options.xlsx").content))
    assert len(book.sheetnames) > 3
    root = planned.bench.workspace.root
    written = read_options(root / "option-files" / "places-for-2026.toml")
    assert written.title == SAID["title"]
    assert [option.name for option in written.options] == SAID["option"]
    assert written.recommendation is not None
    assert written.recommendation.option == "More money"
    assert written.recommendation.risks == ("Demand may grow", "A provider may withdraw")
    script = planned.get("/log/round.sh").text
    assert "  option-files/places-for-2026.toml' | sha256sum -c -" in script
    assert "\ncommission-opt options option-files/places-for-2026.toml --out=" in script


def test_nothing_is_said_in_the_place_of_its_author(planned: Served) -> None:
    one = {"plan": "two-by-two", "option": "Only one"}
    page = text_of(planned.get(f"{planned.done('/options', **one)}/options.html"))
    assert "Recommendation" not in page
    bare = {**one, "owner": "Ann"}
    page = text_of(planned.get(f"{planned.done('/options', **bare)}/options.html"))
    assert "Ann" in page
    assert "the decision that is asked for" in page  # as not given


def test_a_form_that_cannot_be_is_refused_in_words(planned: Served) -> None:
    before = planned.bench.store.brought()
    for wrong, said in (
        ({"option": ["As given", "as GIVEN"]}, "is the name of another option"),
        ({"option": ["no new places", "b"]}, "is the name of another option"),
        ({"option": ["a", " "]}, "name: '' is empty"),
        ({"option": "a"}, "not whole"),
        ({"plan": ["two-by-two", "nothing"]}, "tick 1 to 6 plans"),
        ({"plan": ["two-by-two", "../x"]}, "nothing of that name"),
        ({"uncertainty": "../x"}, "no such uncertainty file"),
    ):
        assert said in text_of(planned.post("/options", code=400, **{**SAID, **wrong}))
    assert planned.bench.store.brought() == before
    assert planned.client.get("/options").status_code == 400


@pytest.mark.parametrize("text", [*HOSTILE, '"""', "a\x7fb\x00c", "\\u0000", "🎓 'x' = [1]"])
def test_no_text_leaves_its_place_in_the_file(planned: Served, text: str) -> None:
    said: dict[str, Any] = {"plan": "two-by-two", "option": "a", "title": "t", "owner": f"x{text}x"}
    planned.finished(planned.post("/options", **said))
    place = planned.bench.store.brought()[-1].place
    written = read_options(planned.bench.workspace.root / place)
    assert written.recommendation is not None
    assert written.recommendation.owner == f"x{text}x"
