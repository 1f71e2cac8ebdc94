"""``commission-opt bench``."""

from __future__ import annotations

import math
import os
import shlex
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from commission_opt.bench.findings import Kind
from commission_opt.bench.results import Row, read_results, row_text
from commission_opt.bench.spec import Spec
from commission_opt.cli import arguments as options
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console, put_out
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_file, check_target, whole_folder, write_whole
from commission_opt.files.refusal import writing
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural
from commission_opt.text.markdown import table as table_text

bench = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Measure solves, and say what became slower, worse or wrong. See docs/benchmarking.md.",
)

ForceOption = Annotated[bool, typer.Option("--force", help="Replace existing files.")]


@bench.command()
def run(
    specs: Annotated[list[Path], typer.Argument(metavar="SPEC…", help="What to run: TOML files.")],
    out: Annotated[Path, typer.Option(help="File for the results, one JSON row a run.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REF|FOLDER|PYTHON",
            help="Alternate with another version: a git commit, a source folder, or the "
            "interpreter of an environment with, say, another solver.",
        ),
    ] = None,
    base_out: Annotated[
        Path | None, typer.Option(help="File for the results of the other version.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="Runs of each case.  \\[default: as in SPEC]")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Run every case in a process of its own, one after the other."""
    if (against is None) != (base_out is None):
        raise typer.BadParameter("--against and --base-out go together")
    from commission_opt.bench.run import run_benchmarks
    from commission_opt.bench.spec_file import read_spec

    screen = console()
    for path in (out, base_out):
        if path is not None:
            check_file(path, force=force, inputs=tuple(specs))
    if base_out is not None and base_out.resolve() == out.resolve():
        raise UsageError(f"--out and --base-out are the same file, {out}; give each its own")
    read = [read_spec(path) for path in specs]
    watch = Watch(phase="preparing")
    with following(watch, screen):
        rows = run_benchmarks(read, out, watch.begin, against, base_out, repeats, force=force)
    counts = Counter(row["status"] for row in rows)
    ended = ", ".join(f"{count} {status}" for status, count in counts.items())
    screen.tell(f"{plural(len(rows), 'run')}: {ended}")
    for row in rows:
        if row["status"] not in ("optimal", "feasible"):
            screen.tell(f"{row['case']}: {row['status']}: {row.get('message')}")
    if base_out is not None:
        command = shlex.join(["commission-opt", "bench", "compare", str(base_out), str(out)])
        screen.tell(f"compare them with: {command}")


@bench.command()
def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Results to compare with.")],
    head: Annotated[Path, typer.Argument(metavar="HEAD", help="Results to judge.")],
    fail_on: Annotated[
        str,
        typer.Option(
            help="Kinds of findings that block: missing, status, gap, deterministic, ratio; or "
            "none. A wrong result always does, a worse plan by --max-worse."
        ),
    ] = "missing,status,gap,deterministic,ratio",
    max_worse: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Share of its objective by which a plan may be worse than the base's, whatever "
            "changed, the model too; or none.  \\[default: 0.5%; none with --fail-on none]",
        ),
    ] = None,
    ratio: Annotated[
        float, options.number("Ratio of times from which interleaved runs block.", least=1.0)
    ] = 1.25,
    ratio_apart: Annotated[float, options.number("The same for separate runs.", least=1.0)] = 2.0,
    by: Annotated[
        Literal["seconds", "work"],
        typer.Option(help="What is compared: seconds, or work, which is the same on all machines."),
    ] = "seconds",
    ratio_work: Annotated[
        float, options.number("Ratio of work from which runs block.", least=1.0)
    ] = 1.05,
    junit: Annotated[
        Path | None, typer.Option(help="Write what was found as JUnit XML too.")
    ] = None,
) -> int:
    """Say what became slower, worse or wrong; exit with 1 if anything that blocks did."""
    from commission_opt.bench import compare as comparing
    from commission_opt.bench.ratios import Thresholds
    from commission_opt.bench.report import junit as as_junit
    from commission_opt.bench.report import report

    comparison = comparing.compare(
        read_results([base]),
        read_results([head]),
        _kinds(fail_on),
        Thresholds(pairs=ratio, apart=ratio_apart, work=ratio_work),
        _share(max_worse, fail_on),
        by_work=by == "work",
    )
    renew = ["commission-opt", "bench", "baseline", str(head), "--out", str(base), "--force"]
    text = report(comparison, shlex.join(renew))
    put_out(text)
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with writing(Path(page)), Path(page).open("a", encoding="utf-8") as file:
            file.write(text)
    if junit is not None:
        write_whole(junit, as_junit(comparison), force=_is_junit(junit))
    return 1 if comparison.blocking else 0


