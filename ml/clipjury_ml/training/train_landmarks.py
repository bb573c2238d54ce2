"""Train the landmark regressor: `python -m clipjury_ml.training.train_landmarks --data MANIFEST.csv --out DIR`.

It learns 65 of the 468 points that MediaPipe gave for each portrait. One thread; the same seed and steps give the
same crops, and on one machine the same weights. Identities of the dev split are never trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from clipjury_ml.detection.landmarks.network import LandmarkNet
    from clipjury_ml.detection.landmarks.points import Points
    from clipjury_ml.training.landmark_samples import Face

WEIGHTS = "weights.safetensors"
DEV_CROPS = 512
LIPS_WEIGH = 3.0


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="train_landmarks", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV: path, licence, identity or group, landmarks"
    )
    parser.add_argument("--out", type=Path, required=True, help=f"folder for {WEIGHTS}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--crops", type=int, default=48, help="crops in a batch")
    parser.add_argument("--mouths", type=int, default=6, help="mouths drawn anew for each portrait")
    parser.add_argument("--dev-share", type=float, default=0.1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one training; returns the exit status."""
    options = parse_arguments(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2
    import torch

    from clipjury_ml.training.landmark_samples import faces_of
    from clipjury_ml.training.portraits import ManifestError, in_dev_split, load_portrait, read_manifest

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    rng = np.random.default_rng([options.seed, 1])
    kept: list[Face] = []
    held: list[Face] = []
    try:
        for row in read_manifest(options.data):
            side = held if in_dev_split(row.identity, options.dev_share) else kept
            side += faces_of(load_portrait(row), options.mouths, rng)
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    print_line(f"{len(kept)} faces to train on, {len(held)} of other identities for dev")
    train(kept, held, options, print_line)
    return 0


def train(
    kept: Sequence[Face], held: Sequence[Face], options: argparse.Namespace, report: Callable[[str], object]
) -> LandmarkNet:
    """Train on kept, report the error on held every 250 steps; writes the weights into options.out."""
    import torch

    from clipjury_ml.detection.landmarks.network import LandmarkNet, to_input
    from clipjury_ml.training.landmark_samples import crop_batch

    torch.manual_seed(options.seed)
    rng = np.random.default_rng([options.seed, 2])
    dev = crop_batch(held, DEV_CROPS, np.random.default_rng([options.seed, 3])) if held else None
    model = LandmarkNet()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 2e-3, total_steps=max(2, options.steps), pct_start=0.1
    )
    recent: list[float] = []
    started = time.process_time()
    for step in range(1, options.steps + 1):
        crops, points = crop_batch(kept, options.crops, rng)
        model.train()
        loss = point_loss(model(to_input(crops)), torch.from_numpy(points))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        recent.append(float(loss.item()))
        if step % 250 == 0 or step == options.steps:
            found = "" if dev is None else describe_errors(model, *dev)
            minutes = (time.process_time() - started) / 60
            report(f"step {step}  {minutes:.1f} CPU-min  loss {np.mean(recent):.4f}  {found}")
            recent = []
    write_weights(model, options.out)
    return model


def point_loss(found: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error, the lips' three times; (n, COUNT, 2) in sides of the crop."""
    import torch

    from clipjury_ml.detection.landmarks.points import COUNT, OUTER_LIPS

    weights = torch.ones(COUNT)
    weights[OUTER_LIPS.start :] = LIPS_WEIGH
    weights /= weights.mean()
    return ((found - wanted).abs().sum(dim=2) * weights).mean()


def describe_errors(model: LandmarkNet, crops: np.ndarray, wanted: Points) -> str:
    """Errors on crops in words, in per cent of the distance of the eyes' outer corners."""
    from clipjury_ml.detection.landmarks.network import CROP_PX, find_points
    from clipjury_ml.detection.landmarks.points import OUTER_LIPS, eye_distance, mouth_opening

    found = np.asarray(find_points(crops, model.eval()) / CROP_PX - 0.5, np.float32)
    off = 100 * np.linalg.norm(found - wanted, axis=2) / eye_distance(wanted)[:, None]
    opening, true_opening = mouth_opening(found), mouth_opening(wanted)
    agreement = float(np.corrcoef(opening, true_opening)[0, 1])
    return (
        f"all points {off.mean():.2f} %  lips {off[:, OUTER_LIPS.start :].mean():.2f} %  "
        f"opening {100 * np.abs(opening - true_opening).mean():.2f} % (r {agreement:.3f})"
    )


def write_weights(model: LandmarkNet, folder: Path) -> None:
    """Write the weights (float16) and report their hash, which `network.SHA256` has to be."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in model.state_dict().items() if "num_batches" not in name}
    save_file({name: value.half().contiguous() for name, value in kept.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors writes for its owner alone
    print_line(f"sha256 {hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()}")


def print_line(line: str) -> None:
    """One line for the log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
