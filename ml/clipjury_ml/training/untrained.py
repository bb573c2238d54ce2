"""A detector that has learned nothing yet: ImageNet's features under a head of random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.manifest import KINDS
from clipjury_ml.training.bundle import (
    IMAGENET,
    BundleFacts,
    manifest_of,
    picture_manifest_of,
    write_folder,
)
from clipjury_ml.training.initial_weights import load_imagenet

VERSION = "untrained"
LooksAt = Literal["faces", "pictures"]


def write_untrained(folder: Path, name: str, seed: int, looks_at: LooksAt = "faces") -> Path:
    """Write the folder of an untrained detector called name; its manifest's path.

    Its card counts it for nothing: one of faces has its scores shown, and they move no posterior; one of whole
    pictures abstains until it has learned from labels.
    """
    torch.manual_seed(seed)
    network = Lite0FaceSwap()
    load_imagenet(network)
    weights = {k: v for k, v in network.state_dict().items() if "num_batches" not in k}
    facts = BundleFacts(name, f"{VERSION}-{seed}", (IMAGENET,), {"seed": seed, "steps": 0})
    if looks_at == "pictures":
        return write_folder(weights, folder, picture_manifest_of(facts))
    return write_folder(weights, folder, manifest_of(facts) | {"counted_for": [], "judges": list(KINDS)})
