"""One training run in a process of its own: `python -m clipjury_ml.training.finetune_run FOLDER`.

FOLDER holds spec.json and the snapshot's rows; the run writes progress.json while it works, and detector/ at the
end, or error.json with a sentence. Killed and started again, it goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury_ml.training.run_files import DETECTOR, ERROR, PROGRESS, RESULT, SPEC, write_json

if TYPE_CHECKING:
    from clipjury_ml.detection.manifest import ModelManifest
    from clipjury_ml.training.finetune import Plan, Point
    from clipjury_ml.training.samples import SampleSet, Sampling
    from clipjury_ml.training.snapshot_set import SnapshotSet

TRAINED_SHARE = 0.5  # of the way from the base's weights to the trained ones
SAMPLING_SHARE = 0.4  # of the whole run, for the progress bar
_WRITE_EVERY_S = 0.4


@dataclass(frozen=True, slots=True)
class Spec:
    """What to train: from which detector's folder, under which version, with which seed, parameters and device."""

    base: Path
    version: str
    seed: int
    lineage: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    device: str = "auto"


class RunError(Exception):
    """The run cannot go on; the message is for whoever asked for it."""


class Reporter:
    """Writes progress.json by rename, a few times a second at most; ends the process when its parent has gone."""

    def __init__(self, folder: Path, parent_pid: int | None = None) -> None:
        self._path, self._parent = folder / PROGRESS, parent_pid
        self._next_s = 0.0

    def __call__(self, phase: str, done: int, total: int, share: float, **more: Any) -> None:
        """`phase` in words, `done` of `total` in it, `share` of the whole run."""
        if self._parent is not None and os.getppid() != self._parent:
            raise SystemExit(3)
        now_s = time.monotonic()
        if now_s < self._next_s and done != total:
            return
        self._next_s = now_s + _WRITE_EVERY_S
        write_json(self._path, {"phase": phase, "done": done, "total": total, "share": share, **more})


def run(folder: Path, spec: Spec, report: Reporter) -> Path:
    """Train in folder; the new detector's folder. Raises RunError, SnapshotSetError, DetectorError, DeviceError,
    RunStateError, OSError."""
    import torch

    from clipjury_ml.detection.face_swap import build_network
    from clipjury_ml.detection.manifest import read_manifest
    from clipjury_ml.training.devices import choose_device
    from clipjury_ml.training.finetune import checkpointed_step, finetune, mix_weights, plan_for
    from clipjury_ml.training.samples import sampling_of
    from clipjury_ml.training.snapshot_set import read_snapshot

    torch.set_num_threads(1)
    manifest = read_manifest(spec.base)
    if not manifest.trainable:
        raise RunError(
            f"{manifest.id} cannot be trained here: its card says so, or its architecture is foreign."
        )
    snapshot = read_snapshot(folder)
    device = choose_device(spec.device)
    plan = plan_for(len(snapshot.train), spec.seed, **spec.parameters)
    sampling = sampling_of(manifest)
    train, validation = _gather(folder, snapshot, manifest, sampling, plan, report)
    _refuse_nothing_to_judge(manifest, train)
    network = build_network(manifest)
    on_step = _telling(report, plan.steps, checkpointed_step(folder))
    history, kept = finetune(network, train, validation, plan, folder, on_step, sampling.augment, device)
    share = TRAINED_SHARE if manifest.counted_for else 1.0  # a base that never learned has nothing to forget
    mix_weights(network, build_network(manifest), share)
    report("storing", 1, 1, 0.99, history=[asdict(point) for point in history])
    weights = {k: v for k, v in network.state_dict().items() if "num_batches" not in k}
    return _write_detector(
        folder,
        spec,
        manifest,
        weights,
        _facts(snapshot, train, validation, plan, history, kept)
        | {"device": device.type, "trained_share": share},
    )


def _telling(report: Reporter, steps: int, first: int) -> Callable[[int, float, Sequence[Point]], None]:
    """What tells of each step of a training that goes on from step `first`."""
    began = time.monotonic()

    def on_step(step: int, loss: float, history: Sequence[Point]) -> None:
        share = SAMPLING_SHARE + (0.98 - SAMPLING_SHARE) * step / steps
        eta_s = seconds_left(time.monotonic() - began, step - first, steps - step)
        report(
            "training", step, steps, share,
            loss=round(loss, 4), eta_s=round(eta_s), history=[asdict(point) for point in history],
        )  # fmt: skip

    return on_step


def seconds_left(elapsed_s: float, done: int, left: int) -> float:
    """What `left` steps will take if they go as the `done` ones of this process did."""
    return elapsed_s / max(1, done) * left


