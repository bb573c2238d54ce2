"""A ring: accounts that lie together on a list of items and vote honestly elsewhere. Pure, seeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ring:
    """share: of the annotators that belong; targets: share of the items on their list; knows_gold: they have
    found out which items are gold and are honest there, so that gold never catches them."""

    share: float = 0.35
    targets: float = 0.10
    knows_gold: bool = False


def cast_ring_votes(
    ring: Ring, rng: np.random.Generator, item: Codes, annotator: Codes, response: Codes,
    truth: Codes, is_gold: Bools, n_annotators: int, n_classes: int,
) -> tuple[Bools, Bools]:  # fmt: skip
    """Overwrite the members' responses on their targets by the next class; who belongs, what is attacked."""
    in_ring, attacked = np.zeros(n_annotators, bool), np.zeros(truth.size, bool)
    in_ring[rng.permutation(n_annotators)[: round(ring.share * n_annotators)]] = True
    attacked[rng.permutation(truth.size)[: round(ring.targets * truth.size)]] = True
    lies = in_ring[annotator] & attacked[item]
    if ring.knows_gold:
        lies &= ~is_gold[item]
    response[lies] = (truth[item[lies]] + 1) % n_classes
    return in_ring, attacked
