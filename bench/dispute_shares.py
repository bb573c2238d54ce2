"""How many clips are disputed, by the threshold that makes a vote strong, for simulated crowds.

Each clip takes votes one by one, from reviewers known by gold only, until the platform's own rules end it. No
detector, no audits: what clashes among people brings before moderators.

    ./run bench dispute_shares [--clips 1000] [--seed 1]
"""

import argparse
import sys
from dataclasses import replace
from itertools import product

import numpy as np
from bench.detector_weight import EASE_SPREAD
from bench.retirement_shares import known_by_gold

from clipjury.domain.dispute import DisputePolicy, WeighedVote, find_reasons
from clipjury.domain.retirement import decide_retirement
from clipjury_ml.consensus.online import Ballot, Reliability, count_anchored, people_posterior
from clipjury_ml.consensus.simulator import (
    SimulatedReviewer,
    Truth,
    chance_of_manipulated,
    simulated_reviewers,
)

MEAN_SKILLS = (0.65, 0.75, 0.82)
GOLD_PER_CLASS = (10, 30)
STRONG_ODDS = (2.0, 3.0, 3.5, 4.0, 6.0)


def weigh(ballot: Ballot) -> WeighedVote:
    """The vote as the rule sees it."""
    known = ballot.reliability
    odds = {
        "manipulated": known.sensitivity / (1.0 - known.specificity),
        "authentic": known.specificity / (1.0 - known.sensitivity),
    }
    return WeighedVote(ballot.response, odds.get(ballot.response, 1.0), known.anchored)


def dispute_clip(
    crowd: list[SimulatedReviewer],
    known: list[Reliability],
    truth: Truth,
    rng: np.random.Generator,
) -> set[tuple[float, str]]:
    """Votes one by one until the clip retires; every reason that came up, by the threshold."""
    ease = float(rng.normal(0.0, EASE_SPREAD))
    ballots: list[Ballot] = []
    found: set[tuple[float, str]] = set()
    for who in rng.choice(len(crowd), 12, replace=False):
        if rng.random() < crowd[who].unsure_rate:
            said = "unsure"
        else:
            yes = rng.random() < chance_of_manipulated(crowd[who], truth, ease)
            said = "manipulated" if yes else "authentic"
        ballots.append(Ballot(int(who), said, known[who]))
        p = people_posterior(ballots).p_manipulated
        for odds in STRONG_ODDS:
            policy = replace(DisputePolicy(), strong_odds=odds)
            votes = [weigh(ballot) for ballot in ballots]
            reasons = find_reasons(votes, p, [], policy, is_served_gold=False, retires=False, lot=1.0)
            found |= {(odds, reason.reason) for reason in reasons}
        if decide_retirement("open", p, p, len(ballots), 0, *count_anchored(ballots)).action == "retire":
            break
    return found


def main() -> int:
    """Print the table that docs/adr/0013 quotes."""
    parser = argparse.ArgumentParser(description="shares of clips disputed, by simulation")
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| mean skill | gold each | " + " | ".join(f"clash at {o:g}" for o in STRONG_ODDS) + " | guard |")
    print("|---|---|" + "---|" * (len(STRONG_ODDS) + 1))
    for skill, gold in product(MEAN_SKILLS, GOLD_PER_CLASS):
        rng = np.random.default_rng([options.seed, round(100 * skill), gold])
        crowd = simulated_reviewers(options.seed, 200, mean_skill=skill)
        known = [known_by_gold(reviewer, gold, rng) for reviewer in crowd]
        seen = [
            dispute_clip(crowd, known, "manipulated" if number % 2 else "authentic", rng)
            for number in range(options.clips)
        ]
        clashes = [
            sum((odds, "strong_clash") in each for each in seen) / options.clips for odds in STRONG_ODDS
        ]
        guard = sum((STRONG_ODDS[0], "guard") in each for each in seen) / options.clips
        shares = " | ".join(f"{share:.1%}" for share in (*clashes, guard))
        print(f"| .{skill * 100:.0f} | {2 * gold} | {shares} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
