"""How many votes stopping early saves at equal accuracy."""

from __future__ import annotations

import numpy as np
from bench._consensus_accuracy import DETECTOR
from bench._consensus_ask import show
from bench._consensus_measures import VoteSet, deal_rounds

from clipjury_ml.consensus.consensus import choose_labels, find_consensus
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, simulate_scores


def bench_saving(sets: list[VoteSet]) -> None:
    """Votes saved at equal accuracy: items stop at the first round in which their posterior reaches θ."""
    rows = []
    for each in sets:
        if each.votes.n_classes > 2 or np.diff(each.votes.start).max() > 25:
            continue
        for name, scores in (("votes", None), ("votes and a 77 % detector", DETECTOR)):
            whole, choices = _stop_early(each, scores)
            good = [
                (saved, theta, accuracy) for theta, saved, accuracy in choices if accuracy >= whole - 0.001
            ]
            best = max(good, default=(0.0, float("nan"), whole))
            rows.append(
                {
                    "set": each.name,
                    "with": name,
                    "all votes": whole,
                    "saved": best[0],
                    "θ": best[1],
                    "accuracy": best[2],
                }
            )
    show("Votes saved at equal accuracy (the best θ of seven)", rows)
    for name in ("votes", "votes and a 77 % detector"):
        print(f"mean saved, {name}: {np.mean([r['saved'] for r in rows if r['with'] == name]):.1%}")


def _stop_early(
    each: VoteSet, detector: SimulatedDetector | None
) -> tuple[float, list[tuple[float, float, float]]]:
    votes = each.votes
    rank = deal_rounds(votes)
    scores = None
    if detector is not None:
        codes = np.zeros(votes.n_items, np.int32)
        codes[each.rows] = each.truth
        scores = Scores(["d"], simulate_scores(detector, codes, np.zeros(codes.size), 2, 5)[None])
    most = int(np.diff(votes.start).max())
    rounds = [find_consensus(votes.keep(rank < r), None, scores).full[each.rows] for r in range(2, most + 1)]
    cast = np.diff(votes.start)[each.rows]
    whole = float((choose_labels(rounds[-1]) == each.truth).mean())
    choices = []
    for theta in (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98):
        answer, used = rounds[-1].copy(), cast.astype(float)
        going = np.ones(len(each.rows), bool)
        for r, p in enumerate(rounds, start=2):
            stops = going & (p.max(axis=1) >= theta) & (r <= cast)
            answer[stops], used[stops] = p[stops], r
            going &= ~stops
        accuracy = float((choose_labels(answer) == each.truth).mean())
        choices.append((theta, 1.0 - float(used.sum() / cast.sum()), accuracy))
    return whole, choices
