"""The training loop learns, checkpoints what a detector can load, and stops where it is told to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests.factories.detectors import draw_face

from clipjury_ml.detection.lite0 import Lite0FaceSwap, block_shapes
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.training.initial_weights import load_imagenet
from clipjury_ml.training.loop import CHECKPOINT, AveragedWeights, Batch, Progress, Schedule, fit, joint_loss

SIZE_PX = 64


def easy_batch(seed: int, pairs: int = 4) -> Batch:
    """Drawn faces and the same with a smooth square pasted on: a fake that a few steps can learn."""
    images, masks = [], []
    for number in range(pairs):
        real = draw_face(SIZE_PX, seed * 100 + number)
        fake = real.copy()
        fake[16:48, 16:48] = 128
        images.append(to_input(np.stack([real, fake])))
        mask = torch.zeros(2, SIZE_PX // 16, SIZE_PX // 16)
        mask[1, 1:3, 1:3] = 1.0
        masks.append(mask)
    return torch.stack(images), torch.tensor([[0.0, 1.0]] * pairs), torch.stack(masks)


@torch.no_grad()
def loss_of(model: Lite0FaceSwap) -> float:
    return float(joint_loss(model.eval(), easy_batch(99), 1.0))


def test_a_few_steps_on_drawn_faces_lower_the_loss_and_rank_the_fakes(tmp_path: Path) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = Lite0FaceSwap()
    load_imagenet(model)
    before = loss_of(model)
    seen: list[Progress] = []
    schedule = Schedule(steps=15, learning_rate=1e-3, warm_up_steps=3, evaluate_every=5)
    history = fit(
        model, (easy_batch(n) for n in range(100)), [easy_batch(99)], schedule, tmp_path, seen.append
    )
    after = loss_of(model)
    assert after < before * 0.7
    assert [progress.step for progress in history] == [5, 10, 15]
    assert seen == history
    assert history[-1].dev_auc is not None and history[-1].dev_auc > 0.9
    assert json.loads((tmp_path / "history.json").read_text())[-1]["step"] == 15
    assert not list(tmp_path.glob("*.part"))
    again = Lite0FaceSwap()
    again.load_state_dict(load_file(tmp_path / CHECKPOINT), strict=False)
    assert loss_of(again) == pytest.approx(after, rel=1e-3)


def test_the_stem_and_the_batch_norms_stay_as_they_were(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Lite0FaceSwap()
    load_imagenet(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    schedule = Schedule(steps=2, warm_up_steps=1)
    fit(model, (easy_batch(n) for n in range(2)), [easy_batch(99)], schedule, tmp_path, lambda progress: None)
    after = model.state_dict()
    frozen = ("_conv_stem", "_bn0.", "_blocks.0.", "_blocks.1.", "_blocks.2.")
    for name, value in before.items():
        if name.startswith(frozen) or "running_" in name:
            assert torch.equal(value, after[name]), name
    assert not torch.equal(
        before["_blocks.10._project_conv.weight"], after["_blocks.10._project_conv.weight"]
    )


def test_a_loss_that_is_no_number_stops_the_run(tmp_path: Path) -> None:
    images, labels, masks = easy_batch(1)
    with pytest.raises(FloatingPointError, match="learning rate"):
        fit(Lite0FaceSwap(), [(images * float("nan"), labels, masks)], [], Schedule(1), tmp_path, print)
    assert not (tmp_path / CHECKPOINT).exists()


def test_the_time_limit_ends_a_run_with_a_checkpoint(tmp_path: Path) -> None:
    schedule = Schedule(steps=1000, max_minutes=0.0)
    batches = (easy_batch(n) for n in range(1000))
    history = fit(Lite0FaceSwap(), batches, [easy_batch(99)], schedule, tmp_path, lambda progress: None)
    assert [progress.step for progress in history] == [1]
    assert (tmp_path / CHECKPOINT).exists()


def test_the_learning_rate_warms_up_then_falls_along_a_cosine() -> None:
    schedule = Schedule(steps=110, learning_rate=1.0, warm_up_steps=10)
    rates = [schedule.rate_at(step) for step in range(111)]
    assert rates[0] == pytest.approx(0.1) and rates[9] == pytest.approx(1.0)
    assert rates[60] == pytest.approx(0.5) and rates[110] == pytest.approx(0.0)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_averaged_weights_lie_between_the_first_and_the_last() -> None:
    torch.manual_seed(0)
    model = Lite0FaceSwap()
    average = AveragedWeights(model, 0.9)
    first = model.class_head.bias.detach().clone()
    with torch.no_grad():
        for _ in range(30):
            model.class_head.bias += 1.0
            average.add(model)
    gone = float((average.model.class_head.bias - first).detach())
    assert 15 < gone < 30  # a mean of the late steps, not the last and not the start
    assert AveragedWeights(model, 0.0).model is model


def test_the_network_has_the_shape_of_lite0() -> None:
    shapes = block_shapes()
    assert len(shapes) == 16 and shapes[-1].channels_out == 320
    model = Lite0FaceSwap().eval()
    with torch.inference_mode():
        logits, cells = model(torch.zeros(2, 3, 192, 192))
    assert logits.shape == (2,) and cells.shape == (2, 12, 12)
    backbone = sum(p.numel() for name, p in model.named_parameters() if "head." not in name or "conv" in name)
    assert backbone == 4_652_008 - 1_281_000  # the published count without its 1000-class layer
