"""From the inputs of one plan to those of another, one table after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from commission_opt.errors import CommissionOptError, InfeasibleError, InputError
from commission_opt.explain.best import Best, BestPlaces
from commission_opt.explain.comparison.changes import MODEL, SETTINGS
from commission_opt.explain.naming import unknown
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.schema import TABLES
from commission_opt.plan.read import StoredPlan
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Watch

ORDER = (SETTINGS, *TABLES, MODEL)
Parts = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """Some parts of the inputs taken over from the second plan.

    Parameters
    ----------
    parts : tuple of str
        Tables, ``instance`` for the settings, or ``model``; several where they only make sense
        together.
    best : Best
        What can be reached once they are taken over.
    why : str
        Why several are taken over together; empty for one.
    """

    parts: Parts
    best: Best
    why: str


@dataclass(eq=False)
class Exchange:
    """Goes from the inputs of one plan to those of another."""

    a: StoredPlan
    b: StoredPlan
    best: BestPlaces
    watch: Watch
    _known: dict[frozenset[str], Best | CommissionOptError] = field(default_factory=dict)

    def start(self) -> Best:
        """Return what can be reached with the inputs of the first plan."""
        return self._raised(frozenset())

    def along(self, order: Sequence[str]) -> list[Step]:
        """Take parts over in an order.

        Where the inputs do not pass the checks, or no places keep every rule, the next part is
        taken over together with those before. The order has all parts that differ.

        Raises
        ------
        NoPlanError, StoppedError, CertificateError
            As ``BestPlaces`` does.
        """
        steps, taken, waiting, why = list[Step](), frozenset[str](), list[str](), ""
        for part in order:
            taken, waiting = taken | {part}, [*waiting, part]
            found = self._try(taken)
            if isinstance(found, CommissionOptError) and part != order[-1]:
                alone = ", ".join(map(file_name, waiting))
                why = why or f"with {alone} alone {_reason(found)}"
                continue
            steps.append(Step(tuple(waiting), self._raised(taken), why))
            waiting, why = [], ""
        return steps

    def _raised(self, taken: frozenset[str]) -> Best:
        found = self._try(taken)
        if isinstance(found, CommissionOptError):
            raise found
        return found

    def _try(self, taken: frozenset[str]) -> Best | CommissionOptError:
        if taken not in self._known:
            self.watch.begin(f"inputs, solving version {len(self._known) + 1:,}")
            try:
                self._known[taken] = self.best.best(self._problem(taken))
            except (InputError, InfeasibleError) as error:
                self._known[taken] = error
        return self._known[taken]

    def _problem(self, taken: frozenset[str]) -> Planning:
        files = dict(self.a.instance.files)
        for part in taken - {MODEL}:
            file = SETTINGS_FILE if part == SETTINGS else TABLES[part].file
            files.pop(file, None)
            if file in self.b.instance.files:
                files[file] = self.b.instance.files[file]
        policy = (self.b if MODEL in taken else self.a).policy.relaxed()
        for plan in (self.a, self.b):
            if files == plan.instance.files:
                check_fits(plan.instance, policy)
                return planning(plan.instance, policy, plan.problem.effects, steady=True)
        reading = read_contents(files)
        if reading.instance is None:
            raise InputError(reading.problems)
        check_fits(reading.instance, policy)
        return planning(reading.instance, policy, steady=True)


def ordered(changed: Iterable[str], asked: Sequence[str]) -> list[str]:
    """Put the parts that changed into an order.

    What is asked for comes first, with or without ``.csv`` or ``.toml``; the others follow in the
    order of the tables, the model last.

    Raises
    ------
    UsageError
        If there is no such part.
    """
    names = [name.strip().removesuffix(".csv").removesuffix(".toml") for name in asked]
    for name in names:
        if name not in ORDER:
            raise unknown("part of the inputs", name, ORDER)
    there = set(changed)
    return [part for part in dict.fromkeys([*names, *ORDER]) if part in there]


def components(*orders: Sequence[Step]) -> list[Parts]:
    """Return the finest groups of parts that no step of several orders takes apart."""
    groups: dict[str, Parts] = {}
    for step in (step for steps in orders for step in steps):
        merged = {p for part in step.parts for p in groups.get(part, (part,))}
        groups |= dict.fromkeys(merged, tuple(merged))
    position = {part: i for i, part in enumerate(p for step in orders[0] for p in step.parts)}
    found = {tuple(sorted(group, key=position.__getitem__)) for group in groups.values()}
    return sorted(found, key=lambda group: position[group[0]])


def file_name(part: str) -> str:
    """Return the file in which a part stands."""
    return f"{part}.toml" if part in (SETTINGS, MODEL) else TABLES[part].file


def _reason(error: CommissionOptError) -> str:
    if isinstance(error, InputError):
        first = next(p for p in error.problems if p.severity == "error")
        return f"the inputs do not pass the checks ({first})"
    return "no places keep every rule"
