"""Pictures for the documentation: how far posteriors are to be believed, and what more votes bring.

Simulated crowds alone, so that they may be drawn again by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from bench._consensus_ask import ROOT, ask_ours, ask_peer, show
from bench._consensus_measures import SIMULATED, deal_rounds, measure

from clipjury_ml.consensus.line_plot import draw_lines
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.votes import Votes

IMAGES = ROOT / "docs" / "images"
PEERS = {"MV": "majority", "OneCoin": "one coin", "DS": "Dawid–Skene"}
ROUNDS = (1, 2, 3, 4, 6, 8, 10, 12)
LEARNING = {
    f"mean .{round(100 * skill)}": Crowd(
        n_items=600, n_annotators=100, mean_skill=skill, shared_misses=0.7, votes_per_item=14
    )
    for skill in (0.60, 0.70, 0.80)
}
SEEDS = range(2)
BIN = 0.05


def draw_pictures(python: Path | None) -> None:
    """Write reliability.svg and both learning curves into docs/images, and print what they show."""
    _draw_reliability(python)
    _draw_learning(python)


def _answers(python: Path | None, votes: Votes) -> dict[str, np.ndarray]:
    answers = {name: ask_peer(python, peer, votes)["p"] for peer, name in PEERS.items()} if python else {}
    return answers | {"ClipJury": ask_ours("clipjury", votes)["p"]}


def _draw_reliability(python: Path | None) -> None:
    sure: dict[str, list[np.ndarray]] = {}
    right: dict[str, list[np.ndarray]] = {}
    for crowd in (crowd for crowd in SIMULATED.values() if crowd.n_classes == 2):
        for seed in SEEDS:
            drawn = simulate_crowd(crowd, seed)
            for name, p in _answers(python, drawn.votes).items():
                sure.setdefault(name, []).append(p.max(axis=1))
                right.setdefault(name, []).append(p.argmax(axis=1) == drawn.truth)
    edges = np.arange(0.5, 1.0, BIN).round(2)
    lines = {"as stated": [(float(low + BIN / 2), float(low + BIN / 2)) for low in edges]}
    rows = []
    for name in sure:
        p, hit = np.concatenate(sure[name]), np.concatenate(right[name])
        place = np.minimum(((p - 0.5) / BIN).astype(int), len(edges) - 1)
        lines[name] = [
            (float(low + BIN / 2), float(hit[place == b].mean()))
            for b, low in enumerate(edges)
            if (place == b).sum() >= 30  # fewer items than that are noise
        ]
        rows.append({"method": name, **{f"{low:.2f}": f"{hit[place == b].mean():.2f} ({(place == b).mean():.0%})"
                                        for b, low in enumerate(edges) if (place == b).any()}})  # fmt: skip
    show("Right, by stated certainty (share of the items)", rows)
    _write(
        "reliability.svg", lines, "Right as often as stated?", "stated certainty", "share right", (0.4, 1.0)
    )


def _draw_learning(python: Path | None) -> None:
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    for crowd in LEARNING.values():
        for seed in SEEDS:
            drawn = simulate_crowd(crowd, seed)
            rank = deal_rounds(drawn.votes)
            for r in ROUNDS:
                for name, p in _answers(python, drawn.votes.keep(rank < r)).items():
                    found.setdefault((name, r), []).append(measure(p, drawn.truth))
    names = list(dict.fromkeys(name for name, _ in found))
    rows = []
    for what, y_range in (("accuracy", (0.5, 1.0)), ("log-loss", (0.0, 1.5))):
        lines = {
            name: [(float(r), min(float(np.mean([f[what] for f in found[name, r]])), y_range[1])) for r in ROUNDS]
            for name in names
        }  # fmt: skip
        rows += [
            {"what": what, "method": name, **{f"{r:g}": y for r, y in line}} for name, line in lines.items()
        ]
        _write(
            f"learning-{what}.svg",
            lines,
            f"{what.capitalize()} as votes come in",
            "votes an item",
            what,
            y_range,
        )
    show("As votes come in (log-loss drawn up to 1.5)", rows)


def _write(
    name: str, lines: Mapping[str, list[tuple[float, float]]], title: str, x: str, y: str, y_range: tuple[float, float]
) -> None:  # fmt: skip
    (IMAGES / name).write_text(draw_lines(lines, title=title, x=x, y=y, y_range=y_range), encoding="utf-8")
