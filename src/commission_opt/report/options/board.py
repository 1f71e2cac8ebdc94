"""What is recommended, and how the options compare: the sections that come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from commission_opt.formulation.goals import weighs
from commission_opt.report.charts.options import option_lines
from commission_opt.report.drawing import Chart
from commission_opt.report.options.asked import LAST, NOTHING, Recommendation
from commission_opt.report.options.figures import figures, regional, table
from commission_opt.report.options.made import Option
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.uncertainty.audit.gathered import FTE_YEARS
from commission_opt.views import words

_SAID = {"decision": "Decision asked", "owner": "Owner", "why": "Why"}
_NO_BLOCK = (
    "No recommendation is made here: the options have no [recommendation] with owner, decision, "
    "risks and dates."
)


def recommendation(found: Recommendation | None, options: Sequence[Option]) -> Section:
    """Return what is recommended, in its author's words, and what these leave out."""
    if found is None:
        return Section("recommendation", "What is recommended", (_NO_BLOCK,))
    said = []
    if found.option:
        said.append(f"Recommended: {quoted(found.option)}. {_against_last(found.option, options)}")
    if found.missing:
        said.append(f"Not said in the file: {words.joined(found.missing)}.")
    points = [f"{head}: {value}" for key, head in _SAID.items() if (value := getattr(found, key))]
    points += [f"Risk: {risk}" for risk in found.risks]
    points += [f"Date: {date}" for date in found.dates]
    return Section("recommendation", "What is recommended", tuple(said), points=tuple(points))


def _against_last(name: str, options: Sequence[Option]) -> str:
    """Say what an option comes to, against last year repeated."""
    option = next(each for each in options if each.name == name)
    if name in (NOTHING, LAST):
        return "It is no plan but a comparison, and need not keep the rules."
    return comes_to(option, options)


def comes_to(option: Option, options: Sequence[Option]) -> str:
    """Say what an option spends and leaves missing, against last year repeated."""
    last, facts = options[1], option.facts
    end, first = words.year(facts.years[-1]), words.year(facts.years[0])
    short, before = (float(each.missing[:, :, -1].sum()) for each in (option, last))
    more = float(option.spent[0] - last.spent[0])
    money = "as much as"
    if words.money(abs(more)) != words.money(0.0):
        money = f"{words.money(abs(more))} {'more' if more > 0 else 'less'} than"
    return (
        f"It leaves {words.count(short)} FTE missing in {end}, where last year repeated would "
        f"leave {words.count(before)}, and spends {words.money(float(option.spent[0]))} in "
        f"{first}, {money} that."
    )


def side_by_side(options: Sequence[Option]) -> Section:
    """Return the table of all options, and a sentence for each plan."""
    said = tuple(
        f"{quoted(each.name)}: {_lower(comes_to(each, options))}"
        for each in options
        if each.is_plan
    )
    note = "Two comparisons always stand beside the plans: no new places, and last year repeated."
    exhibits = (Exhibit(table(options)),)
    return Section("options", "The options", (note, *_differing(options)), exhibits, said)


def quoted(name: str) -> str:
    """Return the name of an option as it stands in sentences."""
    return f"“{name}”"


def _does(option: Option, options: Sequence[Option], several: str, one: str) -> str:
    """Say what a plan does best of several, or what the only one does."""
    if len(options) > 3:
        return f"Of the plans, {quoted(option.name)} {several}"
    return f"{quoted(option.name)} {one}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _differing(options: Sequence[Option]) -> Iterator[str]:
    """Say which plans weigh futures, or rest on figures with which nothing would be another."""
    weighed = [quoted(each.name) for each in options[2:] if weighs(each.facts.found.plan.problem)]
    if weighed:
        yield (
            f"{words.joined(weighed)} {words.agreed(len(weighed), 'weighs', 'weigh')} several "
            "futures; what is said here is of the world as given, for every option."
        )
    first = options[2]
    nothing = options[0]
    other = [
        quoted(each.name)
        for each in options[3:]
        if not (
            np.array_equal(each.facts.futures.nothing.shortfall, nothing.missing)
            and np.array_equal(
                replace(each, outcome=each.facts.futures.nothing).spent, nothing.spent
            )
        )
    ]
    if other:
        rest, its = (
            words.agreed(len(other), "rests", "rest"),
            words.agreed(len(other), "its", "their"),
        )
        yield (
            f"{words.joined(other)} {rest} on other figures than {quoted(first.name)}: with no new "
            f"places {its} own shortfall or money would be another, so that the options are not "
            f"like for like. The two comparisons are those of {quoted(first.name)}."
        )


