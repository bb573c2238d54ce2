"""Fine-tune a Lite0 detector's last blocks on the soft labels of a snapshot; resumable, the same for the same seed.

Batch number n depends on (seed, n) alone, so a run that was killed goes on from its checkpoint as if nothing
had happened. Labels are soft: cross-entropy against P(manipulated) of the people fit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.detection.logits import sigmoid
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.evaluation.roc import auc
from clipjury_ml.training.clip_scores import ClipScores
from clipjury_ml.training.loop import Schedule
from clipjury_ml.training.run_state import load_run, save_run
from clipjury_ml.training.samples import Picture, SampleSet
from clipjury_ml.training.snapshot_set import weigh

Augment = Callable[[Picture, np.random.Generator], Picture]
CHECKPOINT = "finetune.safetensors"


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train. `patience` counts evaluations without a better validation loss."""

    seed: int
    steps: int
    batch: int = 16
    learning_rate: float = 1e-3
    frames: int = 6
    evaluate_every: int = 20
    patience: int = 4
    budget_minutes: float = 600.0


def plan_for(clips: int, seed: int, **parameters: Any) -> Plan:
    """Steps by the size of the snapshot: about eight looks at every clip, at least 80 steps and at most 1200."""
    plan = Plan(seed=seed, steps=min(1200, max(80, clips * 3)))
    return replace(plan, **{name: value for name, value in parameters.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Point:
    """What one evaluation found; losses are in nats, AUC of the validation split's clips (None: one class)."""

    step: int
    seconds: float
    loss: float
    validation_loss: float | None
    validation_auc: float | None


@dataclass(slots=True)
class _Progress:
    """Where a run stands; everything that a checkpoint holds beside tensors."""

    step: int
    seconds: float
    best_step: int
    lowest: list[float]  # each validation clip's loss where their mean was lowest so far; empty before
    history: list[Point]

    def take_in(self, point: Point, losses: NDArray[np.float64], weights: NDArray[np.float64]) -> bool:
        """Note an evaluation of the newest weights; whether they are the ones to keep."""
        self.history.append(point)
        is_kept = is_as_good(losses, np.array(self.lowest), weights)
        if is_kept:
            self.best_step = self.step
        if not self.lowest or losses @ weights < np.array(self.lowest) @ weights:
            self.lowest = losses.tolist()
        return is_kept


def finetune(
    model: Lite0FaceSwap,
    train: SampleSet,
    validation: SampleSet,
    plan: Plan,
    folder: Path,
    report: Callable[[int, float, list[Point]], None],
    augment: Augment,
    device: torch.device | None = None,
) -> tuple[list[Point], int]:
    """Train model in place, on device (None: the processor), and leave the best weights in it, on the processor;
    `report` gets step, loss and history; `augment` varies a picture. Returns the history and the step whose weights
    were kept.

    Raises FloatingPointError as soon as the loss is no number.
    """
    torch.set_num_threads(1)
    optimiser = _prepare(model, plan, device or torch.device("cpu"))
    best = _copy(model)
    state = _restore(folder / CHECKPOINT, model, optimiser, best) or _Progress(0, 0.0, 0, [], [])
    schedule = Schedule(plan.steps, plan.learning_rate, warm_up_steps=min(20, plan.steps // 5))
    scores, held = ClipScores(model, validation), weigh(validation.clips)
    weights, recent, began = weigh(train.clips), [], time.monotonic() - state.seconds
    next_batch = partial(make_batch, train, weights, plan, augment)
    while state.step < plan.steps and not _is_over(state, plan):
        recent.append(_one_step(model, optimiser, schedule, next_batch(state.step), plan, state.step))
        state.step += 1
        state.seconds, told = time.monotonic() - began, recent[-1]
        if state.step % plan.evaluate_every == 0 or state.step == plan.steps:
            point, losses = _evaluate(scores, validation, state.step, state.seconds, float(np.mean(recent)))
            told, recent = point.loss, []
            if state.take_in(point, losses, held):
                best = _copy(model)
            save_run(
                folder / CHECKPOINT, {"model": model.state_dict(), "best": best}, optimiser, asdict(state)
            )
        report(state.step, told, state.history)
    model.load_state_dict(best)
    model.to("cpu").eval()
    return state.history, state.best_step


def _prepare(model: Lite0FaceSwap, plan: Plan, device: torch.device) -> torch.optim.Optimizer:
    """Freeze all but the last blocks, and move the model; the optimiser of what is left."""
    model.requires_grad_(False)
    parameters = model.classifying_parameters()
    for parameter in parameters:
        parameter.requires_grad_(True)
    model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return torch.optim.AdamW(parameters, lr=plan.learning_rate, weight_decay=0.01)


def _is_over(state: _Progress, plan: Plan) -> bool:
    """Out of time, or no better for `patience` evaluations."""
    since = sum(point.step > state.best_step for point in state.history)
    measured = bool(state.history) and state.history[-1].validation_loss is not None
    return state.seconds > plan.budget_minutes * 60 or (measured and since >= plan.patience)


def is_as_good(
    losses: NDArray[np.float64], lowest: NDArray[np.float64], weights: NDArray[np.float64]
) -> bool:
    """Whether newer weights are to be kept: their mean loss is at most one standard error above the lowest so far.

    All are (clips,) of the validation split; the error is that of the paired difference (the rule of Breiman et al.
    1984). People's labels of a few dozen clips cannot tell two evaluations apart, and the newest weights are the ones
    with the lower learning rate. Without a validation split the newest are the best that is known.
    """
    if not len(losses) or not len(lowest):
        return True
    share = weights / weights.sum()
    difference = losses - lowest
    mean = float(share @ difference)
    error = float(np.sqrt(share**2 @ (difference - mean) ** 2))
    return mean <= error


def _one_step(
    model: Lite0FaceSwap,
    optimiser: torch.optim.Optimizer,
    schedule: Schedule,
    batch: tuple[Tensor, Tensor],
    plan: Plan,
    step: int,
) -> float:
    for group in optimiser.param_groups:
        group["lr"] = schedule.rate_at(step)
    device = model.class_head.weight.device
    images, targets = (part.to(device) for part in batch)
    torch.manual_seed(plan.seed * 1_000_003 + step)  # dropout
    model.train()
    with torch.no_grad():
        cells = model.cells(images)
    loss = functional.binary_cross_entropy_with_logits(model.classify(cells), targets)
    if not torch.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss.item()} at step {step}: lower the learning rate")
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_((p for p in model.parameters() if p.requires_grad), 5.0)
    optimiser.step()
    return float(loss.item())


def make_batch(
    train: SampleSet, weights: NDArray[np.float64], plan: Plan, augment: Augment, step: int
) -> tuple[Tensor, Tensor]:
    """Images (batch, 3, size, size) and soft labels (batch,) of step: half of each label, clips drawn by weight."""
    rng = np.random.default_rng([plan.seed, step])
    leans = np.array([clip.is_manipulated for clip in train.clips])
    images, targets = [], []
    for place in range(plan.batch):
        chances = weights * (leans == bool(place % 2))
        index = int(rng.choice(len(chances), p=chances / chances.sum()))
        pictures = train.pictures[index]
        images.append(augment(pictures[int(rng.integers(len(pictures)))], rng))
        targets.append(train.clips[index].soft_label)
    batch = to_input(np.stack(images)).contiguous(memory_format=torch.channels_last)
    return batch, torch.tensor(targets, dtype=torch.float32)


def _evaluate(
    scores: ClipScores, validation: SampleSet, step: int, seconds: float, loss: float
) -> tuple[Point, NDArray[np.float64]]:
    """What is told of a step, and the loss of each validation clip (clips,)."""
    if not validation.clips:
        return Point(step, round(seconds, 1), loss, None, None), np.zeros(0)
    logits = scores.logits()
    soft = np.array([clip.soft_label for clip in validation.clips])
    guessed = np.clip([sigmoid(logit) for logit in logits], 1e-6, 1 - 1e-6)
    losses = -(soft * np.log(guessed) + (1 - soft) * np.log(1 - guessed))
    point = Point(
        step=step,
        seconds=round(seconds, 1),
        loss=loss,
        validation_loss=float(np.average(losses, weights=weigh(validation.clips))),
        validation_auc=auc((soft > 0.5).astype(int), logits),
    )
    return point, losses


@torch.no_grad()
def mix_weights(trained: Lite0FaceSwap, base: Lite0FaceSwap, share: float) -> None:
    """Move trained's weights back towards base's until only `share` of the way between them is left.

    What the base could do is kept where a small set of one kind of clip would make the network forget it
    (Wortsman et al., CVPR 2022).
    """
    if share < 1.0:
        for value, was in zip(trained.parameters(), base.parameters(), strict=True):
            value.copy_(torch.lerp(was, value, share))


def _copy(model: Lite0FaceSwap) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def checkpointed_step(folder: Path) -> int:
    """From which step a run in folder goes on; 0 where there is none."""
    stored = load_run(folder / CHECKPOINT)
    return 0 if stored is None else int(stored.notes["step"])


def _restore(
    path: Path, model: Lite0FaceSwap, optimiser: torch.optim.Optimizer, best: dict[str, Tensor]
) -> _Progress | None:
    """Load a checkpoint into model, optimiser and best; None where there is none."""
    stored = load_run(path)
    if stored is None:
        return None
    model.load_state_dict(stored.parts["model"])
    best.update(stored.parts["best"])
    stored.restore_optimiser(optimiser)
    history = [Point(**point) for point in stored.notes["history"]]
    return _Progress(**{**stored.notes, "history": history})
