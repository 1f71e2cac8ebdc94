from importlib import import_module
from importlib.util import find_spec

import pytest

ABSENT = find_spec("mpisppy") is None
SMALL = ["two-by-two", "two-by-two-whole", "two-by-two-cvar-whole", "small", "small-waits"]


@pytest.mark.slow
@pytest.mark.skipif(ABSENT, reason="mpi-sppy is not installed")
@pytest.mark.parametrize("name", SMALL)
def test_both_sides_have_the_same_best(name: str) -> None:
    script = import_module("against_mpi_sppy")
    case = next(case for case in script.CASES if case.name == name)
    own, other = (script.job(case, side, 60.0, 8192.0) for side in script.SIDES)
    assert other["done"]
    if not case.whole:
        assert own["value"] == pytest.approx(other["value"], rel=script.EQUAL)
        assert own["bound"] == pytest.approx(other["value"], rel=script.EQUAL)
    assert own["bound"] <= other["value"] * (1 + script.EQUAL)
    assert other["bound"] <= own["value"] * (1 + script.EQUAL)


def test_a_library_that_is_absent_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = import_module("against_mpi_sppy")
    monkeypatch.setattr(script, "find_spec", lambda _: None)
    with pytest.raises(SystemExit):
        script.main([])
    assert "mpi-sppy is not installed: pip install -e '.[peers]'" in capsys.readouterr().err


def test_every_case_is_solved_relaxed_and_in_whole_places() -> None:
    script = import_module("against_mpi_sppy")
    names = {case.name for case in script.CASES}
    assert len(names) == len(script.CASES)
    assert {case.name.removesuffix("-whole") for case in script.CASES if case.whole} == {
        case.name for case in script.CASES if not case.whole
    }
