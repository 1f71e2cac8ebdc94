"""Where a plan comes from: inputs, model, program, hashes, and assumptions rated red."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from commission_opt.explain.answer import AnswerTable
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.report.sections.shortfall import later
from commission_opt.views import words
from commission_opt.views.later import not_whole

_COLUMNS = (
    ("assumption", "assumption"), ("about", "table and column"), ("value", "value"),
    ("source", "where it comes from"), ("owner", "owner"),
)  # fmt: skip


def assumptions(facts: Facts) -> Section:
    """Return the section."""
    table = facts.instance.tables["assumptions"]
    frame = pd.DataFrame({name: table[name].fillna("").astype(str) for name in table.columns})
    frame["about"] = frame["table"] + " " + frame["column"]
    bad, strong = frame["quality"] == "red", frame["impact"] == "red"
    both = int((bad & strong).sum())
    said = (
        f"The instance lists {words.plural(len(frame), 'assumption')}. "
        f"{both:,} {words.agreed(both, 'is', 'are')} rated red for both the quality "
        "of the evidence and the effect on the plan, "
        f"{int((bad & ~strong).sum())} for quality only, {int((strong & ~bad).sum())} for "
        "effect only. They are ratings of whoever made the instance.",
    )
    return Section(
        "assumptions",
        "Assumptions rated red",
        said,
        (
            _listed("red", "Red for both: weak evidence, strong effect", frame[bad & strong]),
            _listed("quality", "Red for quality only", frame[bad & ~strong]),
            _listed("impact", "Red for effect only", frame[strong & ~bad]),
        ),
    )


def _listed(name: str, title: str, frame: pd.DataFrame) -> Exhibit:
    columns = ((key, heading, frame[key].tolist()) for key, heading in _COLUMNS)
    return Exhibit(tabled(name, title, columns), folded=name != "red")


def provenance(facts: Facts) -> Section:
    """Return the section."""
    record, instance = facts.found.plan.record, facts.instance
    made = [
        ("instance", instance.name),
        ("prices", instance.price_base),
        ("commissioning model", f"{facts.policy.name}: {facts.policy.title}"),
        ("command", str(record.get("command", ""))),
        *options_and_versions(record),
    ]
    hashes = record["hashes"]
    prints = [
        *((f"instance/{name}", value) for name, value in sorted(hashes["inputs"].items())),
        ("model.toml", hashes["model"]),
        *sorted(hashes.get("outputs", {}).items()),
        ("the program", hashes.get("code", "")),
    ]
    return came_from(
        instance.description,
        ("rules", "Rules of the commissioning model", rules(facts)),
        ("made", "How the plan was made, as it says itself", made),
        ("sources", "Sources that the instance names", sources(instance.files)),
        ("hashes", "SHA-256 of every file", prints),
    )


def came_from(description: str, *tables: tuple[str, str, Iterable[tuple[str, str]]]) -> Section:
    """Return the section of a description, and tables of names and what they are by their titles.

    Hashes open on demand only.
    """
    said = (words.clean(part) for part in description.strip().split("\n\n") if part.strip())
    exhibits = (Exhibit(pairs(*table), folded=table[0] == "hashes") for table in tables)
    return Section("provenance", "Where it comes from", tuple(said), tuple(exhibits))


def options_and_versions(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the options and versions that a record names."""
    return [
        (f"{what} {name}", _text(value))
        for what, key in (("option", "options"), ("version of", "versions"))
        for name, value in record[key].items()
    ]


def pairs(name: str, title: str, rows: Iterable[tuple[str, str]]) -> AnswerTable:
    """Return names and what they are as a table."""
    found = [(str(key), str(what)) for key, what in rows]
    columns = ((key, key, [row[k] for row in found]) for k, key in enumerate(("name", "what")))
    return tabled(name, title, columns)


def sources(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return the sources that ``instance.toml`` names."""
    settings = tomllib.loads(files["instance.toml"].decode("utf-8-sig"))
    return [(str(name), _text(value)) for name, value in settings.get("sources", {}).items()]


def rules(facts: Facts) -> list[tuple[str, str]]:
    """Say what a commissioning model asks for; rules on what the instance lacks are left out."""
    policy, units, tables = facts.policy, facts.units, facts.instance.tables
    goals = words.joined([OBJECTIVES[each.minimise].title for each in policy.objectives])
    return [
        ("years commissioned", str(policy.commissioning_years)),
        ("made least, in this order", goals),
        ("discount rate", words.percent(policy.discount_rate)),
        (words.bought(units), _whole(facts)),
        ("after the years commissioned", later(policy, units=units)),
        *(
            (rule.title, rule.words(policy))
            for rule in RULES.values()
            if not rule.table or len(tables[rule.table])
        ),
    ]


def _whole(facts: Facts) -> str:
    if not facts.policy.integer:
        return "in fractions"
    return " ".join(filter(None, ["whole", not_whole(facts.found.plan.problem)]))


def _text(value: Any) -> str:
    return words.NOTHING if value is None else str(value)
