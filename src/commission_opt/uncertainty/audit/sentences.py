"""What an audit says, in sentences that are true of its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from commission_opt.formulation.rules import RULES
from commission_opt.text.counts import agreed, plural
from commission_opt.uncertainty.audit.record import number, said

Record = Mapping[str, Any]


def sentences(record: Record) -> list[str]:
    """Say what an audit found, the most important first."""
    return [
        *_values(record),
        *_rules(record),
        *_drivers(record),
        *_gap(record),
        *_knowing(record),
        *_regret(record),
        *_redecided(record),
        *_places(record),
        _futures(record),
    ]


def _futures(record: Record) -> str:
    """Say in which futures."""
    of = record["uncertainty"]
    parts = []
    if of["draws"]:
        parts.append(f"{plural(of['draws'], 'draw')} of “{of['name']}” (seed {of['seed']})")
    if of["explicit"]:
        parts.append(f"{plural(of['explicit'], 'scenario')} written out in “{of['name']}”")
    text = f"The futures are {' and '.join(parts)}; "
    if (now := record.get("decided_now")) is None:
        text += "the places are those of the plan in all of them"
    else:
        text += (
            f"the places are those that the plan decides now, for {plural(now, 'year')}, and of "
            "later years the mean over its own scenarios, in all of them"
        )
    if record.get("deployed"):
        text += (
            ", and so are those who do the work of others if all goes as given: nobody is sent "
            "elsewhere once a future is known"
        )
    if of["cut"] > 0:
        text += f", and {share(of['cut'])} of the drawn figures were set to an end of their range"
    return f"{text}."


def _values(record: Record) -> Iterator[str]:
    for each in record["values"]:
        name, low, high = each["name"], each["p05"], each["p95"]
        what = f"the {each['title']}"
        if each["most"] - each["least"] <= 1e-9 * max(1.0, abs(each["most"])):
            yield f"In every future {what} is {said(name, each['mean'])}."
            continue
        yield (
            f"In at least 9 of 10 futures {what} is between {number(name, low)} and "
            f"{said(name, high)}: {number(name, each['mean'])} on average, "
            f"{number(name, each['worst_tenth'])} in the worst tenth of futures, and "
            f"{number(name, each['as_given'])} with the figures as given."
        )


def _rules(record: Record) -> Iterator[str]:
    broken = record["rules"]
    if not broken:
        yield "The plan keeps every rule in all of these futures."
        return
    for each in broken:
        yield (
            f"The rule “{RULES[each['rule']].title}” is broken with a probability of "
            f"{share(each['probability'])}; worst in {each['future']}: {each['where']}, by "
            f"{share(each['worst'])} of the limit."
        )
    kept = len(RULES) - len(broken)
    yield f"The other {plural(kept, 'rule')} {agreed(kept, 'is', 'are')} kept in all of them."


def _drivers(record: Record) -> Iterator[str]:
    """Say what drives the first objective, as far as its index is above the noise of it."""
    found = record["drivers"] or []
    told = [each for each in found if each["total"] > max(each["total_conf"], 0.01)][:3]
    if not told:
        return
    first = record["values"][0]["title"]
    parts = [
        f"“{each['uncertain']}” ({each['first']:.2f} ± {each['first_conf']:.2f} of it alone, "
        f"{each['total']:.2f} ± {each['total_conf']:.2f} together with others)"
        for each in told
    ]
    yield f"What the {first} varies by comes most from {'; then from '.join(parts)}."


def _gap(record: Record) -> Iterator[str]:
    """Say how much better a plan for all futures could be."""
    found, first = record["gap"], record["values"][0]
    if found is None:
        return
    mean = 0.0 if record["uncertainty"]["explicit"] else first["mean"]  # of draws alone
    of_it = f" ({share(found['upper'] / mean)} of its mean)" if mean > 0 else ""
    yield (
        f"No plan that keeps the rules in all draws lowers the mean {first['title']} over them by "
        f"more than {said(first['name'], found['upper'])}{of_it}, with 95 % confidence, by "
        f"{found['samples']} fresh samples of {found['draws']} draws."
    )


def _knowing(record: Record) -> Iterator[str]:
    """Say what it is worth most to know better."""
    rows = [each for each in record["drivers"] or [] if "knowing" in each]
    best = max(rows, key=lambda each: float(each["knowing"]), default=None)
    if best is None or best["knowing"] <= best["knowing_conf"]:
        return
    name = record["values"][0]["name"]
    yield (
        f"To know “{best['uncertain']}” beforehand, well enough to tell fifths of what it does "
        f"apart, is worth most: an estimated {number(name, best['knowing'])} ± "
        f"{said(name, best['knowing_conf'])}."
    )


def _regret(record: Record) -> Iterator[str]:
    """Say how much better one could have done at most."""
    found, first = record["regret"], record["values"][0]
    if found is None:
        return
    name, title = first["name"], first["title"]
    if "none" in found:
        yield f"How much better one could have done is not bounded: {found['none']}."
        return
    part = found["share_of_mean"]
    of_it = f" ({share(part)} of its mean)" if part is not None and part >= 0 else ""
    yield (
        f"Whoever had known each future beforehand could have lowered the {title} by "
        f"{said(name, found['mean'])} on average at most{of_it}, and by "
        f"{number(name, found['p95'])} at most in 19 of 20 futures; these are upper bounds, proved "
        "without solving, and what is true may be less."
    )


def _redecided(record: Record) -> Iterator[str]:
    """Say what later rounds could mend."""
    found, first = record.get("redecided"), record["values"][0]
    if found is None:
        return
    what = f"what the plan decides for {plural(found['years'], 'year')}"
    if "fixed" not in found:
        yield f"With only {what} held, no later decisions were found that keep every rule."
        return
    name, fixed, low, high = first["name"], found["fixed"], found["low"], found["high"]
    tried = found["futures"] - found["without"]
    yield (
        f"If only {what} stayed and later years were decided anew once each future is known, the "
        f"{first['title']} would be {_between(name, low['mean'], high['mean'])} on average over "
        f"{plural(tried, 'future')}, where the plan as it is has {number(name, fixed['mean'])}, "
        f"and {_between(name, low['worst_tenth'], high['worst_tenth'])} in the worst tenth, "
        f"instead of {number(name, fixed['worst_tenth'])}{_mended(fixed['mean'], low['mean'])}. "
        "That is optimistic: it takes fractions of places and knows the whole future."
    )
    if found["without"]:
        yield (
            f"In {plural(found['without'], 'other future')} no later decisions were found that "
            "keep every rule."
        )


def _mended(fixed: float, low: float) -> str:
    """Say how much of a mean could be mended at most."""
    if not 0.0 <= fixed - low <= fixed or fixed <= 0.0:
        return ""
    return f": later rounds could mend {share((fixed - low) / fixed)} of the mean at most"


def _between(name: str, low: float, high: float) -> str:
    """Say between which ends a value lies, or what it is where they read the same."""
    if number(name, low) == number(name, high):
        return said(name, high)
    return f"between {number(name, low)} and {said(name, high)}"


def _places(record: Record) -> Iterator[str]:
    """Say which places are robust, and which hang on one assumption."""
    found = record.get("places")
    if found is None:
        return
    every, robust = found["decisions"], found["robust"]
    yield (
        f"{robust:,} of {plural(every, 'decision')} {agreed(robust, 'is', 'are')} robust: in each "
        f"of {plural(found['futures'], 'future')} tried, a plan in fractions of places within "
        f"{100 * found['near']:g} % of the best for it keeps all of these within one step of the "
        "plan."
    )
    for name, count in found["fragile"].items():
        yield (
            f"{plural(count, 'decision')} {agreed(count, 'hangs', 'hang')} on “{name}” alone: if "
            "that turns out low or high, as in 1 of 10 futures each, and all else is in the "
            f"middle, {agreed(count, 'it moves', 'they move')} by more than a step, and for no "
            "other row."
        )


def share(value: float) -> str:
    """Write a share in percent, so that what is not nothing never looks like it, nor like all."""
    percent = 100.0 * value
    if 0.0 < percent < 0.1:
        return "less than 0.1 %"
    if 99.9 < percent < 100.0:
        return "more than 99.9 %"
    return f"{percent:,.1f} %"
