"""Votes on one item share their misses: the certainty of n of them is divided by a design effect."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RHO = 0.2  # assumed correlation of votes on one item, the value of ADR 10


def temper(posteriors: Floats, n_votes: Floats, rho: float = RHO) -> Floats:
    """Posteriors whose log-odds are divided by 1 + rho (n - 1), n the votes on the item (Kish)."""
    effect = 1.0 + rho * np.maximum(n_votes - 1.0, 0.0)
    logs = np.log(np.maximum(posteriors, np.finfo(float).tiny)) / effect[:, None]
    return softmax(logs)


def raise_to(posteriors: Floats, factor: float) -> Floats:
    """Posteriors whose log-odds are multiplied by factor; at 1 the same to the last bit."""
    return (
        posteriors
        if factor == 1.0
        else softmax(factor * np.log(np.maximum(posteriors, np.finfo(float).tiny)))
    )


def softmax(scores: Floats) -> Floats:
    """Along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
