"""Train the face autoencoder: `python -m clipjury_ml.training.train_face_autoencoder --data MANIFEST.csv --out DIR`.

Its decoded faces are fakes to train the face-swap detector on. Only identities outside the detector's dev split
are used, so that the dev split stays unseen. Killed and started again with the same command, it goes on from its last
hundredth step.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

    from clipjury_ml.training.face_autoencoder import FaceAutoencoder
    from clipjury_ml.training.pairs import Portrait

Image = NDArray[np.uint8]
STORED_PX = 160  # aligned faces are kept a little larger and wider than the network's, for the warps
RUN_STATE = "run_state.safetensors"
KEEP_EVERY = 100  # steps
AGES = (0.5, 1.0)  # shares of the run after which a model is kept: the younger one blurs more


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="train_face_autoencoder", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV: path, licence, identity or group, landmarks"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for autoencoder_*.safetensors")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--faces", type=int, default=16, help="faces in a batch")
    parser.add_argument("--dev-share", type=float, default=0.1)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one training; returns the exit status."""
    options = parse_arguments(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import torch

    from clipjury_ml.training.portraits import ManifestError, in_dev_split, load_portrait, read_manifest
    from clipjury_ml.training.run_state import RunStateError

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    try:
        rows = [
            row for row in read_manifest(options.data) if not in_dev_split(row.identity, options.dev_share)
        ]
        portraits = [load_portrait(row) for row in rows]
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        train(portraits, options, print_line)
    except RunStateError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def aligned(portrait: Portrait) -> Image:
    """The portrait's face upright in the middle (96/160) of a square of STORED_PX, its surroundings around it."""
    from clipjury_ml.training.alignment import WHOLE, cut, to_square
    from clipjury_ml.training.face_autoencoder import FACE_PX

    matrix = to_square(portrait.landmarks, FACE_PX, WHOLE)
    matrix[:, 2] += (STORED_PX - FACE_PX) / 2
    return cut(portrait.image, matrix, STORED_PX)


def views(stored: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """A bent view of a stored face and the straight view that it should be drawn back to, both (96, 96, 3)."""
    from clipjury_ml.training.degradation import shift_colour
    from clipjury_ml.training.face_autoencoder import FACE_PX

    turn, scale = rng.normal(0, 6), rng.uniform(0.92, 1.08)
    matrix = np.array(cv2.getRotationMatrix2D((STORED_PX / 2, STORED_PX / 2), turn, scale), dtype=np.float64)
    matrix[:, 2] += (FACE_PX - STORED_PX) / 2 + rng.normal(0, 2, 2)
    ys, xs = np.mgrid[0:FACE_PX, 0:FACE_PX].astype(np.float32)
    bend = rng.normal(0, 1.6, (2, 5, 5)).astype(np.float32)
    bend_x, bend_y = (cv2.resize(plane, (FACE_PX, FACE_PX), interpolation=cv2.INTER_CUBIC) for plane in bend)
    image = shift_colour(stored, rng, 0.5)
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    straight = cv2.warpAffine(image, matrix, (FACE_PX, FACE_PX), borderMode=cv2.BORDER_REFLECT_101)
    bent = cv2.remap(straight, xs + bend_x, ys + bend_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(bent, np.uint8), np.asarray(straight, np.uint8)


def train(portraits: list[Portrait], options: argparse.Namespace, report: Callable[[str], object]) -> None:
    """Train on portraits, one line to report every hundred steps; keeps a model of each age in options.out.

    A run that was killed is gone on with; raises RunStateError where options.out holds one of other settings.
    """
    import torch

    from clipjury_ml.training.face_autoencoder import FaceAutoencoder, save_autoencoder
    from clipjury_ml.training.run_state import save_run

    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    identities = sorted({portrait.identity for portrait in portraits})
    number = {identity: index for index, identity in enumerate(identities)}
    stored = [(aligned(portrait), number[portrait.identity]) for portrait in portraits]
    model = FaceAutoencoder(len(identities)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(model.parameters(), lr=6e-4, betas=(0.5, 0.99), weight_decay=1e-4)
    keep = {max(1, round(age * options.steps)): index for index, age in enumerate(AGES)}
    recent: list[float] = []
    settings = _settings(identities, options)
    first, seconds = _go_on(options.out / RUN_STATE, model, optimiser, rng, settings)
    started = time.monotonic() - seconds
    for step in range(first + 1, options.steps + 1):
        recent.append(_one_step(model, optimiser, stored, options.faces, rng))
        if step in keep:
            save_autoencoder(model, identities, options.out / f"autoencoder_{keep[step]}.safetensors")
        if step % KEEP_EVERY == 0 or step == options.steps:
            seconds = time.monotonic() - started
            notes = {"step": step, "seconds": seconds, "numpy": rng.bit_generator.state, "settings": settings}
            save_run(options.out / RUN_STATE, {"model": model.state_dict()}, optimiser, notes)
            report(f"step {step}  {seconds / 60:.1f} min  loss {np.mean(recent):.4f}")
            recent = []


def _settings(identities: list[str], options: argparse.Namespace) -> dict[str, Any]:
    people = hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]
    return {"seed": options.seed, "steps": options.steps, "faces": options.faces, "people": people}


def _go_on(
    path: Path,
    model: FaceAutoencoder,
    optimiser: torch.optim.Optimizer,
    rng: np.random.Generator,
    settings: dict[str, Any],
) -> tuple[int, float]:
    """Load what was kept into model, optimiser and rng; steps done and seconds spent, both 0 at the beginning.

    The network draws nothing while it is trained, so the generator of the views is all that is random.
    """
    from clipjury_ml.training.run_state import load_run, refuse_other_settings

    found = load_run(path)
    if found is None:
        return 0, 0.0
    refuse_other_settings(found, settings, path)
    model.load_state_dict(found.parts["model"])
    found.restore_optimiser(optimiser)
    rng.bit_generator.state = found.notes["numpy"]
    return int(found.notes["step"]), float(found.notes["seconds"])


def _one_step(
    model: FaceAutoencoder,
    optimiser: torch.optim.Optimizer,
    stored: list[tuple[Image, int]],
    faces: int,
    rng: np.random.Generator,
) -> float:
    import torch

    from clipjury_ml.training.face_autoencoder import reconstruction_loss

    chosen = [stored[int(n)] for n in rng.integers(len(stored), size=faces)]
    pairs = [views(image, rng) for image, _ in chosen]
    bent, straight = (_to_tensor([pair[side] for pair in pairs]) for side in (0, 1))
    drawn = model(bent, torch.tensor([who for _, who in chosen]))
    loss = reconstruction_loss(drawn, straight)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return float(loss.item())


def print_line(line: str) -> None:
    """One line for the log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _to_tensor(images: list[Image]) -> torch.Tensor:
    import torch

    pixels = np.stack(images).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
    return torch.from_numpy(pixels).contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    raise SystemExit(main())
