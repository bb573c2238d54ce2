"""Runs in a process of its own, as each peer does: votes in as a pickle, posteriors, seconds and memory out.

Usage: python _consensus_ours.py VOTES.pickle METHOD OUT.npz
"""

import pickle
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from _consensus_meter import Meter

from clipjury_ml.consensus.consensus import find_consensus
from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.votes import RawVotes, Votes, sort_votes


def main() -> None:
    """Fit a method on sorted votes, or twenty iterations of Dawid and Skene's model on raw ones."""
    source, method, target = sys.argv[1:4]
    held = pickle.loads(Path(source).read_bytes())  # noqa: S301  # the bench wrote it
    found = fit_raw(held) if isinstance(held, RawVotes) else fit_sorted(held, method)
    np.savez(target, **found)


def fit_sorted(votes: Votes, method: str) -> dict[str, np.ndarray | float]:
    """The people's answer; compiled before the clock starts."""
    find_consensus(simulate_crowd(Crowd(n_items=30, n_classes=votes.n_classes), 0).votes, method=method)
    with Meter() as used:
        p = find_consensus(votes, method=method).people
    return {"p": p, "wall": used.wall, "cpu": used.cpu, "peak_mb": used.peak_mb}


def fit_raw(raw: RawVotes) -> dict[str, np.ndarray | float]:
    """Sort, then iterate; `cpu` is that of the iterations, `sorting` what comes before, the peak that of both."""
    last = slice(1000, None, -1)
    little = replace(raw, item=raw.item[last], annotator=raw.annotator[last], response=raw.response[last])
    DawidSkene(max_iterations=2).fit(sort_votes(little))
    with Meter() as used:
        began = time.process_time()
        votes = sort_votes(raw)
        sorting = time.process_time() - began
        p = DawidSkene(max_iterations=20, tolerance=-np.inf).fit(votes).posteriors_
    return {"p": p, "sorting": sorting, "cpu": used.cpu - sorting, "wall": used.wall, "peak_mb": used.peak_mb}


if __name__ == "__main__":
    main()
