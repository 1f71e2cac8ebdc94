"""What the documents say of files and commands is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from commission_opt.cli.app import app
from commission_opt.instance.schema import SETTINGS, TABLES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    p
    for p in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in p.parts[len(ROOT.parts) :])
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_python_examples_import_is_there(document: Path) -> None:
    for line in re.findall(r"^from commission_opt.*$", document.read_text("utf-8"), re.MULTILINE):
        exec(line, {})  # the example is ours


def test_formats_describe_every_table_and_column() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    for table in TABLES.values():
        section = text.split(f"### `{table.file}`")[1].split("###")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section
    assert all(f"`{key}`" in text for key in SETTINGS)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    names = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert all(
        f"`commission-opt {name} " in text or f"`commission-opt {name}`" in text for name in names
    )


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    for name in ("instances", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    exec(compile(code, "README.md", "exec"), {})  # the example is ours
    assert (tmp_path / "plans" / "from-python" / "plan.json").is_file()
