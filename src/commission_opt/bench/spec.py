"""What a benchmark runs: the cells of a TOML specification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ENGINES = ("arrays", "pyomo")
METHODS = ("auto", "fast", "exact")
PEER = "peer:"


@dataclass(frozen=True)
class Generated:
    """Arguments of the generator."""

    professions: int
    regions: int
    years: int
    seed: int = 0
    levers: bool = False

    @property
    def label(self) -> str:
        """Name of the instance in case keys."""
        size = f"{self.professions}x{self.regions}x{self.years}"
        return f"generated-{size}-{self.seed}{'-levers' * self.levers}"


@dataclass(frozen=True)
class Case:
    """One cell of a specification.

    Parameters
    ----------
    instance : Path or Generated
        Folder, or what to generate.
    model : Path or None
        File of the commissioning model; None for ``model.toml`` of the instance.
    engine : str
        ``arrays``, ``pyomo`` or ``peer:NAME``.
    peers : Path
        Folder where peers are.
    gap : float
        Relative gap that is asked for.
    relaxed : bool
        Whether fractions of places are allowed.
    highs : mapping of str to object
        Further options of HiGHS.
    repeats : int
        Runs of each case.
    time_limit : float
        Seconds that the engine is given.
    kill_after : float
        Seconds after which the process is ended.
    memory_limit_mib : float or None
        Most address space of the process, MiB.
    work_limit : float or None
        Most work, which is the same on every machine.
    name : str
        What it is called; "" if by its key.
    """

    instance: Path | Generated
    model: Path | None
    engine: str
    solver: str
    method: str
    seed: int
    peers: Path
    gap: float = 5e-4
    threads: int = 1
    relaxed: bool = False
    highs: Mapping[str, object] = field(default_factory=dict)
    repeats: int = 1
    time_limit: float = 60.0
    kill_after: float = 120.0
    memory_limit_mib: float | None = None
    work_limit: float | None = None
    name: str = ""

    @property
    def instance_label(self) -> str:
        """Name of the instance."""
        return self.instance.label if isinstance(self.instance, Generated) else self.instance.name

    @property
    def model_label(self) -> str:
        """Name of the commissioning model."""
        return "own" if self.model is None else self.model.stem

    @property
    def configuration(self) -> str:
        """What solves it: engine, solver, method and options that are not the defaults."""
        how = [] if self.threads == Case.threads else [f"threads={self.threads}"]
        options = ",".join([*how, *(f"{k}={v}" for k, v in sorted(self.highs.items()))])
        return "/".join(filter(None, (self.engine, self.solver, self.method, options)))

    @property
    def key(self) -> str:
        """Name of the case: stable, and readable."""
        gap = [] if self.gap == Case.gap else [f"gap={self.gap:g}"]
        asked = ",".join([*gap, *["relaxed"] * self.relaxed])
        what = (self.instance_label, self.model_label, self.configuration)
        return "/".join(filter(None, (*what, asked, f"seed={self.seed}")))

    def identity(self) -> dict[str, object]:
        """Return the part of a row that says what was run."""
        return {
            "case": self.key,
            **({"name": self.name} if self.name else {}),
            "instance": self.instance_label,
            "model": self.model_label,
            "engine": self.engine,
            "configuration": self.configuration,
            "seed": self.seed,
            "asked_gap": self.gap,
            "relaxed": self.relaxed,
            "threads": self.threads,
            "highs": json.loads(json.dumps(dict(self.highs))),
            "time_limit": self.time_limit,
            "memory_limit_mib": self.memory_limit_mib,
            **({} if self.work_limit is None else {"work_limit": self.work_limit}),
        }

    def job(self, instance: Path) -> dict[str, object]:
        """Return what a worker needs to run it on an instance in a folder."""
        model = instance / "model.toml" if self.model is None else self.model
        return {
            **self.identity(),
            "format": 1,
            "instance": str(instance.resolve()),
            "model": str(model.resolve()),
            "solver": self.solver,
            "method": self.method,
            "gap": self.gap,
        }


@dataclass(frozen=True)
class Spec:
    """A specification."""

    name: str
    title: str
    cases: tuple[Case, ...]
