"""What becomes of clips: shares retired by evidence and inconclusive, and errors, for simulated crowds.

Each clip takes votes one by one, from reviewers known by gold only, until the platform's own rules end it.

    .venv/bin/python bench/retirement_shares.py [--clips 1000] [--seed 1]
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np
from detector_weight import EASE_SPREAD, detector_logits

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

MEAN_SKILLS = (0.57, 0.60, 0.65, 0.70)
EXTRA_SKILLS = (0.75, 0.80)
DETECTOR_RIGHT, DETECTOR_SPREAD = 0.77, 2.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table. gold_per_class: answers known of each reviewer and truth; detector: with one or not."""

    mean_skill: float
    gold_per_class: int
    detector: bool
    ease_spread: float


@dataclass(frozen=True, slots=True)
class Shares:
    """evidence, inconclusive, wrong (of those retired by evidence): shares; votes: mean per clip."""

    evidence: float
    inconclusive: float
    wrong: float
    missed: float
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


def shares(setting: Setting, clips: int, seed: int) -> Shares:
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
    return Shares(
        ended / clips, 1 - ended / clips, wrong / max(1, ended), missed / max(1, ended), votes / clips
    )


def main() -> int:
    """Print the table that docs/explanation/consensus.md quotes."""
    parser = argparse.ArgumentParser(description="shares retired and inconclusive, by simulation")
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{options.clips} clips a line, one reviewer in ten answers at random, cap {DEFAULT_POLICY.cap}")
    print(
        "| mean skill | gold each | detector | hard and easy clips | by evidence | inconclusive | wrong | votes |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for detector in (False, True):
        for ease_spread in (0.0, EASE_SPREAD):
            for gold in (5, 10, 30):
                for skill in MEAN_SKILLS + EXTRA_SKILLS:
                    setting = Setting(skill, gold, detector, ease_spread)
                    found = shares(setting, options.clips, options.seed)
                    print(
                        f"| .{skill * 100:.0f} | {2 * gold} | {'77 %' if detector else 'none'} |"
                        f" {'yes' if ease_spread else 'no'} | {found.evidence:.1%} | {found.inconclusive:.1%} |"
                        f" {found.wrong:.1%} | {found.votes:.1f} |",
                        flush=True,
                    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
