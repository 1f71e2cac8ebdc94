"""What a reader must know before a plan is believed."""

from __future__ import annotations

import pandas as pd

from commission_opt.instance.instance import Instance
from commission_opt.views import words
from commission_opt.views.commitments import lapsed_words, not_in_force
from commission_opt.views.decision import Proposal
from commission_opt.views.money import unbudgeted
from commission_opt.views.shortfall import negative_staff
from commission_opt.views.weighing import told

_MOST = 2  # sentences of a kind; the sections of a report have all
_LONGEST = 600  # characters of a description


def caveats(at: Proposal) -> tuple[str, ...]:
    """Say what the instance says of itself, what is weak, and what no limit holds."""
    problem, names = at.futures.problem, at.names
    instance = problem.instance
    lapsed = lapsed_words(not_in_force(instance, problem.policy))
    spending = [
        told(problem, text)
        for text in unbudgeted(at.funds, names.funds.__getitem__, names.regions.__getitem__)
    ]
    negative = [
        *negative_staff(at.futures, names.professions.__getitem__, names.regions.__getitem__)
    ]
    return (
        *described(instance),
        red_words(instance),
        *spending,
        *([f"{lapsed} The commitments below say which, and why."] if lapsed else []),
        *_first(negative, "profession and region", "professions and regions"),
    )


def described(instance: Instance) -> tuple[str, ...]:
    """Return what the instance says of itself, the first paragraph."""
    text = words.clean(instance.description.strip().split("\n\n")[0]).strip()
    if not text:
        return ()
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1].rstrip()}…"
    return (f"Of its figures the instance says: “{text}”",)


def double_red(instance: Instance) -> pd.DataFrame:
    """Return the assumptions that are rated red for both quality and impact."""
    table = instance.tables["assumptions"]
    return table[(table["quality"] == "red") & (table["impact"] == "red")]


def red_words(instance: Instance) -> str:
    """Say how many assumptions are rated red for both, and what they are about."""
    every, found = len(instance.tables["assumptions"]), double_red(instance)
    if not every:
        return "The instance lists no assumptions, so nothing is rated."
    count = len(found)
    text = (
        f"Of {words.plural(every, 'assumption')}, {count:,} {words.agreed(count, 'is', 'are')} "
        "rated red for both: weak evidence, and a strong effect on the plan"
    )
    if not count:
        return f"{text}."
    about = found["table"].fillna("").astype(str).str.replace("_", " ").value_counts(sort=False)
    about = about.sort_values(ascending=False, kind="stable")
    listed = words.joined([f"{words.clean(str(what))} ({n:,})" for what, n in about.items()])
    return f"{text}. They are about {listed}."


def _first(said: list[str], one: str, many: str) -> list[str]:
    """Return the first sentences of a kind, and how many others there are."""
    rest = len(said) - _MOST
    if rest <= 0:
        return said
    which = words.plural(rest, f"other {one}", f"other {many}")
    return [*said[:_MOST], f"The same is so of {which}: see Shortfall."]