def over_years(options: Sequence[Option]) -> tuple[Section, Section]:
    """Return the shortfall and the money of every option by year."""
    years = list(options[0].facts.years)
    missing = [(each.name, each.missing.sum(axis=(0, 1))) for each in options]
    end = words.year(years[-1])
    best = min(options[2:], key=lambda each: float(each.missing[:, :, -1].sum()))
    does = _does(best, options, "leaves the fewest missing", "leaves missing")
    said = (
        f"{does} in {end}: {words.count(best.missing[:, :, -1].sum())} FTE. Last year repeated "
        f"would leave {words.count(missing[1][1][-1])}, no new places "
        f"{words.count(missing[0][1][-1])}."
    )
    chart = Chart(
        "options-shortfall", "Shortfall by year, FTE", said, option_lines(years, missing, "FTE")
    )
    columns = [
        ("year", "year", years, words.year),
        *((f"o{i}", name, line, words.count) for i, (name, line) in enumerate(missing)),
    ]
    shown = tabled("shortfall-by-year", "Shortfall by year and option, FTE", columns)
    short = Section(
        "shortfall", "Shortfall by year", (said,), (Exhibit(shown, (chart,), told=True),)
    )
    return short, _money(options, years)


def _money(options: Sequence[Option], years: list[int]) -> Section:
    last = options[1].spent
    more = [(each.name, each.spent - last) for each in options if each.name != LAST]
    dearest = max(options[2:], key=lambda each: float(each.spent.sum()))
    total, span = float((dearest.spent - last).sum()), words.span(years[0], years[-1])
    said = (
        f"{_does(dearest, options, 'spends most', 'spends')} over {span}: "
        f"{words.money(abs(total))} {'less' if total < 0 else 'more'} than last year repeated."
    )
    title = "Money against last year repeated, £m"
    chart = Chart("options-money", title, said, option_lines(years, more[1:], "£m", 1e6, first=2))
    columns = [
        ("year", "year", years, words.year),
        *(
            (f"o{i}", f"{each.name}, £m", each.spent, words.millions)
            for i, each in enumerate(options)
        ),
        *(
            (f"m{i}", f"{name}, £m on last year repeated", line, words.millions)
            for i, (name, line) in enumerate(more)
        ),
    ]
    shown = tabled("money-by-year", "Money by year and option, all funds, £m", columns)
    return Section("money", "Money by year", (said,), (Exhibit(shown, (chart,), told=True),))


def fairness(options: Sequence[Option]) -> Section:
    """Return the share of demand that is missing in each region with each option."""
    facts, shares = options[0].facts, [regional(each) for each in options]
    frame = figures(options)
    best = 2 + int(np.argmin(frame["worst"].to_numpy()[2:]))
    worst = facts.regions[int(np.argmax(shares[best]))]
    least, one = "leaves the shortest region least short", "leaves the shortest region short"
    said = (
        f"{_does(options[best], options, least, one)}: {worst}, "
        f"{words.part(float(shares[best].max()))} of the staff it needs over all years; with last "
        f"year repeated the shortest region misses {words.part(float(frame['worst'].iloc[1]))}."
    )
    columns = [
        ("region", "region", list(facts.regions)),
        *(
            (f"o{i}", each.name, values, words.part)
            for i, (each, values) in enumerate(zip(options, shares, strict=True))
        ),
    ]
    title = "Staff missing over all years, of the staff needed, by region"
    return Section(
        "fairness",
        "Fairness between regions",
        (said,),
        (Exhibit(tabled("fairness", title, columns)),),
    )


def risk(options: Sequence[Option]) -> Section | None:
    """Return how the options fare in the draws of an uncertainty file; None if there is none."""
    if any(each.risk is None for each in options):
        return None
    records = [each.risk for each in options if each.risk is not None]
    of = records[0]["uncertainty"]
    plain = [next(v for v in r["values"] if v["name"] == FTE_YEARS) for r in records]
    means = [float(value["mean"]) for value in plain]
    best = 2 + int(np.argmin(means[2:]))
    does = _does(options[best], options, "leaves the fewest missing", "leaves missing")
    futures = words.plural(int(of["draws"]) + int(of["explicit"]), "future")
    said = (
        f"Every option is put as it is through the same {futures} of “{of['title'] or of['name']}” "
        f"(seed {of['seed']}), as “commission-opt audit” does it.",
        f"{does} on average: {words.count(means[best])} FTE-years, and "
        f"{words.count(plain[best]['worst_tenth'])} in the worst tenth of futures.",
    )
    columns = [
        ("option", "option", [each.name for each in options]),
        *(
            (key, head, [float(value[key]) for value in plain], words.count)
            for key, head in (
                ("as_given", "as given"), ("mean", "on average"), ("p05", "5 % are below"),
                ("p95", "5 % are above"), ("worst_tenth", "mean of the worst tenth"),
            )
        ),
        (
            "breaks", "a rule is broken with a probability of",
            [max((float(b["probability"]) for b in r["rules"]), default=0.0) for r in records],
            words.part,
        ),
    ]  # fmt: skip
    title = "FTE-years missing over the futures"
    return Section("risk", "Risk", said, (Exhibit(tabled("risk", title, columns)),))
