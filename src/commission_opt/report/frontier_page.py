"""A frontier as a page: what it shows, the curve, what £1m more buys, plans in whole places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commission_opt.frontier.read import read_frontier
from commission_opt.report.page import Page
from commission_opt.report.section import Exhibit, Section
from commission_opt.report.sections.frontier import curve, findings, million, whole
from commission_opt.report.sections.provenance import described, pairs
from commission_opt.views import words


def frontier_page(folder: Path) -> Page:
    """Return the page of a frontier.

    Raises
    ------
    UsageError
        If it is of another format.
    InputError
        If its record cannot be read.
    """
    view = read_frontier(folder)
    record = view.record
    sections = (findings(view), curve(view), million(view), whole(view), _provenance(record))
    first, last = record["years"]
    return Page(
        title=words.clean(view.title),
        kind="Frontier",
        subtitle=f"The least {view.words} against the {view.over.what}, "
        f"{words.year(first)} to {words.year(last)}, commissioning model “{record['model']}”",
        sections=tuple(section for section in sections if section is not None),
    )


def _provenance(record: Mapping[str, Any]) -> Section:
    hashes = record["hashes"]
    made = [
        ("instance", record["instance"]),
        ("prices", record["price_base"]),
        ("commissioning model", record["model"]),
        ("command", record["command"]),
        ("points solved", str(record["solves"])),
        ("distance asked for", words.ceil_percent(record["guarantee"]["asked"])),
        *((f"option {name}", str(value)) for name, value in record["options"].items()),
        *((f"version of {name}", str(value)) for name, value in record["versions"].items()),
    ]
    prints = [
        *((f"instance/{name}", value) for name, value in sorted(hashes["inputs"].items())),
        ("model", hashes["model"]),
        ("the program", hashes["code"]),
    ]
    return Section(
        "provenance",
        "Where it comes from",
        described(str(record["description"])),
        (
            Exhibit(pairs("made", "How the frontier was made", made)),
            Exhibit(pairs("hashes", "SHA-256 of what went in", prints), folded=True),
        ),
    )
