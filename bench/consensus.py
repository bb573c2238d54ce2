"""`./run bench consensus`: the engine against its peers, on every vote set at hand and on simulated crowds.

The peers (crowd-kit, CROWDLAB) are installed into .venv-peers, an environment of their own. `--quick` leaves out
the largest sizes, `--only accuracy,gold,attack,saving,shares,speed` chooses parts; only where asked
for, `--only certainty` takes crowds that share their misses, `--only plots` draws the pictures in docs/images anew
and `--only huge` passes over 10⁸ votes (6 GB).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench._consensus_accuracy import bench_accuracy, bench_gold
from bench._consensus_ask import ensure_peers
from bench._consensus_attacks import bench_attack
from bench._consensus_certainty import bench_certainty
from bench._consensus_measures import load_sets, simulated_sets
from bench._consensus_plots import draw_pictures
from bench._consensus_saving import bench_saving
from bench._consensus_shares import bench_shares
from bench._consensus_speed import bench_huge, bench_speed


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="./run bench consensus")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="accuracy,gold,attack,saving,shares,speed")
    chosen = parser.parse_args()
    python = ensure_peers()
    real, simulated = load_sets(), simulated_sets()
    parts: dict[str, Callable[[], None]] = {
        "accuracy": lambda: bench_accuracy(python, real + simulated),
        "certainty": bench_certainty,
        "gold": lambda: bench_gold(python, real + simulated),
        "attack": lambda: bench_attack(2 if chosen.quick else 4),
        "saving": lambda: bench_saving(real + simulated),
        "shares": lambda: bench_shares(500 if chosen.quick else 2000),
        "speed": lambda: bench_speed(python, "quick" if chosen.quick else "full"),
        "huge": bench_huge,
        "plots": lambda: draw_pictures(python),
    }
    for name in chosen.only.split(","):
        parts[name]()


if __name__ == "__main__":
    main()
