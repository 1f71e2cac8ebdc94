"""Pages: of a plan, of a frontier, and of whatever a folder holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from commission_opt.errors import CertificateError, UsageError
from commission_opt.explain.answer import Answer, Answers
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.explain.margins.margins import margins
from commission_opt.formulation.goals import weighs
from commission_opt.frontier.view import is_frontier, read_frontier
from commission_opt.plan.read import StoredPlan, for_one_future, is_plan, read_plan
from commission_opt.plan.verify import verify
from commission_opt.report.audit_page import audit_page
from commission_opt.report.facts import Facts, read_facts
from commission_opt.report.page import Page
from commission_opt.report.paper import Paper
from commission_opt.report.section import Section
from commission_opt.report.sections.commitments import commitments
from commission_opt.report.sections.decision import decision, headline
from commission_opt.report.sections.deployment import deployment
from commission_opt.report.sections.fairness import fairness
from commission_opt.report.sections.floors import floors
from commission_opt.report.sections.freedom import freedom, freedom_of
from commission_opt.report.sections.frontier import curve, findings, million, whole
from commission_opt.report.sections.futures import futures
from commission_opt.report.sections.glossary import glossary
from commission_opt.report.sections.limits import limits
from commission_opt.report.sections.measures import measures
from commission_opt.report.sections.money import money
from commission_opt.report.sections.moves import moves
from commission_opt.report.sections.pathways import pathways
from commission_opt.report.sections.places import places
from commission_opt.report.sections.places_in_figures import places_in_figures
from commission_opt.report.sections.posts import posts
from commission_opt.report.sections.proof import proof, status_words
from commission_opt.report.sections.provenance import (
    assumptions,
    came_from,
    options_and_versions,
    provenance,
)
from commission_opt.report.sections.shortfall import shortfall
from commission_opt.report.sections.weights import explained
from commission_opt.report.sections.worth import worth
from commission_opt.report.sweep_page import sweep_page
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.store import exists as is_sweep
from commission_opt.uncertainty.audit.view import is_audit
from commission_opt.views import words
from commission_opt.views.weighing import titled

MEASURE = "objective"
_AS_GIVEN = (
    "All that is said here is of the instance as given. More than one future, above, says how the "
    "plan fares in its scenarios."
)
_FIRST: tuple[Callable[[Facts], Section | None], ...] = (
    moves, places, futures, measures, pathways, shortfall, deployment, floors, posts, money,
)  # fmt: skip


def page_of(
    folder: Path | str,
    measure: str = MEASURE,
    watch: Watch | None = None,
    *,
    explained: bool = False,
    freely: bool = False,
    paper: Paper | None = None,
) -> Page:
    """Return what a folder holds as a page.

    Parameters
    ----------
    folder : path
        Of a plan, a sweep, a frontier or an audit.
    measure : str
        Of a sweep: what its charts show.
    watch : Watch, optional
        Told of progress; can stop the work.
    explained : bool
        Of a plan: whether what more would be worth, and what commitments cost, is worked out too.
    freely : bool
        Of a plan: whether how far places may move is worked out too; takes up to a minute.
    paper : Paper, optional
        Of a plan: what its author says of the paper.

    Raises
    ------
    UsageError
        If the folder is none of these, or of another format, or is no plan and has an author.
    InputError
        If the record of a frontier or of an audit cannot be read.
    CertificateError
        If the plan is not what it says.
    """
    if is_plan(folder):
        plan = read_plan(folder)
        if explained:
            for_one_future(plan, "report --explain")
        if freely:
            for_one_future(plan, "report --with-room")
        facts = _holding(plan)
        answers = _answers(plan, watch or Watch()) if explained else ()
        room = freedom_of(plan, watch or Watch()) if freely else None
        return plan_page(facts, *answers, room=room, paper=paper)
    swept, audited = is_sweep(Path(folder)), is_audit(folder)
    if not (swept or audited or is_frontier(folder)):
        raise UsageError(
            f"{folder} is neither a plan (it has no plan.json) nor a sweep (sweep.sqlite) nor a "
            "frontier (frontier.json) nor an audit (audit.json)"
        )
    if explained:
        raise UsageError("--explain goes with a plan")
    if freely:
        raise UsageError("--with-room goes with a plan")
    if paper is not None and paper.given:
        raise UsageError("a title, an author and what else is said of a paper go with a plan")
    if audited:
        return audit_page(Path(folder))
    return sweep_page(Path(folder), measure) if swept else frontier_page(Path(folder))


def facts_of(folder: Path | str) -> Facts:
    """Return what a plan says, once it is verified.

    Raises
    ------
    UsageError
        If the folder is none of a plan, or of another format.
    CertificateError
        If the plan is not what it says.
    """
    if not is_plan(folder):
        raise UsageError(f"{folder} is no plan (it has no plan.json)")
    return _holding(read_plan(folder))


def _holding(plan: StoredPlan) -> Facts:
    found = verify(plan)
    if not found.holds:
        raise CertificateError(
            f"the plan in {plan.folder} does not hold, so no report was written; "
            "commission-opt verify says more",
            found.problems,
        )
    return read_facts(found)


def _answers(plan: StoredPlan, watch: Watch) -> tuple[Answer, Answer | None]:
    """Ask what more would be worth, and what commitments cost if there are any."""
    worth = margins(plan, Limits(), watch)
    if not len(plan.instance.commitments):
        return worth, None
    return worth, ledger(plan, Limits(), watch, relaxed_only=True)


def plan_page(
    facts: Facts,
    margins: Answer | None = None,
    ledger: Answer | None = None,
    *,
    room: Answers | None = None,
    paper: Paper | None = None,
) -> Page:
    """Return the page of a plan, with what more would be worth and what commitments cost.

    ``room`` says how far places may move. What only its author can say comes from ``paper``.
    """
    several = weighs(facts.found.plan.problem)
    paper = paper or Paper()
    front = (
        decision(facts, paper),
        *(_given(facts, section) for section in _FIRST if section is not measures or facts.units),
        None if room is None else freedom(facts, room),
        _given(facts, fairness),
        commitments(facts, ledger),
        assumptions(facts),
        glossary(facts),
    )
    annex = (
        places_in_figures(facts),
        None if several else limits(facts, priced=margins is None),
        None if margins is None else worth(facts, margins),
        proof(facts),
        provenance(facts),
    )
    sections = (*front, *(replace(s, annex=True) for s in annex if s is not None))
    model = words.clean(facts.policy.title or facts.policy.name)
    years = facts.commissioned_years
    title = words.clean(facts.instance.title) or words.clean(facts.instance.name)
    subtitle = (
        f"{facts.bought.capitalize()} for {words.span(years[0], years[-1])}, "
        f"commissioning model “{model}”, looked ahead to {words.year(facts.years[-1])}"
    )
    return Page(
        title=paper.title or title,
        kind="Plan of training places" + " and other measures" * facts.units,
        subtitle=f"{title}. {subtitle}" if paper.title else subtitle,
        sections=tuple(explained(facts, section) for section in sections if section is not None),
        headline=headline(facts),
        choices={"profession": facts.professions, "region": facts.regions},
        about=paper.about(status_words(facts)),
    )


def _given(facts: Facts, make: Callable[[Facts], Section | None]) -> Section | None:
    """Make a section; where other futures are weighed say of those on the world as given so."""
    section, problem = make(facts), facts.found.plan.problem
    if section is None or make in (futures, places) or not weighs(problem):
        return section
    title = titled(problem, section.title)
    return replace(section, title=title, sentences=(_AS_GIVEN, *section.sentences))


def frontier_page(folder: Path) -> Page:
    """Return the page of a frontier; a UsageError or InputError says that it cannot be read."""
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
