"""What declared families and conditions of detectors are worth in `clipjury consensus`, on simulated crowds.

A crowd of mean skill .60 judges 1000 items, six votes each. Families: three versions of one detector that share nine
tenths of their noise, and one detector of another kind. Conditions: one detector, three bands of a condition. Fitted
on so many gold items; accuracy and log-loss on the others.

    ./run bench detector_evidence [--seeds 16] [--first 100]
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from clipjury_ml.consensus.consensus import find_consensus
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_crowd import Crowd, SimulatedVotes, simulate_crowd

CROWD = Crowd(n_items=1000, n_annotators=60, mean_skill=0.6, shared_misses=0.7, votes_per_item=6)
GOLD = (0, 10, 25, 50, 100, 200)
NOISE = 1.5  # spread of the log-odds around their mean
BANDS = ("strong", "usual", "light")
# By band: where the log-odds of authentic and of manipulated items lie.
WORLDS = {
    "no difference between bands": ((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)),
    "no difference, weak detector": ((-0.3, -0.3, -0.3), (0.3, 0.3, 0.3)),
    "ranks worse in one band": ((-0.1, -1.0, -1.0), (0.1, 1.0, 1.0)),
    "scores lie lower in one band": ((-2.5, -1.0, -1.0), (-0.5, 1.0, 1.0)),
    "both": ((-2.2, -1.0, -0.5), (-1.8, 1.0, 2.0)),
}
Measured = dict[str, tuple[float, float]]


def probabilities(log_odds: np.ndarray) -> np.ndarray:
    """P of both classes on a last axis."""
    p = 1.0 / (1.0 + np.exp(-log_odds))
    return np.stack([1.0 - p, p], axis=-1)


def related_scores(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three versions of one detector and one of another kind, all equally good; detectors x items x classes."""
    shared, own = rng.normal(size=truth.size), rng.normal(size=(4, truth.size))
    noise = np.concatenate([np.sqrt(0.9) * shared + np.sqrt(0.1) * own[:3], own[3:]])
    return probabilities(np.where(truth == 1, 1.0, -1.0) + NOISE * noise)


def compare(drawn: SimulatedVotes, n_gold: int, seed: int, told: Mapping[str, Scores]) -> Measured:
    """Accuracy and log-loss of the full answer for each way to tell of the detectors."""
    votes, truth = drawn.votes, drawn.truth
    at = np.random.default_rng([seed, 9]).permutation(truth.size)
    gold = {votes.items[i]: votes.classes[truth[i]] for i in at[:n_gold]}
    rest = at[n_gold:]
    found = {}
    for name, scores in told.items():
        p = find_consensus(votes, gold, scores).full[rest]
        picked = np.maximum(p[np.arange(rest.size), truth[rest]], 1e-12)
        found[name] = (float((p.argmax(axis=1) == truth[rest]).mean()), float(-np.log(picked).mean()))
    return found


def families(drawn: SimulatedVotes, seed: int) -> dict[str, Scores]:
    """The same four detectors, without and with what they share declared; and without the extra versions."""
    p = related_scores(drawn.truth, np.random.default_rng([seed, 5]))
    names = ["a 1", "a 2", "a 3", "b"]
    return {
        "undeclared": Scores(names, p),
        "declared": Scores(names, p, families=["a", "a", "a", ""]),
        "one of each": Scores(["a 1", "b"], p[[0, 3]]),
    }


def conditions(drawn: SimulatedVotes, seed: int, world: str) -> dict[str, Scores]:
    """One detector, without and with its conditions told."""
    rng = np.random.default_rng([seed, 5])
    band = rng.integers(0, 3, drawn.truth.size).astype(np.int32)
    authentic, manipulated = (np.array(means)[band] for means in WORLDS[world])
    p = probabilities(rng.normal(np.where(drawn.truth == 1, manipulated, authentic), NOISE))
    plain = Scores(["d"], p[None])
    return {"untold": plain, "told": replace(plain, conditions=BANDS, condition=band[None])}


def show(title: str, n_gold: int, found: list[Measured]) -> None:
    """One line: the first way's means, and the mean change by the others with the standard error over seeds."""
    first, *others = found[0]
    base = np.array([each[first] for each in found])
    line = f"{title:<29} {n_gold:>3} gold  {first} {base[:, 0].mean():.3f} / {base[:, 1].mean():.3f}"
    for name in others:
        change = np.array([each[name] for each in found]) - base
        error = change[:, 1].std(ddof=1) / np.sqrt(len(change))
        line += f"  {name} {change[:, 0].mean():+.4f} / {change[:, 1].mean():+.4f} (± {error:.4f})"
    print(line, flush=True)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run bench detector_evidence", description=__doc__)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--first", type=int, default=100)
    options = parser.parse_args(arguments)
    crowds = [(s, simulate_crowd(CROWD, s)) for s in range(options.first, options.first + options.seeds)]
    for n_gold in GOLD:
        show("families", n_gold, [compare(drawn, n_gold, s, families(drawn, s)) for s, drawn in crowds])
    for world in WORLDS:
        for n_gold in GOLD[1:]:
            found = [compare(drawn, n_gold, s, conditions(drawn, s, world)) for s, drawn in crowds]
            show(world, n_gold, found)


if __name__ == "__main__":
    main(sys.argv[1:])
