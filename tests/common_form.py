"""One form for the arrays and the readable model, in which they can be compared.

In it everything has the name that the arrays give it, such as ``places(A,2026)`` or
``budgets(tuition,*,2026)``, and every number is a coefficient of places or of a column that an
objective adds. ``readable_form`` gets the readable model there.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from commission_opt.formulation.assemble import Formulation

Affine = dict[str, float]  # coefficient by column; the constant stands at ""
TINY = 1e-9  # a column that cannot get above this is no column
CONSTANT = ""

# Rows that only matter where an objective prices the columns that they press up.
PRESSED = {
    "shortage": "shortage",
    "posts": "shortage",
    "surplus": "surplus",
    "below_floor": "below_floor",
    "unemployed": "unemployed",
    "change_up": "change",
    "change_down": "change",
    "worst_region": "worst_region",
}


@dataclass(frozen=True)
class Line:
    """A row: coefficients by column, and its two ends."""

    coefficients: Affine
    lower: float
    upper: float


@dataclass
class Form:
    """One stage: boxes of columns, rows, objective, and the admissible numbers of places."""

    box: dict[str, tuple[float, float]] = field(default_factory=dict)
    rows: dict[str, Line] = field(default_factory=dict)
    objective: Affine = field(default_factory=dict)
    numbers: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)


def name_of(block: str, *key: object) -> str:
    """Name a row or column as the arrays do."""
    return f"{block}({','.join(map(str, key))})"


def block_of(name: str) -> str:
    return name.partition("(")[0]


def needed(form: Form) -> Form:
    """Leave out rows whose own columns no price presses, and bounds of such columns."""
    held = [row for name, row in form.rows.items() if block_of(name).startswith("held_")]
    priced = {c for row in held for c in row.coefficients} | set(form.objective)
    worst = [row for name, row in form.rows.items() if block_of(name) == "worst_region"]
    targets = [row for name, row in form.rows.items() if block_of(name).startswith("target_")]
    priced |= {c for row in targets for c in row.coefficients}
    if "worst_region(all)" in priced:
        priced |= {c for row in worst for c in row.coefficients}

    def matters(name: str, row: Line) -> bool:
        own = PRESSED.get(block_of(name))
        return own is None or any(block_of(c) == own and c in priced for c in row.coefficients)

    form.rows = {name: _upwards(row) for name, row in form.rows.items() if matters(name, row)}
    used = priced.union(*(row.coefficients for row in form.rows.values()))
    decided = {"places", "units", "deployed"}
    form.box = {
        name: box
        for name, box in form.box.items()
        if block_of(name) in decided or (block_of(name) == "shortage" and name in used)
    }
    return form


def ends(numbers: npt.NDArray[np.float64]) -> tuple[float, float]:
    return (float(numbers[0]), float(numbers[-1])) if len(numbers) else (1.0, 0.0)


def _upwards(row: Line) -> Line:
    """Turn a row with an upper end only round, so that all such rows have a lower one."""
    if math.isinf(row.upper) or math.isfinite(row.lower):
        return row
    return Line({c: -v for c, v in row.coefficients.items()}, -row.upper, math.inf)


def of_size_one(row: Line) -> Line:
    """Scale a row, whatever its unit, so that its largest coefficient is 1."""
    size = max(map(abs, row.coefficients.values()), default=1.0)
    return Line({c: v / size for c, v in row.coefficients.items()}, row.lower, row.upper / size)


Names = dict[int, list[str]]  # of the rows of a block, by its id


def row_names(formulation: Formulation, known: Names) -> list[str]:
    """Name rows as the formulation does; stages share most blocks, and names take time."""
    for block in formulation.rows:
        if id(block) not in known:
            every = range(len(block.lower))
            known[id(block)] = [name_of(block.name, block.key(i)) for i in every]
    return [name for block in formulation.rows for name in known[id(block)]]


def arrays_form(formulation: Formulation, known: Names) -> Form:
    """Read a stage of the arrays from the finished program, not from its parts."""
    program, columns = formulation.program, np.array(formulation.column_names())
    room = program.upper > TINY  # other columns than places start at 0
    room[program.columns["places"]] = True
    matrix, form = program.matrix.tocsr(), Form()
    for i, name in enumerate(row_names(formulation, known)):
        entries = slice(matrix.indptr[i], matrix.indptr[i + 1])
        where, data = matrix.indices[entries], matrix.data[entries]
        inside = room[where] & (data != 0)
        coefficients = dict(
            zip(columns[where[inside]].tolist(), data[inside].tolist(), strict=True)
        )
        row = Line(coefficients, float(program.row_lower[i]), float(program.row_upper[i]))
        form.rows[name] = of_size_one(row) if name.startswith("held_") else row
    unit, priced = formulation.aim.scale, room & (program.cost != 0)
    form.objective = dict(
        zip(columns[priced].tolist(), (program.cost[priced] * unit).tolist(), strict=True)
    )
    form.objective[CONSTANT] = program.offset * unit
    boxes = zip(program.lower.tolist(), program.upper.tolist(), strict=True)
    form.box = {
        name: box for name, box, some in zip(columns.tolist(), boxes, room, strict=True) if some
    }
    if formulation.problem.policy.integer:
        for i, name in enumerate(columns[program.columns["places"]].tolist()):
            form.numbers[name] = _admissible(formulation, i)
            form.box[name] = ends(form.numbers[name])
    return needed(form)


def _admissible(formulation: Formulation, i: int) -> npt.NDArray[np.float64]:
    step, smallest = formulation.step[i], formulation.smallest[i]
    number = np.arange(0.0, formulation.largest[i] + step / 2, step)
    number = number[(number == 0) | (number >= smallest)]
    inside = (number >= formulation.program.lower[i]) & (number <= formulation.program.upper[i])
    admissible: npt.NDArray[np.float64] = number[inside]
    return admissible
