"""Train the bundled face-swap detector: `python -m clipjury_ml.training.train_face_swap --data MANIFEST.csv --out DIR`.

One thread each for the network and for the loader that makes pairs; the same seed, steps and thread count
give the same pairs, and on one machine the same weights. Killed and started again with the same command, it goes on
from its last evaluation.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clipjury_ml.training.loop import Progress
    from clipjury_ml.training.pairs import Portrait


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; --steps sets the length, --max-minutes only guards against a slow machine."""
    parser = argparse.ArgumentParser(prog="train_face_swap", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV: path, licence, identity or group, landmarks"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint and history")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--pairs", type=int, default=16, help="pairs in a batch")
    parser.add_argument(
        "--dev-share", type=float, default=0.1, help="share of identities kept for the dev split"
    )
    parser.add_argument("--dev-pairs", type=int, default=128)
    parser.add_argument("--start", type=Path, help="weights.safetensors to go on from (default: ImageNet's)")
    parser.add_argument("--decoders", type=Path, help="folder that train_face_autoencoder wrote")
    parser.add_argument("--averaging", type=float, default=0.998, help="decay of the averaged weights")
    parser.add_argument(
        "--evaluate-every",
        type=int,
        default=100,
        help="steps between two checkpoints; a killed run loses fewer",
    )
    parser.add_argument("--max-minutes", type=float, default=600.0)
    parser.add_argument("--loaders", type=int, default=1, help="processes that make pairs; 0 = in this one")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one training; returns the exit status."""
    options = parse_arguments(arguments)
    # NumPy's BLAS reads this once, on import: with more threads than free cores a 4 ms solve takes 270 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2
    import torch

    from clipjury_ml.training.portraits import ManifestError, load_portrait, read_manifest, split_by_identity
    from clipjury_ml.training.run_state import RunStateError

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    try:
        portraits = [load_portrait(row) for row in read_manifest(options.data)]
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    kept, held = split_by_identity(portraits, options.dev_share)
    sys.stdout.write(f"{len(kept)} portraits to train on, {len(held)} of other identities for dev\n")
    try:
        train(kept, held, options)
    except RunStateError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def train(kept: list[Portrait], held: list[Portrait], options: argparse.Namespace) -> list[Progress]:
    """Fine-tune Lite0 on kept, watch held; writes the checkpoint and the history into options.out."""
    import torch
    from safetensors.torch import load_file
    from torch.utils.data import DataLoader, Subset

    from clipjury_ml.detection.lite0 import Lite0FaceSwap
    from clipjury_ml.training.face_autoencoder import FaceDecoders
    from clipjury_ml.training.initial_weights import load_imagenet
    from clipjury_ml.training.loop import Schedule, fit
    from clipjury_ml.training.pair_stream import CropShape, PairStream

    torch.manual_seed(options.seed)
    model = Lite0FaceSwap()
    load_imagenet(model)
    if options.start:
        counters = {name: value for name, value in model.state_dict().items() if "num_batches" in name}
        stored = {name: value.float() for name, value in load_file(options.start).items()}
        model.load_state_dict(counters | stored)  # weights of another network are refused
    decoders = FaceDecoders(options.decoders) if options.decoders else None
    stream = PairStream(kept, CropShape(), options.seed, options.steps * options.pairs, decoders)
    dev_stream = PairStream(held, CropShape(), options.seed + 1_000_000, options.dev_pairs, decoders)

    def batches(first: int) -> DataLoader[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        rest = Subset(stream, range(first * options.pairs, len(stream)))
        return DataLoader(rest, batch_size=options.pairs, num_workers=options.loaders)

    dev = list(DataLoader(dev_stream, batch_size=options.pairs))
    schedule = Schedule(
        steps=options.steps,
        max_minutes=options.max_minutes,
        averaging=options.averaging,
        evaluate_every=options.evaluate_every,
    )
    return fit(model, batches, dev, schedule, options.out, print_progress, _settings(kept, options))


def _settings(kept: list[Portrait], options: argparse.Namespace) -> dict[str, Any]:
    """What decides a run's end beside its schedule: a run is gone on with only under the same."""
    people = hashlib.sha256("\n".join(portrait.identity for portrait in kept).encode()).hexdigest()[:16]
    return {
        "seed": options.seed,
        "pairs": options.pairs,
        "dev_pairs": options.dev_pairs,
        "people": people,
        "start": str(options.start or ""),
        "decoders": str(options.decoders or ""),
    }


def print_progress(progress: Progress) -> None:
    """One line for the log."""
    dev = "none" if progress.dev_auc is None else f"{progress.dev_auc:.4f}"
    sys.stdout.write(
        f"step {progress.step}  {progress.minutes:.1f} min  loss {progress.loss:.4f}  "
        f"rate {progress.learning_rate:.2e}  dev AUC {dev}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
