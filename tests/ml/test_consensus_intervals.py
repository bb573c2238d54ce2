"""Intervals of posteriors carry what is not known of the annotators: measured against those who know it."""

from __future__ import annotations

import numpy as np

from clipjury_ml.consensus.counting import count_heads
from clipjury_ml.consensus.intervals import posterior_intervals
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.tempering import softmax, temper


def coverage(seed: int, n_items: int) -> tuple[float, float]:
    """How often the interval holds the posterior under the true rates; and its mean width."""
    crowd = Crowd(n_items=n_items, n_annotators=30, votes_per_item=6, mean_skill=0.72, lean=0, bias_spread=0)
    drawn = simulate_crowd(crowd, seed)
    votes = drawn.votes.heard[0]
    truth = drawn.truth[drawn.votes.heard[1]]
    peers = PooledDawidSkene().fit(votes)
    heads = count_heads(votes, peers.weights_)
    low, high = posterior_intervals(votes, temper(peers.posteriors_, heads), peers)
    rate = drawn.skill[votes.annotator]
    log_odds = np.where(votes.response == 1, 1.0, -1.0) * np.log(rate / (1.0 - rate))
    summed = np.bincount(votes.item, weights=log_odds, minlength=votes.n_items)
    prior = np.log(truth.mean() / (1.0 - truth.mean()))
    oracle = temper(softmax(np.stack([np.zeros(votes.n_items), summed + prior], axis=1)), heads)
    inside = (low[:, 1] <= oracle[:, 1]) & (oracle[:, 1] <= high[:, 1])
    return float(inside.mean()), float((high - low)[:, 1].mean())


def test_the_posterior_of_those_who_know_the_rates_lies_within() -> None:
    found = [coverage(seed, 600)[0] for seed in range(4)]
    assert np.mean(found) >= 0.85


def test_intervals_narrow_as_annotators_become_known() -> None:
    assert coverage(1, 2000)[1] < 0.8 * coverage(1, 200)[1]
