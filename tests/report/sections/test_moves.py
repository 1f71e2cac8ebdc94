"""Why places moved: every sentence is held to the plan's own files."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.why.course import why_course
from commission_opt.files.shipped import find_instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import Facts
from commission_opt.report.sections.moves import moves, of_line
from commission_opt.solvers.status import Limits
from promised import FLOOR, MODEL, two_by_two
from report_pages import facts_of, rows
from samples import model, sample

MOVED = re.compile(r"(.+) (rises|falls) from ([\d,]+|none) to ([\d,]+ places|none) \(")
MISSING = re.compile(
    r"in (\S+), ([\d,.]+) of the ([\d,.]+) FTE needed would be missing without new places, "
    r"([\d,.]+) with last year's places repeated and ([\d,.]+) with the plan\.$"
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moved") / "plan"
    found = allocate(
        sample(4, 3, 1, 1).instance, parse_policy(model(1).encode()), Limits(seconds=20.0)
    )
    write_plan(found, folder)
    return folder


@pytest.fixture(scope="module")
def facts(plan: Path) -> Facts:
    return facts_of(plan)


def number(text: str) -> float:
    return 0.0 if text == "none" else float(text.removesuffix(" places").replace(",", ""))


def test_every_profession_that_moved_has_its_sentence(plan: Path, facts: Facts) -> None:
    now, last = defaultdict[str, float](float), defaultdict[str, float](float)
    for line in rows(plan / "allocation.csv"):
        now[line["profession"]] += float(line["places"])
        last[line["profession"]] += float(line["last_intake"])
    names = facts.names.professions
    expected = {names[code]: (last[code], now[code]) for code in now if now[code] != last[code]}
    section = moves(facts)
    assert section is not None
    found = {}
    for text in section.points:
        match = MOVED.match(text)
        assert match, text
        found[match[1]] = number(match[3]), number(match[4])
        assert (match[2] == "rises") == (found[match[1]][1] > found[match[1]][0])
    assert found == expected
    change = [b - a for a, b in found.values()]
    assert change == [
        *sorted(c for c in change if c < 0),
        *sorted(c for c in change if c > 0)[::-1],
    ]


def test_how_many_courses_moved_is_what_the_plan_says(plan: Path, facts: Facts) -> None:
    courses = defaultdict[str, list[float]](list)
    for line in rows(plan / "allocation.csv"):
        if int(line["year"]) == facts.years[0]:
            more = float(line["places"]) - float(line["last_intake"])
            courses[facts.names.professions[line["profession"]]].append(more)
    section, seen = moves(facts), set()
    assert section is not None
    for text in section.points:
        name, way = re.split(r" (rises|falls) ", text)[:2]
        moved = sum((more > 0) if way == "rises" else (more < 0) for more in courses[name])
        many = len(courses[name])
        said = f": {moved} of its {many} courses ha"
        if moved == many:
            said = {1: ": its only course has", 2: ": both of its courses have"}.get(
                many, f": all of its {many} courses have"
            )
        assert said in text
        seen.add(moved == many)
    assert seen == {True, False}


def test_who_is_missing_is_what_the_supply_table_says(plan: Path, facts: Facts) -> None:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for line in rows(plan / "supply.csv"):
        if int(line["year"]) == facts.years[-1]:
            demand = float(line["demand"])
            for i, there in enumerate((0.0, float(line["supply_base"]), float(line["supply"]))):
                sums[line["profession"]][i] += max(0.0, demand - there)
    section, names = moves(facts), {v: k for k, v in facts.names.professions.items()}
    assert section is not None
    tested = 0
    for text in section.points:
        if not (match := MISSING.search(text)):
            continue
        needed, without, with_plan = sums[names[text.split(" rises")[0].split(" falls")[0]]]
        assert int(match[1][:4]) == facts.years[-1]
        near = 0.5 + 1e-6
        assert number(match[2]) == pytest.approx(without, abs=near)
        assert number(match[3]) == pytest.approx(needed, abs=near)
        assert number(match[5]) == pytest.approx(with_plan, abs=near)
        tested += 1
    assert tested


def test_a_course_is_told_what_explain_says_of_it(plan: Path, facts: Facts) -> None:
    """The prices of a page are those of ``explain --why-course``, worked out on another way."""
    courses, tested = facts.instance.courses, 0
    for line, code in enumerate(courses["course"].tolist()):
        if facts.outcome.places[line, 0] in (0.0, courses["last_intake"].iloc[line]):
            continue
        text = of_line(facts, line)
        asked = why_course(read_plan(plan), code)
        match = re.search(
            r"would bring ([\d.,]+) (?:weighted )?FTE-years and take", " ".join(asked.sentences)
        )
        said = re.search(r"would bring ([\d.,]+) weighted FTE-years", text)
        assert match, asked.sentences
        assert said, text
        assert said[1] == match[1]
        stands = asked.frame("years")["stands"].iloc[0]
        for phrase in ("most that the pace of change", "least that the pace of change"):
            assert (phrase in stands) == (phrase in text)
        assert ("its capacity" in text) == ("full: capacity" in stands)
        tested += 1
    assert tested > 3


def test_the_readme_case_is_told_by_its_paper_figures(tmp_path: Path) -> None:
    write_plan(
        allocate(read_instance(find_instance("two-by-two")), read_policy(MODEL)), tmp_path / "a"
    )
    section = moves(facts_of(tmp_path / "a"))
    assert section is not None
    (text,) = section.points
    assert text.startswith("Nursing falls from 40 to 35 places (−12.5 %): 1 of its 2 courses")
    assert "one more place would bring 3.04 weighted FTE-years, as much as it would take" in text
    assert "through the fund “tuition”" in text


def test_a_commitment_that_asks_for_places_is_named(tmp_path: Path) -> None:
    write_plan(allocate(two_by_two(FLOOR), read_policy(MODEL).relaxed()), tmp_path / "a")
    facts = facts_of(tmp_path / "a")
    south = facts.instance.courses["course"].tolist().index("nurse-south")
    assert "the commitment “floor” asks for them" in of_line(facts, south)
