"""Plans made for tests of reports, and their pages taken apart."""

import csv
import json
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.frontier.curve import trace_frontier
from commission_opt.frontier.over import BUDGET
from commission_opt.frontier.write import write_curve
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import Facts, read_facts
from commission_opt.report.options.asked import Options, Recommendation, Wanted
from commission_opt.report.options.made import options_of
from commission_opt.report.options.page import options_page
from commission_opt.report.page import Page, render
from commission_opt.report.pages import plan_page
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import Scenario, Setting
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.run import plan_sweep, work_out
from samples import model
from small_sweeps import here

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{7*7}}{% raw %}",
    "=cmd|' /C calc'!A0",
    "abc\u202egnp.exe",
    "$\\frac{1}{0",
    "</style></title></svg><a href=javascript:alert(3)>",
    "&lt;b&gt; &amp; ]]>",
)
_VOID = {"meta", "img", "br", "link", "input"}


def make_plan(
    folder: Path, instance: Tiny | None = None, text: str = "", *, command: str = ""
) -> Path:
    """Solve the tiny instance, or a changed one, and return the folder of its plan."""
    source = (instance or Tiny()).write(folder / "instance")
    policy = parse_policy((text or model(years=2)).encode())
    write_plan(allocate(read_instance(source), policy), folder / "plan", command=command)
    return folder / "plan"


def scarce(*, tuition: int = 2_000_000) -> Tiny:
    """The tiny instance, short of money in its first year."""
    tiny = Tiny()
    budgets = tiny.tables["budgets"]
    budgets[:] = [line for line in budgets if line["region"] == "*"]
    budgets[0]["amount"] = str(tuition)
    return tiny


def hostile() -> Tiny:
    """The tiny instance with text everywhere that tries to be more than text."""
    tiny = Tiny()
    script, image, braces, formula, override, dollar, closing, entity = HOSTILE
    tiny.settings |= {"title": script, "description": f"{image}\n{closing}", "price_base": braces}
    for line, text in enumerate((image, braces, override), start=2):
        tiny.cell("professions", line, "title", _quoted(text))
    for line, text in enumerate((script, formula, dollar, closing), start=2):
        tiny.cell("regions", line, "title", _quoted(text))
    for line, text in enumerate((script, entity, image, override), start=2):
        tiny.cell("courses", line, "provider", _quoted(text))
    tiny.cell("commitments", 3, "provider", _quoted(entity))
    for column, text in (("value", entity), ("source", closing), ("owner", image)):
        tiny.cell("assumptions", 2, column, _quoted(text))
    tiny.cell("assumptions", 2, "quality", "red")
    return tiny


def frontier_of_hostile(folder: Path) -> Path:
    """A frontier of the instance with hostile texts, its funds and command hostile as well."""
    instance = read_instance(hostile().write(folder / "hostile"))
    policy = parse_policy(model(years=1).encode())
    limits = Limits(20.0)
    curve = trace_frontier(instance, policy, BUDGET.name, scales=(0.9, 1.1), limits=limits)
    write_curve(curve, (), limits, 0.001, folder / "frontier", command=HOSTILE[0])
    file = folder / "frontier" / "frontier.json"
    record = json.loads(file.read_text("utf-8"))
    record["funds"] = list(HOSTILE)
    record["model"], record["description"] = HOSTILE[4], "\n\n".join(HOSTILE)
    file.write_text(json.dumps(record), encoding="utf-8")
    return folder / "frontier"


def options_of_hostile(folder: Path) -> Page:
    """The page of options of the instance with hostile texts, all that is said of them hostile."""
    plan, names = make_plan(folder, hostile()), (HOSTILE[0], HOSTILE[1], HOSTILE[4])
    asked = Options(
        HOSTILE[0],
        tuple(Wanted(name, plan) for name in names),
        Recommendation(names[1], HOSTILE[3], HOSTILE[1], HOSTILE[6], HOSTILE, HOSTILE),
    )
    return options_page(asked, options_of(asked, folder / "made", Watch()))


def sweep_of_hostile(folder: Path) -> Path:
    """A sweep of the instance with hostile texts; axes and storylines are hostile as well."""
    axes = [
        parse_axis("demand*=0.9,1,1.1", HOSTILE[0]),
        parse_axis("budget*=0.9,1,1.1", HOSTILE[5]),
        parse_axis("leavers*=1,1.1", HOSTILE[6]),
    ]
    story = Scenario(HOSTILE[0], (Setting(parse_axis("leavers*=1.2"), 1.2),))
    sweep = plan_sweep(
        read_instance(hostile().write(folder / "hostile")),
        parse_policy(model(years=1).encode()),
        [*scenarios("grid", axes), story],
        Limits(20.0),
        relaxed=True,
        chunk=20,
    )
    kept = [{"name": a.name, "target": a.target, "values": a.values} for a in axes]
    about = {
        "title": HOSTILE[1], "command": HOSTILE[2], "design": "grid", "samples": "null",
        "axes": json.dumps(kept), "storylines": json.dumps({HOSTILE[0]: HOSTILE[7]}),
    }  # fmt: skip
    work_out(replace(sweep, about={**sweep.about, **about}), folder / "sweep", here)
    return folder / "sweep"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def facts_of(plan: Path) -> Facts:
    """The facts of a plan that holds."""
    found = verify(read_plan(plan))
    assert found.holds, found.problems
    return read_facts(found)


def page_of(plan: Path) -> str:
    """The page of a plan."""
    return render(plan_page(facts_of(plan)))


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a table of a plan."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass
class Element:
    """An element of a page with all text in it."""

    tag: str
    attributes: dict[str, str | None]
    parents: tuple[str, ...]
    text: str = ""
    cells: list[list[str]] = field(default_factory=list)


class Parsed(HTMLParser):
    """A page as a browser would read it, or near enough."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), tuple(e.tag for e in self._open))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), tuple(e.tag for e in self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        closed = self._open.pop()
        table = next((e for e in reversed(self._open) if e.tag == "table"), None)
        if table is not None and tag == "tr":
            table.cells.append([])
        if table is not None and tag in ("td", "th"):
            table.cells[-1:] = [[*(table.cells[-1] if table.cells else []), closed.text]]

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data.replace("\N{NO-BREAK SPACE}", " ")

    def all(self, tag: str) -> list[Element]:
        """Every element of a tag."""
        return [e for e in self.elements if e.tag == tag]

    def table(self, caption: str) -> list[list[str]]:
        """The rows of the table with this caption, the heading first."""
        found = [t for t in self.all("table") if t.text.strip().startswith(caption)]
        assert len(found) == 1, f"{len(found)} tables are called {caption!r}"
        return [row for row in found[0].cells if row]
