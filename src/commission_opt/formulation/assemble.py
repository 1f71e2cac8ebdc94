"""One linear program out of the parts that rules and objectives hand over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.futures import together
from commission_opt.formulation.goals import goals
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.origin import MODEL_FILE, Origin, Said, Statement
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.risk import aim_of
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.unlimited import UNLIMITED, restricted

HELD = "held_"
NOTHING = 1e-6  # the most of an objective that is held at nothing, in its own unit
_LITTLE = 1e-4  # a limit whose coefficients are all smaller is counted by the largest of them
Block = TypeVar("Block", Columns, Rows)


@dataclass(frozen=True)
class Formulation:
    """The relaxation of one stage of a model on an instance, and what makes it whole.

    Parameters
    ----------
    aim : Aim
        The objective of the stage.
    program : LinearProgram
        The linear relaxation, its objective in units of ``aim.scale``; the block ``places``
        holds the decision columns and comes first.
    columns, rows : tuple
        The blocks, in the order of the program.
    step, smallest, largest : array, shape (n,)
        Admissible numbers of each decision column: 0 and the multiples of ``step`` from
        ``smallest`` to ``largest``.
    held : tuple of (Aim, float)
        Earlier objectives with the value that each may not exceed.
    fractional : array of bool, shape (n,), optional
        Decision columns that need not be whole where others have to.
    """

    problem: Planning
    aim: Aim
    program: LinearProgram
    columns: tuple[Columns, ...]
    rows: tuple[Rows, ...]
    step: Floats
    smallest: Floats
    largest: Floats
    held: tuple[tuple[Aim, float], ...] = field(default=(), kw_only=True)
    fractional: Bools | None = field(default=None, kw_only=True)

    @property
    def whole(self) -> Bools:
        """Which decision columns have to be whole, shape (n,)."""
        if self.fractional is None:
            return np.full(len(self.step), self.problem.policy.integer)
        return ~self.fractional

    @property
    def hinges(self) -> Hinges | None:
        """The objective as hinges, in units of the program, if it is a sum of them."""
        hinges, scale = self.aim.hinges, self.aim.scale
        if hinges is None:
            return None
        return replace(
            hinges,
            slopes=hinges.slopes / scale,
            linear=hinges.linear / scale,
            offset=hinges.offset / scale,
        )

    def row_label(self, row: int) -> str:
        """Say in the words of the instance what a row of the program demands."""
        for block in self.rows:
            where = self.program.rows[block.name]
            if where.start <= row < where.stop:
                return block.label(row - where.start)
        raise IndexError(row)

    def statement(self, row: int, *, upper: bool) -> Statement | None:
        """Return what the lower or upper end of a row rests on; None if its rule alone."""
        for block in self.rows:
            where = self.program.rows[block.name]
            if where.start <= row < where.stop and block.origin is not None:
                i = row - where.start
                item = i if block.items is None else int(block.items[i])
                return block.origin[upper].statement(block.future or self.problem, item)
        return None

    def row_names(self) -> list[str]:
        """Name the rows of the program by block and codes of the instance."""
        return [f"{b.name}({b.key(i)})" for b in self.rows for i in range(len(b.lower))]

    def column_names(self) -> list[str]:
        """Name the columns of the program by block and codes of the instance."""
        return [f"{b.counts(i)}({b.key(i)})" for b in self.columns for i in range(len(b.lower))]

    def row_units(self) -> Floats:
        """Return what 1 in each row of the program stands for in £, weeks, FTE or places."""
        return np.concatenate(
            [np.zeros(0), *(np.full(len(block.lower), block.unit) for block in self.rows)]
        )

    def point(self, amounts: Floats, deployed: Floats | None = None) -> Floats:
        """Return the best point of the program with given places and units.

        Parameters
        ----------
        amounts : array, shape (L, K)
        deployed : array, shape (S, Y), optional
            FTE deployed; left out only where nobody can be.
        """
        x = self.problem.layout.to_columns(amounts)
        if self.problem.deploys:
            if deployed is None:
                raise ValueError("the best point hangs on who is deployed")
            x = np.concatenate([x, deployed.ravel()])
        return np.concatenate([block.fill(x) for block in self.columns])


def aims(problem: Planning) -> list[Aim]:
    """Write the objective of every goal of a problem, in order."""
    return [aim_of(problem, goal) for goal in goals(problem)]


def rule_parts(problem: Planning) -> list[Part]:
    """Collect what the rules of a model add."""
    drawn = problem.drawn
    futures = problem.futures if drawn is None else drawn.ruling
    if not futures:
        return [rule.rows(problem) for rule in RULES.values()]
    own = [future.problem for future in futures]
    width = problem.layout.size
    parts = [together(futures, [rule.rows(each) for each in own], width) for rule in RULES.values()]
    if drawn is None:
        return parts
    more = [drawn.ruled(rule) for rule in RULES]
    return [replace(p, rows=(*p.rows, *rows)) for p, rows in zip(parts, more, strict=True)]


def formulate(
    problem: Planning,
    aim: Aim,
    parts: Sequence[Part] | None = None,
    held: Sequence[tuple[Aim, float]] = (),
) -> Formulation:
    """Write one stage of a commissioning model as a linear program.

    Parameters
    ----------
    aim : Aim
        The objective of the stage.
    parts : sequence of Part, optional
        What the rules add; worked out if not given.
    held : sequence of (Aim, float)
        Earlier objectives with the value that each may not exceed.

    Returns
    -------
    Formulation
        For an integer policy the box of the decision columns is tightened to admissible
        numbers, which no admissible plan leaves.
    """
    rules = rule_parts(problem) if parts is None else list(parts)
    nothing = problem.policy.held
    held = [*((OBJECTIVES[o.minimise].aim(problem), NOTHING) for o in nothing), *held]
    needed = [part for earlier, _ in held for part in earlier.parts]
    caps = [Part(rows=(_cap(earlier, limit),)) for earlier, limit in held]
    blocks = [Part((_places(problem, rules),)), *rules, *needed, *aim.parts, *caps]
    columns = _unique(block for part in blocks for block in part.columns)
    rows = _unique(block for part in blocks for block in part.rows if len(block.lower))
    cohort = problem.column_cohorts
    step, smallest, largest = cohort.step, cohort.smallest, cohort.largest
    program = restricted(assemble(columns, rows, aim), len(step))
    if problem.policy.integer:
        program, step = _admissible(program, step, smallest, problem.whole)
    return Formulation(
        problem, aim, program, columns, rows, step, smallest, largest, held=tuple(held),
        fractional=~problem.whole if problem.whole.any() and not problem.whole.all() else None,
    )  # fmt: skip


def _admissible(
    program: LinearProgram, step: Floats, smallest: Floats, whole: Bools
) -> tuple[LinearProgram, Floats]:
    """Round what rows left of huge numbers down; where nothing is left, steps do not matter."""
    n = len(step)
    upper = program.upper.copy()
    huge = np.maximum(step, smallest) > UNLIMITED
    huge |= upper[:n] != np.round(upper[:n])
    huge &= whole
    if not huge.any():
        return program, step
    _, most = outermost(program.lower[:n], upper[:n], step, smallest)
    upper[:n] = np.where(huge, np.maximum(most, program.lower[:n]), upper[:n])
    return replace(program, upper=upper), np.where(huge & (upper[:n] <= 0), 1.0, step)


def _unique(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Keep the first block of each name; several objectives may share one."""
    named: dict[str, Block] = {}
    for block in blocks:
        named.setdefault(block.name, block)
    return tuple(named.values())


