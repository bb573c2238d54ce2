"""EfficientNet-Lite0 backbone with a class head and a mask head (Tan & Le 2019; Lite variant 2020).

Lite0 is EfficientNet-B0 without squeeze-and-excitation and with ReLU6 in place of swish. Padding is
TensorFlow's "same" (asymmetric at stride 2), because the published ImageNet weights were trained so.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import fuse_conv_bn_eval

BN_EPSILON = 1e-3
MASK_BLOCK = 10  # last block at stride 16: 112 channels
FROZEN_BLOCKS = 3


@dataclass(frozen=True, slots=True)
class BlockShape:
    """One inverted-residual block: channels in and out, expansion, kernel, stride."""

    channels_in: int
    channels_out: int
    expansion: int
    kernel: int
    stride: int


def block_shapes() -> list[BlockShape]:
    """The sixteen blocks of Lite0, in order."""
    stages = [  # channels, expansion, kernel, stride, repeats
        (16, 1, 3, 1, 1),
        (24, 6, 3, 2, 2),
        (40, 6, 5, 2, 2),
        (80, 6, 3, 2, 3),
        (112, 6, 5, 1, 3),
        (192, 6, 5, 2, 4),
        (320, 6, 3, 1, 1),
    ]
    shapes: list[BlockShape] = []
    channels_in = 32
    for channels, expansion, kernel, stride, repeats in stages:
        for index in range(repeats):
            shapes.append(BlockShape(channels_in, channels, expansion, kernel, stride if index == 0 else 1))
            channels_in = channels
    return shapes


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's "same": the odd pixel goes to the right and the bottom."""

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, channels, height, width) -> ceil(height / stride), ceil(width / stride)."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:  # as much on every side, so no padded copy has to be made
            return functional.conv2d(x, self.weight, self.bias, 1, kernel // 2, self.dilation, self.groups)
        pads: list[int] = []
        for size in (x.shape[-1], x.shape[-2]):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        if any(pads):
            x = functional.pad(x, pads)
        return functional.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


def _relu6(x: Tensor) -> Tensor:
    # In place: x is always fresh, and pages for a second large array cost more than the arithmetic.
    return functional.relu6(x, inplace=True)


class InvertedResidual(nn.Module):
    """Expand 1×1, depthwise k×k, project 1×1; a skip where the shape does not change."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        hidden = shape.channels_in * shape.expansion
        self.expands = shape.expansion != 1
        if self.expands:
            self._expand_conv = SameConv2d(shape.channels_in, hidden, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(hidden, eps=BN_EPSILON)
        self._depthwise_conv = SameConv2d(
            hidden, hidden, shape.kernel, stride=shape.stride, groups=hidden, bias=False
        )
        self._bn1 = nn.BatchNorm2d(hidden, eps=BN_EPSILON)
        self._project_conv = SameConv2d(hidden, shape.channels_out, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(shape.channels_out, eps=BN_EPSILON)
        self.skips = shape.stride == 1 and shape.channels_in == shape.channels_out

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, channels_in, h, w) -> (batch, channels_out, h / stride, w / stride)."""
        y = x
        if self.expands:
            y = _relu6(self._bn0(self._expand_conv(y)))
        y = _relu6(self._bn1(self._depthwise_conv(y)))
        y = torch.as_tensor(self._bn2(self._project_conv(y)))
        return x + y if self.skips else y


class Lite0FaceSwap(nn.Module):
    """Lite0 with two heads: one logit for the crop, one logit for each 16×16 px cell of it."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, stride=2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=BN_EPSILON)
        self._blocks = nn.ModuleList(InvertedResidual(shape) for shape in block_shapes())
        self._conv_head = SameConv2d(320, 1280, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(1280, eps=BN_EPSILON)
        self.dropout = nn.Dropout(dropout)
        self.class_head = nn.Linear(1280, 1)
        self.mask_head = nn.Conv2d(112, 1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (batch, 3, size, size), colours in −1…1 -> class logits (batch,), mask logits (batch, size/16, size/16)."""
        cells = self.cells(x)
        return self.classify(cells), self.mask_head(cells).squeeze(1)

    def cells(self, x: Tensor) -> Tensor:
        """Everything below the heads' fork: x (batch, 3, size, size) -> (batch, 112, size/16, size/16)."""
        cells = self.stem(x)
        for block in self._blocks[FROZEN_BLOCKS : MASK_BLOCK + 1]:
            cells = block(cells)
        return cells

    def classify(self, cells: Tensor) -> Tensor:
        """The last five blocks and the class head: cells (batch, 112, h, w) -> class logits (batch,)."""
        y = cells
        for block in self._blocks[MASK_BLOCK + 1 :]:
            y = block(y)
        y = _relu6(self._bn1(self._conv_head(y))).mean(dim=(2, 3))
        return torch.as_tensor(self.class_head(self.dropout(y)).squeeze(1))

    def stem(self, x: Tensor) -> Tensor:
        """The stem and the first three blocks: frozen in fine-tuning, so no gradient is kept there."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._conv_stem.weight.requires_grad):
            x = _relu6(self._bn0(self._conv_stem(x)))
            for block in self._blocks[:FROZEN_BLOCKS]:
                x = block(x)
        return x

    def freeze_stem(self) -> None:
        """Stop gradients for the stem and the first three blocks."""
        frozen = [self._conv_stem, self._bn0, *self._blocks[:FROZEN_BLOCKS]]
        for module in frozen:
            for parameter in module.parameters():
                parameter.requires_grad_(False)

    def classifying_parameters(self) -> list[nn.Parameter]:
        """What `classify` rests on: the part that is fine-tuned on labelled clips."""
        modules = (*self._blocks[MASK_BLOCK + 1 :], self._conv_head, self._bn1, self.class_head)
        return [parameter for module in modules for parameter in module.parameters()]

    def train(self, mode: bool = True) -> Lite0FaceSwap:
        """Batch norms stay in evaluation: batches of near-identical pairs would spoil their statistics."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


def fold_norms(network: Lite0FaceSwap) -> Lite0FaceSwap:
    """A copy for inference whose convolutions do their batch norms' work; logits differ in the last digits only."""
    folded = copy.deepcopy(network).eval()
    _fold(folded, "_conv_stem", "_bn0")
    _fold(folded, "_conv_head", "_bn1")
    for block in folded._blocks:
        if block.expands:
            _fold(block, "_expand_conv", "_bn0")
        _fold(block, "_depthwise_conv", "_bn1")
        _fold(block, "_project_conv", "_bn2")
    return folded


def _fold(module: nn.Module, convolution: str, norm: str) -> None:
    fused = fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm))
    setattr(module, convolution, fused)
    setattr(module, norm, nn.Identity())
