"""Pools of people drawn at random, with every column of their tables in use.

School leavers start the first step, its qualifiers may go on to the second, theirs to the third.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

STEPS = 3


def with_pools(
    tables: Mapping[str, pd.DataFrame], seed: int, room: tuple[float, float]
) -> dict[str, pd.DataFrame]:
    """Let courses draw from pools and feed them, in chains of three steps.

    The pool of the first step stands in each leaf region, that of the second in all together, that
    of the third in parents where there are any. Some who qualify take years to come, also of those
    who did so last year; some of those left stay, and some pools ask for offers. There are ``room``
    times as many people, at least and at most, as last year's intakes need. Shares of those who
    join fall where others go on, and commitments where there might be nobody for their places.
    """
    random = np.random.default_rng([seed, STEPS])
    courses, regions = tables["courses"].copy(), tables["regions"]
    years = sorted({int(year) for year in tables["demand"]["year"]})
    parent = dict(zip(regions["region"], regions["parent"], strict=True))
    over = {1: "*", 2: "parent" if any(parent.values()) else "*"}
    step = np.array([i % STEPS for i in range(len(courses))])
    links, needs = [], dict[tuple[str, str], float]()
    figures = ("course", "region", "last_intake", "fill_rate", "duration_years")
    before = []
    for own, course, region, last, fill, duration in zip(
        step, *(courses[c] for c in figures), strict=True
    ):
        share = round(float(random.uniform(0.4, 0.8)), 2)
        draws = [(f"step-{own}", share)]
        if own and random.random() < 0.3:
            draws.append(("step-0", round((1 - share) * 0.9, 3)))
        for pool, part in draws:
            links.append({"pool": pool, "course": course, "role": "draws", "share": part})
            where = region
            if (kind := over.get(int(pool[-1]))) is not None:
                where = "*" if kind == "*" else parent[region]
            used = part * float(last) * float(fill)
            needs[pool, where] = needs.get((pool, where), 0.0) + used
        if own + 1 < STEPS or random.random() < 0.2:
            lag = str(random.choice(["", "0", "1", "2"]))
            onward = round(float(random.uniform(0.2, 0.6)), 2)
            pool = f"step-{(own + 1) % STEPS}"
            links.append({"pool": pool, "course": course, "role": "feeds", "share": onward,
                          "lag_years": lag})  # fmt: skip
            if lag in ("1", "2"):  # those who qualified last year are yet to come
                start = years[0] - int(duration) - 1
                before.append({"course": course, "start_year": start, "started": last})
            at = courses["course"] == course
            join = courses.loc[at, "join_rate"].astype(float).clip(upper=1 - onward)
            courses.loc[at, "join_rate"] = join.round(6)
    rows = []
    for (pool, region), need in needs.items():
        people = round(need * float(random.uniform(*room)) + 1.0, 1)
        stay = str(random.choice(["", "0.3", "0.8"]))
        offer = str(random.choice(["", "", "0.1"]))
        each = {"pool": pool, "region": region, "entrants": people, "stay_rate": stay}
        rows.append({**each, "year": "*", "offer_rate": offer})
        if random.random() < 0.5:
            more = round(people * float(random.uniform(1.0, 1.3)), 1)
            rows.append({**each, "year": str(years[int(random.integers(3))]), "entrants": more})
    promises = tables["commitments"].copy()
    promises["min_places"] = [
        str(int(float(few)) // 4) if few else ""
        for few in map(str, promises["min_places"].fillna("") if len(promises) else [])
    ]
    return {
        **tables,
        "commitments": promises,
        "courses": courses,
        "pipeline": pd.concat([tables["pipeline"], pd.DataFrame(before)], ignore_index=True),
        "pathways": pd.DataFrame(links).fillna(""),
        "eligible": pd.DataFrame(rows).fillna(""),
    }
