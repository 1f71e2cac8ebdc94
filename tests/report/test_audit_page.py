"""The page of an audit says what its tables say, and refuses what no audit wrote."""

import json
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import Run
from commission_opt.errors import InputError, UsageError
from commission_opt.report.page import render
from commission_opt.report.pages import page_of
from commission_opt.uncertainty.audit.audit import Audit
from commission_opt.uncertainty.audit.audited import AuditedPlan
from commission_opt.uncertainty.audit.places import Steadiness
from commission_opt.uncertainty.audit.record import audit_record, write_audit
from commission_opt.uncertainty.audit.redecided import Redecided
from commission_opt.uncertainty.audit.view import read_audit
from report_pages import HOSTILE, Parsed
from uncertain import BOUGHT, DRAWN, WRITTEN, audited_in, decided, drawn, regret_of

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")
DRIVERS = pd.DataFrame(
    {"uncertain": ["demand", HOSTILE[0]], "first": [0.7, 0.1], "first_conf": [0.1, 0.05],
     "total": [0.8, 0.2], "total_conf": [0.1, 0.05]}
)  # fmt: skip
MADE = {
    "command": HOSTILE[1],
    "versions": {"python": "3"},
    "hashes": {
        "inputs": {"demand.csv": "a" * 64},
        "model": "b" * 64,
        "places": "d" * 64,
        "code": "c" * 64,
    },
}


@cache
def audited() -> Audit:
    return audited_in(AuditedPlan(decided(), drawn(DRAWN, WRITTEN, BOUGHT), 0.02))


def written(folder: Path) -> Path:
    bounds = regret_of(audited())
    record = audit_record(audited(), DRIVERS, bounds, MADE)
    write_audit(audited(), DRIVERS, bounds, record, folder / "a")
    return folder / "a"


def test_the_page_says_what_the_tables_say(tmp_path: Path) -> None:
    folder = written(tmp_path)
    page = Parsed(render(page_of(folder)))
    assert [e.text for e in page.all("h2")] == [
        "What it shows", "How far futures spread", "Who is short",
        "What drives the weighted shortfall", "Which rules break", "Where it comes from",
    ]  # fmt: skip
    assert len(page.all("svg")) == 2 * 3  # wide, and narrow for a phone
    assert not page.all("img")
    short = pd.read_csv(folder / "short.csv", dtype={"year": str}, keep_default_na=False)
    rows = page.table("Probability that a profession is short")[1:]
    titles = decided().instance.professions.set_index("profession")["title"]
    for row in rows:
        own = short[
            (short["kind"] == "profession") & (short["code"].map(titles.to_dict()) == row[0])
        ]
        whole = float(own.loc[own["year"] == "", "probability"].iloc[0])
        assert row[1].rstrip(" %").lstrip("<>") == f"{100 * whole:.1f}" or whole in (0, 1)
    totals = pd.read_csv(folder / "totals.csv", keep_default_na=False)
    last = totals[totals["profession"] == ""].iloc[-1]
    text = " ".join(e.text for e in page.all("figcaption")) + render(page_of(folder))
    assert f"short of {last['shortfall_p50']:,.0f} FTE" in text.replace("\N{NO-BREAK SPACE}", " ")


def _first(names: str) -> str:
    return str(next(iter(audit_record(audited(), None, None, MADE)[names])))


def test_later_years_and_robust_places_have_sections(tmp_path: Path) -> None:
    names = ("draw-0001", "draw-0002")
    values = [np.array(each) for each in ([0.5, 0.5], [90.0, 110.0], [70.0, 80.0], [71.0, 82.0])]
    anew = Redecided(1, names, *values)
    table = pd.DataFrame(
        {"line": ["a", "b", "c"], "profession": _first("professions"),
         "region": _first("regions"), "year": 2026, "amount": 5.0, "least": 0.0, "most": 9.0,
         "robust": [True, False, False], "hangs_on": ["", HOSTILE[0], ""]}
    )  # fmt: skip
    places = Steadiness(table, 11, 0)
    record = audit_record(audited(), None, None, MADE, redecided=anew, places=places)
    folder = tmp_path / "a"
    write_audit(audited(), None, None, record, folder, redecided=anew, places=places)
    page = Parsed(render(page_of(folder)))
    said = " ".join(read_audit(folder).said)
    assert "76.5" in said
    assert page.table("The weighted shortfall in 2 futures")[1][1] == "100"
    rows = page.table("Decisions by what they hang on")[1:]
    assert [row[1] for row in rows] == ["1", "1", "1"]
    assert (
        page.table("Fragile: what moves with one row of the file alone, the widest first")[1][0]
        == "b"
    )
    assert page.table("Robust: what stays within a step in all futures tried")[1][0] == "a"
    assert pd.read_csv(folder / "redecided.csv")["high"].tolist() == [71.0, 82.0]
    assert pd.read_csv(folder / "robust.csv")["line"].tolist() == ["a", "b", "c"]
    for old, new in (('"robust": 1', '"robust": "x"'), ('"years": 1', '"years": -1')):
        text = (folder / "audit.json").read_text("utf-8")
        assert old in text
        (folder / "audit.json").write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError):
            page_of(folder)
        (folder / "audit.json").write_text(text, encoding="utf-8")


