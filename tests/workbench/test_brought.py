"""Models, uncertainty files and sweeps that are brought: told apart, told by line, and used."""

from __future__ import annotations

import pytest

from workbench_served import Served, text_of

UNSURE = """\
name = "unsure"
draws = 20
seed = 1

[[uncertain]]
name = "leavers"
figures = "leavers"
how = "*="
interval = [0.9, 1.1]
"""
STORIES = """\
name = "stories"
relaxed = true

[[storyline]]
name = "more money"
settings = ["budget*=1.1"]
"""
WRONG = {
    "unsure.toml": (
        UNSURE.replace("0.9", '"low"'),
        "unsure.toml line 9, uncertain 1, interval: 'low' is not a number",
    ),
    "stories.toml": (STORIES.replace("*=", "?"), "stories.toml line 6, storyline 1, settings"),
    "model.toml": ("commissioning_years = 0", "model.toml line 1, commissioning_years"),
    "none.toml": ("= 1", "none.toml: is not valid TOML"),
    "paper.toml": ("[paper]", "below “What its first page says”"),
    "options.toml": ("[[option]]", "tick the options on the page Plans"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_line(bench: Served, name: str) -> None:
    content, said = WRONG[name]
    page = text_of(bench.upload(name, content.encode(), code=400))
    assert said in page
    assert bench.bench.store.brought() == []
    assert all(bench.bench.workspace.names(k) == [] for k in ("models", "uncertainty"))


def test_what_is_too_large_is_refused(bench: Served) -> None:
    assert "larger than 1 MiB" in text_of(bench.upload("a.toml", b"#" * (2**20 + 1), code=400))


@pytest.mark.slow
def test_a_plan_for_futures_an_audit_and_a_sweep_of_files_that_were_brought(
    bench: Served,
) -> None:
    bench.post("/instances/shipped", instance="two-by-two")
    for name, content in (("Unsure.toml", UNSURE), ("stories.toml", STORIES)):
        assert "/unsure.toml" in bench.upload(name, content.encode()).text
    places = [each.place for each in bench.bench.store.brought()]
    assert places == ["uncertainty/unsure.toml", "sweep-files/stories.toml"]
    at = "/instances/two-by-two"
    unsure = {"uncertainty": "uncertainty/unsure.toml"}
    plan = bench.done(f"{at}/solve", seconds="5", **unsure)
    assert "20 futures" in text_of(bench.get(plan))
    audit = bench.done(f"{plan}/audit", draws="200", **unsure)
    bench.done(f"{audit}/paper")
    sweep = bench.done(f"{at}/sweep", file="sweep-files/stories.toml")
    paper = bench.get(bench.done(f"{sweep}/paper"))
    assert "more money" in paper.text
    script = bench.get("/log/round.sh").text
    assert "--uncertainty=uncertainty/unsure.toml" in script
    assert "--file=sweep-files/stories.toml --model=" in script
    for strange in ("../x", "uncertainty/none.toml", "--force"):
        bench.post(f"{at}/solve", seconds="5", uncertainty=strange, code=400)
        bench.post(f"{at}/sweep", file=strange, code=400)