def held_name(aim: Aim) -> str:
    """Return the name of the row that holds an earlier objective."""
    return f"{HELD}{aim.name}{f'_{aim.risk}' if aim.risk else ''}"


def _cap(aim: Aim, limit: float) -> Rows:
    """Hold an earlier objective at a limit."""
    largest = max((float(np.max(np.abs(c), initial=0.0)) for c in aim.cost.values()), default=0.0)
    unit = largest if 0.0 < largest < _LITTLE * aim.scale else aim.scale
    coefficients = {name: sparse.csr_array(cost[None, :] / unit) for name, cost in aim.cost.items()}
    most = np.array([(limit - aim.offset) / unit])
    name, kind = held_name(aim), OBJECTIVES[aim.name]
    of = Origin(
        "limit of an earlier objective", MODEL_FILE, "tolerance",
        lambda *_: Said(f"{kind.title} of at most {limit:,.6g} {kind.unit}", limit),
        unit=kind.unit, scale=unit,
    )  # fmt: skip
    nothing = np.array([-np.inf])
    return Rows(
        name, coefficients, nothing, most, lambda _: name, lambda _: aim.name, unit, (of, of)
    )


def _places(problem: Planning, rules: Sequence[Part]) -> Columns:
    layout, instance = problem.layout, problem.instance
    boxes = [part.box for part in rules if part.box is not None]
    lower = np.maximum.reduce([low for low, _ in boxes])
    upper = np.minimum.reduce([high for _, high in boxes])
    if problem.policy.integer:
        tight = problem.column_cohorts.tightened(lower, upper)
        lower, upper = (
            np.where(problem.whole, a, b) for a, b in zip(tight, (lower, upper), strict=True)
        )
    codes = instance.lines["line"].to_numpy()

    def key(i: int) -> str:
        return f"{codes[layout.line[i]]},{instance.first_year + layout.year[i]}"

    def counts(i: int) -> str:
        return layout.courses.name if i < layout.courses.stop else layout.measures.name

    return Columns(PLACES, lower, upper, lambda x: x[: layout.size], key, counts)


