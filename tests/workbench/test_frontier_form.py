"""Frontiers asked for in a form: over what there is, which budgets, and how far."""

from __future__ import annotations

import re
from typing import Any

import pytest

from workbench_served import Served, text_of

AT = "/instances/two-by-two"


@pytest.fixture
def looked(bench: Served) -> Served:
    """A workbench with a small instance that was looked through."""
    bench.post("/instances/shipped", instance="two-by-two")
    bench.finished(bench.post(f"{AT}/check"))
    return bench


def test_what_a_form_says_is_what_the_command_is_given(
    looked: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked.bench.runner, "_run", lambda _: None)
    budget: dict[str, Any] = {
        "over": "budget",
        "fund": "tuition",
        "from": "90",
        "to": "110.5",
        "whole": "3",
    }
    ends = ("--whole=3", "--fund=tuition", "--from=0.9", "--to=1.105")
    for form, more in ((budget, ends), ({**budget, "over": "change", "whole": "0"}, ())):
        number = int(str(looked.post(f"{AT}/frontier", **form).url).rpartition("/")[2])
        assert looked.bench.store.job(number).words[4:-1] == more
    for wrong in ({"over": "fairness"}, {"over": "shortfall"}, {"whole": "99"}, {"from": "-1"}):
        looked.post(f"{AT}/frontier", code=400, **{**budget, **wrong})
    assert "<option>tuition</option>" in looked.get(AT).text


@pytest.mark.slow
def test_every_frontier_that_is_offered_can_be_had(looked: Served) -> None:
    [choices] = re.findall('<select id="over".*?</select>', looked.get(AT).text)
    offered = re.findall('value="(.*?)"', choices)
    assert "budget" in offered
    for over in offered:
        form: dict[str, Any] = {"over": over}
        made = looked.done(f"{AT}/frontier", **form)
        assert "frontier" in text_of(looked.get(made)).lower()
