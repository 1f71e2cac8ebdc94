import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import commission_opt
from bench_rows import row
from command_line import Run
from started import start

SOURCE = str(Path(commission_opt.__file__).resolve().parents[1])
SPEC = 'name = "s"\ntitle = "t"\n[[case]]\ninstance = "two-by-two"\nmodel = "own"\n'


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@pytest.mark.slow
def test_run_compare_summary_and_baseline(tmp_path: Path, run: Run) -> None:
    spec, out, kept = (tmp_path / name for name in ("s.toml", "out.jsonl", "kept.jsonl"))
    spec.write_text(SPEC)
    ran = run("bench", "run", spec, "--out", out)
    assert (ran.code, ran.out) == (0, "")
    assert "1 run: 1 optimal" in ran.err
    refused = run("bench", "run", spec, "--out", out)
    assert refused.code == 2
    assert "use --force" in refused.err
    assert run("bench", "baseline", out, "--out", kept).code == 0
    same = run("bench", "compare", kept, out)
    assert same.code == 0
    assert "no regression in 1 case" in same.out
    assert "| arrays/highs/auto | 1 of 1 |" in run("bench", "summary", out).out


def test_a_regression_ends_with_1_and_goes_where_it_should(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = written(tmp_path / "base.jsonl", row())
    head = written(tmp_path / "head.jsonl", row(objective=1000.5))
    page, xml = tmp_path / "page.md", tmp_path / "j.xml"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    ran = run("bench", "compare", base, head, "--junit", xml)
    assert ran.code == 1
    assert "1 regression in 1 case" in ran.out
    assert page.read_text().startswith("before\n## Benchmarks: 1 regression")
    assert b'failures="1"' in xml.read_bytes()
    assert run("bench", "compare", base, head, "--fail-on", "ratio,missing").code == 0
    assert run("bench", "compare", base, head, "--fail-on", "none").code == 0


def test_mistakes_are_said_plainly(tmp_path: Path, run: Run) -> None:
    base = written(tmp_path / "base.jsonl", row())
    wrong = run("bench", "compare", base, base, "--fail-on", "colour")
    assert wrong.code == 2
    assert "'colour' is not one of wrong, missing" in wrong.err
    assert run("bench", "compare", base, tmp_path / "nowhere").code == 1
    spec = tmp_path / "s.toml"
    spec.write_text(SPEC + "colour = 1\n")
    refused = run("bench", "run", spec, "--out", tmp_path / "o")
    assert refused.code == 1
    assert any("case 1, colour: is not a key" in p for p in refused.problems)
    alone = run("bench", "run", spec, "--out", tmp_path / "o", "--against", "HEAD")
    assert alone.code == 2
    assert "--base-out" in alone.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise")
def test_ctrl_c_keeps_the_rows_and_ends_with_130(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SPEC + "repeats = 500\n")
    out = tmp_path / "out.jsonl"
    # A background job of a shell starts out ignoring Ctrl-C, and so would the program.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from commission_opt.cli import main; main()"
    )
    process = start(
        [sys.executable, "-c", code, "bench", "run", "s.toml", "--out", str(out)],
        cwd=tmp_path, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": SOURCE},
    )  # fmt: skip
    for _ in range(600):
        if out.exists() and out.read_text():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert all(json.loads(line)["status"] == "optimal" for line in out.read_text().splitlines())
    assert out.read_text()
