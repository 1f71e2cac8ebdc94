"""Measures drawn at random for generated instances, with every column of their table in use."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

KINDS = ("recruit", "retain", "temporary", "reshape")


def with_measures(
    tables: Mapping[str, pd.DataFrame], count: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Add measures, what they cost and use, and a commitment for the first of them.

    All kinds come in turn. Some recruits have a leaver rate of their own, some units last for some
    years only, some arrive late or beyond the horizon, and one of five costs nothing. They are
    cheap beside places, so that plans have some. All units of those that retain would keep more
    than leave, and of those that reshape take more demand away than there is if bought for years;
    there were none of these last year, since they might be too many.
    """
    random = np.random.default_rng([seed, count])
    staff = tables["workforce"].sample(count, replace=True, random_state=seed)
    measures, costs, use = [], [], []
    for i, (profession, region, fte, leave) in enumerate(
        staff[["profession", "region", "fte", "leaver_rate"]].itertuples(index=False)
    ):
        name, kind = f"measure-{i + 1}", KINDS[i % len(KINDS)]
        large = {"retain": 3.0 * float(leave) * float(fte), "reshape": 1.2 * float(fte)}
        step, paid = int(random.integers(1, 3)), int(random.integers(1, 4))
        last = step * int(random.integers(0, 3)) * (kind not in large)
        most = last + int(random.integers(1, 6))
        each = round(random.uniform(0.5, 1.2) * large.get(kind, most) / most, 3)
        lasts = "" if kind == "recruit" else str(random.choice(["", "1", "2", "3"]))
        measures.append(
            {
                "measure": name,
                "kind": kind,
                "profession": profession,
                "region": region,
                "title": f"Measure {i + 1}",
                "lead_years": int(
                    random.choice([0, 0, 0, 1, 1, 2, 1 if kind in large or not i else 30])
                ),
                "fte_per_unit": each,
                "success_rate": random.choice(["", "0.8"]),
                "leaver_rate": "0.25" if kind == "recruit" and (i // 4 + seed) % 2 else "",
                "lasts_years": lasts,
                "paid_years": paid if paid > 1 else "",
                "last_amount": last,
                "max_amount": most,
                "min_amount": random.choice(["", str(2 * step)]) if 2 * step <= most else "",
                "step": step if step > 1 else "",
            }
        )
        fund, pool = (
            tables[t][c].iloc[0] for t, c in (("budgets", "fund"), ("placements", "pool"))
        )
        dear = round(max(each, 1.0))
        if i % 5 < 4:
            costs += [
                {"course": name, "study_year": "*", "fund": fund, "cost": dear * (150 + 50 * i)},
                {"course": name, "study_year": 1, "fund": fund, "cost": dear * 400},
            ]
        if i % 2 == 0:
            use.append({"course": name, "study_year": 1, "pool": pool, "weeks": 0.5})
    first = int(tables["budgets"]["year"].astype(int).min())
    few = max(1, int(str(measures[0]["max_amount"])) - 3)
    promise = {
        "commitment": "units", "measure": "measure-1", "owner": "tests", "reason": "tests",
        "first_year": first, "last_year": first + 1, "max_places": few,
    }  # fmt: skip
    added = {"costs": costs, "placement_use": use, "commitments": [promise]}
    grown = {name: _with(tables[name], pd.DataFrame(rows)) for name, rows in added.items() if rows}
    return {**tables, "measures": pd.DataFrame(measures), **grown}


def _with(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    columns = list(dict.fromkeys([*table, *rows]))
    parts = [part.reindex(columns=columns, fill_value="") for part in (table, rows)]
    return pd.concat(parts, ignore_index=True)


def taking(tables: Mapping[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """Let some courses take their students from the staff of another profession."""
    random, courses = np.random.default_rng(seed), tables["courses"].copy()
    professions = tables["professions"]["profession"].tolist()
    source = [
        random.choice([p for p in professions if p != own]) if random.random() < 0.4 else ""
        for own in courses["profession"]
    ]
    courses["from_profession"] = source
    courses["fte_from"] = [round(random.uniform(0.05, 0.3), 2) if p else "" for p in source]
    courses["release_rate"] = [random.choice(["", "0.3", "0.8"]) if p else "" for p in source]
    return {**tables, "courses": courses}
