"""Twenty iterations of Dawid and Skene's model, ours and crowd-kit's, each in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from bench._consensus_ask import ask_ours, ask_peer, show
from bench._consensus_meter import Meter

from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.repeats import Repeats
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

SIZES = {
    "quick": ((10**6, 2), (10**6, 5)),
    "full": ((10**6, 2), (10**6, 5), (10**7, 2), (10**7, 5)),
}


def bench_speed(python: Path | None, size: str) -> None:
    """CPU seconds of one core and peak memory beyond the votes; both start from the same integer codes."""
    rows = []
    for n, k in SIZES[size]:
        raw = draw_votes(n, k)
        ours = ask_ours("DS20", raw)
        row: dict[str, object] = {
            "votes": n,
            "classes": k,
            "sorting, CPU s": float(ours["sorting"]),
            "ours, CPU s": float(ours["cpu"]),
            "ours, peak MB": float(ours["peak_mb"]),
        }
        if python:
            peer = ask_peer(python, "DS20", raw)
            row |= {
                "crowd-kit, CPU s": float(peer["cpu"]),
                "crowd-kit, peak MB": float(peer["peak_mb"]),
                "times as fast": float(peer["cpu"] / ours["cpu"]),
                "... with sorting": float(peer["cpu"] / (ours["cpu"] + ours["sorting"])),
                "memory": float(ours["peak_mb"] / peer["peak_mb"]),
                "same labels": float((ours["p"].argmax(axis=1) == peer["p"].argmax(axis=1)).mean()),
            }
        rows.append(row)
    show(f"Speed, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", rows)


def bench_huge() -> None:
    """10⁸ votes, sorted and in memory as codes alone; ours alone, once."""
    n = 10**8
    raw = draw_votes(n, 2, named=False)
    start = np.arange(0, n + 1, 5, dtype=np.int64)
    votes = Votes(
        raw.items, raw.annotators, raw.responses, raw.responses, raw.item, raw.annotator, raw.response,
        NOTHING, NOTHING, NOTHING, start, Repeats(),
    )  # fmt: skip
    DawidSkene(max_iterations=1).fit(sort_votes(draw_votes(1000, 2)))  # compiled before the clock starts
    with Meter() as used:
        DawidSkene(max_iterations=20, tolerance=-np.inf).fit(votes)
    row = {"votes": n, "CPU s": used.cpu, "wall s": used.wall, "peak MB beyond the votes": used.peak_mb}
    show(f"Once: load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", [row])


def draw_votes(n: int, k: int, *, named: bool = True) -> RawVotes:
    """n votes by n/1000 workers, five different ones for each item, more than seven in ten right; grouped by item."""
    rng = np.random.default_rng(0)
    n_items, n_workers = max(1, n // 5), max(20, n // 1000)
    item = np.repeat(np.arange(n_items, dtype=np.int32), 5)[:n]
    truth = rng.integers(0, k, n_items)
    # Five different workers for each item.
    first, step = rng.integers(0, n_workers, n_items), rng.integers(1, n_workers // 5, n_items)
    worker = ((first[item] + step[item] * (np.arange(item.size) % 5)) % n_workers).astype(np.int32)
    label = np.where(rng.random(item.size) < 0.7, truth[item], rng.integers(0, k, item.size)).astype(np.int32)
    items = [f"i{i:08d}" for i in range(n_items)] if named else [""] * n_items
    names = (items, [f"w{w:06d}" for w in range(n_workers)])
    return RawVotes(item, worker, label, *names, [str(c) for c in range(k)], NOTHING, NOTHING)
