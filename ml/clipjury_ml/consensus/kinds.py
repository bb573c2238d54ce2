"""What kind of manipulation people name, and by which cues: a posterior for each, given that the clip is manipulated.

Several can hold at once, so each stands by itself and they do not sum to 1. A vote that names none was not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.marked_votes import WORDS_RHO, MarkedVote, log_ratio, p_saw, temper_of


@dataclass(frozen=True, slots=True)
class Naming:
    """How words of one list are named: prior; by who saw what holds, and what does not; by who guesses."""

    prior: float
    seen: float
    mistaken: float
    guessed: float


KINDS = Naming(prior=0.12, seen=0.65, mistaken=0.06, guessed=0.12)
CUES = Naming(prior=0.15, seen=0.4, mistaken=0.08, guessed=0.08)


def kind_posteriors(votes: Sequence[MarkedVote], kinds: Sequence[str]) -> dict[str, float]:
    """P(kind | votes) for each of `kinds`; empty where nobody whose word carries weight named one."""
    return _posteriors([(vote, vote.kinds) for vote in votes], kinds, KINDS)


def cue_posteriors(votes: Sequence[MarkedVote], cues: Sequence[str]) -> dict[str, float]:
    """P(cue is to be seen | votes) for each of `cues`; empty where nobody whose word carries weight named one."""
    return _posteriors([(vote, vote.cues) for vote in votes], cues, CUES)


def _posteriors(
    named: Sequence[tuple[MarkedVote, tuple[str, ...]]], words: Sequence[str], naming: Naming
) -> dict[str, float]:
    heard = [
        (vision, set(names))
        for vote, names in named
        if names and (vision := p_saw(vote.sensitivity, vote.specificity)) > 0.0
    ]
    if not heard:
        return {}
    ratios: NDArray[np.float64] = np.array(
        [[_evidence(vision, word in names, naming) for word in words] for vision, names in heard]
    )  # (people, words)
    prior = np.log(naming.prior / (1.0 - naming.prior))
    log_odds = prior + ratios.sum(axis=0) / temper_of([vision for vision, _ in heard], WORDS_RHO)
    return dict(zip(words, (1.0 / (1.0 + np.exp(-log_odds))).tolist(), strict=True))


def _evidence(vision: float, is_named: bool, naming: Naming) -> float:
    if is_named:
        return log_ratio(vision, naming.seen, naming.mistaken, naming.guessed)
    return log_ratio(vision, 1.0 - naming.seen, 1.0 - naming.mistaken, 1.0 - naming.guessed)
