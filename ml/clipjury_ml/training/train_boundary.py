"""Train the detector of seams: `python -m clipjury_ml.training.train_boundary --data MANIFEST.csv --out DIR`.

Pairs as for the face-swap detector, measured along the portraits' own outlines; one thread. The same seed and
decoders give the same pairs, features and trees. Identities of the dev split are never trained on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clipjury_ml.detection.boundary_forensics.trees import Trees
    from clipjury_ml.training.pairs import Portrait
    from clipjury_ml.training.portraits import PortraitRow

ID, VERSION = "boundary-forensics", "0.1.0"


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="train_boundary", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV: path, licence, identity or group, landmarks"
    )
    parser.add_argument("--decoders", type=Path, help="folder that train_face_autoencoder wrote")
    parser.add_argument("--out", type=Path, required=True, help="the detector's folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--dev-pairs", type=int, default=300)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--dev-share", type=float, default=0.1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one training; returns the exit status."""
    options = parse_arguments(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2
    import torch

    from clipjury_ml.training.portraits import ManifestError, load_portrait, read_manifest, split_by_identity

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    try:
        rows = read_manifest(options.data)
        portraits = [load_portrait(row) for row in rows]
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    kept, held = split_by_identity(portraits, options.dev_share)
    print_line(f"{len(kept)} portraits to train on, {len(held)} of other identities for dev")
    train(kept, held, rows, options)
    return 0


def train(
    kept: list[Portrait], held: list[Portrait], rows: list[PortraitRow], options: argparse.Namespace
) -> None:
    """Measure pairs of kept, grow trees, watch held, write the detector's folder into options.out."""
    from clipjury_ml.detection.boundary_forensics.detector import USUAL
    from clipjury_ml.evaluation.roc import auc
    from clipjury_ml.training.boosting import Boosting, fit_trees
    from clipjury_ml.training.boundary_samples import CROP, measure_pairs
    from clipjury_ml.training.face_autoencoder import FaceDecoders
    from clipjury_ml.training.pair_stream import PairStream

    started = time.process_time()
    decoders = FaceDecoders(options.decoders) if options.decoders else None

    def report(done: int) -> None:
        if done % 250 == 0:
            print_line(f"{done} pairs  {(time.process_time() - started) / 60:.1f} CPU-min")

    stream = PairStream(kept, CROP, options.seed, options.pairs, decoders)
    features, labels, pairs = measure_pairs(stream, options.pairs, report)
    trees = fit_trees(features, labels, pairs, Boosting(trees=options.trees), options.seed)
    dev_auc = None
    if len(held) > 1 and options.dev_pairs:
        dev_stream = PairStream(held, CROP, options.seed + 1_000_000, options.dev_pairs, decoders)
        dev_features, dev_labels, _ = measure_pairs(dev_stream, options.dev_pairs, report)
        dev_auc = auc(dev_labels, trees.logits(dev_features))
    usual = np.quantile(features[labels == 0], USUAL, axis=0).astype(np.float32)
    training = {
        "seed": options.seed,
        "pairs": options.pairs,
        "trees": options.trees,
        "cpu_minutes": round((time.process_time() - started) / 60, 1),
        "dev_auc": None if dev_auc is None else round(dev_auc, 4),
    }
    print_line(f"{write_detector(trees, usual, rows, training, options.out)}  {training}")


def write_detector(
    trees: Trees,
    usual: NDArray[np.float32],
    rows: list[PortraitRow],
    training: dict[str, Any],
    folder: Path,
) -> Path:
    """Write weights.safetensors and model.json; returns the manifest's path."""
    import torch

    from clipjury_ml.training.bundle import portrait_licences, store_folder

    weights = {
        "bias": np.array([trees.bias], np.float32),
        "feature": trees.feature.astype(np.int16),
        "threshold": trees.threshold,
        "value": trees.value,
        "usual": usual,
    }
    tensors = {name: torch.from_numpy(value).contiguous() for name, value in weights.items()}
    return store_folder(tensors, folder, manifest_of(portrait_licences(rows), training))


def manifest_of(licences: tuple[str, ...], training: dict[str, Any]) -> dict[str, Any]:
    """model.json but for the weights: that of a face detector, crops as boundary_samples.CROP makes them."""
    from clipjury_ml.training import bundle
    from clipjury_ml.training.boundary_samples import CROP

    whole = bundle.manifest_of(bundle.BundleFacts(ID, VERSION, licences, training))
    shape = {name: value for name, value in whole["input"].items() if name not in ("mean", "std")}
    return whole | {
        "architecture": ID,
        "input": shape | {"size_px": CROP.size_px, "margin": CROP.margin},
        "counted_for": [],
        "family": "face-swap-lite0",  # the same portraits and fakes: both err together
    }


def print_line(line: str) -> None:
    """One line for the log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
