"""A shared-encoder face autoencoder: one encoder, one decoder told whose face to draw.

Swapping by a shared encoder and a decoder for each identity is the classical recipe of face swappers (Perov et
al. 2020); here the decoders share their weights and an identity's vector scales and shifts their channels
(Perez et al., FiLM, AAAI 2018). It is used while training only: its decoded faces, pasted back, are fakes with
a decoder's texture. Nothing of it is shipped.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

Image = NDArray[np.uint8]

FACE_PX = 96
CODE = 384
IDENTITY = 48
STAGES = (192, 128, 80, 48)  # channels of the decoder at 6, 12, 24 and 48 px


class FaceAutoencoder(nn.Module):
    """Faces (batch, 3, 96, 96) in −1…1 -> the same faces as identity `who` (batch,) would wear them."""

    def __init__(self, identities: int) -> None:
        super().__init__()
        widths = (3, 32, 64, 128, 192)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 5, stride=2, padding=2) for a, b in pairwise(widths))
        self.code = nn.Linear(192 * 36, CODE)
        self.open = nn.Linear(CODE, STAGES[0] * 36)
        self.who = nn.Embedding(identities, IDENTITY)
        self.film = nn.ModuleList(nn.Linear(IDENTITY, 2 * width) for width in STAGES[1:])
        self.up = nn.ModuleList(nn.Conv2d(a, 4 * b, 3, padding=1) for a, b in pairwise(STAGES))
        self.refine = nn.Conv2d(STAGES[-1], STAGES[-1], 3, padding=1)
        self.out = nn.Conv2d(STAGES[-1], 12, 3, padding=1)

    def encode(self, faces: Tensor) -> Tensor:
        """Faces (batch, 3, 96, 96) -> codes (batch, 384)."""
        y = faces
        for layer in self.down:
            y = functional.leaky_relu(layer(y), 0.1)
        return torch.as_tensor(self.code(y.flatten(1)))

    def decode(self, codes: Tensor, who: Tensor) -> Tensor:
        """Codes (batch, 384), identities (batch,) -> faces (batch, 3, 96, 96)."""
        y = functional.leaky_relu(self.open(codes), 0.1).view(-1, STAGES[0], 6, 6)
        vector = self.who(who)
        for layer, film in zip(self.up, self.film, strict=True):
            scale, shift = film(vector)[..., None, None].chunk(2, dim=1)
            y = functional.pixel_shuffle(layer(y), 2) * (1 + scale) + shift
            y = functional.leaky_relu(y, 0.1)
        y = y + functional.leaky_relu(self.refine(y), 0.1)
        return torch.tanh(functional.pixel_shuffle(self.out(y), 2))

    def forward(self, faces: Tensor, who: Tensor) -> Tensor:
        """Faces (batch, 3, 96, 96), identities (batch,) -> faces (batch, 3, 96, 96)."""
        return self.decode(self.encode(faces), who)


def reconstruction_loss(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute difference of the pixels and of their differences to the right and below."""
    loss = functional.l1_loss(drawn, wanted)
    for axis in (2, 3):
        loss = loss + functional.l1_loss(drawn.diff(dim=axis), wanted.diff(dim=axis))
    return loss


class FaceDecoders:
    """Trained autoencoders of several ages, for drawing faces: a young one blurs more."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.glob("autoencoder_*.safetensors"))
        if not paths:
            raise FileNotFoundError(
                f"{folder} holds no autoencoder_*.safetensors: train_face_autoencoder makes them"
            )
        self.models: list[FaceAutoencoder] = []
        for path in paths:
            with safe_open(path, "pt") as stored:
                self.identities = (stored.metadata() or {}).get("identities", "").split("\n")
            model = FaceAutoencoder(len(self.identities))
            model.load_state_dict(load_file(path))
            self.models.append(model.eval())

    @torch.inference_mode()
    def draw(self, face: Image, identity: str | None, rng: np.random.Generator) -> Image:
        """Draw face (96, 96, 3) uint8 as identity, or as one at random where the model never saw that person."""
        model = self.models[int(rng.integers(len(self.models)))]
        known = identity in self.identities
        who = self.identities.index(str(identity)) if known else int(rng.integers(len(self.identities)))
        pixels = torch.from_numpy(face.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
        drawn = model(pixels, torch.tensor([who]))[0].permute(1, 2, 0).numpy()
        return np.asarray(np.clip(np.round((drawn + 1) * 127.5), 0, 255), dtype=np.uint8)


def save_autoencoder(model: FaceAutoencoder, identities: list[str], path: Path) -> None:
    """Write the weights (float32) with the names of the identities in order."""
    part = path.with_name(path.name + ".part")
    weights = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, part, {"identities": "\n".join(identities)})
    part.replace(path)
