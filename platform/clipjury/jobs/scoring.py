"""The detector's answer for a clip. One detector a process, loaded at its first clip."""

import os
import threading
import uuid
from functools import cache
from typing import TYPE_CHECKING

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import detectors as queries
from clipjury.db.queries.detectors import NewScore
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.originals import opened_original
from clipjury.services import detectors

if TYPE_CHECKING:
    from clipjury_ml.detection.detect import Examination
    from clipjury_ml.detection.protocol import Detector

_loading = threading.Lock()

NOT_COUNTED = "not measured on clips of this kind: the score is shown and does not count"


def quieten_threads() -> None:
    """One computing thread, which sleeps while it waits. Call before torch is imported."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def check_detector() -> None:
    """Look whether the detector's files are there, without torch. Raises DetectorError.

    A worker that could not score would fail every clip, as if something were wrong with the files.
    """
    from clipjury_ml.detection import registry

    registry.find_manifest(registry.DEFAULT)


def score_clip(deps: Deps, clip_id: str) -> None:
    """Score the original and store the answer or the abstention; the clip opens if its preview is there.

    A file that the detector cannot read gets a score row with the error: whether people can judge the clip
    is for its preview to say.
    """
    key = uuid.UUID(clip_id)
    with transaction() as session:
        clip = clip_queries.find_clip(session, key)
    if clip is None or clip.state != "processing":
        return
    detector, version_id = load_detector()
    with transaction() as session:
        scores = queries.list_scores(session, key)
    if any(row.detector_version_id == version_id for row in scores):
        return
    with opened_original(deps, clip.sha256) as (original, _):
        from clipjury_ml.detection.detect import examine_file

        examination = examine_file(original, detector)
    counted_for = detector.describe()["counted_for"]
    score = to_score(key, version_id, examination, counted=clip.kind in counted_for)
    with transaction() as session:
        locked = clip_queries.lock_clip(session, key)
        if locked is not None and locked.state == "processing":
            detectors.record_score(session, score)


@cache
def _load() -> "Detector":
    import torch

    from clipjury_ml.detection import registry

    torch.set_num_threads(1)
    return registry.load()


def load_detector() -> "tuple[Detector, int]":
    """The detector and the id of its version, registered if this is the first time it is seen."""
    with _loading:  # two threads at their first clip load it once
        detector = _load()
    card = detector.describe()
    with transaction() as session:
        version_id = detectors.register_version(
            session,
            detector=detector.id,
            version=detector.version,
            sha256=detector.sha256,
            is_calibrated=card["calibration"]["method"] != "none",
            card=card,
        )
    return detector, version_id


def to_score(
    clip_id: uuid.UUID, version_id: int, examination: "Examination", *, counted: bool = True
) -> NewScore:
    """The detector's answer as a row. Raises OSError where the original could not be opened: that is our fault.

    `counted` False: the detector's card says that its scores of this kind of clip are not to be believed yet.
    The score is kept and shown, as one from outside its domain, and moves nothing.
    """
    detection, answer = examination.detection, examination.score
    if detection.error is not None and detection.error.startswith("cannot_open"):
        raise OSError(detection.error)
    abstention: str | None = answer.abstention if answer is not None else None
    if detection.in_domain and not counted:
        abstention = NOT_COUNTED
    return NewScore(
        clip_id=clip_id,
        detector_version_id=version_id,
        p_manipulated=detection.p_manipulated,
        is_in_domain=detection.in_domain and counted,
        abstention=abstention,
        error=detection.error,
        frames_used=detection.frames_used,
        faces=detection.faces,
        seconds=detection.seconds,
    )
