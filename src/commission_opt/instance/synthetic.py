"""An imaginary health service drawn at random: staff, courses and what they took in so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from commission_opt.arrays import Floats, Ints

FIRST_YEAR = 2026
ALLOWANCE = 5  # places by which even the smallest course may change in a year
MAX_INCREASE = 0.25
MIN_COHORT = (0.2, 0.6)  # smallest cohort, as a share of the profession's mean intake
JOIN_YIELD = 0.55  # FTE that stay for some years, per place: a first guess for past intakes


@dataclass(frozen=True)
class Group:
    """A group of professions: its courses, £ per student-year and placement weeks a year."""

    name: str
    durations: tuple[int, ...]
    training: int
    weeks: dict[str, int]


GROUPS = (
    Group("nursing", (3, 3, 4), 9000, {"acute": 10, "community": 6, "mental_health": 5}),
    Group("ahp", (3, 2), 9500, {"acute": 6, "imaging": 4, "primary_care": 5}),
    Group("medical", (5, 3, 6), 24000, {"acute": 16, "theatres": 12, "maternity": 8}),
    Group("scientific", (2, 3, 1), 12500, {"laboratory": 16, "imaging": 5}),
)
GROUP_CYCLE = (0, 1, 2, 0, 1, 3)


@dataclass(frozen=True)
class Size:
    """How large an instance is; all counts, regions without their parents."""

    professions: int
    regions: int
    years: int
    horizon: int


@dataclass(frozen=True)
class Staff:
    """Who works where: arrays by profession, leaf region and year of the horizon.

    Parameters
    ----------
    group, duration : (P,) int
        Index into ``GROUPS``; years of training.
    weight : (P,) float
        Priority in the shortfall.
    fte, leaver_rate : (P, R) float
        FTE in post; share leaving in a year.
    early_rate, early_years : (P,) float, (P,) int
        Rate for new staff and the years it holds; zero years where there is none.
    demand, joiners : (P, R, H) float
        FTE needed; FTE joining by other routes.
    """

    group: Ints
    duration: Ints
    weight: Floats
    fte: Floats
    leaver_rate: Floats
    early_rate: Floats
    early_years: Ints
    demand: Floats
    joiners: Floats


@dataclass(frozen=True)
class Courses:
    """One entry per course, C = professions × regions, in order of profession and region.

    Parameters
    ----------
    profession, region, duration : (C,) int
        Indices, and years.
    provider : list of str
        Code of the provider, "" where none is named.
    step, min_cohort, last_intake, max_intake : (C,) int
        Rules of a cohort and past intake, places.
    safe_intake : (C,) int
        Places that every course may take in every year: the intake that budgets, placement
        capacities and commitments leave room for, so that a plan in whole numbers exists.
    fill, completion, join, fte_per_joiner : (C,) float
        Shares, and FTE.
    started : (C, D) int
        Students who started 1, 2, … D years before the plan, zero beyond the duration.
    """

    profession: Ints
    region: Ints
    duration: Ints
    provider: list[str]
    step: Ints
    min_cohort: Ints
    last_intake: Ints
    max_intake: Ints
    safe_intake: Ints
    fill: Floats
    completion: Floats
    join: Floats
    fte_per_joiner: Floats
    started: Ints

    @property
    def smallest(self) -> Ints:
        """Smallest positive number of places that each course may take, (C,)."""
        return _smallest(self.min_cohort, self.step)


@dataclass(frozen=True)
class World:
    """Everything drawn, with the codes under which it is written."""

    size: Size
    staff: Staff
    courses: Courses
    profession: list[str]
    region: list[str]
    area: list[str]
    course: list[str]

    @property
    def years(self) -> Ints:
        """Financial years of the horizon."""
        return np.arange(FIRST_YEAR, FIRST_YEAR + self.size.horizon)

    @property
    def groups(self) -> list[str]:
        """Groups that have a profession."""
        return [g.name for i, g in enumerate(GROUPS) if (self.staff.group == i).any()]

    @property
    def parent(self) -> Ints:
        """Index of each leaf region's parent."""
        return np.arange(self.size.regions) * len(self.area) // self.size.regions


def draw_world(size: Size, rng: np.random.Generator) -> World:
    """Draw staff and courses and give them codes; four regions or more get parents.

    Parameters
    ----------
    size : Size
    rng : numpy.random.Generator

    Returns
    -------
    World
    """
    staff = _draw_staff(size, rng)
    courses = _draw_courses(size, staff, rng)
    areas = round(size.regions**0.5) if size.regions >= 4 else 0
    return World(
        size=size,
        staff=staff,
        courses=courses,
        profession=_codes("p", size.professions, 3),
        region=_codes("r", size.regions, 2),
        area=_codes("a", areas, 2),
        course=_codes("c", len(courses.profession), 5),
    )


