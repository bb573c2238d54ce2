"""What becomes of clips: shares retired by evidence and inconclusive, and errors, for simulated crowds.

Each clip takes votes one by one, from reviewers known by gold only, until the platform's own rules end it.

    ./run bench retirement_shares [--clips 1000] [--seed 1]
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import product

import numpy as np
from bench.detector_weight import EASE_SPREAD, detector_logits

from clipjury.domain.retirement import DEFAULT_POLICY, RetirementDecision, decide_retirement
from clipjury_ml.consensus.online import (
    Ballot,
    DetectorEvidence,
    Reliability,
    count_anchored,
    full_posterior,
    people_posterior,
    reliability_from_gold,
)
from clipjury_ml.consensus.simulator import (
    SimulatedReviewer,
    Truth,
    chance_of_manipulated,
    simulated_reviewers,
)

MEAN_SKILLS = (0.57, 0.60, 0.65, 0.70, 0.75, 0.80)
GOLD_PER_CLASS = (5, 10, 30)
DETECTOR_RIGHT, DETECTOR_SPREAD = 0.77, 2.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table. gold_per_class: answers known of each reviewer and truth; detector: with one or not."""

    mean_skill: float
    gold_per_class: int
    detector: bool
    ease_spread: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of clips: retired by evidence, of these wrong, of these manipulated ones let pass; mean votes a clip."""

    evidence: int
    wrong: int
    missed: int
    votes: float


def known_by_gold(reviewer: SimulatedReviewer, gold_per_class: int, rng: np.random.Generator) -> Reliability:
    """What the platform believes of a reviewer after that many gold answers of each truth."""
    hits = (int(rng.binomial(gold_per_class, p)) for p in (reviewer.sensitivity, reviewer.specificity))
    return reliability_from_gold(next(hits), gold_per_class, next(hits), gold_per_class)


def judge_clip(
    crowd: list[SimulatedReviewer],
    known: list[Reliability],
    truth: Truth,
    ease: float,
    evidence: list[DetectorEvidence],
    rng: np.random.Generator,
) -> tuple[RetirementDecision, int]:
    """Votes one by one until the clip retires; the decision and the number of votes."""
    ballots: list[Ballot] = []
    for who in rng.choice(len(crowd), DEFAULT_POLICY.cap, replace=False):
        reviewer = crowd[who]
        if rng.random() < reviewer.unsure_rate:
            said = "unsure"
        else:
            yes = rng.random() < chance_of_manipulated(reviewer, truth, ease)
            said = "manipulated" if yes else "authentic"
        ballots.append(Ballot(int(who), said, known[who]))
        people = people_posterior(ballots)
        full = full_posterior(people, evidence)
        decision = decide_retirement(
            "open", full.p_manipulated, people.p_manipulated, len(ballots), 0, *count_anchored(ballots)
        )
        if decision.action == "retire":
            return decision, len(ballots)
    raise AssertionError("a clip at its cap must retire")


def shares(setting: Setting, clips: int, seed: int) -> Tally:
    """Run one setting, half of the clips manipulated."""
    rng = np.random.default_rng(
        [seed, round(100 * setting.mean_skill), setting.gold_per_class, setting.detector]
    )
    crowd = simulated_reviewers(seed, 200, mean_skill=setting.mean_skill)
    known = [known_by_gold(r, setting.gold_per_class, rng) for r in crowd]
    manipulated = np.arange(clips) % 2
    logits = detector_logits(DETECTOR_RIGHT, DETECTOR_SPREAD, manipulated, rng)
    ended, votes, wrong, missed = 0, 0, 0, 0
    for is_manipulated, logit in zip(manipulated, logits, strict=True):
        score = DetectorEvidence(float(1 / (1 + np.exp(-logit))), in_domain=True, calibrated=False)
        decision, n_votes = judge_clip(
            crowd,
            known,
            "manipulated" if is_manipulated else "authentic",
            float(rng.normal(0.0, setting.ease_spread)),
            [score] if setting.detector else [],
            rng,
        )
        votes += n_votes
        if decision.reason == "evidence":
            ended += 1
            right = "manipulated" if is_manipulated else "no_manipulation_found"
            wrong += decision.outcome != right
            missed += bool(is_manipulated) and decision.outcome != right
    return Tally(ended, wrong, missed, votes / clips)


def main() -> int:
    """Print the table that docs/explanation/consensus.md quotes."""
    parser = argparse.ArgumentParser(description="shares retired and inconclusive, by simulation")
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{options.clips} clips a line, one reviewer in ten answers at random, cap {DEFAULT_POLICY.cap}")
    print(
        "| mean skill | gold each | detector | clips differ | evidence | inconclusive | wrong | fakes passed | votes |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for detector, ease_spread, gold, skill in product(
        (False, True), (0.0, EASE_SPREAD), GOLD_PER_CLASS, MEAN_SKILLS
    ):
        found = shares(Setting(skill, gold, detector, ease_spread), options.clips, options.seed)
        print(
            f"| .{skill * 100:.0f} | {2 * gold} | {'77 %' if detector else 'none'} | {'yes' if ease_spread else 'no'} |"
            f" {found.evidence / options.clips:.1%} | {1 - found.evidence / options.clips:.1%} |"
            f" {found.wrong} of {found.evidence} | {found.missed} | {found.votes:.1f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
