"""From log-odds to probabilities, and from frames to their clip. Without torch, which takes a second to load."""

from __future__ import annotations

import numpy as np


def sigmoid(logit: float) -> float:
    """1 / (1 + e^−logit) without overflow."""
    return float(0.5 * (1.0 + np.tanh(0.5 * logit)))


def aggregate(logits: list[float], aggregation: str, top_k: int) -> float:
    """Mean of the top_k highest logits, or of all; sorted first, so the frames' order cannot matter."""
    ordered = sorted(logits, reverse=True)
    return float(np.mean(ordered[:top_k] if aggregation == "topk_mean" else ordered))
