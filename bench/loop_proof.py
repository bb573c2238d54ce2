"""Does the loop work? Votes of weak reviewers on a kind of manipulation that the bundled detector has not learned,
through the consensus into soft labels, through fine-tuning into a version that knows it.

People of 57-70 % skill judge 300 clips; the training is the one that `clipjury train` starts. Then the same with a
quarter of the votes cast by a ring that passes everything manipulated, and beside both the floor: the majority's hard
labels. What is measured are people whom nobody labelled, trained on or chose by.

    ./run bench loop_proof [--family retouch] [--seeds 1] [--data PORTRAITS.csv] [--out FOLDER] [--quick]

Without --data the people are drawn. PORTRAITS.csv is a manifest as `train_face_swap` takes it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from bench._loop_proof_clips import Clip, Material, Sizes, drawn, from_portraits
from bench._loop_proof_measure import Seen, compare_versions, look_at, probe, score_seen
from bench._loop_proof_people import EDITS
from bench._loop_proof_votes import Jury, RingKind, gather_votes, label_accuracy

from clipjury_ml.detection.registry import BUNDLED
from clipjury_ml.evaluation.comparison import Comparison
from clipjury_ml.training.run_files import DETECTOR, ERROR, RESULT, SPEC, write_json

BASE = BUNDLED / "face_swap_lite0"
LOSS_ALLOWED = 0.03  # as the promotion gate allows on a slice
Sets = tuple[list[Seen], list[Seen]]  # of the new family, and of the known one
QUICK = Sizes(labelled=8, tested=5, gold=2, known=5)


@dataclass(frozen=True)
class Arm:
    """One way from votes to labels to a version."""

    name: str
    ring: RingKind
    soft: bool


ARMS = (
    Arm("soft labels", "none", True),
    Arm("hard majority", "none", False),
    Arm("ring, soft labels", "lies", True),
    Arm("ring, hard majority", "lies", False),
    Arm("ring that knows gold, soft", "knows_gold", True),
)


@dataclass(frozen=True)
class Outcome:
    """An arm's labels, what training said of itself, and its version's answers on both sets."""

    arm: Arm
    seed: int
    right: float
    ring_share: float
    facts: dict[str, Any]
    cpu_minutes: float
    tested: list[float | None]
    known: list[float | None]


def write_rows(clips: Sequence[Clip], jury: Jury, soft: bool, folder: Path) -> None:
    """The clips as the rows of a snapshot: the people's labels, and who gave them."""
    labels, voters = jury.soft_labels() if soft else jury.hard_labels(), jury.voters()
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "clip_id": clip.id, "sha256": clip.sha256, "path": str(clip.path.absolute()), "group_id": clip.group,
            "split": clip.split, "soft_label": labels[clip.id], "source": clip.source, "licence": "bench",
            "kind": "video", "votes": [{"reviewer": name} for name in voters[clip.id]],
        }
        for clip in clips
    ]  # fmt: skip
    (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def train(
    folder: Path, faces: Path, seed: int, parameters: Mapping[str, Any]
) -> tuple[dict[str, Any], float]:
    """Fine-tune the bundled detector on folder's rows; what the run found, and its CPU minutes.

    faces: where the crops are kept; the clips are the same for every arm. Raises RuntimeError with its error.
    """
    faces.mkdir(exist_ok=True)
    if not (folder / "faces").exists():
        (folder / "faces").symlink_to(faces.absolute())
    spec = {"base": str(BASE), "version": folder.name, "seed": seed, "parameters": dict(parameters)}
    write_json(folder / SPEC, spec)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folder)]
    done = subprocess.run(command, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        error = folder / ERROR
        raise RuntimeError(
            error.read_text(encoding="utf-8") if error.is_file() else "the training process died"
        )
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads((folder / RESULT).read_text(encoding="utf-8")), spent / 60


def run_arm(
    arm: Arm,
    seed: int,
    material: Material,
    seen: Sets,
    out: Path,
    parameters: Mapping[str, Any],
) -> Outcome:
    """Votes, labels, training, scores."""
    truths = {clip.id: clip.is_manipulated for clip in material.labelled}
    jury = gather_votes(truths, arm.ring, seed)
    labels = jury.soft_labels() if arm.soft else jury.hard_labels()
    folder = out / f"{arm.name.replace(', ', '-').replace(' ', '-')}-{seed}"
    write_rows(material.labelled, jury, arm.soft, folder)
    facts, cpu_minutes = train(folder, out / "faces", seed, parameters)
    tested, known = (score_seen(part, folder / DETECTOR, BASE) for part in seen)
    right = label_accuracy(labels, truths)
    return Outcome(arm, seed, right, jury.ring_share, facts, cpu_minutes, tested, known)


def interval(found: Comparison) -> str:
    """The difference with its interval."""
    if found.difference is None or found.difference_low is None or found.difference_high is None:
        return "not measured"
    return f"{found.difference:+.3f} [{found.difference_low:+.3f}, {found.difference_high:+.3f}]"


def print_outcome(outcome: Outcome, seen: Sets) -> bool:
    """One line of the table; whether the version gained on the new family and lost nothing on the known one."""
    found = [
        compare_versions(part, [each.answer for each in part], answers)
        for part, answers in zip(seen, (outcome.tested, outcome.known), strict=True)
    ]
    aucs = [f"{part.candidate.auc:.3f}" if part.candidate.auc is not None else "-" for part in found]
    print(
        f"{outcome.arm.name:<27} {outcome.seed:>4} {outcome.ring_share:>5.2f} {outcome.right:>6.3f}  {aucs[0]}  "
        f"{interval(found[0]):<25} {aucs[1]}  {interval(found[1]):<25} {outcome.facts['best_step']:>4}/"
        f"{outcome.facts['steps']:<4} {outcome.cpu_minutes:>5.1f}",
        flush=True,
    )
    gained = (found[0].difference_low or 0.0) > 0.0
    return gained and (found[1].difference or 0.0) >= -LOSS_ALLOWED


def print_base(seen: Sets) -> bool:
    """The bundled detector's figures and the confound probe; whether every condition lies within .40-.60."""
    for word, part in zip(("new family", "known family"), seen, strict=True):
        before = [each.answer for each in part]
        side = compare_versions(part, before, before).incumbent
        shown = (
            f"{side.auc:.3f} [{side.low:.3f}, {side.high:.3f}]"
            if side.auc is not None and side.low is not None
            else "-"
        )
        print(f"{word}: {len(part)} clips, bundled detector AUC {shown}, answers {side.coverage:.0%}")
    results = probe(seen[0])
    print(
        "confounds of the new family, AUC of each alone: "
        + ", ".join(f"{r.condition} {r.auc:.2f}" for r in results)
    )
    return not any(result.suspicious for result in results)


def print_against_floor(outcomes: Sequence[Outcome], seen: list[Seen]) -> None:
    """What soft labels give beyond hard ones, on the same clips from the same votes."""
    by_name = {(outcome.arm.name, outcome.seed): outcome for outcome in outcomes}
    for soft, hard in (("soft labels", "hard majority"), ("ring, soft labels", "ring, hard majority")):
        for seed in sorted({outcome.seed for outcome in outcomes}):
            if (soft, seed) in by_name and (hard, seed) in by_name:
                found = compare_versions(seen, by_name[hard, seed].tested, by_name[soft, seed].tested)
                print(f"{soft} less {hard}, seed {seed}: {interval(found)}")


def find_material(options: argparse.Namespace, out: Path) -> Material:
    """Film the clips. Exits with a message where --data names no file."""
    sizes = QUICK if options.quick else Sizes()
    if options.data is None:
        print("people: drawn")
        return drawn(options.family, EDITS[options.family], sizes, out / "clips", options.seed)
    if not options.data.is_file():
        raise SystemExit(f"SKIPPED: {options.data} is not there; without --data the people are drawn")
    print("people: portraits of --data")
    return from_portraits(
        options.data, options.family, EDITS[options.family], sizes, out / "clips", options.seed
    )


def prove(options: argparse.Namespace, out: Path) -> int:
    """Run every arm; 0 where the honest crowd's soft labels gained, and lost nothing elsewhere."""
    began, cpu = time.monotonic(), time.process_time()
    material = find_material(options, out)
    seen = look_at(material.tested, BASE), look_at(material.known, BASE)
    print(
        f"labelled: {len(material.labelled)} clips of {len(material.labelled) // 2} people; family: {options.family}"
    )
    clean = print_base(seen)
    print(f"made and looked at in {(time.process_time() - cpu) / 60:.1f} CPU minutes without the decoders")
    parameters = (
        {"steps": 4, "evaluate_every": 2, "batch": 4} if options.quick else json.loads(options.parameters)
    )
    print(
        "\nlabels                      seed  ring  right  AUC    new family: gain           AUC    known family: change"
        "      best/steps  CPU min"
    )
    outcomes, good = [], []
    for seed in range(options.seed, options.seed + options.seeds):
        for arm in ARMS:
            if options.arms and arm.name not in options.arms:
                continue
            outcomes.append(run_arm(arm, seed, material, seen, out, parameters))
            is_good = print_outcome(outcomes[-1], seen)
            good.append(is_good or arm.name != "soft labels")
    print_against_floor(outcomes, seen[0])
    print(f"{(time.monotonic() - began) / 60:.1f} minutes by the clock")
    return 0 if all(good) and clean else 1


def main() -> int:
    """Read the command line, run the proof."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", choices=sorted(EDITS), default="retouch")
    parser.add_argument(
        "--data", type=Path, help="manifest of portraits with landmarks; default: drawn people"
    )
    parser.add_argument(
        "--out", type=Path, help="keep clips and versions here; default: a folder that is removed"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seeds", type=int, default=1, help="crowds and trainings, each with a seed of its own"
    )
    parser.add_argument("--arms", nargs="*", choices=[arm.name for arm in ARMS])
    parser.add_argument(
        "--parameters", default="{}", help="JSON for the training run; default: by the clips' number"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a few clips and steps: the mechanics, no figures"
    )
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        return prove(options, options.out)
    with tempfile.TemporaryDirectory(prefix="loop-proof-") as folder:
        return prove(options, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
