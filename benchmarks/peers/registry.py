"""The peers by name: where each is, how it is made, and which packages it needs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata

from peers.peer import Peer

OURS = "commission-opt"
EXTRA = "peers"


@dataclass(frozen=True)
class Entry:
    """A peer.

    Parameters
    ----------
    module, name : str
        Its file and its class.
    packages : tuple of str
        Distributions whose versions matter, the library first.
    options : mapping
        How it is made.
    seeded : bool
        Whether the library passes a seed on.
    """

    module: str
    name: str
    packages: tuple[str, ...]
    options: Mapping[str, str | bool] = field(default_factory=dict)
    seeded: bool = True

    def make(self, seed: int) -> Peer:
        """Import and make the peer.

        Raises
        ------
        ModuleNotFoundError
            If its library is not installed.
        """
        module = importlib.import_module(f"peers.{self.module}")
        options = dict(self.options) | ({"seed": seed} if self.seeded else {})
        peer: Peer = getattr(module, self.name)(**options)
        return peer

    def versions(self) -> dict[str, str]:
        """Return the versions of its packages that are installed."""
        found = {}
        for package in self.packages:
            try:
                found[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                continue
        return found


def _mathopt(relaxation: str, integer: str) -> Entry:
    options = {"relaxation": relaxation, "integer": integer}
    return Entry("mathopt", "MathOpt", ("ortools",), options)


PEERS: Mapping[str, Entry] = {
    OURS: Entry("this_engine", "ThisEngine", (OURS, "highspy")),
    "raw-highspy": Entry("raw_highspy", "RawHighspy", ("highspy",)),
    "scipy": Entry("scipy_milp", "ScipyMilp", ("scipy",), seeded=False),
    "linopy": Entry("linopy_highs", "Linopy", ("linopy", "highspy", "xarray")),
    "linopy-dense": Entry(
        "linopy_highs", "Linopy", ("linopy", "highspy", "xarray"), {"sparse": False}
    ),
    "linopy-lp": Entry("linopy_highs", "Linopy", ("linopy", "highspy"), {"io_api": "lp"}),
    "linopy-mps": Entry("linopy_highs", "Linopy", ("linopy", "highspy"), {"io_api": "mps"}),
    "pyomo-appsi": Entry("pyomo_appsi", "PyomoAppsi", ("pyomo", "highspy")),
    "pyomo-contrib": Entry("pyomo_contrib", "PyomoContrib", ("pyomo", "highspy")),
    "mathopt": _mathopt("GLOP", "GSCIP"),
    "mathopt-pdlp-highs": _mathopt("PDLP", "HIGHS"),
    "mathopt-cpsat": _mathopt("GLOP", "CP_SAT"),
    "pulp-cbc": Entry("pulp_cbc", "PulpCbc", ("pulp", "cbcbox")),
}