def _codes(letter: str, count: int, digits: int) -> list[str]:
    digits = max(digits, len(str(count)))
    return [f"{letter}{i:0{digits}d}" for i in range(1, count + 1)]


def _draw_staff(size: Size, rng: np.random.Generator) -> Staff:
    """Draw the workforce, its turnover and what is needed of it."""
    count, shape = size.professions, (size.professions, size.regions)
    index = np.arange(count)
    group = np.array(GROUP_CYCLE)[index % len(GROUP_CYCLE)]
    longest = size.horizon - size.years
    options = [GROUPS[g].durations for g in group]
    duration = np.array([d[(i // 6) % len(d)] for i, d in enumerate(options)])
    typical = 260 * rng.lognormal(0, 0.8, (count, 1))
    typical[0] = max(typical[0], 200.0)  # even the smallest instance has something to decide
    fte = np.round(typical * rng.lognormal(0, 0.4, shape[1]) * rng.lognormal(0, 0.25, shape), 1)
    # Some services are not offered everywhere; the first profession always is.
    fte[(rng.random(shape) < 0.015) & (index[:, None] > 0) & (size.regions > 1)] = 0.0
    leaver = rng.uniform(0.045, 0.10, (count, 1)) * rng.uniform(0.9, 1.1, shape)
    return Staff(
        group=group,
        duration=np.minimum(duration, longest),
        weight=rng.choice([1.0, 1.0, 1.0, 0.8, 1.5, 2.0], count),
        fte=fte,
        leaver_rate=np.round(leaver, 4),
        early_rate=np.round(leaver.max(1) + rng.uniform(0.02, 0.05, count), 3),
        early_years=np.where(index % 3 == 0, rng.integers(2, 4, count), 0),
        demand=_demand(fte, size.horizon, rng),
        joiners=_joiners(fte, size.horizon, rng),
    )


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


def _draw_courses(size: Size, staff: Staff, rng: np.random.Generator) -> Courses:
    """Draw the courses that have trained this staff, and the cohorts still on them."""
    profession, region, provider, second = _layout(size)
    count = len(profession)
    wish = _wish(staff, profession, region, rng)
    min_cohort, step = _cohort_rules(wish, profession, rng)
    smallest = _smallest(min_cohort, step)
    last = _last_intake(wish, profession, region, step, smallest, rng)
    room = np.ceil(last * rng.uniform(1.25, 1.9, count)).astype(np.int64)
    duration = staff.duration[profession]
    duration = np.where(second & (duration > 2), duration - 1, duration)
    fill = np.round(rng.uniform(0.88, 1.0, count), 3)
    max_intake = np.maximum(room, smallest + rng.integers(0, 12, count))
    return Courses(
        profession=profession,
        region=region,
        duration=duration,
        provider=provider,
        step=step,
        min_cohort=min_cohort,
        last_intake=last,
        max_intake=max_intake,
        safe_intake=_safe_intake(profession, last, max_intake, step),
        fill=fill,
        completion=np.round(rng.uniform(0.74, 0.96, count), 3),
        join=np.round(rng.uniform(0.75, 0.95, count), 3),
        fte_per_joiner=np.round(rng.uniform(0.82, 1.0, count), 3),
        started=_started(last, smallest, fill, duration, rng),
    )


def _smallest(min_cohort: Ints, step: Ints) -> Ints:
    """Return the smallest positive multiple of the step from the minimum on."""
    return np.asarray(np.maximum(-(-min_cohort // step), 1) * step)


def _layout(size: Size) -> tuple[Ints, Ints, list[str], npt.NDArray[np.bool_]]:
    """Profession, region and provider of each course, and which are a region's second one.

    One course per profession and region, but for every seventh profession one region has none and
    the next has two; the first profession is taught everywhere, so no region is without courses.
    """
    count, regions = size.professions, size.regions
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


def _wish(staff: Staff, profession: Ints, region: Ints, rng: np.random.Generator) -> Floats:
    """Places that would roughly replace leavers; too few or too many in some professions."""
    policy = rng.uniform(0.7, 1.15, len(staff.fte))
    policy[0] = min(policy[0], 0.9)
    wanted = policy * (staff.fte * staff.leaver_rate).sum(1) / JOIN_YIELD
    weight = np.maximum(staff.fte[profession, region], 0.1) * rng.lognormal(0, 0.3, len(profession))
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
        order = np.lexsort((wish, key))
        largest = order[np.append(key[order][1:] != key[order][:-1], True)]
        places[largest] = np.maximum(places[largest], smallest[largest])
    return places


def _safe_intake(profession: Ints, last: Ints, max_intake: Ints, step: Ints) -> Ints:
    """Past intakes, with a little growth in the largest course of every fifth profession."""
    order = np.lexsort((last, profession))
    largest = order[np.append(profession[order][1:] != profession[order][:-1], True)][::5]
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
