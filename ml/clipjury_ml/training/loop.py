"""The training loop: AdamW with warm-up and a cosine, a class loss and a mask loss, checkpoints as it goes.

A run that was killed goes on from its last evaluation to the very weights of one that was not.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.evaluation.roc import auc
from clipjury_ml.training.run_state import load_run, refuse_other_settings, save_run

Batch = tuple[Tensor, Tensor, Tensor]
CHECKPOINT = "checkpoint.safetensors"
RUN_STATE = "run_state.safetensors"  # what the run goes on from; the checkpoint is what a detector loads


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train; max_minutes stops a run on a slow machine before its last step."""

    steps: int
    learning_rate: float = 1e-3
    warm_up_steps: int = 40
    weight_decay: float = 0.01
    mask_weight: float = 1.0
    evaluate_every: int = 100
    max_minutes: float = 600.0
    averaging: float = 0.0  # decay a step of the averaged weights that are kept; 0 keeps the last ones

    def rate_at(self, step: int) -> float:
        """The learning rate of step (from 0): linear warm-up, then half a cosine to zero."""
        if step < self.warm_up_steps:
            return self.learning_rate * (step + 1) / self.warm_up_steps
        share = (step - self.warm_up_steps) / max(1, self.steps - self.warm_up_steps)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


@dataclass(frozen=True, slots=True)
class Progress:
    """What one evaluation during training found; minutes are wall time since the start."""

    step: int
    minutes: float
    loss: float
    learning_rate: float
    dev_auc: float | None


def joint_loss(model: nn.Module, batch: Batch, mask_weight: float) -> Tensor:
    """Cross-entropy of the class and of the mask cells.

    batch: images (pairs, 2, 3, s, s), labels (pairs, 2), masks (pairs, 2, s/16, s/16).
    """
    images, labels, masks = (part.flatten(0, 1) for part in batch)
    logits, cells = model(images.contiguous(memory_format=torch.channels_last))
    class_loss = functional.binary_cross_entropy_with_logits(logits, labels)
    mask_loss = functional.binary_cross_entropy_with_logits(cells, masks)
    return class_loss + mask_weight * mask_loss