def _gather(
    folder: Path,
    snapshot: SnapshotSet,
    manifest: ModelManifest,
    sampling: Sampling,
    plan: Plan,
    report: Reporter,
) -> tuple[SampleSet, SampleSet]:
    from clipjury_ml.training.samples import gather_samples

    total = len(snapshot.train) + len(snapshot.validation)

    def on_clip(done: int) -> None:
        report(sampling.phase, done, total, SAMPLING_SHARE * done / total)

    cache = folder / "samples"
    train = gather_samples(snapshot.train, manifest, plan.frames, cache, on_clip)
    validation = gather_samples(
        snapshot.validation, manifest, plan.frames, cache, lambda done: on_clip(len(snapshot.train) + done)
    )
    for word, wanted in (("manipulated", True), ("authentic", False)):
        if not any(clip.is_manipulated == wanted for clip in train.clips):
            raise RunError(
                f"no {word} clip of the training split "
                + sampling.wanted.format(min_face_px=manifest.min_face_px)
            )
    return train, validation


def _facts(
    snapshot: SnapshotSet,
    train: SampleSet,
    validation: SampleSet,
    plan: Plan,
    history: Sequence[Point],
    kept: int,
) -> dict[str, Any]:
    left_out = dict(snapshot.left_out)
    for part in (train.left_out, validation.left_out):
        for reason, count in part.items():
            left_out[reason] = left_out.get(reason, 0) + count
    best = next(point for point in history if point.step == kept)
    return {
        "clips": len(train.clips),
        "validation_clips": len(validation.clips),
        "left_out": left_out,
        "steps": history[-1].step,
        "best_step": best.step,
        "validation_auc": best.validation_auc,
        "plan": asdict(plan),
        "kinds": sorted(_kinds_of_both_labels(train)),
    }


def _refuse_nothing_to_judge(base: ModelManifest, train: SampleSet) -> None:
    """A base that judges no kind of clip yet learns to judge those of which it is shown both labels, and no other."""
    if not base.judges and not _kinds_of_both_labels(train):
        seen = {(clip.kind, clip.is_manipulated) for clip in train.clips}
        shown = ", ".join(f"{'manipulated' if lean else 'authentic'} {kind}s" for kind, lean in sorted(seen))
        raise RunError(
            f"the training split holds {shown}, and no kind of clip with both labels: what was learned would be to "
            "tell the kinds apart. Freeze a snapshot with manipulated and authentic clips of one kind."
        )


def _kinds_of_both_labels(train: SampleSet) -> set[str]:
    seen = {(clip.kind, clip.is_manipulated) for clip in train.clips}
    return {kind for kind, _ in seen if (kind, True) in seen and (kind, False) in seen}


def _write_detector(
    folder: Path, spec: Spec, base: ModelManifest, weights: dict[str, Any], facts: dict[str, Any]
) -> Path:
    """The base's card with the new version, what it was trained on, and no calibration: that was the base's."""
    from clipjury_ml.detection.manifest import MANIFEST_NAME
    from clipjury_ml.training.bundle import write_folder
    from clipjury_ml.training.snapshot_set import licence_lines, read_snapshot

    card = json.loads((spec.base / MANIFEST_NAME).read_text(encoding="utf-8"))
    sources = licence_lines(read_snapshot(folder).train)
    card |= {
        "version": spec.version,
        "data_licences": [
            *card["data_licences"],
            *(line for line in sources if line not in card["data_licences"]),
        ],
        "calibration": {"method": "none", "fitted_on": None},
        **kinds_after(base, facts["kinds"]),
        "training": {"parent": {"version": base.version, "sha256": base.sha256}, **spec.lineage, **facts},
    }
    write_folder(weights, folder / DETECTOR, card)
    write_json(folder / RESULT, facts)
    return folder / DETECTOR


def kinds_after(base: ModelManifest, learned: Collection[str]) -> dict[str, list[str]]:
    """Which kinds of clip the new version judges, and of which its scores count, in the card's words.

    A detector of faces keeps counting for the kinds it was measured on. One of whole pictures rests on labels alone,
    so what it has learned later counts as well.
    """
    from clipjury_ml.detection.manifest import KINDS

    judges = [kind for kind in KINDS if kind in base.judges or kind in learned]
    counted = list(base.counted_for) or list(learned)
    if base.input.kind == "tiles":
        counted = [kind for kind in KINDS if kind in base.counted_for or kind in learned]
    return {"counted_for": counted, "judges": judges}


def read_spec(folder: Path) -> Spec:
    """FOLDER/spec.json."""
    raw = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    return Spec(
        Path(raw["base"]),
        raw["version"],
        raw["seed"],
        raw.get("lineage", {}),
        raw.get("parameters", {}),
        raw.get("device", "auto"),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="finetune_run", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parent", type=int, help="end when this process is no longer the parent")
    options = parser.parse_args(arguments)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read once, when torch and numpy are imported
        os.environ.setdefault(name, "1")
    os.nice(10)
    import cv2

    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.training.devices import DeviceError
    from clipjury_ml.training.run_state import RunStateError
    from clipjury_ml.training.snapshot_set import SnapshotSetError

    cv2.setNumThreads(1)
    try:
        run(options.folder, read_spec(options.folder), Reporter(options.folder, options.parent))
    except (
        RunError, SnapshotSetError, DetectorError, DeviceError, RunStateError, FloatingPointError, OSError,
    ) as error:  # fmt: skip
        write_json(options.folder / ERROR, {"detail": str(error)})
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
