"""Where a network is trained: one graphics card where PyTorch finds one, else the processor."""

from __future__ import annotations

import os

import torch


class DeviceError(ValueError):
    """The device asked for is not there."""


def choose_device(wanted: str = "auto") -> torch.device:
    """`auto`, `cpu`, `cuda`, `cuda:1`, `mps`. Raises DeviceError for one that this machine has not.

    On a card the operations whose sums depend on the order of threads are forbidden, so that a seed gives one result
    there too. A card's result and a processor's differ in the last digits.
    """
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(wanted)
    except RuntimeError as error:
        raise DeviceError(f"{wanted!r} is no device; take auto, cpu, cuda or mps") from error
    if device.type == "cuda":
        if not torch.cuda.is_available() or (device.index or 0) >= torch.cuda.device_count():
            raise DeviceError(
                f"there is no {wanted} here: this PyTorch sees {torch.cuda.device_count()} cards"
            )
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read at cuBLAS's first use
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True)
    elif device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("there is no mps here: this PyTorch sees no Apple card")
    elif device.type not in ("cpu", "mps"):
        raise DeviceError(f"{wanted!r} is not supported; take auto, cpu, cuda or mps")
    return device
