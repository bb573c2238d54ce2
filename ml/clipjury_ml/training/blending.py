"""Paste a face: colour transfer in Lab (Reinhard et al. 2001), alpha or Poisson blending (Pérez et al. 2003)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]


def match_lab(source: Image, target: Image, mask: Plane, strength: float) -> Image:
    """Give source target's mean and spread of Lab inside mask; images (h, w, 3), strength 0…1."""
    inside = mask > 0.5
    if int(inside.sum()) < 16:
        return source
    source_lab = cv2.cvtColor(source, cv2.COLOR_RGB2LAB).astype(np.float32)
    target_lab = cv2.cvtColor(target, cv2.COLOR_RGB2LAB).astype(np.float32)
    source_mean, target_mean = source_lab[inside].mean(axis=0), target_lab[inside].mean(axis=0)
    ratio = np.clip(target_lab[inside].std(axis=0) / (source_lab[inside].std(axis=0) + 1e-3), 0.6, 1.6)
    moved = (source_lab - source_mean) * ratio + target_mean
    mixed = np.clip(source_lab + strength * (moved - source_lab), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(mixed, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def blend_alpha(source: Image, target: Image, mask: Plane) -> Image:
    """target · (1 − mask) + source · mask; equal to target wherever mask is 0."""
    weight = mask[..., None]
    mixed = target.astype(np.float32) * (1 - weight) + source.astype(np.float32) * weight
    return np.round(mixed).astype(np.uint8)


def blend_poisson(source: Image, target: Image, mask: Plane) -> Image:
    """Gradient-domain cloning inside mask; pixels outside it are put back as they were.

    Falls back to alpha blending where the mask is too small or touches the border, which the solver refuses.
    """
    solid = (mask > 0.5).astype(np.uint8)
    solid[:2], solid[-2:], solid[:, :2], solid[:, -2:] = 0, 0, 0, 0
    x, y, width, height = cv2.boundingRect(solid)
    if width < 16 or height < 16:
        return blend_alpha(source, target, mask)
    centre = (x + width // 2, y + height // 2)
    cloned = cv2.seamlessClone(source, target, solid * 255, centre, cv2.NORMAL_CLONE)
    return blend_alpha(np.asarray(cloned, dtype=np.uint8), target, mask)