def _is_junit(file: Path) -> bool:
    """Say whether a file is what an earlier comparison wrote, which may always be replaced."""
    from commission_opt.bench.report import SUITE

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
    from commission_opt.bench.compare import MAX_WORSE

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


@bench.command()
def summary(
    results: Annotated[list[Path], typer.Argument(metavar="RESULTS…", help="Files of results.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for plots (needs commission-opt\\[plots]).")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Print a performance profile and shifted geometric means, and draw plots."""
    from commission_opt.bench.summary import summary as summarised

    found = summarised({path.stem: read_results([path]) for path in results})
    put_out(found.markdown())
    if out is None:
        return
    from commission_opt.bench.plots import draw, require_matplotlib

    require_matplotlib()
    check_target(out, force=force, inputs=tuple(results))
    with whole_folder(out, force=force) as folder:
        (folder / "summary.md").write_text(found.markdown() + "\n", encoding="utf-8")
        draw(found, folder)
    console().tell(f"plots written to {out}")


@bench.command()
def baseline(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results to keep.")],
    out: Annotated[Path, typer.Option(help="Baseline to write.")],
    force: ForceOption = False,
) -> None:
    """Write results as a baseline to commit: what repeats, and nothing of the host."""
    from commission_opt.bench.compare import baseline as kept

    rows = kept(read_results([results]))
    check_file(out, force=force, inputs=(results,))
    write_whole(out, "".join(map(row_text, rows)).encode(), force=force)
    console().tell(f"wrote {out}: {plural(len(rows), 'case')}")


@bench.command()
def library(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder with library.toml and best.csv.")
    ] = Path("benchmarks/library"),
    only: Annotated[
        list[str] | None, typer.Option(help="Only cases with this in their names; repeatable.")
    ] = None,
    work_limit: Annotated[
        float | None, options.work("Work for each case.  \\[default: as in library.toml]")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write better plans and bounds into best.csv.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File for the results, one JSON row a run.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write each case as an MPS file into this new folder, and run nothing."),
    ] = None,
    force: ForceOption = False,
) -> int:
    """Run a library of problems against the best plans and bounds known of each."""
    from commission_opt.bench import library as known_of
    from commission_opt.bench.spec_file import read_spec

    spec = read_spec(folder / known_of.SPEC)
    cases = known_of.chosen(spec.cases, only or [])
    if work_limit is not None:
        cases = tuple(replace(case, work_limit=work_limit) for case in cases)
    screen, watch = console(), Watch(phase="preparing")
    if export is not None:
        from commission_opt.bench.library_export import export_cases

        check_target(export, force=force)
        with following(watch, screen), whole_folder(export, force=force) as target:
            try:
                export_cases(cases, target, watch.begin)
            except UsageError as error:  # it names the folder that was to become this one
                raise UsageError(str(error).replace(str(target), str(export))) from error
        screen.tell(f"wrote {plural(len(cases), 'MPS file')} to {export}")
        return 0
    table = folder / known_of.TABLE
    known = known_of.read_known(table)
    rows = _library_rows(replace(spec, cases=cases), out, watch, force=force)
    header = ["case", "plan", "bound", "gap", "best plan", "best bound", "gap", "new"]
    put_out(table_text(header, known_of.comparison(rows, known)))
    wrong = [*known_of.contradictions(rows, known), *known_of.others(rows, known)]
    for message in wrong:
        screen.tell(message)
    if update and not wrong:
        known_of.check_clean(rows)
        text = known_of.table_of(known_of.improved(known, rows))
        write_whole(table, text.encode(), force=True)
        screen.tell(f"{table} has the best that is known")
    return 1 if wrong else 0


def _library_rows(spec: Spec, out: Path | None, watch: Watch, *, force: bool) -> list[Row]:
    from commission_opt.bench.run import run_benchmarks

    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "results.jsonl" if out is None else out
        if out is not None:
            check_file(out, force=force)
        with following(watch, console()):
            return run_benchmarks([spec], file, watch.begin, force=force)
