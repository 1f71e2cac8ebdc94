"""What floors ask of the service of professions, and how far it is from that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.account import Affine
from commission_opt.instance.instance import Instance
from commission_opt.text.card import Card, Shown
from commission_opt.text.counts import plural


@dataclass(frozen=True, repr=False)
class Levels(Shown):
    """How each of F floors is kept.

    Parameters
    ----------
    required, service : array, shape (F,)
        FTE asked for, and FTE of service that count towards it.
    """

    required: Floats
    service: Floats

    @property
    def below(self) -> Floats:
        """FTE missing from each floor."""
        return np.maximum(self.required - self.service, 0.0)

    def card(self) -> Card:
        """Return what is missing from all floors together."""
        said = f"{self.below.sum():,.1f} FTE-years below {plural(len(self.below), 'floor row')}"
        return Card(said)


def least(instance: Instance) -> Floats:
    """Return the FTE that each floor asks for by itself, shape (F,); none where it is a mix."""
    floors, (counted, _) = instance.floors, instance.floor_cells
    fte, share = (floors[n].fillna(0.0).to_numpy(float) for n in ("min_fte", "min_demand_share"))
    return np.asarray(fte + share * (counted @ instance.demand.ravel()))


def levels(instance: Instance, service: Floats) -> Levels:
    """Set the service of professions, shape (P, Q, Y), against what floors ask for."""
    if not len(instance.floors):
        return Levels(np.zeros(0), np.zeros(0))
    counted, asked = instance.floor_cells
    each = service.ravel()
    return Levels(least(instance) + asked @ each, counted @ each)


def missing(instance: Instance, service: Affine) -> Affine:
    """Return what floors ask for beyond the service there is, FTE, as that follows from decisions.

    Parameters
    ----------
    service : Affine, of P · Q · Y cells
        FTE at positions of ``Instance.cells``.

    Returns
    -------
    Affine, of F rows
        Below 0 where there is more than is asked for.
    """
    counted, asked = instance.floor_cells
    beyond = sparse.csr_array(asked - counted)
    beyond.eliminate_zeros()
    matrix = sparse.csr_array(beyond @ service.matrix)
    matrix.eliminate_zeros()
    return Affine(np.asarray(least(instance) + beyond @ service.constant), matrix)
