"""An audit as a page: what it found, fans over the years, who is short, what drives it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.formulation.rules import RULES
from commission_opt.report.audit_places import places
from commission_opt.report.charts.fans import driver_bars, fan_pair, fan_panels
from commission_opt.report.drawing import Chart
from commission_opt.report.page import Page
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.report.sections.provenance import came_from
from commission_opt.uncertainty.audit.quantiles import NAMES
from commission_opt.uncertainty.audit.spread import WHAT
from commission_opt.uncertainty.audit.view import AuditView, read_audit
from commission_opt.views import words

_MOST = 12  # professions in a chart


def audit_page(folder: Path) -> Page:
    """Return the page of an audit; a UsageError or InputError says that it cannot be read."""
    view = read_audit(folder)
    record = view.record
    first, last = record["years"]
    sections = (
        Section("decision", "What it shows", points=view.said),
        _fans(view), _short(view), _drivers(view), _rules(view), _later(view),
        places(view), _provenance(view),
    )  # fmt: skip
    return Page(
        title=words.clean(record["title"]),
        kind="Audit of a plan",
        subtitle=f"The plan in {words.plural(_futures(view), 'future')} of "
        f"“{words.clean(record['uncertainty']['name'])}”, {words.span(first, last)}, commissioning "
        f"model “{words.clean(record['model'])}”",
        sections=tuple(section for section in sections if section is not None),
    )


def _futures(view: AuditView) -> int:
    of = view.record["uncertainty"]
    return int(of["draws"]) + int(of["explicit"])


def _years(view: AuditView) -> list[int]:
    first, last = view.record["years"]
    return [*range(first, last + 1)]


def _fan(view: AuditView, profession: str, what: str) -> Floats:
    """Return quantiles by year, shape (Y, 5)."""
    own = view.totals[view.totals["profession"] == profession]
    return np.asarray(own[[f"{what}_{q}" for q in NAMES]].to_numpy(float))


def _fans(view: AuditView) -> Section:
    """Return the section of fans."""
    years = _years(view)
    fans = {what: _fan(view, "", what) for what in WHAT}
    end = {what: fan[-1] for what, fan in fans.items()}
    summary = (
        f"In {words.year(years[-1])} all professions together are short of "
        f"{words.count(end['shortfall'][2])} FTE in the middle of the futures, of "
        f"{words.count(end['shortfall'][0])} to {words.count(end['shortfall'][4])} FTE in 9 of 10."
    )
    both = Chart("fans", "All professions together", summary, fan_pair(years, fans))
    shown, relative = _by_profession(view)
    worst, at = shown[0], relative[shown[0]][-1]
    title = "Shortfall by profession, % of the demand in the middle of the futures"
    if len(shown) < len(view.record["professions"]):
        title += f": the {words.plural(len(shown), 'profession')} that miss most"
    names = view.record["professions"]
    panels = [(words.clean(names[code]), {"shortfall": relative[code]}) for code in shown]
    each = Chart(
        "fans-by-profession", title,
        f"{words.clean(names[worst])} misses {words.count(at[2])} % in {words.year(years[-1])} in "
        f"the middle of the futures, {words.count(at[0])} % to {words.count(at[4])} % in 9 of 10.",
        fan_panels(years, panels, " %"),
    )  # fmt: skip
    headings = [
        (f"{what}_{q}", f"{what}, {label}")
        for what in WHAT
        for q, label in (("p05", "5 %"), ("p50", "median"), ("p95", "95 %"))
    ]
    called = {**names, "": "all professions"}
    columns = (
        ("profession", "profession", [words.clean(called[c]) for c in view.totals["profession"]]),
        ("year", "year", view.totals["year"].astype(int).tolist(), words.year),
        *((name, heading, view.totals[name].tolist(), words.count) for name, heading in headings),
        ("probability_short", "short of anything", view.totals["probability_short"].tolist(),
         words.part),
    )  # fmt: skip
    note = "FTE, all regions together. Quantiles of sums are no sums of quantiles."
    table = tabled("totals", "Demand, supply and shortfall by year", columns, note=note)
    return Section("fans", "How far futures spread", (), (Exhibit(table, (both, each)),))


def _by_profession(view: AuditView) -> tuple[list[str], Mapping[str, Floats]]:
    """Return the professions that miss most, and their shortfall in % of the median demand."""
    relative = {}
    for code in view.record["professions"]:
        demand = _fan(view, code, "demand")[:, 2:3]
        short = _fan(view, code, "shortfall")
        relative[code] = 100 * np.divide(short, demand, out=np.zeros_like(short), where=demand > 0)
    order = sorted(relative, key=lambda code: -relative[code][:, 2].mean())
    return order[:_MOST], relative


def _short(view: AuditView) -> Section:
    """Return the section of who is short by more than a share."""
    record, last = view.record, str(view.record["years"][1])
    said = (
        f"A profession or region counts as short where more than {words.percent(record['short'])} "
        "of its demand is missing, in a year or over the horizon.",
    )
    exhibits = []
    for kind, names in (("profession", record["professions"]), ("region", record["regions"])):
        own = view.short[view.short["kind"] == kind]
        wide = own.set_index(["code", "year"])["probability"]
        of = wide.groupby("code", sort=False)
        whole, of_last = (wide.xs(year, level="year") for year in ("", last))
        frame = pd.DataFrame({"whole": whole, "last": of_last, "most": of.max()})
        frame = frame.sort_values(["whole", "last"], ascending=False, kind="stable")
        columns = (
            (kind, kind, [words.clean(names[code]) for code in frame.index]),
            ("whole", "over the horizon", frame["whole"].tolist(), words.part),
            ("last", f"in {words.year(last)}", frame["last"].tolist(), words.part),
            ("most", "in its worst year", frame["most"].tolist(), words.part),
        )
        table = tabled(f"short-{kind}", f"Probability that a {kind} is short", columns)
        exhibits.append(Exhibit(table))
    return Section("short", "Who is short", said, tuple(exhibits))


def _drivers(view: AuditView) -> Section | None:
    """Return the section of what drives the first objective."""
    found = view.record["drivers"]
    if not found:
        return None
    frame = pd.DataFrame(found)
    what = words.clean(view.record["values"][0]["title"])
    names = [words.clean(name) for name in frame["uncertain"]]
    ends = frame[["first_conf", "total_conf"]].to_numpy(float).T
    columns = (
        ("uncertain", "what is uncertain", names),
        *((name, heading, frame[name].tolist(), _index) for name, heading in (
            ("first", "alone (first order)"), ("first_conf", "± of it"),
            ("total", "together with others"), ("total_conf", "± of it all"),
        )),
    )  # fmt: skip
    if "knowing" in frame:
        more = (("knowing", "worth of knowing it"), ("knowing_conf", "± of that"))
        columns += tuple((n, heading, frame[n].tolist(), words.count) for n, heading in more)
    summary = f"“{names[0]}” drives the {what} most: {_index(frame['total'].iloc[0])} of it."
    first, total = (frame[name].to_numpy(float) for name in ("first", "total"))
    chart = Chart("drivers", f"What drives the {what}", summary,
                  driver_bars(names, first, total, ends))  # fmt: skip
    said = (
        f"Shares of the variance of the {what}, Sobol indices with 95 % intervals: what would go "
        "if it alone were known, and what would be left if it alone were not.",
    )
    table = tabled("drivers", "Indices", columns)
    return Section("drivers", f"What drives the {what}", said, (Exhibit(table, (chart,)),))


def _index(value: float) -> str:
    return words.signed(f"{value:.2f}")


def _rules(view: AuditView) -> Section | None:
    """Return the section of rules that break."""
    found = view.record["rules"]
    if not found:
        return None
    columns = (
        ("rule", "rule", [RULES[each["rule"]].title for each in found]),
        ("probability", "probability", [each["probability"] for each in found], words.part),
        ("worst", "at worst, of the limit", [each["worst"] for each in found], words.part),
        ("where", "what", [words.clean(each["where"]) for each in found]),
        ("future", "in", [words.clean(each["future"]) for each in found]),
    )
    said = ("What the plan asks for is kept as it is in every future; the limits may move.",)
    table = tabled("rules", "Rules that some futures break", columns)
    return Section("rules", "Which rules break", said, (Exhibit(table),))


def _later(view: AuditView) -> Section | None:
    """Return the section of what later rounds could mend."""
    found, first = view.record.get("redecided"), view.record["values"][0]
    if not found or "fixed" not in found:
        return None
    names = {
        "fixed": "the plan as it is",
        "low": "later years decided anew, at least",
        "high": "later years decided anew, at most",
    }
    measures = (
        ("mean", "mean"), ("p05", "5 %"), ("p50", "median"), ("p95", "95 %"),
        ("worst_tenth", "worst tenth"),
    )  # fmt: skip
    columns = (
        ("what", "what is decided", [*names.values()]),
        *(
            (key, label, [found[name][key] for name in names], words.count)
            for key, label in measures
        ),
    )
    said = (
        f"The first {words.plural(found['years'], 'year')} of the plan stay, and later years are "
        "decided anew in each future by the linear relaxation, which knows all of it: optimistic.",
    )
    tried = words.plural(found["futures"] - found["without"], "future")
    title = f"The {words.clean(first['title'])} in {tried}"
    return Section(
        "later", "What later rounds could mend", said, (Exhibit(tabled("later", title, columns)),)
    )


def _provenance(view: AuditView) -> Section:
    record = view.record
    of, hashes = record["uncertainty"], record["hashes"]
    made = [
        ("instance", record["instance"]),
        ("commissioning model", record["model"]),
        ("uncertainty", f"{of['name']}: {of['title']}"),
        ("draws", f"{of['draws']:,}"),
        ("scenarios written out", f"{of['explicit']:,}"),
        ("seed", str(of["seed"])),
        ("what was evaluated", record["evaluated"]),
        ("command", record["command"]),
        *((f"version of {name}", value) for name, value in record["versions"].items()),
    ]
    prints = [
        *((f"instance/{name}", value) for name, value in sorted(hashes["inputs"].items())),
        ("model.toml", hashes["model"]),
        ("the places of the plan", hashes["places"]),
        ("uncertainty.toml", of["hash"]),
        ("the program", hashes["code"]),
    ]
    return came_from(
        record["description"],
        ("made", "How the audit was made", made),
        ("hashes", "SHA-256 of what went in", prints),
    )
