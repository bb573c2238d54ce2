"""Read weights: the hash is checked before a byte is interpreted, and only safetensors is read at all."""

from __future__ import annotations

import safetensors.torch
from torch import Tensor

from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.weight_files import read_checked


def read_weights(manifest: ModelManifest) -> dict[str, Tensor]:
    """The tensors of a manifest's weights file by name.

    Raises DetectorError as `read_checked` does, and where the file is no valid safetensors.
    """
    content = read_checked(manifest)
    try:
        return safetensors.torch.load(content)
    except (ValueError, safetensors.SafetensorError) as error:
        raise DetectorError(f"{manifest.weights} is not a valid safetensors file: {error}") from error
