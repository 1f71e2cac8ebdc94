"""What a plan says, worked out once for all sections of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.errors import InputError
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.why.balances import Balances, balances
from commission_opt.explain.why.standing import Standing
from commission_opt.formulation.goals import weighs
from commission_opt.instance.instance import Instance
from commission_opt.plan.sign import Signature, sign_off
from commission_opt.plan.verify import Verification
from commission_opt.policy import Policy
from commission_opt.views import words
from commission_opt.views.commitments import not_in_force
from commission_opt.views.decision import Proposal
from commission_opt.views.lines import bought
from commission_opt.views.money import PARTS, Fund, unbudgeted
from commission_opt.views.names import Names
from commission_opt.views.prospects import Prospects
from commission_opt.views.settled import Settled, settled
from commission_opt.views.shortfall import Baselines, negative_staff
from commission_opt.views.weighing import told


@dataclass(frozen=True)
class Facts:
    """A plan that holds, and who has signed it.

    P professions, Q leaf regions, Y years of the horizon, K commissioning years.
    """

    found: Verification
    signed: Sequence[Signature]

    @property
    def instance(self) -> Instance:
        """The instance that was solved."""
        return self.found.plan.instance

    @property
    def policy(self) -> Policy:
        """The commissioning model."""
        return self.found.plan.policy

    @property
    def outcome(self) -> Outcome:
        """What the places lead to."""
        return self.found.plan.outcome

    @cached_property
    def futures(self) -> Baselines:
        """The plan, and the two baselines it is set against."""
        return Baselines(self.found.plan.problem, self.outcome)

    @cached_property
    def proposal(self) -> Proposal:
        """The plan as a decision: what its first page says."""
        return Proposal(self.futures)

    @cached_property
    def prospects(self) -> Prospects:
        """How a plan for several futures fares in each of them."""
        plan = self.found.plan
        said = plan.record["uncertainty"]
        return Prospects(
            self.futures, said, plan.mean_amounts, plan.bounds, plan.mean_deployed, plan.mended
        )

    @property
    def units(self) -> bool:
        """Whether units of measures can be bought besides places."""
        return self.futures.units

    @property
    def bought(self) -> str:
        """What is bought: places, or places and units."""
        return words.bought(self.units)

    @property
    def without(self) -> str:
        """What to call the future in which nothing is bought."""
        return self.futures.titles[0]

    @property
    def pays(self) -> bool:
        """Whether any fund pays staff."""
        return len(self.instance.pay) > 0

    @cached_property
    def lines(self) -> pd.DataFrame:
        """What is bought of every line, and what that costs and brings; see ``views.lines``."""
        return bought(self.found.plan.problem, self.outcome)

    @property
    def funds(self) -> list[Fund]:
        """What every fund spends."""
        return self.proposal.funds

    @cached_property
    def spending(self) -> pd.DataFrame:
        """What is spent under budgets, £: fund (its name), year, budget, each part, and pay."""
        frames = []
        for fund in (fund for fund in self.funds if fund.years):
            limited = ~np.isnan(fund.budget)
            parts = dict(zip(PARTS, fund.within[:, limited], strict=True))
            parts["pay"] = fund.paid_within[limited]
            years = {"year": fund.years, "budget": fund.budget[limited]}
            frames.append(pd.DataFrame({"fund": self.names.funds[fund.code], **years, **parts}))
        none = pd.DataFrame(columns=["fund", "year", "budget", *PARTS, "pay"])
        return pd.concat(frames, ignore_index=True) if frames else none

    @cached_property
    def settled(self) -> Settled:
        """Limits of the places of every plan that is as good."""
        return settled(self.found.plan.problem, self.found.certificate, self.found.proofs)

    @cached_property
    def standing(self) -> Standing:
        """Where every line stands within its own limits."""
        problem = self.found.plan.problem
        alone = replace(problem, policy=replace(problem.policy, uncertainty=None))
        stage = first_stage(alone)
        return Standing(stage.problem, stage.program, self.outcome.amounts)

    @cached_property
    def balances(self) -> Balances | None:
        """What one more on every line brings and takes; None where several futures are weighed."""
        plan = self.found.plan
        if weighs(plan.problem):
            return None
        proof = self.found.proofs[len(pursued(plan).policy.held)]
        return balances(plan, proof.formulation, proof.multipliers)

    @cached_property
    def unbudgeted(self) -> tuple[str, ...]:
        """What is spent under no budget, a sentence for each fund."""
        names = self.names
        found = unbudgeted(self.funds, names.funds.__getitem__, names.regions.__getitem__)
        return tuple(told(self.futures.problem, text) for text in found)

    @cached_property
    def negative(self) -> list[str]:
        """Where supply falls below 0, a sentence for each profession and region."""
        professions, regions = self.names.professions, self.names.regions
        return list(negative_staff(self.futures, professions.__getitem__, regions.__getitem__))

    @cached_property
    def lapsed(self) -> pd.DataFrame:
        """Commitments that were not in force, wholly or partly."""
        return not_in_force(self.instance, self.policy)

    @property
    def names(self) -> Names:
        """What to call everything in the instance."""
        return self.proposal.names

    @cached_property
    def professions(self) -> tuple[str, ...]:
        """P names, no two alike."""
        return tuple(self.names.professions.values())

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Q names, no two alike."""
        return tuple(self.names.regions[code] for code in self.instance.regions["region"])

    @property
    def years(self) -> range:
        """Financial years of the horizon."""
        return self.instance.years

    @property
    def commissioned_years(self) -> range:
        """Financial years for which places are decided, whatever the future is."""
        return self.proposal.years

    @cached_property
    def taught(self) -> np.ndarray:
        """Whether a profession has a course in a region, shape (P, Q)."""
        found = np.zeros(self.instance.shape[:2], dtype=bool)
        courses = self.instance.courses
        found[courses["p"].to_numpy(int), courses["q"].to_numpy(int)] = True
        return found

    @property
    def places(self) -> Floats:
        """Places by profession, region of the course and ``commissioned_years``."""
        return self.proposal.places

    @property
    def last_year(self) -> Floats:
        """Places in the year before the plan, shape (P, Q)."""
        return self.proposal.last_year


def read_facts(found: Verification) -> Facts:
    """Take what a report needs from a plan that was verified.

    Raises
    ------
    InputError
        If its record of signatures was changed.
    """
    signed = sign_off(found.plan.folder)
    if not signed.whole:
        raise InputError(signed.problems)
    return Facts(found, signed.signatures)


def relative(now: Floats, before: Floats) -> Floats:
    """Return relative changes: infinite where there was nothing, 0 where there still is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.asarray((now - before) / before, dtype=float)
    found: Floats = np.where(now == before, 0.0, change)
    return found


def share(part: Floats, whole: Floats) -> Floats:
    """Return shares; not a number where there is no whole."""
    out = np.full(np.broadcast_shapes(np.shape(part), np.shape(whole)), np.nan)
    found: Floats = np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
    return found
