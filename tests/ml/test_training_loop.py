"""The training loop learns, checkpoints what a detector can load, and stops where it is told to."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tests.factories.detectors import draw_face

from clipjury_ml.detection.lite0 import Lite0FaceSwap, block_shapes
from clipjury_ml.detection.pixels import to_input
from clipjury_ml.training.clip_scores import ClipScores
from clipjury_ml.training.devices import DeviceError, choose_device
from clipjury_ml.training.finetune import is_as_good, mix_weights
from clipjury_ml.training.initial_weights import load_imagenet
from clipjury_ml.training.loop import (
    CHECKPOINT,
    RUN_STATE,
    AveragedWeights,
    Batch,
    Progress,
    Schedule,
    fit,
    joint_loss,
)
from clipjury_ml.training.run_state import RunStateError
from clipjury_ml.training.samples import SampleSet
from clipjury_ml.training.snapshot_set import LabelledClip

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


def easy_batches(first: int) -> Iterator[Batch]:
    return (easy_batch(number) for number in itertools.count(first))


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
    history = fit(model, easy_batches, [easy_batch(99)], schedule, tmp_path, seen.append)
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
    fit(model, easy_batches, [easy_batch(99)], schedule, tmp_path, lambda progress: None)
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
        fit(
            Lite0FaceSwap(),
            lambda n: [(images * float("nan"), labels, masks)],
            [],
            Schedule(1),
            tmp_path,
            print,
        )
    assert not (tmp_path / CHECKPOINT).exists()


def test_the_time_limit_ends_a_run_with_a_checkpoint(tmp_path: Path) -> None:
    schedule = Schedule(steps=1000, max_minutes=0.0)
    history = fit(Lite0FaceSwap(), easy_batches, [easy_batch(99)], schedule, tmp_path, lambda progress: None)
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


def test_a_run_stopped_at_any_evaluation_ends_with_the_same_weights(tmp_path: Path) -> None:
    """Dropout, moments and averaged weights included; the stop is an error in the loader, between two steps."""
    schedule = Schedule(steps=6, learning_rate=1e-3, warm_up_steps=2, evaluate_every=2, averaging=0.9)

    def run(folder: str, batches: Callable[[int], Iterable[Batch]]) -> list[Progress]:
        torch.manual_seed(4)
        return fit(
            Lite0FaceSwap(),
            batches,
            [easy_batch(99)],
            schedule,
            tmp_path / folder,
            lambda p: None,
            {"seed": 4},
        )

    def breaks(first: int) -> Iterator[Batch]:
        yield from itertools.islice(easy_batches(first), 3)
        raise OSError("the disk is gone")

    whole = run("whole", easy_batches)
    with pytest.raises(OSError, match="gone"):
        run("broken", breaks)
    torch.rand(7)  # whatever else was drawn meanwhile
    rest = run("broken", easy_batches)
    assert [(p.step, p.loss, p.dev_auc) for p in rest] == [(p.step, p.loss, p.dev_auc) for p in whole]
    assert (tmp_path / "broken" / CHECKPOINT).read_bytes() == (tmp_path / "whole" / CHECKPOINT).read_bytes()
    assert run("broken", breaks) == rest, "a run that has ended is over"


def test_a_run_of_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    def run(**settings: int) -> None:
        schedule = Schedule(steps=1, warm_up_steps=1)
        fit(Lite0FaceSwap(), easy_batches, [easy_batch(99)], schedule, tmp_path, lambda p: None, settings)

    run(seed=1)
    with pytest.raises(RunStateError, match="other settings"):
        run(seed=2)
    (tmp_path / RUN_STATE).write_bytes(b"half a file")
    with pytest.raises(RunStateError, match="cannot be read"):
        run(seed=1)


def test_a_device_that_is_not_there_is_refused_with_what_there_is() -> None:
    assert choose_device("cpu").type == "cpu"
    assert choose_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    for name in ("cuda:99", "meta", "abacus"):
        with pytest.raises(DeviceError):
            choose_device(name)


def test_what_is_kept_before_the_fork_changes_no_score() -> None:
    torch.manual_seed(0)
    model = Lite0FaceSwap().eval()
    clips = tuple(
        LabelledClip(str(n), None, "x", str(n), "validation", 0.9, "s", "CC0", "video") for n in range(3)
    )
    crops = tuple(np.stack([draw_face(SIZE_PX, 10 * n + m) for m in range(2)]) for n in range(3))
    faces = SampleSet(clips, crops, {})
    kept, all_anew = ClipScores(model, faces), ClipScores(model, faces, 0)
    first = kept.logits()
    assert np.array_equal(first, all_anew.logits()) and np.array_equal(first, kept.logits())
    with torch.no_grad():
        model.class_head.weight *= 3  # as training would
    assert np.array_equal(kept.logits(), all_anew.logits()) and not np.array_equal(kept.logits(), first)


def test_newer_weights_are_kept_unless_they_are_worse_by_more_than_the_doubt() -> None:
    rng = np.random.default_rng(3)
    lowest, even = rng.uniform(0.5, 0.9, 40), np.ones(40)
    noise = rng.normal(0, 0.1, 40)
    noise -= noise.mean()
    assert is_as_good(lowest, np.zeros(0), even), "the first is the best so far"
    assert is_as_good(np.zeros(0), np.zeros(0), even[:0]), "and without a validation split every one"
    assert is_as_good(lowest + noise + 0.01, lowest, even)
    assert not is_as_good(lowest + noise + 0.03, lowest, even)
    assert is_as_good(lowest - 0.2, lowest, even)
    one = np.where(np.arange(40) < 4, 1.0, 0.0)  # a clip that weighs nothing is not asked
    assert is_as_good(lowest + np.where(one > 0, -0.1, 5.0), lowest, one)


def test_weights_are_moved_back_towards_the_base() -> None:
    torch.manual_seed(0)
    trained, base = Lite0FaceSwap(), Lite0FaceSwap()
    before, was = trained.class_head.weight.clone(), base.class_head.weight.clone()
    mix_weights(trained, base, 1.0)
    assert torch.equal(trained.class_head.weight, before)
    mix_weights(trained, base, 0.25)
    assert torch.allclose(trained.class_head.weight, was + 0.25 * (before - was))
    mix_weights(base, base, 0.5)
    assert torch.equal(base.class_head.weight, was), "what was not trained stays to the bit"