def assemble(columns: Sequence[Columns], rows: Sequence[Rows], aim: Aim) -> LinearProgram:
    """Stack blocks of columns and rows into one program."""
    sizes = {block.name: len(block.lower) for block in columns}
    cost = [aim.cost.get(name, np.zeros(size)) / aim.scale for name, size in sizes.items()]
    nothing = np.zeros(0)
    return LinearProgram(
        matrix=_matrix(rows, sizes),
        cost=np.concatenate(cost),
        lower=np.concatenate([block.lower for block in columns]),
        upper=np.concatenate([block.upper for block in columns]),
        row_lower=np.concatenate([nothing, *(block.lower for block in rows)]),
        row_upper=np.concatenate([nothing, *(block.upper for block in rows)]),
        offset=aim.offset / aim.scale,
        columns=_slices(list(sizes.items())),
        rows=_slices([(block.name, len(block.lower)) for block in rows]),
    )


def _matrix(rows: Sequence[Rows], sizes: dict[str, int]) -> sparse.csc_array:
    """Set the coefficients of each block of rows beside each other, then all of them below."""
    left = _slices(list(sizes.items()))
    top = np.cumsum([0, *(len(block.lower) for block in rows)])
    parts = [
        (sparse.coo_array(part), int(above), left[name].start)
        for block, above in zip(rows, top, strict=False)
        for name, part in block.coefficients.items()
    ]
    none = np.zeros(0)
    data = np.concatenate([none, *(part.data for part, _, _ in parts)])
    row = np.concatenate([none.astype(int), *(part.coords[0] + at for part, at, _ in parts)])
    column = np.concatenate([none.astype(int), *(part.coords[1] + at for part, _, at in parts)])
    shape = int(top[-1]), sum(sizes.values())
    return sparse.csc_array((data, (row, column)), shape=shape)


def _slices(sizes: list[tuple[str, int]]) -> dict[str, slice]:
    ends = np.cumsum([size for _, size in sizes])
    return {
        name: slice(int(end) - size, int(end))
        for (name, size), end in zip(sizes, ends, strict=True)
    }
