"""What hearing abstentions is worth in `clipjury consensus`, on simulated crowds that abstain for various reasons.

Reasons: none (a habit of each person's own); one class more often than the other, for all alike or by person; items
that are hard for everybody; where one would have been wrong. `ignored` is the answer of the same rule to which
abstentions say nothing; accuracy and log-loss of the people's answer on items that are not gold.

    ./run bench abstentions [--seeds 12] [--first 300]
"""

import argparse
import sys
from unittest.mock import patch

import numpy as np

from clipjury_ml.consensus import clipjury
from clipjury_ml.consensus.consensus import find_consensus
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

CROWDS = {
    ".65": Crowd(n_items=600, mean_skill=0.65, shared_misses=0.7, votes_per_item=7),
    ".80": Crowd(n_items=600, mean_skill=0.8, shared_misses=0.7, votes_per_item=5),
    "near chance": Crowd(
        n_items=600, mean_skill=0.55, skill_spread=0.05, shared_misses=1.0, votes_per_item=10
    ),
    "skewed": Crowd(
        n_items=600, mean_skill=0.7, shared_misses=0.7, votes_per_item=7, class_shares=(0.8, 0.2)
    ),
    "three classes": Crowd(n_items=600, mean_skill=0.6, shared_misses=0.7, votes_per_item=7, n_classes=3),
}
REASONS = ("none", "class 1", "class 0", "class 1, by person", "hard items", "when wrong")
HABIT_SPREAD = 0.7  # of people's log-odds of abstaining


def abstain(crowd: Crowd, reason: str, seed: int) -> tuple[Votes, np.ndarray]:
    """Votes of which some were taken back for `unsure`, and the truth."""
    drawn = simulate_crowd(crowd, seed)
    votes, rng = drawn.votes, np.random.default_rng([seed, 8])
    truth, ease = drawn.truth[votes.item], drawn.ease[votes.item]
    people = rng.normal(0.8, 1.0, len(votes.annotators))[votes.annotator]
    log_odds = {
        "none": np.full(truth.size, -2.0),
        "class 1": -2.5 + 1.2 * (truth == 1),
        "class 0": -2.5 + 1.2 * (truth == 0),
        "class 1, by person": -2.3 + people * (truth == 1),
        "hard items": -2.0 - 1.2 * ease,
        "when wrong": -2.3 + 1.2 * (votes.response != truth),
    }[reason]
    habit = rng.normal(0.0, HABIT_SPREAD, len(votes.annotators))[votes.annotator]
    unsure = rng.random(truth.size) < 1.0 / (1.0 + np.exp(-log_odds - habit))
    raw = RawVotes(
        votes.item, votes.annotator, np.where(unsure, votes.n_classes, votes.response).astype(np.int32),
        votes.items, votes.annotators, [*votes.classes, "unsure"], NOTHING, NOTHING,
    )  # fmt: skip
    return sort_votes(raw, classes=votes.classes, further_items=votes.items), drawn.truth


def answer(votes: Votes, gold: dict[str, str], hears: bool) -> np.ndarray:
    """The people's answer, items x classes, with abstentions heard or not."""
    if hears:
        return find_consensus(votes, gold).people
    with patch.object(clipjury, "learn_abstentions", return_value=None):
        return find_consensus(votes, gold).people


def measure(p: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Accuracy and log-loss."""
    picked = np.maximum(p[np.arange(truth.size), truth], 1e-12)
    return float((p.argmax(axis=1) == truth).mean()), float(-np.log(picked).mean())


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run bench abstentions", description=__doc__)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first", type=int, default=300)
    options = parser.parse_args(arguments)
    for reason in REASONS:
        for name, crowd in CROWDS.items():
            for n_gold in (0, 50):
                ignored, heard = [], []
                for seed in range(options.first, options.first + options.seeds):
                    votes, truth = abstain(crowd, reason, seed)
                    at = np.random.default_rng([seed, 9]).permutation(truth.size)
                    gold = {votes.items[i]: votes.classes[truth[i]] for i in at[:n_gold]}
                    rest = at[n_gold:]
                    ignored.append(measure(answer(votes, gold, False)[rest], truth[rest]))
                    heard.append(measure(answer(votes, gold, True)[rest], truth[rest]))
                base, change = np.array(ignored), np.array(heard) - np.array(ignored)
                error = change[:, 1].std(ddof=1) / np.sqrt(len(change))
                print(
                    f"{reason:<19} {name:<14} {n_gold:>3} gold  ignored {base[:, 0].mean():.3f} / "
                    f"{base[:, 1].mean():.3f}  heard {change[:, 0].mean():+.4f} / {change[:, 1].mean():+.4f} "
                    f"(± {error:.4f})",
                    flush=True,
                )


if __name__ == "__main__":
    main(sys.argv[1:])
