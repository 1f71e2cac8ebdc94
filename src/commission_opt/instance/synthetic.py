"""An imaginary health service drawn at random: staff, courses and what they took in so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints

FIRST_YEAR = 2026
ALLOWANCE = 5  # places by which even the smallest course may change in a year
MAX_INCREASE = 0.25
MIN_COHORT = (0.2, 0.6)  # smallest cohort, as a share of the profession's mean intake
JOIN_YIELD = 0.55  # FTE that stay for some years, per place: a first guess for past intakes


@dataclass(frozen=True)
class Group:
    """A group of professions: its courses, £ per student-year and placement weeks a year."""

    durations: tuple[int, ...]
    training: int
    weeks: dict[str, int]


GROUPS = {
    "nursing": Group((3, 3, 4), 9000, {"acute": 10, "community": 6, "mental_health": 5}),
    "ahp": Group((3, 2), 9500, {"acute": 6, "imaging": 4, "primary_care": 5}),
    "medical": Group((5, 3, 6), 24000, {"acute": 16, "theatres": 12, "maternity": 8}),
    "scientific": Group((2, 3, 1), 12500, {"laboratory": 16, "imaging": 5}),
}
GROUP_CYCLE = ("nursing", "ahp", "medical", "nursing", "ahp", "scientific")


@dataclass(frozen=True)
class World:
    """Everything drawn: P professions, R leaf regions, H years of the horizon, C = P × R courses.

    Parameters
    ----------
    commissioned : int
        Commissioning years of the model.
    professions : pandas.DataFrame, P rows
        ``profession`` (its code), ``group``, ``weight`` (priority in the shortfall), ``duration``
        (years of training), ``early_rate`` (share of new staff leaving in a year) and
        ``early_years``, for which it holds; 0 where there is none.
    region, area : list of str
        Codes of the leaf regions, and of their parents.
    fte, leaver_rate : array, shape (P, R)
        FTE in post; share leaving in a year.
    demand, joiners : array, shape (P, R, H)
        FTE needed; FTE joining by other routes.
    courses : pandas.DataFrame, C rows
        The table ``courses`` in order of profession and region, with 0 for no ``min_cohort``, and:
        ``p`` and ``q``, positions of profession and region; ``group``; ``smallest``, the smallest
        positive number of places; ``safe_intake``, places that every course may take in every
        year, for which budgets, placement capacities and commitments leave room, so that a plan in
        whole numbers exists.
    started : array of int, shape (C, D)
        Students who started 1, 2, … D years before the plan, zero beyond the duration.
    """

    commissioned: int
    professions: pd.DataFrame
    region: list[str]
    area: list[str]
    fte: Floats
    leaver_rate: Floats
    demand: Floats
    joiners: Floats
    courses: pd.DataFrame
    started: Ints

    @property
    def years(self) -> Ints:
        """Financial years of the horizon."""
        return np.arange(FIRST_YEAR, FIRST_YEAR + self.demand.shape[-1])

    @property
    def groups(self) -> set[str]:
        """Groups that have a profession."""
        return set(self.professions["group"])

    @property
    def parent(self) -> Ints:
        """Index of each leaf region's parent."""
        return np.arange(len(self.region)) * len(self.area) // len(self.region)


