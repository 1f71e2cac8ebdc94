"""Whatever is forced, only what the program itself wrote is replaced."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bench_rows import row
from builders import Tiny
from command_line import Run, main_in
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_file, whole_folder, write_whole
from commission_opt.files.replacing import MANIFEST
from samples import model

Make = Callable[[Path], object]


def _state(folder: Path) -> dict[str, object]:
    """Everything that is in a folder: bytes, links, kinds."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder" if path.is_dir() else "special"
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance written by hand and a plan, a generated instance, a frontier and a sweep."""
    from commission_opt.allocation.allocate import allocate
    from commission_opt.cli.generate import generate
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import parse_policy
    from commission_opt.reading.read import read_instance

    base = tmp_path_factory.mktemp("made")
    instance = read_instance(Tiny().write(base / "tiny"))
    (base / "model.toml").write_text(model(), encoding="utf-8")
    write_plan(allocate(instance, parse_policy(model().encode())), base / "plan")
    generate(2, 2, base / "generated", horizon=8)
    main_in(base, "workbook", "export", "tiny", "book.xlsx")
    return base


@pytest.fixture
def base(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "base"))


def _solve(run: Run, base: Path, out: Path, *more: object) -> tuple[int, str]:
    found = run(
        "solve", base / "tiny", "--model", base / "model.toml", "--out", out, "--force", *more
    )
    return found.code, " ".join(found.err.split())


def _with(folder: str, name: str, content: str = "mine") -> Make:
    def make(base: Path) -> Path:
        path = base / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return base / folder

    return make


def _changed(folder: str, name: str) -> Make:
    def make(base: Path) -> Path:
        path = base / folder / name
        path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
        return base / folder

    return make


def _linked_in_plan(base: Path) -> Path:
    (base / "plan" / "link").symlink_to(base / "tiny")
    return base / "plan"


def _table_is_a_link(base: Path) -> Path:
    (base / "plan" / "supply.csv").rename(base / "elsewhere.csv")
    (base / "plan" / "supply.csv").symlink_to(base / "elsewhere.csv")
    return base / "plan"


def _link(base: Path) -> Path:
    (base / "link").symlink_to(base / "plan")
    return base / "link"


def _dangling(base: Path) -> Path:
    (base / "link").symlink_to(base / "nowhere")
    return base / "link"


def _empty_inside(base: Path) -> Path:
    (base / "plan" / "notes").mkdir()
    return base / "plan"


def _foreign_sweep(base: Path) -> Path:
    (base / "mine").mkdir()
    connection = sqlite3.connect(base / "mine" / "sweep.sqlite")
    connection.execute("CREATE VIEW meta AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i"
                       " FROM n) SELECT i AS key, i AS value FROM n")  # fmt: skip
    connection.commit()
    connection.close()
    return base / "mine"


def _claimed(base: Path) -> Path:
    folder = base / "mine"
    folder.mkdir()
    (folder / "thesis.docx").write_text("years", encoding="utf-8")
    (folder / MANIFEST).write_text('{"made_by": "me", "files": {"thesis.docx": "0"}}', "utf-8")
    return folder


FOREIGN: dict[str, tuple[Make, str]] = {
    "an instance by hand": (
        lambda base: Tiny().write(base / "hand"), "was not written by commission-opt",
    ),
    "a plan with a thesis": (_with("plan", "thesis.docx"), "thesis.docx is none of its files"),
    "a plan with a file deep": (_with("plan", "instance/notes.csv"), "instance/notes.csv is none"),
    "a plan with a hidden file": (_with("plan", ".env"), ".env is none of its files"),
    "a plan with an empty folder": (_empty_inside, "notes is none of its files"),
    "a plan with a link": (_linked_in_plan, "link is none of its files"),
    "a plan whose table is a link": (_table_is_a_link, "supply.csv is none of its files"),
    "a plan edited by hand": (_changed("plan", "allocation.csv"), "allocation.csv was changed"),
    "a plan whose copy was edited": (
        _changed("plan", "instance/demand.csv"), "instance/demand.csv was changed",
    ),
    "a plan without a record": (
        lambda base: (base / "plan" / "plan.json").rename(base / "plan.json").parent / "plan",
        "was not written by commission-opt",
    ),
    "a broken record": (
        lambda base: (base / "plan" / "plan.json").write_text("[" * 10**5) and base / "plan",
        "was not written by commission-opt",
    ),
    "a generated instance edited": (
        _changed("generated", "courses.csv"), "courses.csv was changed after it was written",
    ),
    "a generated instance with notes": (_with("generated", "README.md"), "README.md is none"),
    "a repository": (_with("code", ".git/HEAD"), "was not written by commission-opt"),
    "only hidden files": (_with("dots", ".bashrc"), "was not written by commission-opt"),
    "photographs": (_with("charts", "summer.png"), "was not written by commission-opt"),
    "a foreign database": (_foreign_sweep, "was not written by commission-opt"),
    "a foreign list of files": (_claimed, "was not written by commission-opt"),
    "a link to a plan": (_link, "is a link"),
    "a link to nowhere": (_dangling, "is a link"),
    "the folder of the inputs": (lambda base: base, "holds an input"),
}  # fmt: skip


@pytest.mark.each(5)
@pytest.mark.skipif(os.name == "nt", reason="needs links")
@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_folders_stay_as_they_are(run: Run, base: Path, kind: str) -> None:
    make, message = FOREIGN[kind]
    target = Path(str(make(base)))
    before = _state(base.parent)
    code, said = _solve(run, base, target, "--discard-signatures")
    assert code == 2
    assert message in said
    assert _state(base.parent) == before


def test_home_root_and_where_one_stands_are_refused(
    run: Run, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(base / "plan"))
    for target, message in (
        (base / "plan", "is the home folder"),
        (Path("/"), "a disk is mounted"),
        (Path("/proc"), "a disk is mounted"),
    ):
        code, said = _solve(run, base, target)
        assert code == 2
        assert message in said
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.chdir(base / "plan" / "instance")
    for target in (base / "plan", Path("..")):
        code, said = _solve(run, base, target)
        assert code == 2
        assert "holds the current folder" in said
    assert (base / "plan" / "plan.json").is_file()


def test_an_input_is_not_replaced_though_the_program_wrote_it(run: Run, base: Path) -> None:
    before = _state(base)
    for words in (
        ("solve", base / "generated", "--out", base / "generated"),
        ("solve", base / "plan" / "instance", "--out", base / "plan"),
        ("frontier", base / "generated", "--over", "budget", "--out", base / "generated"),
        ("sweep", base / "generated", "--vary", "budget*=1", "--out", base / "generated"),
    ):
        found = run(*words, "--force")
        assert found.code == 2
        assert "an input" in " ".join(found.err.split())
    assert _state(base) == before


@pytest.mark.slow
def test_what_the_program_wrote_is_replaced(run: Run, base: Path) -> None:
    assert _solve(run, base, base / "plan")[0] == 0
    assert _solve(run, base, base / "generated")[0] == 0
    small = ("generate", "--professions", 1, "--regions", 1, "--horizon", 8)
    for _ in range(2):
        assert run(*small, "--out", base / "generated", "--force").code == 0
        assert (base / "generated" / "instance.toml").is_file()
    assert not (base / "generated" / "plan.json").exists()


def test_a_signed_plan_is_only_replaced_expressly(run: Run, base: Path) -> None:
    assert run("sign", base / "plan", "--role", "analyst", "--name", "Ann").code == 0
    before = _state(base)
    code, said = _solve(run, base, base / "plan")
    assert code == 2
    assert "is a signed plan" in said
    assert "--discard-signatures" in said
    assert run("generate", "--professions", 1, "--regions", 1, "--out", base / "plan",
               "--force").code == 2  # fmt: skip
    assert _state(base) == before
    assert _solve(run, base, base / "plan", "--discard-signatures")[0] == 0
    assert not (base / "plan" / "signoff.jsonl").exists()


@pytest.mark.slow
def test_a_sweep_with_its_own_tables_is_replaced_and_one_with_notes_is_not(
    run: Run, base: Path
) -> None:
    sweep = ("sweep", base / "tiny", "--model", base / "model.toml", "--vary", "budget*=1,2")
    more = ("--relaxed", "--processes", 1, "--out", base / "sweep")
    assert run(*sweep, *more).code == 0
    assert run("sweep", "export", base / "sweep").code == 0
    assert run(*sweep, *more, "--force").code == 0
    assert not (base / "sweep" / "csv").exists()
    assert run("sweep", "export", base / "sweep").code == 0
    for name in ("notes.md", "csv/notes.md"):
        (base / "sweep" / name).write_text("mine", encoding="utf-8")
        before = _state(base)
        refused = run(*sweep, *more, "--force")
        assert refused.code == 2
        assert f"{name} is none of its files" in " ".join(refused.err.split())
        assert _state(base) == before
        (base / "sweep" / name).unlink()


def test_every_folder_lists_its_files(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with whole_folder(tmp_path / "charts", force=True) as work:
            (work / "deep").mkdir()
            (work / "deep" / f"{text}.svg").write_text(text, encoding="utf-8")
    record = json.loads((tmp_path / "charts" / MANIFEST).read_text("utf-8"))
    assert list(record["files"]) == ["deep/new.svg"]


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "dangling", "pipe"):
        with pytest.raises(UsageError, match="is not replaced"):
            write_whole(tmp_path / name, b"new", force=True)
    with pytest.raises(UsageError, match="is not replaced"):
        check_file(Path("/dev/null"), force=True)
    assert (tmp_path / "file").read_bytes() == b"old"
    write_whole(tmp_path / "file", b"new", force=True)
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "words",
    [
        "export tiny --model model.toml --format lp --out tiny/budgets.csv",
        "export tiny --model model.toml --format lp --out model.toml",
        "export tiny --model model.toml --format lp --out plan/instance/demand.csv",
        "export book.xlsx --model model.toml --format lp --out book.xlsx",
        "report plan --out plan/plan.json",
        "workbook export book.xlsx book.xlsx",
        "workbook merge book.xlsx copy.xlsx --out copy.xlsx",
        "workbook merge book.xlsx copy.xlsx --out sub/../copy.xlsx",
        "bench baseline rows.jsonl --out rows.jsonl",
        "bench baseline rows.jsonl --out generated/model.toml",
        "bench run spec.toml --out spec.toml",
        "bench run spec.toml --out rows.jsonl --base-out rows.jsonl --against base",
    ],
)
def test_no_file_that_is_read_or_a_part_of_a_whole_is_replaced(
    run: Run, base: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.chdir(base)
    (base / "sub").mkdir()
    shutil.copy("book.xlsx", "copy.xlsx")
    Path("rows.jsonl").write_text(json.dumps(row()) + "\n", encoding="utf-8")
    Path("spec.toml").write_text('[[case]]\ninstance = "two-by-two"\n', encoding="utf-8")
    before = _state(base)
    refused = run(*words.split(), "--force")
    assert refused.code == 2
    said = " ".join(refused.err.split())
    assert "is not replaced" in said or "are the same file" in said
    assert _state(base) == before


def test_a_comparison_replaces_no_file_but_an_earlier_comparison(run: Run, tmp_path: Path) -> None:
    rows, page = tmp_path / "rows.jsonl", tmp_path / "page.xml"
    rows.write_text(json.dumps(row()) + "\n", encoding="utf-8")
    for _ in range(2):
        assert run("bench", "compare", rows, rows, "--junit", page).code == 0
    before = _state(tmp_path)
    assert run("bench", "compare", rows, rows, "--junit", rows).code == 2
    assert _state(tmp_path) == before


def test_an_empty_file_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").touch()
    write_whole(tmp_path / "rows.jsonl", b"new")
    with pytest.raises(UsageError, match="use --force"):
        write_whole(tmp_path / "rows.jsonl", b"newer")
    assert (tmp_path / "rows.jsonl").read_bytes() == b"new"
