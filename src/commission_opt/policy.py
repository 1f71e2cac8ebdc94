"""A commissioning model: what to optimise and under which rules."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Annotated, Literal

from commission_opt.checked import Checked, Endless, NotNegative, Range, Share, refusal

Continuation = Literal["repeat", "last_intake", "none"]
Basis = Literal["population", "demand", "last_intake"]
ChangeBasis = Literal["first-year", "year-on-year"]
MOST_YEARS = 100
Years = Annotated[int, Range(1, MOST_YEARS, f"between 1 and {MOST_YEARS}")]
TargetKind = Literal["shortfall", "share_met", "places"]
RiskMeasure = Literal["expected", "cvar", "worst", "regret"]
BelowOne = Annotated[float, Range(0.0, math.nextafter(1.0, 0.0), "0 or more and below 1")]


@dataclass(frozen=True)
class PaceOfChange(Checked):
    """How far places may move from one year to the next.

    Parameters
    ----------
    max_increase, max_decrease : float
        Shares of the year before's places.
    allowance : float
        Places that may always be added or taken away.
    combine : {"add", "larger"}
        Whether a course may move by the share and the allowance together, or by the larger of
        the two, which is settled for each course by its last intake.
    open_closed : bool
        Whether a course may open with its smallest cohort, and by the allowance; if not, one
        without places stays closed.
    """

    max_increase: float
    max_decrease: Share
    allowance: float
    combine: Literal["add", "larger"] = "add"
    open_closed: bool = True


@dataclass(frozen=True)
class Tier(Checked):
    """A band of the shortfall.

    Parameters
    ----------
    up_to : float
        Upper end as a cumulative share of demand; infinite for the last tier.
    weight : float
        Weight of a FTE of shortfall in this band.
    """

    up_to: Endless
    weight: float


@dataclass(frozen=True)
class FairShare(Checked):
    """How far a region's share of a group's places may be from its share of a basis.

    Parameters
    ----------
    max_deviation : float
        Largest deviation, as a share of the fair number of places.
    basis : {"population", "demand", "last_intake"}
        What is fair: in proportion to people, to the group's demand in the first year, or to
        the places before the plan.
    """

    max_deviation: float
    basis: Basis


@dataclass(frozen=True)
class Rules(Checked):
    """The rules that an allocation must keep; each field is a key of ``[rules]``.

    A field's type says what the key may hold: true or false, a number of 0 or more (or a share
    from 0 to 1), one of some words, or a table (or false). Its default holds if it is left out.

    Parameters
    ----------
    minimum_cohorts, budgets, placements : bool
        Whether minimum cohorts, budgets and placement capacities hold.
    level_intake : bool
        The same places in every commissioning year.
    continuation : {"repeat", "last_intake", "none"}
        What courses take in after the last commissioning year.
    commitments : {"hard", "soft"}
        Soft commitments may be missed at a price.
    commitment_price : float
        Weighted FTE-years added to the shortfall for each place that a soft commitment misses.
    substitution : bool
        Whether staff may be deployed to do the work of other professions.
    """

    minimum_cohorts: bool = True
    budgets: bool = True
    placements: bool = True
    pace_of_change: PaceOfChange | None = None
    level_intake: bool = False
    continuation: Continuation = "repeat"
    fair_share: FairShare | None = None
    commitments: Literal["hard", "soft"] = "hard"
    commitment_price: float = 0.0
    substitution: bool = True

    @property
    def price_of_missing(self) -> float | None:
        """What a place that a commitment misses costs; None where none may be missed."""
        return self.commitment_price if self.commitments == "soft" else None


@dataclass(frozen=True)
class Objective(Checked):
    """One thing to minimise.

    Parameters
    ----------
    minimise : str
        Name of the objective: of a file in ``formulation/objectives``.
    tiers : tuple of Tier
        Bands of the shortfall, in order; the last one open.
    tolerance : float
        Relative slack given to later stages.
    basis : {"first-year", "year-on-year"}
        Of ``change``: places moved into the first year, or into each commissioning year from the
        one before it.
    pay : bool
        Of ``cost``: whether the pay of new staff counts.
    """

    minimise: str
    tiers: tuple[Tier, ...] = (Tier(math.inf, 1.0),)
    tolerance: float = 0.0
    basis: ChangeBasis = "first-year"
    pay: bool = False

    def __post_init__(self) -> None:
        """Check every field, and that the tiers rise to an open one."""
        super().__post_init__()
        ends = [tier.up_to for tier in self.tiers]
        if not ends or not math.isinf(ends[-1]):
            raise ValueError("Objective: the last tier is not open")
        if any(low >= high for low, high in pairwise(ends)):
            raise ValueError("Objective: up_to does not rise from tier to tier")
        if any(low.weight > high.weight for low, high in pairwise(self.tiers)):
            raise ValueError("Objective: weights fall from tier to tier")


@dataclass(frozen=True)
class Target(Checked):
    """A most or a least that a model asks for, in each year of a range; a ``[[target]]`` of it.

    Parameters
    ----------
    of : {"shortfall", "share_met", "places"}
        FTE missing, the share of demand that is met, or places on courses.
    at_most, at_least : float or None
        The end, which is one of the two: a shortfall has a most, a share a least.
    profession, group, region : tuple of str
        Codes, of which any may be; all if there is none. A region covers those within it.
    first_year, last_year : int or None
        The range; from the first or to the last year that there is if not given.
    price : float or None
        Weighted FTE-years added to the shortfall for each FTE or place beyond the end; the target
        is kept if there is none.
    name : str
        What it is called; made of the rest if empty.
    """

    of: TargetKind
    at_most: float | None = None
    at_least: float | None = None
    profession: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    price: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        """Check every field, and that there is one end, of the kind that can be asked for."""
        super().__post_init__()
        for key in ("at_most", "at_least", "price"):
            value = getattr(self, key)
            if value is not None and (says := refusal(NotNegative, value)):
                raise ValueError(f"Target: {key} {value!r} {says}")
        if wrong := wrong_end(self.of, self.at_most, self.at_least):
            raise ValueError(f"Target: {wrong[0]} {wrong[1]}")
        first, last = self.first_year, self.last_year
        if first is not None and last is not None and first > last:
            raise ValueError("Target: last_year is before first_year")

    @property
    def end(self) -> float:
        """The most or the least."""
        found = self.at_least if self.at_most is None else self.at_most
        assert found is not None
        return found

    @property
    def end_key(self) -> str:
        """The key under which its end stands."""
        return "at_least" if self.at_most is None else "at_most"

    @property
    def staff(self) -> bool:
        """Whether it is about staff who are missing, and not about places."""
        return self.of != "places"

    @property
    def title(self) -> str:
        """What it is called."""
        if self.name:
            return self.name
        who = " and ".join(self.profession or self.group) or "all professions"
        where = f" in {' and '.join(self.region)}" if self.region else ""
        return f"{TARGET_WORDS[self.of]} {who}{where}"


TARGET_WORDS = {
    "shortfall": "shortfall of", "share_met": "share of demand met for", "places": "places for"
}  # fmt: skip


def wrong_end(
    of: str | None, at_most: float | None, at_least: float | None
) -> tuple[str, str] | None:
    """Say under which key the end of a target is wrong, and why; None if nothing is."""
    if at_most is not None and at_least is not None:
        return "at_least", "goes without at_most: write two targets for two ends"
    if of == "shortfall" and at_most is None:
        return ("at_least" if at_least is not None else "at_most"), "a shortfall needs at_most"
    if of == "share_met" and at_least is None:
        return ("at_most" if at_most is not None else "at_least"), "a share met needs at_least"
    if of == "share_met" and at_least is not None and at_least > 1:
        return "at_least", "is not between 0 and 1; write 95 % as 0.95"
    if at_most is None and at_least is None:
        return "at_most", "is missing; write at_most or at_least"
    return None


@dataclass(frozen=True)
class UnderUncertainty(Checked):
    """How a model weighs more than one future; each field is a key of ``[uncertainty]``.

    Parameters
    ----------
    file : str
        Name or path of the uncertainty file.
    risk : {"expected", "cvar", "worst", "regret"}
        What the first objective is made least of: its mean over the futures, the mean and its
        conditional value at risk, the worst future, or the largest regret.
    alpha : float
        Of ``cvar``: the mean of the worst 1 − alpha.
    weight : float
        Of ``cvar``: what it counts; the mean counts the rest.
    decide_now : int or None
        Commissioning years that are decided before the future is known; None is all of them.
    later_relaxed : bool
        Whether what is decided later may be fractions.
    content : bytes
        The uncertainty file as it was read.
    """

    file: str
    risk: RiskMeasure = "expected"
    alpha: BelowOne = 0.9
    weight: Share = 0.5
    decide_now: Years | None = None
    later_relaxed: bool = True
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Policy(Checked):
    """A commissioning model.

    Parameters
    ----------
    name, title : str
        Short name and full name.
    commissioning_years : int
        Years for which places are decided.
    objectives : tuple of Objective
        In order of importance.
    integer : bool
        Whole places; False gives the linear relaxation.
    discount_rate : float
        Rate per year at which later years count less.
    rules : Rules
        The rules that an allocation must keep.
    content : bytes
        The file as it was read.
    held : tuple of Objective
        Objectives that must stay at nothing, in questions about a plan that brought them there.
    uncertainty : UnderUncertainty or None
        How more than one future is weighed.
    targets : tuple of Target
        What is asked for beyond the rules.
    """

    name: str
    title: str
    commissioning_years: Years
    objectives: tuple[Objective, ...]
    integer: bool = True
    discount_rate: float = 0.0
    rules: Rules = Rules()
    content: bytes = field(default=b"", repr=False)
    held: tuple[Objective, ...] = ()
    uncertainty: UnderUncertainty | None = None
    targets: tuple[Target, ...] = ()

    def __post_init__(self) -> None:
        """Check every field, and that there is something to minimise, and nothing twice."""
        super().__post_init__()
        names = [each.minimise for each in self.objectives]
        if not names or len(set(names)) < len(names):
            raise ValueError("Policy: objectives are missing, or one is named twice")

    @property
    def hash(self) -> str:
        """SHA-256 of the file that was read."""
        return hashlib.sha256(self.content).hexdigest()

    def first_stages(self, count: int) -> Policy:
        """Return the same model with its first objectives only."""
        return replace(self, objectives=self.objectives[:count])

    def relaxed(self) -> Policy:
        """Return the linear relaxation of the same model."""
        return replace(self, integer=False)

    @property
    def prices_missed(self) -> bool:
        """Whether the shortfall counts what is missed of soft commitments or targets."""
        soft = any(target.price is not None for target in self.targets)
        return soft or self.rules.price_of_missing is not None

    @property
    def decides_later(self) -> bool:
        """Whether some commissioning years are decided once the future is known."""
        how = self.uncertainty
        now = None if how is None else how.decide_now
        return now is not None and now < self.commissioning_years
