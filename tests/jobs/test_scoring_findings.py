"""What a detector finds is kept with its score, moves nothing, and is shown only where scores are."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.jobs.conftest import ReceiveFile, read_all

from clipjury.db.queries.clip_progress import list_by_sha256
from clipjury.db.queries.detectors import NewScore
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import detector_store
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.scoring import score_clip
from clipjury.services import detectors
from clipjury_ml.detection import registry


def test_findings_are_stored_beside_the_score_and_move_no_posterior(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detector_store, "ALSO_BUNDLED", (registry.BUNDLED / "provenance",))
    clip_id = receive_file(good_video)
    for job in (probe_clip, score_clip):
        job(deps, str(clip_id))
    rows = read_all(
        "SELECT d.detector, s.p_manipulated, s.is_in_domain, s.abstention, s.findings FROM scores s "
        "JOIN detector_versions d ON d.id = s.detector_version_id ORDER BY d.detector"
    )
    assert [row[0] for row in rows] == ["provenance", "random-lite0"]
    _, p, in_domain, abstention, findings = rows[0]
    assert (p, in_domain, abstention) == (None, False, "facts_only")
    assert isinstance(findings, list) and "x264" in " ".join(found["words"] for found in findings)
    assert rows[1][4] == []
    ((p_full, p_people),) = read_all("SELECT p_full, p_people FROM clips")
    assert p_full == p_people == 0.5


def test_progress_tells_the_score_of_the_detector_that_gave_one(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    for name, p, reason in (("0", 0.9, None), ("1", None, "facts_only")):
        with transaction() as session:
            other = session.execute(
                text(
                    "INSERT INTO detector_versions (detector, version, sha256, is_calibrated, card, state) "
                    "VALUES (:n, '1', :n, false, '{}', 'active') RETURNING id"
                ),
                {"n": name},
            ).scalar_one()
            score = NewScore(clip_id, other, p, p is not None, reason, None, 1, 1, 0.1)
            detectors.record_score(session, score)
    (sha256,) = (row[0] for row in read_all("SELECT sha256 FROM clips"))
    with transaction() as session:
        (row,) = list_by_sha256(session, [str(sha256)])
    assert (row.p_detector, row.is_detector_counted) == (0.9, True)


def test_the_whole_bundled_panel_is_registered_and_in_force(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {manifest.folder: manifest.id for manifest in registry.list_detectors(registry.BUNDLED)}
    monkeypatch.undo()
    assert {detector_store.BUNDLED, *detector_store.ALSO_BUNDLED} == set(everything)
    detector_store.ensure_bundled(deps)
    detector_store.ensure_bundled(deps)
    rows = read_all("SELECT detector FROM detector_versions WHERE state = 'active' ORDER BY detector")
    assert [row[0] for row in rows] == sorted(everything.values())
