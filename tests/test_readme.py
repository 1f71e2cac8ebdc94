"""What the documents say of files and commands is so."""

import re
import shutil
from pathlib import Path

import pytest

import commission_opt
from command_line import Run
from commission_opt.cli.app import COMMANDS
from commission_opt.instance.schema import SETTINGS, TABLES
from documents import has_python
from documents import run as run_python

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    p
    for p in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in p.parts[len(ROOT.parts) :])
)

WITH_PYTHON = [document for document in DOCUMENTS if has_python(document)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


def test_formats_describe_every_table_and_column() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    for table in TABLES.values():
        section = text.split(f"### `{table.file}`")[1].split("###")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section
    assert all(f"`{key}`" in text for key in SETTINGS)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert all(
        f"`commission-opt {name} " in text or f"`commission-opt {name}`" in text
        for name in COMMANDS
    )


def test_the_readme_quotes_what_is_seen(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    text = text.partition("## What you see")[2].partition("## Commands")[0]
    quoted = " ".join(line.removeprefix(">") for line in text.splitlines() if line.startswith(">"))
    seen = " ".join(run("solve", "england-2026", "--out", tmp_path / "plan").err.split())
    for sentence in re.split(r"(?<=\.) (?=[A-Z])", " ".join(quoted.split())):
        assert sentence in seen


@pytest.mark.parametrize("document", WITH_PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_python_examples_run_and_print_what_stands_below_them(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("instances/two-by-two", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for code, text, printed in run_python(document):
        assert text is None or printed == text, code


def test_every_public_name_stands_in_the_document_of_the_api() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    names = [name for name in commission_opt.__all__ if name not in ("Watch", "__version__")]
    assert [name for name in names if f"co.{name}" not in text] == []
    assert all(hasattr(commission_opt, name) for name in names)


def test_the_instance_that_buys_more_than_places_is_solved_as_shown(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text("utf-8").split("## More than places")[1].split("\n## ")[0]
    measures, costs, shown = re.findall(r"^```\n(.*?)^```\n", text, re.DOTALL | re.MULTILINE)
    command = re.findall(r"^    commission-opt (.*)$", text, re.MULTILINE)
    shutil.copytree(ROOT / "instances" / "two-by-two", "mine")
    Path("mine/measures.csv").write_text(measures, encoding="utf-8")
    with Path("mine/costs.csv").open("a", encoding="utf-8") as table:
        table.write(costs)
    ran = [run(*line.split()) for line in command]
    assert [each.code for each in ran] == [0]
    said = " ".join(ran[0].err.split())
    for line in shown.splitlines():
        assert " ".join(line.replace("─", "").split()) in said
    quoted = " ".join(" ".join(re.findall(r"^> ?(.*)$", text, re.MULTILINE)).split())
    assert quoted in said
