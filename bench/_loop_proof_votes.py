"""Who labels the proof's clips: simulated reviewers, with a ring among them or without, and what their votes come to.

Soft labels are made as the platform makes them: reliabilities from answers to gold that is served unannounced, then
the people's posterior of the clip. The floor is the hard label of the majority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clipjury_ml.consensus.online import (
    Ballot,
    Reliability,
    Response,
    people_posterior,
    reliability_from_gold,
)

SKILLS = (0.57, 0.70)
LEAN, BIAS_SPREAD = 0.03, 0.05  # people miss more than they invent, as in the simulator
UNSURE_RATE = 0.05
REVIEWERS = 40
VOTES_PER_CLIP = 12  # the cap of the default policy: few clips of such a crowd are decided earlier
GOLD_PER_CLASS = 10
RING_SHARE = 0.25

RingKind = Literal["none", "lies", "knows_gold"]
RINGS: tuple[RingKind, ...] = ("none", "lies", "knows_gold")


@dataclass(frozen=True, slots=True)
class Reviewer:
    """sensitivity and specificity of the honest look; in_ring: says authentic of whatever is manipulated."""

    name: str
    sensitivity: float
    specificity: float
    in_ring: bool

    def answer(self, is_manipulated: bool, lies: bool, rng: np.random.Generator) -> Response:
        """One vote; `lies` is whether this clip is one that a member of the ring lies about."""
        looked, unsure = rng.random(), rng.random() < UNSURE_RATE
        if self.in_ring and lies and is_manipulated:
            return "authentic"
        if unsure:
            return "unsure"
        right = looked < (self.sensitivity if is_manipulated else self.specificity)
        return "manipulated" if right == is_manipulated else "authentic"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reviewer said of one clip."""

    clip: str
    reviewer: int
    response: Response


@dataclass(frozen=True)
class Jury:
    """The reviewers, what gold says of them, and their votes."""

    reviewers: tuple[Reviewer, ...]
    reliabilities: tuple[Reliability, ...]
    votes: tuple[Vote, ...]

    @property
    def ring_share(self) -> float:
        """Share of the votes that members of the ring cast."""
        return sum(self.reviewers[vote.reviewer].in_ring for vote in self.votes) / len(self.votes)

    def soft_labels(self) -> dict[str, float]:
        """P(manipulated) of each clip by the people alone, as a snapshot freezes it."""
        found = {}
        for clip, votes in self._by_clip().items():
            ballots = [
                Ballot(vote.reviewer, vote.response, self.reliabilities[vote.reviewer]) for vote in votes
            ]
            found[clip] = people_posterior(ballots).p_manipulated
        return found

    def hard_labels(self) -> dict[str, float]:
        """1 where more say manipulated, 0 where more say authentic, .5 on a tie: the floor."""
        found = {}
        for clip, votes in self._by_clip().items():
            said = [vote.response for vote in votes]
            lead = said.count("manipulated") - said.count("authentic")
            found[clip] = 0.5 + 0.5 * float(np.sign(lead))
        return found

    def voters(self) -> dict[str, list[str]]:
        """The names of those who voted on each clip."""
        return {
            clip: [self.reviewers[vote.reviewer].name for vote in votes]
            for clip, votes in self._by_clip().items()
        }

    def _by_clip(self) -> dict[str, list[Vote]]:
        found: dict[str, list[Vote]] = {}
        for vote in self.votes:
            found.setdefault(vote.clip, []).append(vote)
        return found


def gather_votes(
    truths: Mapping[str, bool], ring: RingKind, seed: int, votes_per_clip: int = VOTES_PER_CLIP
) -> Jury:
    """Votes on clips (id -> is manipulated); each clip is dealt to different reviewers at random.

    One seed gives one crowd, one deal and one look at every clip, whatever the ring does: only lies differ.
    """
    reviewers = _reviewers(seed, ring != "none")
    reliabilities = tuple(
        _by_gold(reviewer, ring == "lies", np.random.default_rng([seed, 2, number]))
        for number, reviewer in enumerate(reviewers)
    )
    deal, look = np.random.default_rng([seed, 3]), np.random.default_rng([seed, 4])
    votes = []
    for clip, is_manipulated in truths.items():
        for who in deal.choice(len(reviewers), votes_per_clip, replace=False):
            response = reviewers[who].answer(is_manipulated, True, look)
            votes.append(Vote(clip, int(who), response))
    return Jury(reviewers, reliabilities, tuple(votes))


def _reviewers(seed: int, with_ring: bool) -> tuple[Reviewer, ...]:
    rng = np.random.default_rng([seed, 1])
    members = set(rng.permutation(REVIEWERS)[: round(RING_SHARE * REVIEWERS)].tolist())
    found = []
    for number in range(REVIEWERS):
        skill, bias = rng.uniform(*SKILLS), rng.normal(LEAN, BIAS_SPREAD)
        found.append(Reviewer(f"r{number}", skill - bias, skill + bias, with_ring and number in members))
    return tuple(found)


def _by_gold(reviewer: Reviewer, lies: bool, rng: np.random.Generator) -> Reliability:
    """What answers to gold of the role `serve` say: as many of each label as everybody gets."""
    hits = []
    for is_manipulated in (True, False):
        said = [reviewer.answer(is_manipulated, lies, rng) for _ in range(GOLD_PER_CLASS)]
        clear = [response for response in said if response != "unsure"]
        hits.append((clear.count("manipulated" if is_manipulated else "authentic"), len(clear)))
    return reliability_from_gold(*hits[0], *hits[1])


def label_accuracy(labels: Mapping[str, float], truths: Mapping[str, bool]) -> float:
    """Share of clips whose label leans to the truth; an even one counts half."""
    right: Sequence[float] = [
        0.5 if labels[clip] == 0.5 else float((labels[clip] > 0.5) == truth) for clip, truth in truths.items()
    ]
    return float(np.mean(right))
