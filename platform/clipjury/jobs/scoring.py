"""The detectors' answers for a clip, by those in force at that moment."""

import os
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries.clips import ClipRow
from clipjury.db.queries.detectors import NewScore
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import detector_store
from clipjury.jobs.originals import opened_original
from clipjury.services import detectors

if TYPE_CHECKING:
    from clipjury_ml.detection.detect import Examination
    from clipjury_ml.detection.protocol import Detector

NOT_COUNTED = "not measured on clips of this kind: the score is shown and does not count"


def quieten_threads() -> None:
    """One computing thread, which sleeps while it waits. Call before torch is imported."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def check_detector() -> None:
    """Look whether the detector's files are there, without torch. Raises DetectorError.

    A worker that could not score would fail every clip, as if something were wrong with the files.
    """
    from clipjury_ml.detection.manifest import read_manifest

    for folder in (detector_store.BUNDLED, *detector_store.ALSO_BUNDLED):
        read_manifest(folder)


def score_clip(deps: Deps, clip_id: str) -> None:
    """Score the original and store the answers or abstentions; the clip opens if its preview is there.

    A file that a detector cannot read gets a score row with the error: whether people can judge the clip
    is for its preview to say. A version that comes into force meanwhile is asked too: until then the clip stays shut.
    """
    key = uuid.UUID(clip_id)
    while (clip := _find_unanswered(deps, key)) is not None:
        row, wanted = clip
        scores = examine_clip(deps, key, row.sha256, row.kind, wanted)
        with transaction() as session:
            locked = clip_queries.lock_clip(session, key)
            if locked is not None and locked.state == "processing":
                for score in scores:
                    detectors.record_score(session, score)


def _find_unanswered(deps: Deps, clip_id: uuid.UUID) -> "tuple[ClipRow, list[tuple[int, Detector]]] | None":
    """The clip with the detectors in force that have not answered for it; None where nothing is left to do."""
    with transaction() as session:
        clip = clip_queries.find_clip(session, clip_id)
    if clip is None or clip.state != "processing":
        return None
    active = detector_store.load_active(deps)
    with transaction() as session:
        unanswered = set(versions.list_unanswered(session, clip_id))
    wanted = [(row.id, detector) for row, detector in active if row.id in unanswered]
    return (clip, wanted) if wanted else None


def examine_clip(
    deps: Deps, clip_id: uuid.UUID, sha256: str, kind: str | None, wanted: "Sequence[tuple[int, Detector]]"
) -> list[NewScore]:
    """What these detectors, given with their versions' ids, say of the original; call with no transaction open."""
    from clipjury_ml.detection.detect import examine_file

    with opened_original(deps, sha256) as (original, _):
        examined = [
            (version_id, detector, examine_file(original, detector)) for version_id, detector in wanted
        ]
    return [
        to_score(clip_id, version_id, examination, counted=kind in detector.describe()["counted_for"])
        for version_id, detector, examination in examined
    ]


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
        findings=[finding.as_dict() for finding in detection.findings],
        face_px=None if answer is None else answer.face_px,
    )
