"""A frontier as a page: what it shows, the curve, what £1m more buys, plans in whole places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commission_opt.frontier.read import read_frontier
from commission_opt.report.page import Page
from commission_opt.report.section import Section
from commission_opt.report.sections.frontier import curve, findings, million, whole
from commission_opt.report.sections.provenance import came_from, options_and_versions
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
        *options_and_versions(record),
    ]
    prints = [
        *((f"instance/{name}", value) for name, value in sorted(hashes["inputs"].items())),
        ("model", hashes["model"]),
        ("the program", hashes["code"]),
    ]
    return came_from(
        str(record["description"]),
        ("made", "How the frontier was made", made),
        ("hashes", "SHA-256 of what went in", prints),
    )
