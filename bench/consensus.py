"""`./run bench consensus`: the engine against its peers, on every vote set at hand and on simulated crowds.

The peers (crowd-kit, CROWDLAB) are installed into .venv-peers, an environment of their own. `--quick` leaves
out the largest sizes; `--only accuracy,gold,attack,saving,speed` chooses parts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench._consensus_measures import VoteSet, load_sets, measure, simulated_sets

from clipjury_ml.consensus.consensus import choose_labels, find_consensus
from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy, simulate_scores
from clipjury_ml.consensus.simulated_ring import Ring
from clipjury_ml.consensus.sorting import sort_by_pair
from clipjury_ml.consensus.votes import NOTHING, RawVotes, Votes, sort_votes

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-peers"
DETECTOR = SimulatedDetector(auc_of_accuracy(0.77), overconfidence=2.0)


def ensure_peers() -> Path | None:
    """The peers' Python, installed at the first call; None where it cannot be, with the reason printed."""
    python = PEERS / "bin" / "python"
    wanted = (ROOT / "bench" / "requirements-peers.txt").read_text(encoding="utf-8")
    stamp = PEERS / "installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print("Installing the peers into .venv-peers ...", flush=True)
    for command in (
        [sys.executable, "-m", "venv", str(PEERS)],
        [
            str(python),
            "-m",
            "pip",
            "install",
            "-q",
            "--no-input",
            "-r",
            str(ROOT / "bench" / "requirements-peers.txt"),
        ],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"The peers cannot be installed; ours alone follow.\n{done.stderr[-500:]}")
            return None
    stamp.write_text(wanted, encoding="utf-8")
    return python


def ask_peer(
    python: Path, method: str, votes: Votes, scores: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """One peer's answer on the votes, from a process of its own."""
    heard = votes.response < votes.n_classes
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "votes.npz", Path(folder) / "answer.npz"
        parts = {"item": votes.item[heard], "worker": votes.annotator[heard], "label": votes.response[heard]}
        np.savez(
            source, **parts, n_items=votes.n_items, n_classes=votes.n_classes,
            **({} if scores is None else {"scores": scores}),
        )  # fmt: skip
        command = [str(python), str(ROOT / "bench" / "_consensus_peers.py"), str(source), method, str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-800:])
        return dict(np.load(target))


def show(title: str, rows: Iterable[dict[str, object]]) -> None:
    """A table in Markdown."""
    rows = list(rows)
    print(f"\n### {title}\n")
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    print("| " + " | ".join(names) + " |\n" + "|---" * len(names) + "|")
    for row in rows:
        cells = [f"{v:.3f}" if isinstance(v, float) else str(v) for v in (row.get(n, "") for n in names)]
        print("| " + " | ".join(cells) + " |", flush=True)


def bench_accuracy(python: Path | None, sets: list[VoteSet]) -> None:
    """Votes alone: each peer and ours on every set, and the means."""
    methods = ["MV", "DS", "OneCoin", "GLAD"] if python else []
    table: dict[str, list[dict[str, float]]] = {}
    rows = []
    for each in sets:
        answers = {name: ask_peer(python, name, each.votes)["p"] for name in methods} if python else {}
        for ours in ("shares", "dawid-skene", "clipjury"):
            answers[f"ours: {ours}"] = find_consensus(each.votes, method=ours).people
        for name, p in answers.items():
            found = measure(p[each.rows], each.truth)
            table.setdefault(name, []).append(found)
            rows.append({"set": each.name, "method": name, **found})
    show("Votes alone, set by set", rows)
    means = []
    for name, found in table.items():
        mean = {m: float(np.mean([f[m] for f in found])) for m in found[0]}
        means.append({"method": name, **mean})
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
    rank = np.arange(votes.item.size) - votes.start[votes.item]
    order = np.random.default_rng(0).permutation(votes.item.size)
    shuffled = sort_by_pair(votes.item[order], votes.n_items, np.zeros(order.size, np.int32), 1)
    rank[order[shuffled]] = np.arange(votes.item.size) - votes.start[votes.item[order[shuffled]]]
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


def bench_speed(python: Path | None, quick: bool) -> None:
    """Twenty iterations of Dawid and Skene's model, in the same run; CPU seconds of one core."""
    rows = []
    sizes = [(10**6, 2), (10**6, 5)] if quick else [(10**6, 2), (10**6, 5), (10**7, 2)]
    for n, k in sizes:
        raw = _many_votes(n, k)
        wall, cpu = time.perf_counter(), time.process_time()
        votes = sort_votes(raw)
        sorting = (time.perf_counter() - wall, time.process_time() - cpu)
        DawidSkene(max_iterations=1).fit(sort_votes(_many_votes(1000, k)))  # compiled before the clock starts
        wall, cpu = time.perf_counter(), time.process_time()
        DawidSkene(max_iterations=20, tolerance=-np.inf).fit(votes)
        ours = (time.perf_counter() - wall, time.process_time() - cpu)
        row: dict[str, object] = {
            "votes": n,
            "classes": k,
            "sorting, CPU s": sorting[1],
            "ours, CPU s": ours[1],
            "ours, wall s": ours[0],
        }
        if python:
            peer = ask_peer(python, "DS20", votes)
            row |= {
                "crowd-kit, CPU s": float(peer["cpu"]),
                "crowd-kit, wall s": float(peer["wall"]),
                "ratio (CPU)": float(peer["cpu"]) / ours[1],
            }
        rows.append(row)
    show(f"Speed, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", rows)


def _many_votes(n: int, k: int) -> RawVotes:
    rng = np.random.default_rng(0)
    n_items, n_workers = max(1, n // 5), max(20, n // 1000)
    item = np.repeat(np.arange(n_items, dtype=np.int32), 5)[:n]
    truth = rng.integers(0, k, n_items)
    # Five different workers for each item.
    first, step = rng.integers(0, n_workers, n_items), rng.integers(1, n_workers // 5, n_items)
    worker = ((first[item] + step[item] * (np.arange(item.size) % 5)) % n_workers).astype(np.int32)
    label = np.where(rng.random(item.size) < 0.7, truth[item], rng.integers(0, k, item.size)).astype(np.int32)
    names = ([f"i{i:08d}" for i in range(n_items)], [f"w{w:06d}" for w in range(n_workers)])
    return RawVotes(item, worker, label, *names, [str(c) for c in range(k)], NOTHING, NOTHING)


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="./run bench consensus")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="accuracy,gold,attack,saving,speed")
    chosen = parser.parse_args()
    python = ensure_peers()
    real, simulated = load_sets(), simulated_sets()
    parts: dict[str, Callable[[], None]] = {
        "accuracy": lambda: bench_accuracy(python, real + simulated),
        "gold": lambda: bench_gold(python, real + simulated),
        "attack": lambda: bench_attack(2 if chosen.quick else 4),
        "saving": lambda: bench_saving(real + simulated),
        "speed": lambda: bench_speed(python, chosen.quick),
    }
    for name in chosen.only.split(","):
        parts[name]()


if __name__ == "__main__":
    main()
