"""Vote sets with truth, and the measures of an answer."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from clipjury_ml.consensus.inputs import read_inputs
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.sorting import sort_by_pair
from clipjury_ml.consensus.votes import Votes

HERE = Path(__file__).resolve()
FOLDERS = [parent / "shared" / "data" / "consensus" for parent in HERE.parents[2:4]]
SIMULATED = {
    "near chance": Crowd(
        n_items=400, mean_skill=0.55, skill_spread=0.05, shared_misses=1.0, votes_per_item=10
    ),
    "mean .60": Crowd(n_items=500, n_annotators=100, mean_skill=0.60, shared_misses=0.8, votes_per_item=12),
    "mean .70": Crowd(n_items=1000, n_annotators=100, mean_skill=0.70, shared_misses=0.6, votes_per_item=6),
    "mean .85": Crowd(n_items=1000, n_annotators=100, mean_skill=0.85, shared_misses=1.0, votes_per_item=5),
    "independent": Crowd(n_items=1000, mean_skill=0.65, votes_per_item=10),
    "four classes": Crowd(n_items=500, mean_skill=0.55, shared_misses=1.0, votes_per_item=10, n_classes=4),
    "skewed": Crowd(n_items=800, mean_skill=0.7, shared_misses=0.7, class_shares=(0.85, 0.15)),
}


@dataclass
class VoteSet:
    """votes with the truth of some items: rows and their classes. scores: of a detector that came with it."""

    name: str
    votes: Votes
    rows: np.ndarray
    truth: np.ndarray
    scores: Scores | None = None
    gold: dict[str, str] = field(default_factory=dict)


def load_sets() -> list[VoteSet]:
    """Every set found beside the repository; says which folder was looked for when there is none."""
    folder = next((f for f in FOLDERS if f.is_dir()), None)
    if folder is None:
        print(f"No vote sets in {FOLDERS[0]}: simulated ones only.")
        return []
    return [_read(path) for path in sorted(folder.iterdir()) if (path / "votes.csv").is_file()]


def _read(folder: Path) -> VoteSet:
    scores = folder / "model.csv"
    inputs = read_inputs(folder / "votes.csv", scores=scores if scores.is_file() else None)
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = {row["item"]: row["label"] for row in csv.DictReader(file)}
    gold: dict[str, str] = {}
    if (folder / "gold.csv").is_file():
        with (folder / "gold.csv").open(encoding="utf-8") as file:
            gold = {row["item"]: row["label"] for row in csv.DictReader(file)}
    votes = inputs.votes
    rows = np.array([i for i, item in enumerate(votes.items) if item in truth and item not in gold])
    codes = np.array([votes.classes.index(truth[votes.items[i]]) for i in rows])
    return VoteSet(folder.name, votes, rows, codes, inputs.scores, gold)


def simulated_sets(seed: int = 0) -> list[VoteSet]:
    """Crowds of known truth."""
    sets = []
    for name, crowd in SIMULATED.items():
        drawn = simulate_crowd(crowd, seed)
        sets.append(VoteSet(f"~ {name}", drawn.votes, np.arange(crowd.n_items), drawn.truth))
    return sets


def measure(p: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Accuracy (ties share), balanced accuracy, log-loss, Brier score, ECE in ten bins."""
    n = np.arange(truth.size)
    near = p >= p.max(axis=1, keepdims=True) - 1e-9
    right = near[n, truth] / near.sum(axis=1)
    top = p.max(axis=1)
    bins = np.minimum((top * 10).astype(int), 9)
    ece = sum(
        abs(right[bins == b].mean() - top[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    )
    return {
        "accuracy": float(right.mean()),
        "balanced": float(np.mean([right[truth == c].mean() for c in np.unique(truth)])),
        "log-loss": float(-np.log(np.clip(p[n, truth], 1e-12, 1)).mean()),
        "Brier": float(((p - np.eye(p.shape[1])[truth]) ** 2).sum(axis=1).mean()),
        "ECE": float(ece),
    }


def deal_rounds(votes: Votes) -> np.ndarray:
    """For each vote its place, from 0, in a random order of its item's votes; the same every time."""
    rank = np.arange(votes.item.size) - votes.start[votes.item]
    order = np.random.default_rng(0).permutation(votes.item.size)
    shuffled = sort_by_pair(votes.item[order], votes.n_items, np.zeros(order.size, np.int32), 1)
    rank[order[shuffled]] = np.arange(votes.item.size) - votes.start[votes.item[order[shuffled]]]
    return rank
