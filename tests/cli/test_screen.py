"""All that is shown goes through one place, which lets no control character through."""

import io
import re
from pathlib import Path

import pytest
from rich.table import Table

from builders import Tiny
from command_line import Run
from commission_opt import cli
from commission_opt.cli import screen
from commission_opt.text.plain import escaped

HARM = "\x1b]0;pwned\x07\x1b[2J\x9b31m\r\u202egnirts\u200b"
_ELSEWHERE = re.compile(
    r"(?<![.\w])print\(|typer\.echo\(.*\{(?!__version__)"
    r"|from rich\.(text|console) import \(?(Text|Console)\b|rich\.print"
)


def harmless(text: str) -> bool:
    return escaped(text, keep="\n") == text


@pytest.mark.parametrize("file", sorted(Path(cli.__file__).parent.rglob("*.py")), ids=str)
def test_nothing_is_shown_elsewhere(file: Path) -> None:
    text = file.read_text("utf-8").replace('print("commission-opt: stopped"', "")
    assert file.name == "screen.py" or not _ELSEWHERE.search(text), file


def shown(*what: object) -> str:
    page = io.StringIO()
    screen.Console(file=page, width=60, color_system=None).print(*what, markup=False)
    return page.getvalue()


def test_texts_tables_and_strings_are_escaped() -> None:
    grid = Table("heading")
    grid.add_row(screen.Text(HARM))
    grid.add_row(HARM)
    for what in (HARM, screen.Text(HARM), screen.Text().append(HARM, style="bold"), grid):
        page = shown(what)
        assert harmless(page), what
        assert "\\x1b]0;pwned" in page.replace("\n", "")


def test_results_on_stdout_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    screen.put_out(HARM)
    screen.put_out_json({"harm": HARM})
    screen.say(HARM)
    said = capsys.readouterr()
    assert harmless(said.out)
    assert harmless(said.err)


def test_lines_go_where_they_went_whatever_a_solver_makes_of_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = screen.console()
    captured = io.StringIO()
    captured.close()  # as Pyomo leaves it for a moment
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", captured)
        told.print("bound 7")
    assert capsys.readouterr().err == "bound 7\n"


@pytest.mark.slow
def test_a_hostile_instance_cannot_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.settings["title"] = f"tiny {HARM}"
    for table, column in [
        ("professions", "title"), ("regions", "title"), ("courses", "title"),
        ("commitments", "owner"), ("commitments", "reason"), ("assumptions", "source"),
    ]:  # fmt: skip
        tiny.cell(table, 2, column, f'"x{HARM.replace(chr(13), "")}"')
    tiny.cell("assumptions", 2, "quality", "red")
    tiny.cell("courses", 2, "provider", f"uni{HARM[:5]}")
    folder = tiny.write(tmp_path / "tiny")
    (folder / "\x1b[31mcourses.csv").write_text("x\n")
    answers = [run("check", folder), run("check", folder, "--json"), run("solve", folder)]
    (folder / "\x1b[31mcourses.csv").unlink()
    tiny.cell("courses", 2, "provider", "uni-a")
    tiny.write(folder)
    plan = tmp_path / "plan"
    answers += [
        run("solve", folder, "--model", "annual", "--out", plan, "--relaxed", "--json"),
        run("explain", plan, "--course", "adult-north"),
        run("ledger", plan),
        run("ledger", plan, "--format", "md"),
        run("describe", folder),
    ]
    for answer in answers:
        assert harmless(answer.out)
        assert harmless(answer.err)
