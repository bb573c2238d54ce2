"""Trains a detector: a process of low priority does the work, this job watches it and keeps what comes out.

The process works in a folder of the run. A worker that dies takes it along; the next delivery starts it again,
and it goes on from its last checkpoint.
"""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clipjury.adapters.storage import original_key
from clipjury.db.queries.jobs import JobRow
from clipjury.db.queries.training_runs import TrainingItemRow, TrainingRunRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError
from clipjury.jobs.detector_store import fetch_folder, keep_folder
from clipjury.services import detectors, training_runs
from clipjury_ml.training.run_files import DETECTOR, ERROR, PROGRESS, RESULT, SPEC, write_json

_POLL_S = 0.4
_DIED = "The training process died without a word; the machine may be short of memory. Try again."

log = logging.getLogger(__name__)


def runs_dir(deps: Deps) -> Path:
    """Where training runs keep their folders until they have ended."""
    return deps.settings.state_dir / "worker" / "training"


def train_detector(deps: Deps, job: JobRow, report: Callable[[float, str], None]) -> dict[str, Any]:
    """Fine-tune on the run's snapshot and register the result as a candidate.

    Raises ConflictError with a sentence where the snapshot or the base cannot be used, or training fails.
    """
    run_id = uuid.UUID(job.arguments["training_run_id"])
    folder = runs_dir(deps) / str(run_id)
    try:
        result = _train(deps, run_id, folder, report)
    except BaseException as error:
        if not _goes_on_later(error):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return result


def _goes_on_later(error: BaseException) -> bool:
    """Whether the job will be delivered again and go on from the checkpoint: the worker stops, the database is away."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    return isinstance(error, OperationalError | InterfaceError) or not isinstance(error, Exception)


def _train(
    deps: Deps, run_id: uuid.UUID, folder: Path, report: Callable[[float, str], None]
) -> dict[str, Any]:
    with transaction() as session:
        run = training_runs.get_run(session, run_id)
        items, withheld = training_runs.list_usable(session, run)
        base = detectors.get_version(session, run.base_version_id)
    if run.version_id is not None:
        return {"version_id": run.version_id, "version": run.version}
    report(0.0, "Getting the clips ready")
    _lay_out(deps, run, items, fetch_folder(deps, base), folder)
    live = _watch(run, folder, report)
    new = keep_folder(deps, folder / DETECTOR)
    facts = json.loads((folder / RESULT).read_text(encoding="utf-8")) | {"quarantined": withheld}
    with transaction() as session:
        version = training_runs.finish_run(session, run, new, facts, live)
    return {"version_id": version.id, "version": version.version}


def _lay_out(deps: Deps, run: TrainingRunRow, items: list[TrainingItemRow], base: Path, folder: Path) -> None:
    """Write what the process reads. Faces and checkpoint of an interrupted attempt stay where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ERROR).unlink(missing_ok=True)
    rows = [_row(deps, item, folder) for item in items]
    (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lineage = {
        "run": str(run.id),
        "snapshot": str(run.snapshot_id),
        "dataset": f"{run.dataset_name}, snapshot {run.snapshot_sequence}",
        "seed": run.seed,
    }
    spec = {
        "base": str(base),
        "version": run.version,
        "detector": run.detector,
        "seed": run.seed,
        "lineage": lineage,
        "parameters": run.parameters,
    }
    write_json(folder / SPEC, spec)


def _row(deps: Deps, item: TrainingItemRow, folder: Path) -> dict[str, Any]:
    """A clip's line; its original is read where it lies, or fetched from the bucket once."""
    path = deps.storage.local_path(original_key(item.sha256))
    if path is None:
        path = folder / "media" / item.sha256
        if item.split != "test" and not path.is_file() and deps.storage.exists(original_key(item.sha256)):
            path.parent.mkdir(exist_ok=True)
            part = path.with_suffix(".part")
            deps.storage.download(original_key(item.sha256), part)
            part.replace(path)
    return {
        "clip_id": str(item.clip_id),
        "sha256": item.sha256,
        "path": str(path),
        "group_id": str(item.group_id),
        "split": item.split,
        "soft_label": item.soft_label,
        "hard_label": item.hard_label,
        "source": item.source,
        "licence": item.licence,
        "kind": item.kind,
        "votes": [{"reviewer": name} for name in item.reviewers],
    }


def _watch(run: TrainingRunRow, folder: Path, report: Callable[[float, str], None]) -> dict[str, Any]:
    """Run the process to its end and pass on how far it is; raises ConflictError (training_failed)."""
    with (folder / "log.txt").open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "clipjury_ml.training.finetune_run", str(folder), "--parent", str(os.getpid())],
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL, stdout=written, stderr=written, start_new_session=True,
        )  # fmt: skip
    seen: dict[str, Any] = {}
    try:
        while process.poll() is None:
            time.sleep(_POLL_S)
            seen = _pass_on(run, folder, seen, report)
    finally:
        _end(process)
    seen = _pass_on(run, folder, seen, report)
    if process.returncode != 0:
        raise ConflictError("training_failed", _why(folder))
    return seen


def _pass_on(
    run: TrainingRunRow, folder: Path, seen: dict[str, Any], report: Callable[[float, str], None]
) -> dict[str, Any]:
    try:
        live: dict[str, Any] = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        live = {}
    report(live.get("share", 0.0), describe(live))
    if live and live != seen:
        with transaction() as session:
            training_runs.note_live(session, run.id, live)
    return live


def describe(live: dict[str, Any]) -> str:
    """How far a run is, in a few words."""
    if not live:
        return "Starting"
    counted = f"{live['done']} of {live['total']}"
    if live["phase"] == "finding faces":
        return f"Finding faces: clip {counted}"
    if live["phase"] == "cutting pictures":
        return f"Cutting pictures: clip {counted}"
    if live["phase"] == "training":
        return f"Training: step {counted}, loss {live['loss']:.3f}"
    return "Keeping the result"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and its decoders, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _why(folder: Path) -> str:
    try:
        return str(json.loads((folder / ERROR).read_text(encoding="utf-8"))["detail"])
    except FileNotFoundError:
        tail = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")[-2000:]
        log.error("a training process died: %s", tail)
        return _DIED


def purge_runs(deps: Deps, older_s: float) -> int:
    """Remove folders of runs whose job never came back; how many."""
    root = runs_dir(deps)
    if not root.is_dir():
        return 0
    before = time.time() - older_s
    old = [folder for folder in root.iterdir() if folder.stat().st_mtime < before]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
