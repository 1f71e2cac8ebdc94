"""A comparison as Markdown, and as JUnit XML, which pipelines show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from commission_opt.bench.compare import Comparison
from commission_opt.bench.deterministic import BOTH_FAILED
from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.ratios import WORK, Ratio
from commission_opt.text.counts import plural
from commission_opt.text.markdown import table

SUITE = "commission-opt bench compare"  # of the JUnit XML
_RENEWED = (Kind.DETERMINISTIC, Kind.MISSING, Kind.GAP, Kind.VALUE)
_SHOWN = 0.005  # seconds of a phase below which its ratio says nothing


def report(comparison: Comparison, renew: str) -> str:
    """Return what a comparison found; ``renew`` is the command that renews the baseline."""
    return "\n\n".join(_sections(comparison, renew)) + "\n"


def _sections(comparison: Comparison, renew: str) -> Iterator[str]:
    blocking = comparison.blocking
    cases = plural(len(comparison.cases), "case")
    if blocking:
        yield f"## Benchmarks: {_count(blocking)} in {cases}"
        yield _findings(blocking)
    else:
        yield f"## Benchmarks: no regression in {cases}"
    others = [f for f in comparison.findings if not comparison.blocks(f)]
    for title, some in (
        ("Better", [f for f in others if f.verdict is Verdict.BETTER]),
        ("Reported, not blocking", [f for f in others if f.verdict is not Verdict.BETTER]),
    ):
        if some:
            yield f"### {title}"
            yield _findings(some)
    if any(f.kind in _RENEWED for f in blocking):
        yield f"If these changes are meant, renew the baseline: `{renew}`"
    if comparison.ratios:
        yield from _times(comparison.ratios)
    if comparison.memory:
        yield "<details><summary>Peak memory (never blocks)</summary>"
        rows = [
            [case, f"{base:.0f}", f"{head:.0f}", f"{head / base:.2f}"]
            for case, (base, head) in comparison.memory.items()
        ]
        yield table(["case", "base MiB", "head MiB", "ratio"], rows)
        yield "</details>"


def _count(blocking: Sequence[Difference]) -> str:
    both = sum(f.what == BOTH_FAILED for f in blocking)
    worse = len(blocking) - both
    parts = [plural(worse, "regression")] if worse or not both else []
    return " and ".join([*parts, *([f"{both} failed in both"] if both else [])])


def _findings(findings: Sequence[Difference]) -> str:
    rows = [[f.case, f.kind.value, f.what, f.message] for f in findings]
    return table(["case", "kind", "what", "base → head"], rows, texts=range(4))


def _times(ratios: Sequence[Ratio]) -> Iterator[str]:
    if ratios[0].phase == WORK:
        yield from _work(ratios)
        return
    paired = any(ratio.paired for ratio in ratios)
    how = (
        "Ratios are of interleaved runs, pair by pair."
        if paired
        else "The runs were separate: ratios are of medians in units of each run's reference "
        "workload. They are wide; run with `--against` for ratios that are worth more."
    )
    yield f"### Time, head to base\n\n{how} Seconds are medians and never block by themselves."
    totals = [_ratio(ratio) for ratio in ratios if ratio.phase == "total"]
    header = ["case", "phase", "runs", "ratio", "99 % interval", "base s", "head s"]
    yield table(header, totals)
    phases = [_ratio(r) for r in ratios if r.phase != "total" and max(r.base, r.head) >= _SHOWN]
    if phases:
        yield "<details><summary>By phase</summary>"
        yield table(header, phases)
        yield "</details>"


def _work(ratios: Sequence[Ratio]) -> Iterator[str]:
    yield (
        "### Work, head to base\n\nWork is counted, not timed: it is the same on every machine, so "
        "that one run is enough."
    )
    rows = [[r.case, f"{r.ratio:.3f}", f"{r.base:.3f}", f"{r.head:.3f}"] for r in ratios]
    yield table(["case", "ratio", "base", "head"], rows)


def _ratio(ratio: Ratio) -> list[str]:
    return [
        ratio.case, ratio.phase, str(ratio.count), f"{ratio.ratio:.2f}",
        f"{ratio.low:.2f}–{ratio.high:.2f}", f"{ratio.base:.3f}", f"{ratio.head:.3f}",
    ]  # fmt: skip


def junit(comparison: Comparison) -> bytes:
    """Return a test for each case and kind, failed where a finding blocks."""
    failed = len({(f.case, f.kind) for f in comparison.blocking})
    count = len(comparison.cases) * len(Kind)
    root = ET.Element("testsuites")
    suite = ET.SubElement(
        root, "testsuite", name=SUITE, tests=str(count),
        failures=str(failed), errors="0", skipped="0",
    )  # fmt: skip
    for case in comparison.cases:
        for kind in Kind:
            test = ET.SubElement(suite, "testcase", classname=case, name=kind.value)
            found = [f for f in comparison.findings if f.case == case and f.kind is kind]
            blocking = [f"{f.what}: {f.message}" for f in found if comparison.blocks(f)]
            if blocking:
                failure = ET.SubElement(test, "failure", message=blocking[0])
                failure.text = "\n".join(blocking)
            notes = [f"{f.what}: {f.message}" for f in found if not comparison.blocks(f)]
            if notes:
                ET.SubElement(test, "system-out").text = "\n".join(notes)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
