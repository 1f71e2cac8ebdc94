"""``commission-opt bench run``, ``compare``, ``summary`` and ``baseline``."""

from __future__ import annotations

import math
import os
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from commission_opt.bench.baseline import baseline
from commission_opt.bench.compare import MAX_WORSE, compare
from commission_opt.bench.findings import Kind
from commission_opt.bench.junit import SUITE, junit
from commission_opt.bench.ratios import Thresholds
from commission_opt.bench.report import report
from commission_opt.bench.results import read_results, row_text
from commission_opt.bench.run import Plan, run_benchmarks
from commission_opt.bench.spec_file import read_spec
from commission_opt.bench.summary import summary
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console, put_out
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_file, check_target, whole_folder, write_whole
from commission_opt.files.refusal import writing
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural


def run_bench(
    specs: Sequence[Path],
    out: Path,
    against: str | None,
    base_out: Path | None,
    repeats: int | None,
    *,
    force: bool,
) -> None:
    """Run specifications and say how the runs ended."""
    screen = console()
    for path in (out, base_out):
        if path is not None:
            check_file(path, force=force, inputs=tuple(specs))
    if base_out is not None and base_out.resolve() == out.resolve():
        raise UsageError(f"--out and --base-out are the same file, {out}; give each its own")
    plan = Plan([read_spec(path) for path in specs], out, against, base_out, repeats, force)
    watch = Watch(phase="preparing")
    with following(watch, screen):
        rows = run_benchmarks(plan, watch.begin)
    counts = Counter(row["status"] for row in rows)
    ended = ", ".join(f"{count} {status}" for status, count in counts.items())
    screen.print(f"{plural(len(rows), 'run')}: {ended}", highlight=False, markup=False)
    for row in rows:
        if row["status"] not in ("optimal", "feasible"):
            screen.print(
                f"{row['case']}: {row['status']}: {row.get('message')}",
                highlight=False,
                markup=False,
            )
    if base_out is not None:
        command = shlex.join(["commission-opt", "bench", "compare", str(base_out), str(out)])
        screen.print(f"compare them with: {command}", highlight=False, markup=False)


def run_compare(
    base: Path,
    head: Path,
    fail_on: str,
    ratio: float,
    ratio_apart: float,
    junit_file: Path | None,
    max_worse: str | None = None,
) -> int:
    """Compare results, print the report, and return the exit code."""
    comparison = compare(
        read_results([base]),
        read_results([head]),
        _kinds(fail_on),
        Thresholds(pairs=ratio, apart=ratio_apart),
        _share(max_worse, fail_on),
    )
    renew = ["commission-opt", "bench", "baseline", str(head), "--out", str(base), "--force"]
    text = report(comparison, shlex.join(renew))
    put_out(text)
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with writing(Path(page)), Path(page).open("a", encoding="utf-8") as file:
            file.write(text)
    if junit_file is not None:
        write_whole(junit_file, junit(comparison), force=_is_junit(junit_file))
    return 1 if comparison.blocking else 0


def _is_junit(file: Path) -> bool:
    """Say whether a file is what an earlier comparison wrote, which may always be replaced."""
    return file.is_file() and SUITE.encode() in file.read_bytes()[:300]


def _kinds(text: str) -> list[Kind]:
    names = [] if text == "none" else [name.strip() for name in text.split(",")]
    wrong = [name for name in names if name not in set(Kind)]
    if wrong:
        known = ", ".join(Kind)
        raise UsageError(f"--fail-on: {', '.join(wrong)!r} is not one of {known}, none")
    return [Kind(name) for name in names]


def _share(text: str | None, fail_on: str) -> float | None:
    """Return the share by which a plan may be worse; None for any."""
    if text is None:
        return None if fail_on == "none" else MAX_WORSE
    if text == "none":
        return None
    try:
        share = float(text.removesuffix("%")) / 100 if text.endswith("%") else math.nan
    except ValueError:
        share = math.nan
    if not 0 <= share < math.inf:
        raise UsageError(f"--max-worse: {text!r} is no percentage; write 0.5%, say, or none")
    return share


def run_summary(results: Sequence[Path], out: Path | None, *, force: bool) -> None:
    """Print a summary, and draw its plots into a folder."""
    found = summary({path.stem: read_results([path]) for path in results})
    put_out(found.markdown())
    if out is None:
        return
    from commission_opt.bench.plots import draw, require_matplotlib

    require_matplotlib()
    check_target(out, force=force, inputs=tuple(results))
    with whole_folder(out, force=force) as folder:
        (folder / "summary.md").write_text(found.markdown() + "\n", encoding="utf-8")
        draw(found, folder)
    console().print(f"plots written to {out}", highlight=False, markup=False)


def run_baseline(results: Path, out: Path, *, force: bool) -> None:
    """Write a baseline."""
    rows = baseline(read_results([results]))
    check_file(out, force=force, inputs=(results,))
    write_whole(out, "".join(map(row_text, rows)).encode(), force=force)
    console().print(f"wrote {out}: {plural(len(rows), 'case')}", highlight=False, markup=False)
