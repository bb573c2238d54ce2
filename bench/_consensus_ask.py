"""Answers of ours and of the peers, each from a process of its own; the peers' environment; tables."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from clipjury_ml.consensus.votes import RawVotes, Votes

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-peers"


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
    python: Path, method: str, votes: Votes | RawVotes, scores: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """One peer's answer on the votes for classes, with `wall`, `cpu` (s) and `peak_mb`; codes in, no names."""
    raw = isinstance(votes, RawVotes)
    classes = votes.responses if raw else votes.classes
    heard = votes.response < len(classes)
    parts = {"item": votes.item[heard], "worker": votes.annotator[heard], "label": votes.response[heard]}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "votes.npz"
        np.savez(
            source, **parts, n_items=len(votes.items), n_classes=len(classes),
            **({} if scores is None else {"scores": scores}),
        )  # fmt: skip
        return _ask(python, "_consensus_peers.py", source, method)


def ask_ours(method: str, votes: Votes | RawVotes) -> dict[str, np.ndarray]:
    """Our answer, in the same terms."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "votes.pickle"
        source.write_bytes(pickle.dumps(votes, protocol=5))
        return _ask(Path(sys.executable), "_consensus_ours.py", source, method)


def _ask(python: Path, script: str, source: Path, method: str) -> dict[str, np.ndarray]:
    target = source.with_name("answer.npz")
    command = [str(python), str(ROOT / "bench" / script), str(source), method, str(target)]
    # One core for either: a second thread of BLAS waits by spinning, and its waiting is counted as work.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=alone)
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
    with np.load(target) as answer:
        return dict(answer)


def show(title: str, rows: Iterable[Mapping[str, object]]) -> None:
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