@torch.no_grad()
def score_batches(
    model: Lite0FaceSwap, batches: Iterable[Batch]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Labels (n,) and logits (n,) of every image in the batches, in order; the model is left in training mode."""
    model.eval()
    labels: list[Tensor] = []
    logits: list[Tensor] = []
    for images, truth, _ in batches:
        labels.append(truth.flatten())
        logits.append(model(images.flatten(0, 1).contiguous(memory_format=torch.channels_last))[0])
    model.train()
    return torch.cat(labels).numpy().astype(np.int64), torch.cat(logits).double().numpy()


class AveragedWeights:
    """An exponential average of a model's weights over the steps; with decay 0 it is the model itself."""

    def __init__(self, model: Lite0FaceSwap, decay: float) -> None:
        self.model = copy.deepcopy(model) if decay else model
        self._decay, self._steps = decay, 0

    def restore(self, steps: int, weights: Mapping[str, Tensor]) -> None:
        """Go on from the average after so many steps."""
        self._steps = steps
        if weights:
            self.model.load_state_dict(dict(weights))

    @torch.no_grad()
    def add(self, model: Lite0FaceSwap) -> None:
        """Take in one step's weights; early on the average is over all steps so far."""
        if self.model is model:
            return
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        for mean, value in zip(self.model.parameters(), model.parameters(), strict=True):
            mean.lerp_(value, 1 - decay)


def fit(
    model: Lite0FaceSwap,
    batches: Callable[[int], Iterable[Batch]],
    dev: Iterable[Batch],
    schedule: Schedule,
    out_dir: Path,
    report: Callable[[Progress], None],
    settings: Mapping[str, Any] | None = None,
) -> list[Progress]:
    """Train model in place until the schedule ends; checkpoint and report at every evaluation.

    batches(n) gives the batches from step n on. What is evaluated and kept are the averaged weights. Where out_dir
    holds a run that was killed it is gone on with. Raises RunStateError where that run had other settings, and
    FloatingPointError as soon as the loss is no number.
    """
    optimiser = _prepare(model, schedule)
    average = AveragedWeights(model, schedule.averaging)
    known = {"schedule": asdict(schedule), **(settings or {})}
    history, random_state = _go_on(out_dir, model, average, optimiser, known)
    recent: list[float] = []
    first = history[-1].step if history else 0
    if history and _is_last(history[-1].step, history[-1].minutes, schedule):
        return history
    started = time.monotonic() - (history[-1].minutes * 60 if history else 0.0)
    source = iter(batches(first))  # a DataLoader draws from the generator when it begins, so restore it after
    if random_state is not None:
        torch.set_rng_state(random_state)
    for step, batch in enumerate(source, start=first):
        recent.append(_one_step(model, batch, optimiser, schedule, step))
        average.add(model)
        minutes = (time.monotonic() - started) / 60
        is_last = _is_last(step + 1, minutes, schedule)
        if is_last or (step + 1) % schedule.evaluate_every == 0:
            dev_auc = auc(*score_batches(average.model, dev))
            loss, recent = float(np.mean(recent)), []
            history.append(Progress(step + 1, minutes, loss, schedule.rate_at(step), dev_auc))
            save_checkpoint(average.model, history, out_dir)
            _keep(out_dir, model, average, optimiser, history, known)
            report(history[-1])
        if is_last:
            break
    return history


def _prepare(model: Lite0FaceSwap, schedule: Schedule) -> torch.optim.Optimizer:
    """Freeze the stem; the optimiser of what is left."""
    model.freeze_stem()
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.AdamW(parameters, lr=schedule.learning_rate, weight_decay=schedule.weight_decay)


def _is_last(steps: int, minutes: float, schedule: Schedule) -> bool:
    return steps >= schedule.steps or minutes >= schedule.max_minutes


def _keep(
    out_dir: Path,
    model: Lite0FaceSwap,
    average: AveragedWeights,
    optimiser: torch.optim.Optimizer,
    history: list[Progress],
    settings: Mapping[str, Any],
) -> None:
    parts = {"model": model.state_dict(), "random": {"torch": torch.get_rng_state()}}
    if average.model is not model:
        parts["average"] = average.model.state_dict()
    notes = {"history": [asdict(progress) for progress in history], "settings": settings}
    save_run(out_dir / RUN_STATE, parts, optimiser, notes)


def _go_on(
    out_dir: Path,
    model: Lite0FaceSwap,
    average: AveragedWeights,
    optimiser: torch.optim.Optimizer,
    settings: Mapping[str, Any],
) -> tuple[list[Progress], Tensor | None]:
    """Load what `_keep` wrote; its history and random state, or an empty history and None."""
    stored = load_run(out_dir / RUN_STATE)
    if stored is None:
        return [], None
    refuse_other_settings(stored, settings, out_dir / RUN_STATE)
    model.load_state_dict(stored.parts["model"])
    history = [Progress(**progress) for progress in stored.notes["history"]]
    average.restore(history[-1].step, stored.parts.get("average", {}))
    stored.restore_optimiser(optimiser)
    return history, stored.parts["random"]["torch"]


def _one_step(
    model: Lite0FaceSwap, batch: Batch, optimiser: torch.optim.Optimizer, schedule: Schedule, step: int
) -> float:
    for group in optimiser.param_groups:
        group["lr"] = schedule.rate_at(step)
    loss = joint_loss(model, batch, schedule.mask_weight)
    if not torch.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss.item()} at step {step}: lower the learning rate")
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_((p for p in model.parameters() if p.requires_grad), 5.0)
    optimiser.step()
    return float(loss.item())


def save_checkpoint(model: nn.Module, history: list[Progress], out_dir: Path) -> None:
    """Write the weights (float32) and the history beside them, each by rename, so that neither is ever half there."""
    out_dir.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.contiguous() for name, value in model.state_dict().items() if "num_batches" not in name
    }
    part = out_dir / (CHECKPOINT + ".part")
    save_file(weights, part)
    part.replace(out_dir / CHECKPOINT)
    notes = out_dir / "history.json.part"
    notes.write_text(json.dumps([asdict(progress) for progress in history], indent=1), encoding="utf-8")
    notes.replace(out_dir / "history.json")
