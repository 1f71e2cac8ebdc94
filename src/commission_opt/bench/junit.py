"""A comparison as JUnit XML, which pipelines show."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from commission_opt.bench.compare import Comparison
from commission_opt.bench.findings import Kind

SUITE = "commission-opt bench compare"


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
