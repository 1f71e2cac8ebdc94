"""What it would take, said in a form: a target by its parts, and a model that asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from commission_opt.policy_file import read_policy
from workbench_served import Served, text_of

AT = "/instances/two-by-two/reach"
SAID: dict[str, Any] = {
    "of": "shortfall", "sign": "at_most", "end": "400", "profession": "nurse", "region": "north",
    "first_year": "2028", "last_year": "2029", "by": "budget[fund=tuition]",
}  # fmt: skip


@pytest.fixture
def taken(bench: Served) -> Served:
    """A workbench with a small instance."""
    bench.post("/instances/shipped", instance="two-by-two")
    return bench


def words_of(bench: Served, **form: Any) -> tuple[str, ...]:
    """Return the words of the command that a form asks for; it is not waited for."""
    number = int(str(bench.post(AT, **form).url).rpartition("/")[2])
    bench.bench.runner.stop(number)
    return bench.bench.store.job(number).words


def test_a_target_is_put_together_from_its_parts(
    taken: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taken.bench.runner, "_run", lambda _: None)
    form = taken.get(AT).text
    for way in ("budget[fund=tuition]", "retention", "time"):
        assert f'<option value="{way}">' in form
    for change, target in (
        ({}, "shortfall[profession=nurse,region=north,year=2028-2029]<=400"),
        (
            {"of": "share_met", "sign": "at_least", "end": "95.5", "last_year": ""},
            "share_met[profession=nurse,region=north,year=2028-]>=0.955",
        ),
        (
            {"of": "places", "end": "12345678", "first_year": "", "region": ""},
            "places[profession=nurse,year=-2029]<=12345678",
        ),
        (
            {"profession": 'a,"b"', "region": "", "first_year": "", "last_year": ""},
            'shortfall[profession="a,""b"""]<=400',
        ),
        ({"target": "places>=1"}, "places>=1"),
    ):
        words = words_of(taken, **{**SAID, **change})
        assert words[2:4] == (f"--target={target}", "--by=budget[fund=tuition]")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sign": "at_least"}, "choose at most"),
        ({"of": "share_met", "end": "50"}, "choose at least, and up to 100"),
        ({"of": "share_met", "sign": "at_least", "end": "101"}, "up to 100"),
        ({"end": "-1"}, "and a number"),
        ({"end": "many"}, "and a number"),
        ({"of": "joy"}, "of what"),
        ({"first_year": "2029", "last_year": "2028"}, "2028, is before the first, 2029"),
        ({"by": ""}, "by what"),
    ],
)
def test_what_is_no_target_is_refused_in_words(
    taken: Served, change: dict[str, str], said: str
) -> None:
    form: dict[str, Any] = {**SAID, **change}
    assert said in text_of(taken.post(AT, code=400, **form))
    assert taken.bench.store.jobs() == []


@pytest.mark.slow
def test_the_answer_is_the_page_of_the_command(taken: Served) -> None:
    answer = taken.post(AT, **{**SAID, "region": "", "last_year": ""})
    assert taken.finished(answer) == "done"
    said = text_of(taken.get(answer.url.path))
    assert "tuition" in said
    assert "% of those given" in said or "cannot be reached" in said


def test_a_model_can_ask_for_a_target(taken: Served) -> None:
    for number in ("", "-2"):
        taken.post(f"{AT}/model", **SAID)
        model = taken.bench.store.instance("two-by-two").model
        assert model == f"models/model-with-target{number}.toml"
    policy = read_policy(taken.bench.workspace.root / model)
    assert len(policy.targets) == 2
    target = policy.targets[0]
    assert (target.of, target.at_most, target.profession) == ("shortfall", 400, ("nurse",))
    assert (target.first_year, target.last_year, target.price) == (2028, 2029, None)
    assert model in taken.get("/").text
    taken.post(f"{AT}/model", code=400, of="shortfall")
