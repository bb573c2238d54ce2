"""Votes alone against the peers, and with a detector and gold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench._consensus_ask import ask_ours, ask_peer, show
from bench._consensus_measures import VoteSet, measure

from clipjury_ml.consensus.consensus import find_consensus
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy, simulate_scores

DETECTOR = SimulatedDetector(auc_of_accuracy(0.77), overconfidence=2.0)
PEERS = ("MV", "DS", "OneCoin", "GLAD")
OURS = ("shares", "dawid-skene", "clipjury")


def bench_accuracy(python: Path | None, sets: list[VoteSet]) -> None:
    """Votes alone: each peer and ours on every set, and the means."""
    rows, table = [], {}
    for each in sets:
        answers = {name: ask_peer(python, name, each.votes) for name in PEERS} if python else {}
        answers |= {f"ours: {name}": ask_ours(name, each.votes) for name in OURS}
        for name, answer in answers.items():
            found = measure(answer["p"][each.rows], each.truth)
            found |= {"CPU s": float(answer["cpu"]), "peak MB": float(answer["peak_mb"])}
            table.setdefault(name, []).append(found)
            rows.append({"set": each.name, "method": name, **found})
    show("Votes alone, set by set", rows)
    means = [
        {"method": name, **{m: float(np.mean([f[m] for f in found])) for m in found[0]}}
        for name, found in table.items()
    ]
    show("Votes alone, mean over sets", means)


def bench_gold(python: Path | None, sets: list[VoteSet]) -> None:
    """A detector that is right on 77 %, and gold: means over the sets with two classes, and near chance alone."""
    rows = []
    for label, chosen in (("all", sets), ("near chance", [s for s in sets if "chance" in s.name])):
        for n_gold in (0, 10, 25, 50, 100):
            found: dict[str, list[dict[str, float]]] = {}
            for number, each in enumerate(
                s for s in chosen if s.votes.n_classes == 2 and len(s.rows) > 2 * n_gold
            ):
                codes = np.zeros(each.votes.n_items, np.int32)
                codes[each.rows] = each.truth
                p = simulate_scores(DETECTOR, codes, np.zeros(codes.size), 2, 77 + number)
                at = np.random.default_rng(number).permutation(len(each.rows))
                gold = {
                    each.votes.items[each.rows[i]]: each.votes.classes[each.truth[i]] for i in at[:n_gold]
                }
                rest = at[n_gold:]
                result = find_consensus(each.votes, gold, Scores(["d"], p[None]))
                answers = {"detector alone": p, "ours: people": result.people, "ours: full": result.full}
                if python and n_gold == 0:
                    answers["CROWDLAB"] = ask_peer(python, "crowdlab", each.votes, p)["p"]
                for name, answer in answers.items():
                    found.setdefault(name, []).append(measure(answer[each.rows[rest]], each.truth[rest]))
            for name, measures in found.items():
                mean = {m: float(np.mean([f[m] for f in measures])) for m in ("accuracy", "log-loss", "ECE")}
                rows.append({"sets": f"{label} ({len(measures)})", "gold": n_gold, "method": name, **mean})
    show("With a 77 % detector", rows)
