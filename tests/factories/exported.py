"""Folders of exported networks, as a third party would bring them: a tiny network in each of the three formats."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

SIDE_PX = 32


class MeanOfRed(nn.Module):
    """The mean of the first channel as a logit: what it answers can be worked out by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, pictures: Tensor) -> Tensor:
        return (pictures[:, 0].mean((1, 2)) * self.scale).unsqueeze(1)


def write_plugin(
    folder: Path, weights: str = "model.pt2", module: nn.Module | None = None, **changes: Any
) -> Path:
    """model.json and an exported network in folder/plugin; changes overwrite manifest fields."""
    home = folder / "plugin"
    home.mkdir(parents=True)
    network = (module or MeanOfRed()).eval()
    shape = (1, 3, SIDE_PX, SIDE_PX)
    if weights == "model.pt2":
        torch.export.save(torch.export.export(network, (torch.zeros(shape),)), home / weights)
    elif weights == "model.ts.pt":
        torch.jit.trace(network, torch.zeros(shape)).save(str(home / weights))
    else:
        (home / weights).write_bytes(onnx_mean_pool())
    manifest = {
        "id": "mean-of-red",
        "version": "1",
        "sha256": hashlib.sha256((home / weights).read_bytes()).hexdigest(),
        "licence": "MIT",
        "data_licences": ["none: nothing was learned"],
        "modality": "frame",
        "input": {"kind": "full_frame", "size": SIDE_PX, "frames": 4, "mean": 127.5, "std": 127.5},
        "output": {"kind": "logit", "n_classes": 1, "manipulated_index": 0},
        "aggregation": "mean",
        "min_face_px": 40,
        "calibration": {"method": "none", "fitted_on": None},
    }
    (home / "model.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    return home


def renew_hash(home: Path, weights: str) -> None:
    """Make the manifest name the weights as they are now."""
    card = json.loads((home / "model.json").read_text())
    card["sha256"] = hashlib.sha256((home / weights).read_bytes()).hexdigest()
    (home / "model.json").write_text(json.dumps(card))


def onnx_mean_pool() -> bytes:
    """An ONNX file (IR 8, opset 13) by hand: a 1×1 convolution that picks red, averaged, flattened to (1, 1)."""
    pick = struct.pack("<3f", 1.0, 0.0, 0.0)
    tensor = b"".join(
        [_int(1, 1), _int(1, 3), _int(1, 1), _int(1, 1), _int(2, 1), _text(8, "pick"), _bytes(9, pick)]
    )
    nodes = [
        _node("Conv", ["in", "pick"], "red"),
        _node("GlobalAveragePool", ["red"], "mean"),
        _node("Flatten", ["mean"], "out"),
    ]
    graph = b"".join(_bytes(1, node) for node in nodes) + _text(2, "g") + _bytes(5, tensor)
    graph += _bytes(11, _value("in", [1, 3, SIDE_PX, SIDE_PX])) + _bytes(12, _value("out", [1, 1]))
    return _int(1, 8) + _bytes(8, _text(1, "") + _int(2, 13)) + _bytes(7, graph)


def _node(operator: str, inputs: list[str], output: str) -> bytes:
    return (
        b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(3, output) + _text(4, operator)
    )


def _value(name: str, shape: list[int]) -> bytes:
    dims = b"".join(_bytes(1, _int(1, side)) for side in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _int(1, 1) + _bytes(2, dims)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
