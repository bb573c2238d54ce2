"""`clipjury train`: fine-tune a detector on a frozen snapshot, with or without the platform."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click

from clipjury.cli.main import Refusal
from clipjury.cli.progress import Progress, progress

_POLL_S = 0.3


@click.command("train")
@click.argument("snapshot_dir", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--snapshot", metavar="ID", help="A frozen snapshot of this installation.")
@click.option("--dataset", metavar="NAME", help="The newest frozen snapshot of this dataset (name or id).")
@click.option("--detector", default="face-swap-lite0", show_default=True)
@click.option("--base", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="With SNAPSHOT_DIR: the folder of the detector to start from; default the one named.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="With SNAPSHOT_DIR: folder for the new detector."
)
@click.option(
    "--device", help="With SNAPSHOT_DIR: cpu, cuda, cuda:1 or mps; default: a graphics card if there is one."
)
@click.option("--as", "as_email", metavar="EMAIL", help="Who asks; default: the only active admin.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--steps", type=int, help="Default: by the size of the snapshot.")
@click.option("--batch", type=int)
@click.option("--learning-rate", type=float)
@click.option("--frames", type=int, help="Frames sampled of a video.")
@click.option("--budget-minutes", type=float, help="End after so long with the best found until then.")
def train(
    snapshot_dir: Path | None,
    snapshot: str | None,
    dataset: str | None,
    detector: str,
    base: Path | None,
    out: Path | None,
    device: str | None,
    as_email: str | None,
    seed: int,
    **parameters: Any,
) -> None:
    """Fine-tune a detector on SNAPSHOT_DIR (rows as JSON lines, media beside them), without the platform; or on a
    snapshot of this installation, by its worker.

    Labels are the people's soft labels; splits are those of the snapshot. Ctrl-C keeps the checkpoint: the same
    command goes on from there.
    """
    if sum(given is not None for given in (snapshot_dir, snapshot, dataset)) != 1:
        raise click.UsageError("Name one of SNAPSHOT_DIR, --snapshot and --dataset.")
    chosen = {name: value for name, value in parameters.items() if value is not None}
    if snapshot_dir is not None:
        start = base or _bundled_folder(detector)
        _train_folder(snapshot_dir, start, out or Path(f"{detector}-trained"), seed, chosen, device or "auto")
        return
    _train_here(snapshot or dataset or "", detector, as_email, seed, chosen)


def _train_folder(
    snapshot: Path, start: Path, out: Path, seed: int, parameters: dict[str, Any], device: str
) -> None:
    from clipjury_ml.training.run_files import DETECTOR, ERROR, RESULT, SPEC, write_json
    from clipjury_ml.training.snapshot_set import SnapshotSetError, find_rows

    if out.exists():
        raise Refusal(f"{out} is there already; name another folder with --out.")
    try:
        rows = find_rows(snapshot)
    except SnapshotSetError as error:
        raise Refusal(str(error)) from error
    work = out.with_name(out.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    (work / "items.jsonl").write_text(_with_whole_paths(rows, snapshot), encoding="utf-8")
    (work / ERROR).unlink(missing_ok=True)
    spec = {"base": str(start.absolute()), "version": f"trained-{time.strftime('%Y%m%d-%H%M%S')}", "seed": seed,
            "lineage": {"snapshot": snapshot.name}, "parameters": parameters, "device": device}  # fmt: skip
    write_json(work / SPEC, spec)
    with progress("training", 100) as shown:
        status = _run(work, shown)
    if status != 0:
        raise Refusal(_error_of(work / ERROR))
    facts = json.loads((work / RESULT).read_text(encoding="utf-8"))
    shutil.move(work / DETECTOR, out)
    shutil.rmtree(work, ignore_errors=True)
    click.echo(json.dumps(facts))
    click.echo(f"The new detector is in {out}. Register it with: clipjury detectors install {out}", err=True)


def _bundled_folder(detector: str) -> Path:
    """Where the detector called so begins; raises Refusal with the names there are."""
    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.detection.registry import find_manifest

    try:
        return find_manifest(detector).folder
    except DetectorError as error:
        raise Refusal(str(error)) from error


def _with_whole_paths(rows: Path, snapshot: Path) -> str:
    """The rows with their files' whole paths: the run works in a folder of its own."""
    lines = []
    for line in rows.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            lines.append(line)  # the run says in which line
            continue
        named = next((row[key] for key in ("path", "file", "media") if row.get(key)), None)
        found = (
            [snapshot / str(named)] if named else sorted((snapshot / "media").glob(f"{row.get('sha256')}*"))
        )
        lines.append(json.dumps(row | ({"path": str(found[0].absolute())} if found else {})))
    return "\n".join(lines) + "\n"


def _run(work: Path, shown: Progress) -> int:
    from clipjury_ml.training.run_files import PROGRESS

    command = [
        sys.executable,
        "-m",
        "clipjury_ml.training.finetune_run",
        str(work),
        "--parent",
        str(os.getpid()),
    ]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        while process.poll() is None:
            time.sleep(_POLL_S)
            show_progress(work / PROGRESS, shown)
    except KeyboardInterrupt:
        raise click.Abort from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    show_progress(work / PROGRESS, shown)
    return process.returncode


def show_progress(path: Path, shown: Progress) -> None:
    """Pass on what the training process last wrote: how far, loss, seconds left, AUC of the validation split."""
    try:
        live = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    remark = f"{live['phase']} {live['done']}/{live['total']}"
    if "loss" in live:
        remark += f", loss {live['loss']:.3f}, {live['eta_s']} s left"
    history = live.get("history") or []
    if history and history[-1]["validation_auc"] is not None:
        remark += f", validation AUC {history[-1]['validation_auc']:.3f}"
    shown.move_to(round(100 * live["share"]), remark)


def _error_of(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["detail"])
    except FileNotFoundError:
        return "The training process died; the machine may be short of memory."


def _train_here(
    snapshot: str, detector: str, as_email: str | None, seed: int, parameters: dict[str, Any]
) -> None:
    from clipjury.cli.datasets import find_frozen_id
    from clipjury.cli.detectors import find_actor
    from clipjury.cli.job_watch import watch_job
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import training_runs

    open_deps()
    actor = find_actor(as_email)
    wanted = training_runs.Request(find_frozen_id(snapshot), detector, seed, None, parameters)
    with transaction() as session:
        run = training_runs.request_run(session, wanted, actor.id)
    assert run.job_id is not None
    result = watch_job(run.job_id, "training")
    click.echo(
        f"{detector} {result['version']} is registered as version {result['version_id']}, a candidate."
    )
