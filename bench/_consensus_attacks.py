"""Rings that know the gold or not, and spam."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from bench._consensus_ask import show

from clipjury_ml.consensus.consensus import choose_labels, find_consensus
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.simulated_ring import Ring


def bench_attack(seeds: int = 3) -> None:
    """A ring with 5 % gold, and 40 % random spam."""
    rows = []
    for share in (0.3, 0.35, 0.4):
        for knows in (False, True):
            rows.append(
                {
                    "attack": f"ring {share:.0%}" + (", knows the gold" if knows else ""),
                    **_under_ring(Ring(share, 0.2, knows), seeds),
                }
            )
    for method in ("dawid-skene", "clipjury"):
        crowd = Crowd(n_items=800, mean_skill=0.8, votes_per_item=10)
        clean = np.mean([_accuracy(crowd, seed, method) for seed in range(seeds)])
        # Spam comes on top: as many honest votes as before, and 40 % of all votes at random.
        spammed = replace(crowd, spam_share=0.4, votes_per_item=10 / 0.6, n_annotators=100)
        spam = np.mean([_accuracy(spammed, seed, method) for seed in range(seeds)])
        rows.append({"attack": f"40 % spam, {method}", "clean": float(clean), "lost": float(clean - spam)})
    show(
        "Attacks (1000 items, 60 annotators of skill .85, 12 votes an item, lies on a fifth of the items)",
        rows,
    )


def _accuracy(crowd: Crowd, seed: int, method: str) -> float:
    drawn = simulate_crowd(crowd, seed)
    return float((choose_labels(find_consensus(drawn.votes, method=method).full) == drawn.truth).mean())


def _under_ring(ring: Ring, seeds: int) -> dict[str, object]:
    crowd = Crowd(n_items=1000, votes_per_item=12, mean_skill=0.85, gold_share=0.05, ring=ring)
    clean_crowd = Crowd(n_items=1000, votes_per_item=12, mean_skill=0.85, gold_share=0.05)
    found: dict[str, list[float]] = {}
    for seed in range(seeds):
        drawn, clean = simulate_crowd(crowd, seed), simulate_crowd(clean_crowd, seed)
        unseen = ~drawn.is_gold
        for method in ("clipjury", "dawid-skene"):
            right = choose_labels(find_consensus(drawn.votes, drawn.gold, method=method).full) == drawn.truth
            before = choose_labels(find_consensus(clean.votes, clean.gold, method=method).full) == clean.truth
            found.setdefault(f"{method}: lost", []).append(
                float(before[unseen].mean() - right[unseen].mean())
            )
            found.setdefault(f"{method}: attacked items", []).append(
                float(right[unseen & drawn.attacked].mean())
            )
    return {name: float(np.mean(values)) for name, values in found.items()}
