from xml.etree import ElementTree as ET

from bench_rows import paired, row
from commission_opt.bench.compare import compare
from commission_opt.bench.findings import Kind
from commission_opt.bench.report import junit, report
from commission_opt.text.markdown import table

RENEW = "commission-opt bench baseline HEAD --out BASE"


def test_a_report_says_what_by_how_much_and_what_to_do() -> None:
    text = report(compare([row(), row(case="b")], [row(objective=1001.0, bound=999.8)]), RENEW)
    assert text.startswith("## Benchmarks: 2 regressions in 2 cases")
    assert "1000.0 → 1001.0 (+0.100%)" in text
    assert "| b | missing | case |" in text
    assert RENEW in text


def test_a_report_of_nothing() -> None:
    text = report(compare([row()], [row()]), RENEW)
    assert text.startswith("## Benchmarks: no regression in 1 case\n")
    assert RENEW not in text
    assert "Peak memory" in text


def test_a_report_of_ratios() -> None:
    text = report(compare(*paired([1] * 6, [2] * 6)), RENEW)
    assert "seconds of total | 2.00× (2.00–2.00, 6 pairs; 1.200 s → 2.400 s)" in text
    assert "interleaved" in text
    assert RENEW not in text  # a slow-down is nothing to renew a baseline for


def test_bars_in_cells_do_not_break_a_table() -> None:
    assert table(["a"], [["x|y\nz"]]).splitlines()[-1] == "| x\\|y<br>z |"


def test_junit_is_xml_with_a_test_for_each_case_and_kind() -> None:
    odd = row(case="<&>", message="a < b", status="crash", gap=None)
    comparison = compare([row(), row(case="<&>")], [row(nodes=7), odd])
    suite = ET.fromstring(junit(comparison)).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases)) == str(2 * len(Kind))
    failed = {(c.get("classname"), c.get("name")) for c in cases if c.find("failure") is not None}
    assert failed == {(row()["case"], "deterministic"), ("<&>", "status")}
    assert suite.get("failures") == "2"


def test_junit_of_what_does_not_block() -> None:
    comparison = compare([row()], [row(nodes=7)], [Kind.STATUS])
    suite = ET.fromstring(junit(comparison)).find("testsuite")
    assert suite is not None
    assert suite.get("failures") == "0"
    assert [e.text for e in suite.iter("system-out")] == ["nodes: 3 → 7"]
