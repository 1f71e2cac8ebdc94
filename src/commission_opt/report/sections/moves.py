"""Why places moved: where courses stand, what one more would bring and take, who is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from commission_opt.arrays import Bools, Ints
from commission_opt.explain.limits import of_first
from commission_opt.explain.units import unit_of
from commission_opt.explain.why.balances import COMMITMENT, ITSELF, Balances, Counterpart
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.rules import LIMITS
from commission_opt.report.facts import Facts, relative
from commission_opt.report.section import Section
from commission_opt.views import words
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT

_MOST = 5  # professions each way
_MOVED = 0.5  # places that count as moved, of a profession
_ENDS = (  # of which a line is said to stand at the first that it meets, and several at once
    ("its capacity", "full"),
    ("the most that the pace of change allows", "at the most that the pace of change allows"),
    ("the least that the pace of change allows", "at the least that the pace of change allows"),
    ("its smallest cohort", "at their smallest cohort"),
)
_OF_MEASURES = {0: "the most there is", 3: "its smallest amount"}
_READ = (
    "What one more place would bring is what it takes off the {title} by itself; what it would "
    "take from others is what they could take off with the money and the limits that it uses. "
    "Both are worked out at the prices next to the plan, in fractions of places and with the same "
    "courses running{more}."
)
_UNPRICED = (
    "The plan weighs several futures, so that nothing is said of what one more place would bring."
)


def moves(facts: Facts) -> Section | None:
    """Return the section: a sentence for each of the largest cuts and rises of professions."""
    change = facts.places[:, :, 0].sum(axis=1) - facts.last_year.sum(axis=1)
    down = [int(p) for p in np.argsort(change, kind="stable") if change[p] < -_MOVED][:_MOST]
    up = [int(p) for p in np.argsort(-change, kind="stable") if change[p] > _MOVED][:_MOST]
    if not down and not up:
        return None
    said = (
        f"The largest {words.joined([*['cuts'] * bool(down), *['rises'] * bool(up)])} of places "
        f"in {words.year(facts.years[0])}, a sentence each, the largest first.",
        *readings(facts),
    )
    points = tuple(of_profession(facts, p) for p in (*down, *up))
    return Section("why", "Why places moved", said, points=points)


def readings(facts: Facts) -> tuple[str, ...]:
    """Say how the sentences are to be read."""
    if facts.balances is None:
        return (_UNPRICED,)
    policy = facts.balances.problem.policy
    continued = policy.rules.continuation == "repeat"
    read = _READ.format(
        title=first_objective(policy).title,
        more="; what is continued of it counts as well" if continued else "",
    )
    note = of_first(policy)
    return (read, note) if note else (read,)


def of_profession(facts: Facts, p: int) -> str:
    """Say why a profession has more or fewer places in the first year than in the last."""
    courses = facts.instance.courses
    own = np.flatnonzero(courses["p"].to_numpy(int) == p)
    now, last = (of[own] for of in (facts.outcome.places[:, 0], courses["last_intake"].to_numpy()))
    more = now.sum() > last.sum()
    moved = own[(now > last) if more else (now < last)]
    count = f"{len(moved):,} of its {words.plural(len(own), 'course')}"
    if len(moved) == len(own):
        count = (
            "both of its courses"
            if len(own) == 2
            else f"all of its {words.plural(len(own), 'course')}"
        )
    some = f"{count} {words.agreed(len(moved), 'has', 'have')} {'more' if more else 'fewer'}"
    if len(own) == 1:
        some = f"its only course has {'more' if more else 'fewer'}"
    stands = _standing_of(facts, moved)
    here = np.ones(len(facts.regions), dtype=bool)
    clauses = [
        f"{some}{f' ({stands})' if stands else ''}",
        *_balance(facts, moved, "place"),
        *_missing(facts, p, here, ""),
    ]
    name = facts.professions[p]
    return f"{_moved(name, last.sum(), now.sum(), 'place')}: {'; '.join(clauses)}."


def of_line(facts: Facts, line: int) -> str:
    """Say why a course or a measure has more or less in the first year than in the last."""
    row = facts.instance.lines.iloc[line]
    is_course = line < len(facts.instance.courses)
    names, one = (facts.names.courses, "place") if is_course else (facts.names.measures, "unit")
    last, now = float(row["last_amount"]), float(facts.outcome.amounts[line, 0])
    at = _end_words(facts, line)
    moved = _moved(names[row["line"]], last, now, one)
    return f"{moved}{f', {at}' if at else ''}: {'; '.join(_because(facts, line))}."


def _end_words(facts: Facts, line: int) -> str:
    """Say at which of its ends a line that has any places stands; nothing if at none."""
    at = _end(facts, line)
    if at is None or facts.outcome.amounts[line, 0] <= 0:
        return ""
    if line < len(facts.instance.courses):
        return _ENDS[at][0]
    return _OF_MEASURES.get(at, _ENDS[at][0])


def _because(facts: Facts, line: int) -> Iterator[str]:
    """Say what one more on a line would bring and take, and who is missing where it is."""
    row = facts.instance.lines.iloc[line]
    here = np.zeros(len(facts.regions), dtype=bool)
    here[int(row["q"])] = True
    one = "place" if line < len(facts.instance.courses) else "unit"
    yield from _balance(facts, np.array([line]), one)
    yield from _missing(facts, int(row["p"]), here, "there ")


def _moved(name: str, last: float, now: float, one: str) -> str:
    way = "rises" if now > last else "falls" if now < last else "stays"
    if way == "stays":
        return f"{name} stays at {words.count(now)} {one}s"
    change = words.signed_percent(float(relative(np.array(now), np.array(last))))
    first = words.count(last) if last else "none"
    to = f"{words.count(now)} {one}s" if now else "none"
    return f"{name} {way} from {first} to {to} ({change})"


def _end(facts: Facts, line: int) -> int | None:
    """Return at which of the ends a line stands in the first year; None if it is between them."""
    return next((i for i in range(len(_ENDS)) if facts.standing.met[i][line, 0]), None)


def _standing_of(facts: Facts, lines: Ints) -> str:
    """Say how many of some courses stand at which of their ends."""
    now = facts.outcome.amounts[lines, 0]
    ends = [_end(facts, int(line)) for line, some in zip(lines, now, strict=True) if some > 0]
    said = {each: ends.count(i) for i, (_, each) in enumerate(_ENDS)}
    said["closed"] = int((now <= 0).sum())
    found = [(count, each) for each, count in said.items() if count]
    if len(lines) == 1:
        return "".join(each.replace("their", "its") for _, each in found)
    return words.joined([f"{count:,} {each}" for count, each in found])


def _balance(facts: Facts, lines: Ints, one: str) -> Iterator[str]:
    """Say what one more on some lines would bring, and take from others; nothing if not known."""
    of = facts.balances
    if of is None or not len(lines):
        return
    unit = unit_of(of.problem)
    columns = of.problem.layout.column(lines, np.zeros(len(lines), dtype=np.int64))
    gain, loss, net = (values[columns] for values in (of.gain, of.loss, of.net))
    gains, losses = _range(unit.show, gain), _range(unit.show, loss)
    brings = f"one more {one} would bring {f'{gains} {unit.words}'.rstrip()}"
    if not net.any():
        text = f"{brings}, as much as it would take from others"
    else:
        only = "only " if gain.min() > loss.max() else ""
        text = f"{brings} and take {only}{losses} from others"
    yield f"{text}{_through(facts, of, columns)}"
    for i, source in enumerate(of.sources):
        if source.kind == COMMITMENT and (of.worth[i, columns] > 0).any():
            yield f"the {named(facts, source)} asks for them"


def _range(show: object, values: np.ndarray) -> str:
    assert callable(show)
    least, most = (str(show(float(end))) for end in (values.min(), values.max()))
    return least if least == most else f"{least} to {most}"


def _through(facts: Facts, of: Balances, columns: Ints) -> str:
    """Say through which limit most of what is taken goes."""
    taken = -np.minimum(of.worth[:, columns], 0.0).sum(axis=1)
    most = int(np.argmax(taken))
    if taken[most] <= 0:
        return ""
    how = "through" if taken[most] >= 0.9995 * taken.sum() else "mostly through"
    if taken[most] < 0.5 * taken.sum():
        how = "above all through"
    return f", {how} the {named(facts, of.sources[most])}"


def named(facts: Facts, source: Counterpart) -> str:
    """Name what a place brings to or takes from."""
    for limit in LIMITS.values():
        if source.kind == limit.table:
            names = facts.names.funds if limit.money else facts.names.pools
            return f"{'fund' if limit.money else limit.name} “{names[source.code]}”"
    if source.kind == COMMITMENT:
        return f"commitment “{words.clean(source.code)}”"
    return "objective itself" if source.kind == ITSELF else f"rule “{source.code}”"


def _missing(facts: Facts, p: int, here: Bools, there: str) -> Iterator[str]:
    """Say how many staff are missing at the end without new places, with last year and the plan."""
    end, needed = words.year(facts.years[-1]), facts.instance.demand[p, here, -1].sum()
    missing = {
        name: words.count(grid[p, here, -1].sum())
        for name, grid in facts.futures.shortfalls.items()
    }
    if words.count(needed) == "0":
        yield f"no staff are needed {there}in {end}"
        return
    said = f"in {end}, {missing[WITHOUT]} of the {words.count(needed)} FTE needed {there}"
    if len({*missing.values()}) == 1:
        yield f"{said}are missing with or {facts.without}"
        return
    yield (
        f"{said}would be missing {facts.without}, {missing[LAST_YEAR]} with last year's "
        f"{facts.bought} repeated and {missing[WITH]} with the plan"
    )


def why_column(facts: Facts, lines: Sequence[int]) -> list[str]:
    """Return why each line moved, for a table that has its figures; nothing for the others."""
    amounts, last = facts.outcome.amounts[:, 0], facts.instance.lines["last_amount"].to_numpy(float)
    found = []
    for line in lines:
        parts = (
            [_end_words(facts, line), *_because(facts, line)] if amounts[line] != last[line] else []
        )
        text = "; ".join(filter(None, parts))
        found.append(text and f"{text[0].upper()}{text[1:]}.")
    return found
