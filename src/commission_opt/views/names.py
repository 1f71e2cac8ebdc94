"""What to call everything in an instance: by titles, and by codes where there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from commission_opt.accounts.pay import pay_as
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.views import words
from commission_opt.views.lines import names as names_of_measures

EVERYWHERE = "all regions"


@dataclass(frozen=True)
class Names:
    """Names by code, no two of a kind alike.

    Parameters
    ----------
    professions, regions, courses, measures, funds, pools : mapping of str to str
        Regions include those that hold others, and ``*``. Funds and pools have no titles, so their
        codes are shown as words.
    """

    professions: Mapping[str, str]
    regions: Mapping[str, str]
    courses: Mapping[str, str]
    measures: Mapping[str, str]
    funds: Mapping[str, str]
    pools: Mapping[str, str]


def names_of(instance: Instance) -> Names:
    """Return what to call everything in an instance."""
    professions = _titled(instance.professions, "profession")
    regions = _titled(instance.tables["regions"], "region") | {ANY: EVERYWHERE}
    courses = instance.courses
    titles = [
        f"{professions[p]}, {regions[q]}"
        for p, q in zip(courses["profession"], courses["region"], strict=True)
    ]
    codes, paying = courses["course"].tolist(), instance.pay["code"].unique().tolist()
    return Names(
        professions,
        regions,
        dict(zip(codes, words.names(codes, titles), strict=True)),
        dict(zip(instance.measures["measure"], names_of_measures(instance), strict=True)),
        _spoken(
            [*instance.budgets["fund"], *instance.costs["code"], *paying, *map(pay_as, paying)]
        ),
        _spoken(instance.placements["pool"]),
    )


def _titled(table: pd.DataFrame, kind: str) -> dict[str, str]:
    codes = table[kind].tolist()
    titles = table["title"].fillna("").tolist()
    return dict(zip(codes, words.names(codes, titles), strict=True))


def _spoken(codes: Iterable[str]) -> dict[str, str]:
    known = list(dict.fromkeys(codes))
    return dict(zip(known, words.names(known, [words.spoken(c) for c in known]), strict=True))
