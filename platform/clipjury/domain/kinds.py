"""What kind of manipulation people name, and by which cues: a posterior for each, given that the clip is manipulated.

Several can hold at once, so each stands by itself and they do not sum to 1. A vote that names none was not asked. The
rule of `clipjury_ml.consensus.kinds`, written again with the standard library alone; a test holds the two together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clipjury.domain import vocabulary
from clipjury.domain.marks import MarkedVote, log_ratio, posterior, temper_of

WORDS_RHO: Final = 0.1  # assumed correlation of the words people choose for one clip


@dataclass(frozen=True, slots=True)
class _Naming:
    """How words of one list are named: prior; by who saw what holds, and what does not; by who guesses."""

    prior: float
    seen: float
    mistaken: float
    guessed: float


_KINDS: Final = _Naming(prior=0.12, seen=0.65, mistaken=0.06, guessed=0.12)
_CUES: Final = _Naming(prior=0.15, seen=0.4, mistaken=0.08, guessed=0.08)


def kind_posteriors(votes: Sequence[MarkedVote]) -> dict[str, float]:
    """P(kind | votes) for every kind of the vocabulary; empty where nobody whose word carries weight named one."""
    return _posteriors([(vote.saw, vote.kinds) for vote in votes], vocabulary.KINDS, _KINDS)


def cue_posteriors(votes: Sequence[MarkedVote]) -> dict[str, float]:
    """P(cue is to be seen | votes) for every cue; empty where nobody whose word carries weight named one."""
    return _posteriors([(vote.saw, vote.cues) for vote in votes], vocabulary.CUES, _CUES)


def _posteriors(
    named: Sequence[tuple[float, tuple[str, ...]]], words: Sequence[vocabulary.Entry], naming: _Naming
) -> dict[str, float]:
    heard = [(saw, names) for saw, names in named if names and saw > 0.0]
    if not heard:
        return {}
    temper = temper_of([saw for saw, _ in heard], WORDS_RHO)
    return {
        word.id: posterior(
            naming.prior, math.fsum(_evidence(saw, word.id in names, naming) for saw, names in heard) / temper
        )
        for word in words
    }


def _evidence(saw: float, is_named: bool, naming: _Naming) -> float:
    if is_named:
        return log_ratio(saw, naming.seen, naming.mistaken, naming.guessed)
    return log_ratio(saw, 1.0 - naming.seen, 1.0 - naming.mistaken, 1.0 - naming.guessed)