def steady(folder: Path) -> tuple[Path, pd.DataFrame]:
    """An audit with 23 decisions that hang on a row, two that are robust and two that are not."""
    record = audit_record(audited(), None, None, MADE)
    professions, regions = [*record["professions"]], [*record["regions"]]
    hangs = ["demand", "leavers"] * 11 + ["demand"] + [""] * 4
    n = len(hangs)
    table = pd.DataFrame(
        {"line": [f"line {i}" for i in range(n)],
         "profession": [professions[i % len(professions)] for i in range(n)],
         "region": [regions[i % len(regions)] for i in range(n)],
         "year": [2026 + i % 2 for i in range(n)], "amount": [10.0 + i for i in range(n)],
         "least": 5.0, "most": [15.0 + 7 * i % 40 for i in range(n)],
         "robust": [False] * (n - 2) + [True] * 2, "hangs_on": hangs}
    )  # fmt: skip
    places = Steadiness(table, 11, 0)
    record = audit_record(audited(), None, None, MADE, places=places)
    write_audit(audited(), None, None, record, folder / "a", places=places)
    return folder / "a", table


def test_the_page_names_the_decisions_that_move_furthest_and_the_largest_robust(
    tmp_path: Path,
) -> None:
    folder, table = steady(tmp_path)
    record = json.loads((folder / "audit.json").read_text("utf-8"))
    page = Parsed(render(page_of(folder)))
    rows = page.table("Fragile: what moves with one row")[1:]
    own = table[table["hangs_on"] != ""].set_index("line")
    assert len(rows) == 20
    widths = [own["most"][row[0]] - own["least"][row[0]] for row in rows]
    assert widths == sorted(own["most"] - own["least"], reverse=True)[:20]
    for line, profession, region, year, amount, least, most, hangs in rows:
        of = own.loc[line]
        assert profession == record["professions"][of["profession"]]
        assert region == record["regions"][of["region"]]
        assert year.startswith(str(of["year"]))
        assert [float(each) for each in (amount, least, most)] == [*of[["amount", "least", "most"]]]
        assert hangs == of["hangs_on"]
    assert "3 more decisions in robust.csv" in render(page_of(folder))
    robust = page.table("Robust: what stays within a step")[1:]
    assert [row[0] for row in robust] == ["line 26", "line 25"]


@pytest.mark.parametrize(
    ("old", "new"),
    [(",True,", ",False,"), (",demand", ",leavers"), ("line,", "lines,"), (",2026,", ",x,")],
)
def test_decisions_that_are_not_those_of_the_audit_are_refused(
    tmp_path: Path, old: str, new: str
) -> None:
    folder, _ = steady(tmp_path)
    text = (folder / "robust.csv").read_text("utf-8")
    assert old in text
    (folder / "robust.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError):
        page_of(folder)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    view = read_audit(written(tmp_path))
    pd.testing.assert_frame_equal(
        view.totals.astype({"year": int}), audited().totals.astype({"year": int}),
        check_dtype=False,
    )  # fmt: skip
    assert any("upper bounds" in said for said in view.said)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("audit.json", '"format": 2', '"format": "one"'),
        ("audit.json", '"format": 2,', ""),
        ("audit.json", '"rule": "budgets"', '"rule": "luck"'),
        ("audit.json", '"years": [', '"years": ["x",'),
        ("audit.json", "{", "["),
        ("totals.csv", "shortfall_p95", "shortfall_p99"),
        ("totals.csv", ",2026,", ",2026,x"),
        ("short.csv", "profession,", "nobody,"),
        ("short.csv", "kind,code", "code,kind"),
    ],
)
def test_what_no_audit_wrote_is_refused(file: str, old: str, new: str, tmp_path: Path) -> None:
    folder = written(tmp_path)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((InputError, UsageError)):
        page_of(folder)


def test_a_missing_table_is_named(tmp_path: Path, run: Run) -> None:
    folder = written(tmp_path)
    (folder / "totals.csv").unlink()
    ran = run("report", folder, "--out", tmp_path / "p.html")
    assert ran.code == 1
    assert "totals.csv" in ran.err
    shutil.rmtree(folder)
    assert "audit (audit.json)" in " ".join(run("report", tmp_path, "--out", "p.html").err.split())


def test_records_are_plain_json(tmp_path: Path) -> None:
    record = json.loads((written(tmp_path) / "audit.json").read_text("utf-8"))
    assert record["regret"]["share_of_mean"] >= 0
    assert record["professions"].keys() == set(decided().instance.professions["profession"])
