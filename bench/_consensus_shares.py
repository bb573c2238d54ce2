"""What becomes of clips on the platform: retired by evidence, inconclusive, escalated to a moderator."""

from __future__ import annotations

from itertools import product

import numpy as np
from bench._consensus_ask import show
from bench.detector_weight import EASE_SPREAD, detector_logits
from bench.dispute_shares import weigh
from bench.retirement_shares import DETECTOR_RIGHT, DETECTOR_SPREAD, known_by_gold

from clipjury.domain.dispute import DetectorAnswer, DisputePolicy, find_reasons
from clipjury.domain.retirement import DEFAULT_POLICY, decide_retirement
from clipjury_ml.consensus.online import (
    Ballot,
    DetectorEvidence,
    Reliability,
    count_anchored,
    full_posterior,
    people_posterior,
)
from clipjury_ml.consensus.simulator import SimulatedReviewer, chance_of_manipulated, simulated_reviewers
from clipjury_ml.consensus.stack import fit_softmax

MEAN_SKILLS = (0.57, 0.60, 0.65, 0.70)
WORLDS = 10
N_GOLD, GOLD_PER_CLASS = 100, 10  # gold clips at hand; how many of each truth a reviewer has answered


def bench_shares(clips: int) -> None:
    """Each clip takes votes until the platform's rules end it; a dispute on the way is an escalation."""
    rows = []
    for detector, skill in product((False, True), MEAN_SKILLS):
        truths = np.arange(clips) % 2
        ends: list[tuple[str, str, set[str]]] = []
        for world, part in enumerate(np.array_split(truths, WORLDS)):  # gold is luck: it is drawn anew
            rng = np.random.default_rng([1, round(100 * skill), detector, world])
            crowd = simulated_reviewers(world, 200, mean_skill=skill)
            known = [known_by_gold(reviewer, GOLD_PER_CLASS, rng) for reviewer in crowd]
            p = _calibrated(part, rng) if detector else np.full(part.size, np.nan)
            ends += [_live(crowd, known, int(t), float(score), rng) for t, score in zip(part, p, strict=True)]
        retired = [
            (outcome, t) for (reason, outcome, _), t in zip(ends, truths, strict=True) if reason == "evidence"
        ]
        right = ("no_manipulation_found", "manipulated")
        rows.append(
            {
                "mean skill": f".{skill * 100:.0f}",
                "detector": "77 %, 100 gold" if detector else "none",
                "retired": len(retired) / clips,
                "inconclusive": 1 - len(retired) / clips,
                "wrong among retired": sum(outcome != right[t] for outcome, t in retired) / max(1, len(retired)),
                "escalated": sum(bool(reasons) for _, _, reasons in ends) / clips,
                "... clash": sum("strong_clash" in reasons for _, _, reasons in ends) / clips,
                "... detector": sum("detector_clash" in reasons for _, _, reasons in ends) / clips,
                "... guard": sum("guard" in reasons for _, _, reasons in ends) / clips,
            }
        )  # fmt: skip
    show(
        f"What becomes of {clips} clips (escalated: disputed by the votes; audits and the day's choice come on top)",
        rows,
    )


def _calibrated(truths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """P(manipulated) of a detector whose slope and offset were fitted on the gold clips."""
    gold = np.arange(N_GOLD) % 2
    logits = detector_logits(DETECTOR_RIGHT, DETECTOR_SPREAD, np.concatenate([gold, truths]), rng)
    both = np.stack([-logits / 2.0, logits / 2.0], axis=1)[None]
    weights, bias = fit_softmax(both[:, :N_GOLD], np.ones(1), gold.astype(np.int32))
    return 1.0 / (1.0 + np.exp(-(weights[0] * logits[N_GOLD:] + bias[1] - bias[0])))


def _live(
    crowd: list[SimulatedReviewer], known: list[Reliability], truth: int, score: float, rng: np.random.Generator
) -> tuple[str, str, set[str]]:  # fmt: skip
    """One clip's reason to end, its outcome, and the reasons for which it was disputed."""
    said_by_detector = not np.isnan(score)
    evidence = [DetectorEvidence(score, in_domain=True, calibrated=True)] if said_by_detector else []
    answers = [DetectorAnswer(score, is_in_domain=True, is_calibrated=True)] if said_by_detector else []
    ease = float(rng.normal(0.0, EASE_SPREAD))
    ballots: list[Ballot] = []
    found: set[str] = set()
    for who in rng.choice(len(crowd), DEFAULT_POLICY.cap, replace=False):
        yes = rng.random() < chance_of_manipulated(crowd[who], "manipulated" if truth else "authentic", ease)
        unsure = rng.random() < crowd[who].unsure_rate
        said = "unsure" if unsure else "manipulated" if yes else "authentic"
        ballots.append(Ballot(int(who), said, known[who]))
        people = people_posterior(ballots)
        full = full_posterior(people, evidence).p_manipulated
        votes = [weigh(ballot) for ballot in ballots]
        reasons = find_reasons(
            votes,
            people.p_manipulated,
            answers,
            DisputePolicy(),
            is_served_gold=False,
            retires=False,
            lot=1.0,
        )
        found |= {each.reason for each in reasons}
        end = decide_retirement("open", full, people.p_manipulated, len(ballots), 0, *count_anchored(ballots))
        if end.action == "retire":
            return str(end.reason), str(end.outcome), found
    raise AssertionError("a clip at its cap must retire")