def draw_world(
    count: int, regions: int, years: int, horizon: int, rng: np.random.Generator
) -> World:
    """Draw staff of so many professions, and courses; four leaf regions or more get parents."""
    shape = count, regions
    index = np.arange(count)
    group = [GROUP_CYCLE[i % len(GROUP_CYCLE)] for i in range(count)]
    options = [GROUPS[g].durations for g in group]
    duration = np.array([d[(i // 6) % len(d)] for i, d in enumerate(options)])
    typical = 260 * rng.lognormal(0, 0.8, (count, 1))
    typical[0] = max(typical[0], 200.0)  # even the smallest instance has something to decide
    fte = np.round(typical * rng.lognormal(0, 0.4, shape[1]) * rng.lognormal(0, 0.25, shape), 1)
    # Some services are not offered everywhere; the first profession always is.
    fte[(rng.random(shape) < 0.015) & (index[:, None] > 0) & (regions > 1)] = 0.0
    leaver = rng.uniform(0.045, 0.10, (count, 1)) * rng.uniform(0.9, 1.1, shape)
    leaver_rate = np.round(leaver, 4)
    professions = pd.DataFrame(
        {
            "profession": _codes("p", count, 3),
            "group": group,
            "weight": rng.choice([1.0, 1.0, 1.0, 0.8, 1.5, 2.0], count),
            "duration": np.minimum(duration, horizon - years),
            "early_rate": np.round(leaver.max(1) + rng.uniform(0.02, 0.05, count), 3),
            "early_years": np.where(index % 3 == 0, rng.integers(2, 4, count), 0),
        }
    )
    demand, joiners = _demand(fte, horizon, rng), _joiners(fte, horizon, rng)
    region = _codes("r", regions, 2)
    areas = round(regions**0.5) if regions >= 4 else 0
    courses, started = _draw_courses(professions, region, fte, leaver_rate, rng)
    return World(
        years, professions, region, _codes("a", areas, 2), fte, leaver_rate, demand, joiners,
        courses, started,
    )  # fmt: skip


def _codes(letter: str, count: int, digits: int) -> list[str]:
    digits = max(digits, len(str(count)))
    return [f"{letter}{i:0{digits}d}" for i in range(1, count + 1)]


def _demand(fte: Floats, horizon: int, rng: np.random.Generator) -> Floats:
    """Today's staff and vacancies, growing or shrinking steadily, by year."""
    count = fte.shape[0]
    vacancies = rng.normal(0.03, 0.035, (count, 1)) + rng.normal(0, 0.03, fte.shape)
    growth = rng.normal(0.004, 0.008, (count, 1)) + rng.normal(0, 0.003, fte.shape)
    # The first profession is always short, so that every instance has something to gain.
    vacancies[0], growth[0] = np.maximum(vacancies[0], 0.05), np.maximum(growth[0], 0.012)
    years = (1 + growth[..., None]) ** np.arange(horizon)
    return np.asarray(np.round((fte * (1 + vacancies))[..., None] * years, 1))


def _joiners(fte: Floats, horizon: int, rng: np.random.Generator) -> Floats:
    """Recruitment from abroad that tapers off, and a steady loss for a few professions."""
    kind = np.arange(fte.shape[0]) % 5
    rate = np.select([kind == 0, kind == 3], [0.012, -0.004], 0.0)[:, None]
    rate = rate * rng.uniform(0.6, 1.4, fte.shape)
    taper = np.where(kind[:, None] == 0, 0.9 ** np.arange(horizon), 1.0)
    return np.asarray(np.round((fte * rate)[..., None] * taper[:, None, :], 1))


def _draw_courses(
    professions: pd.DataFrame,
    region: list[str],
    fte: Floats,
    leaver_rate: Floats,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Ints]:
    """Draw the courses that have trained this staff, and the cohorts still on them."""
    p, q, provider, second = _layout(*fte.shape)
    count = len(p)
    wish = _wish(fte, leaver_rate, p, q, rng)
    min_cohort, step = _cohort_rules(wish, p, rng)
    smallest = np.maximum(-(-min_cohort // step), 1) * step
    last = _last_intake(wish, p, q, step, smallest, rng)
    room = np.ceil(last * rng.uniform(1.25, 1.9, count)).astype(np.int64)
    duration = professions["duration"].to_numpy()[p]
    duration = np.where(second & (duration > 2), duration - 1, duration)
    fill = np.round(rng.uniform(0.88, 1.0, count), 3)
    max_intake = np.maximum(room, smallest + rng.integers(0, 12, count))
    courses = pd.DataFrame(
        {
            "course": _codes("c", count, 5),
            "profession": professions["profession"].to_numpy()[p],
            "region": [region[i] for i in q],
            "provider": provider,
            "title": "",
            "duration_years": duration,
            "last_intake": last,
            "max_intake": max_intake,
            "min_cohort": min_cohort,
            "cohort_step": step,
            "fill_rate": fill,
            "completion_rate": np.round(rng.uniform(0.74, 0.96, count), 3),
            "join_rate": np.round(rng.uniform(0.75, 0.95, count), 3),
            "fte_per_joiner": np.round(rng.uniform(0.82, 1.0, count), 3),
            "p": p,
            "q": q,
            "group": professions["group"].to_numpy()[p],
            "smallest": smallest,
            "safe_intake": _safe_intake(p, last, max_intake, step),
        }
    )
    return courses, _started(last, smallest, fill, duration, rng)


def _layout(count: int, regions: int) -> tuple[Ints, Ints, list[str], np.ndarray]:
    """Profession, region and provider of each course, and which are a region's second one.

    One course per profession and region, but for every seventh profession one region has none and
    the next has two; the first profession is taught everywhere, so no region is without courses.
    """
    profession = np.repeat(np.arange(count), regions)
    region = np.tile(np.arange(regions), count)
    moved = np.arange(1, count, 7) if regions > 1 else np.arange(0)
    origin = (moved // 7) % regions
    region[moved * regions + origin] = (origin + 1) % regions
    order = np.lexsort((region, profession))
    profession, region = profession[order], region[order]
    place = profession * regions + region
    second = np.append(False, place[1:] == place[:-1])
    first = np.append(second[1:], False)
    provider = [
        f"{r + 1:02d}{2 if b else 1}" if a or b or i % 6 == 0 else ""
        for i, (r, a, b) in enumerate(zip(region, first, second, strict=True))
    ]
    return profession, region, provider, second


def _wish(
    fte: Floats, leaver_rate: Floats, profession: Ints, region: Ints, rng: np.random.Generator
) -> Floats:
    """Places that would roughly replace leavers; too few or too many in some professions."""
    policy = rng.uniform(0.7, 1.15, len(fte))
    policy[0] = min(policy[0], 0.9)
    wanted = policy * (fte * leaver_rate).sum(1) / JOIN_YIELD
    weight = np.maximum(fte[profession, region], 0.1) * rng.lognormal(0, 0.3, len(profession))
    share = weight / np.bincount(profession, weight)[profession]
    return np.asarray(wanted[profession] * share)


def _cohort_rules(wish: Floats, profession: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the smallest cohort, larger in larger professions and 0 at times, and the step."""
    mean = (np.bincount(profession, wish) / np.bincount(profession))[profession]
    least = mean * rng.uniform(*MIN_COHORT, int(profession.max()) + 1)[profession]
    min_cohort = np.clip(np.round(least), 3, 15).astype(np.int64)
    min_cohort[rng.random(len(wish)) < 0.1] = 0
    step = rng.choice([1, 1, 1, 1, 2, 5], len(wish))
    return min_cohort, np.where(mean < 8 * step, 1, step)


def _last_intake(
    wish: Floats,
    profession: Ints,
    region: Ints,
    step: Ints,
    smallest: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Past intakes in whole cohorts, 0 where a course is closed."""
    chance = rng.random(len(profession))
    places = np.floor(wish / step + chance).astype(np.int64) * step
    # A wish below the smallest cohort opens the course in proportion, so totals keep their size.
    small = np.where(chance < wish / smallest, smallest, 0)
    places = np.where(places < smallest, small, places)
    # The region's and the profession's largest course always runs.
    for key in (profession, region):
        largest = _largest(wish, key)
        places[largest] = np.maximum(places[largest], smallest[largest])
    return places


def _largest(value: Floats | Ints, key: Ints) -> Ints:
    """Return the position of the largest value of each key."""
    order = np.lexsort((value, key))
    return np.asarray(order[np.append(key[order][1:] != key[order][:-1], True)])


def _safe_intake(profession: Ints, last: Ints, max_intake: Ints, step: Ints) -> Ints:
    """Past intakes, with a little growth in the largest course of every fifth profession."""
    largest = _largest(last, profession)[::5]
    safe = last.copy()
    grown = last[largest] + np.maximum(last[largest] // (20 * step[largest]), 1) * step[largest]
    allowed = np.minimum(max_intake[largest], last[largest] * (1 + MAX_INCREASE) + ALLOWANCE)
    safe[largest] = np.where(grown <= allowed, grown, last[largest])
    return safe


def _started(
    last: Ints, smallest: Ints, fill: Floats, duration: Ints, rng: np.random.Generator
) -> Ints:
    """Students who started in each year before the plan; a few closed courses ran until lately."""
    ago = np.arange(1, duration.max() + 1)
    before = np.where((last == 0) & (rng.random(len(last)) < 0.15), smallest, last)
    places = np.where(ago == 1, last[:, None], before[:, None])
    trend = 0.985 ** (ago - 1) * rng.uniform(0.93, 1.05, places.shape)
    started = np.round(places * fill[:, None] * np.where(ago == 1, 1.0, trend))
    return np.asarray(np.where(ago <= duration[:, None], started, 0), dtype=np.int64)
