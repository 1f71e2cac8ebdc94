"""The guide as a new user would go through it: what is typed, what is run, what comes out."""

import shlex
from pathlib import Path

import pytest

from command_line import Run
from guide_steps import Commands, Typed, difference, steps, type_into
from returned import RETURNS, in_course

GUIDE = (Path(__file__).parents[1] / "docs" / "guide.md").read_text("utf-8")
BOOK = Path("first.xlsx")  # into which everything is typed


def _printed(run: Run, block: Commands) -> str:
    """Run a block of commands and return all that it printed."""
    texts = []
    for command in block.lines:
        if command.startswith("commission-opt workbook merge"):
            national = Path("national.xlsx").read_bytes()
            for name, cell in RETURNS.items():
                Path(name).write_bytes(in_course(national, *cell))
        found = run(*shlex.split(command)[1:])
        expected = block.code if command == block.lines[-1] else 0
        assert found.code == expected, (command, found.err)
        texts += [found.out, found.err]
    return "\n".join(texts)


@pytest.mark.slow
def test_the_guide_is_what_happens(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    blocks, tables, stale = 0, 0, []
    for step in [*steps(GUIDE)]:
        if isinstance(step, Typed):
            tables += 1
            type_into(BOOK, step)
            continue
        printed = _printed(run, step)
        blocks += 1
        wrong = None if step.shown is None else difference(step.shown, printed)
        if wrong:
            stale.append(f"{step.lines}\n{wrong}")
    assert not stale, "\n\n".join(stale)
    assert (blocks > 20, tables > 10) == (True, True)
    for page in ("first.html", "report.html"):
        assert Path(page).stat().st_size < 3 * 2**20
    assert "Ann Alyst" in Path("first.html").read_text("utf-8")
    assert run("verify", "plans/round").err.count("Signed as it is by") == 3
    assert {path.name for path in Path("plans").iterdir()} == {"first", "last", "round"}


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a b", "a\n  b"),
        ("a … d", "a b c d"),
        ("… d", "a b c d"),
        ("a …", "a b c d"),
        ("| a | 1 |\n…", "│ a │ 1 │"),
        ("in 0.4 s", "in 12.0 s"),
        ("done", "reading · 12 s\ndone"),
        ("plan 62f555e94699…", "plan 0123456789ab…"),
        ("on 2026-01-01T00:00:00+00:00", "on 2027-11-22T14:12:28+00:00"),
    ],
)
def test_what_may_differ(shown: str, printed: str) -> None:
    assert difference(shown.replace("|", "│"), printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a b", "a c"),
        ("a b", "a b c"),
        ("b", "a b"),
        ("a … d", "a b c"),
        ("c … b", "a b c"),
        ("39 places", "40 places"),
        ("gap 0.014 %", "gap 0.015 %"),
    ],
)
def test_what_may_not(shown: str, printed: str) -> None:
    assert difference(shown, printed) is not None
