"""Every design over one axis, whatever comes of it, can be summed up and drawn."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from commission_opt.sweep.design import DESIGNS, SAMPLED
from commission_opt.sweep.summary import tornado
from commission_opt.sweep.summary.summarise import PARTS, report
from some import some
from sweep_results import results

Value = Callable[[Mapping[str, float]], float]
_VALUES: dict[str, Value] = {
    "moves": lambda at: 10.0 * at.get("need", 1.0),
    "stays": lambda _: 10.0,
    "no plan": lambda at: math.nan if at.get("need", 1.0) != 1.0 else 10.0,
    "no plan at all": lambda _: math.nan,
    "no plan at the ends": lambda at: math.nan if at.get("need") in (0.9, 1.1) else 10.0,
}


_TEXTS = ("demand*=0.9:1.1", "demand*=0.9,1,1.1", "demand*=0.9,0.95,1.1")
_CASES = [
    (design, name, text)
    for design in DESIGNS
    for name in _VALUES
    for text in _TEXTS
    if design not in SAMPLED or name == "moves" or text == _TEXTS[0]  # they draw between the ends
]


@pytest.mark.each(3)
@pytest.mark.parametrize(("design", "name", "text"), some(_CASES, 4))
@pytest.mark.filterwarnings("error")
def test_it_is_said_and_drawn(design: str, name: str, text: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    samples = 4 if design in SAMPLED else None
    swept = results(design, [(text, "need")], _VALUES[name], samples)
    assert report(swept)
    for part in PARTS:
        if part.draw is not None and part.table(swept) is not None:
            part.draw(swept, tmp_path)


def test_a_drawn_design_without_an_end_has_no_bar() -> None:
    for design in ("latin-hypercube", "sobol"):
        swept = results(design, [("demand*=0.9:1.1", "need")], _VALUES["moves"], 4)
        assert tornado.table(swept) is None
        assert tornado.say(swept) == []
