"""The training job: from a frozen snapshot to a registered candidate, never on gold, and cancellable."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.face_swaps import Picture, draw_pairs, freeze_clips, store_clip
from tests.factories.rows import make_user
from tests.jobs.conftest import read_all

from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError, InvalidError
from clipjury.jobs import detector_store, tracked
from clipjury.jobs.tracked import run_tracked_job
from clipjury.jobs.training import runs_dir
from clipjury.services import jobs, training_runs
from clipjury.services.training_runs import Request

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    return list(draw_pairs(tmp_path_factory.mktemp("pairs"), 41, 4))


@pytest.fixture
def curator(deps: Deps) -> int:
    detector_store.ensure_bundled(deps)
    with transaction() as session:
        return make_user(session, "curator")


@pytest.fixture
def stored(deps: Deps, curator: int, pairs: list[Picture]) -> list[tuple[uuid.UUID, Picture]]:
    with transaction() as session:
        return [
            (store_clip(session, deps.storage, picture, curator, state="retired"), picture)
            for picture in pairs
        ]


@pytest.fixture
def snapshot_id(curator: int, stored: list[tuple[uuid.UUID, Picture]]) -> uuid.UUID:
    with transaction() as session:
        return freeze_clips(session, curator, stored, 1)


@pytest.fixture(autouse=True)
def _report_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tracked, "REPORT_EVERY_S", 0.0)
    yield


def ask(snapshot_id: uuid.UUID, curator: int, **parameters: Any) -> training_runs.TrainingRunRow:
    wanted = Request(
        snapshot_id, "random-lite0", 3, None, {"batch": 4, "steps": 4, "evaluate_every": 2, **parameters}
    )
    with transaction() as session:
        return training_runs.request_run(session, wanted, curator)


def again(run_id: uuid.UUID) -> training_runs.TrainingRunRow:
    with transaction() as session:
        return training_runs.get_run(session, run_id)


def test_a_run_ends_with_a_candidate_that_says_where_it_came_from(
    deps: Deps, curator: int, snapshot_id: uuid.UUID
) -> None:
    run = ask(snapshot_id, curator)
    assert (run.state, run.version_id) == ("queued", None)
    run_tracked_job(deps, str(run.job_id))
    done = again(run.id)
    assert (done.state, done.error, done.version_state) == ("done", None, "candidate")
    assert done.facts is not None and done.facts["clips"] == 6 and done.facts["validation_clips"] == 2
    assert [point["step"] for point in done.live["history"]] == [2, 4]
    assert done.finished_at is not None
    assert not (runs_dir(deps) / str(run.id)).exists()
    with transaction() as session:
        row = detector_store.versions.find_version(session, done.version_id or 0)
    assert row is not None and row.parent_id == run.base_version_id and row.training_run_id == run.id
    detector = detector_store.load_version(deps, row)
    assert detector.sha256 == row.sha256
    assert detector.describe()["training"]["snapshot"] == str(snapshot_id)
    run_tracked_job(deps, str(run.job_id))  # a second delivery changes nothing
    assert read_all("SELECT count(*) FROM detector_versions") == [(2,)]


def test_the_same_data_and_seed_give_the_same_weights(
    deps: Deps, curator: int, snapshot_id: uuid.UUID
) -> None:
    for _ in range(2):
        run_tracked_job(deps, str(ask(snapshot_id, curator).job_id))
    rows = read_all("SELECT sha256 FROM detector_versions WHERE training_run_id IS NOT NULL")
    assert len(rows) == 2 and len(set(rows)) == 1


def test_a_run_knows_who_voted_on_each_clip_so_that_nobody_outweighs_the_rest(
    curator: int, snapshot_id: uuid.UUID
) -> None:
    run = ask(snapshot_id, curator)
    with transaction() as session:
        items, _ = training_runs.list_usable(session, run)
    assert {tuple(item.reviewers) for item in items} == {("anna", "ben")}


@pytest.mark.parametrize("role", ["serve", "calibrate", "gate"])
@pytest.mark.parametrize("by", ["clip", "group"])
def test_gold_and_its_near_duplicates_are_never_trained_on(
    deps: Deps,
    curator: int,
    snapshot_id: uuid.UUID,
    stored: list[tuple[uuid.UUID, Picture]],
    role: str,
    by: str,
) -> None:
    before = ask(snapshot_id, curator)
    with transaction() as session:
        gold_id = stored[2][0]
        if by == "group":
            gold_id = uuid.uuid4()
            session.execute(
                text(
                    "INSERT INTO clips (id, sha256, size_bytes, container, original_name, uploader_id, group_id, "
                    "state, votes_cap, parallel_leases) VALUES (:id, :sha, 1, 'png', 'x', :u, :g, 'received', 12, 3)"
                ),
                {"id": gold_id, "sha": gold_id.hex * 2, "u": curator, "g": stored[2][1].group},
            )
        session.execute(
            text(
                "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, 'authentic', :r, 'test')"
            ),
            {"c": gold_id, "r": role},
        )
    with pytest.raises(ConflictError) as refused:
        ask(snapshot_id, curator)
    assert refused.value.code == "gold_in_training"
    run_tracked_job(deps, str(before.job_id))  # asked for before the clip became gold
    assert again(before.id).state == "failed"
    assert "Gold is never trained on" in (again(before.id).error or "")


def test_a_clip_under_quarantine_is_left_out_at_the_moment_of_use(
    deps: Deps, curator: int, snapshot_id: uuid.UUID, stored: list[tuple[uuid.UUID, Picture]]
) -> None:
    run = ask(snapshot_id, curator)
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :id"), {"id": stored[0][0]})
    run_tracked_job(deps, str(run.job_id))
    done = again(run.id)
    assert done.facts is not None and (done.facts["quarantined"], done.facts["clips"]) == (1, 5)


def test_a_cancelled_run_ends_its_process_and_leaves_nothing(
    deps: Deps, curator: int, snapshot_id: uuid.UUID
) -> None:
    run = ask(snapshot_id, curator, steps=5000, patience=1000)
    assert run.job_id is not None
    worker = threading.Thread(target=run_tracked_job, args=(deps, str(run.job_id)))
    worker.start()
    for _ in range(600):
        if again(run.id).live.get("phase") == "training":
            break
        threading.Event().wait(0.2)
    live = again(run.id).live
    assert live["phase"] == "training" and live["total"] == 5000 and "eta_s" in live
    with transaction() as session:
        jobs.cancel_job(session, run.job_id, curator)
    worker.join(60)
    assert not worker.is_alive()
    assert again(run.id).state == "cancelled"
    assert not (runs_dir(deps) / str(run.id)).exists()
    assert read_all("SELECT count(*) FROM detector_versions") == [(1,)]


def test_parameters_out_of_range_a_snapshot_not_frozen_and_a_foreign_base_are_refused(
    curator: int, snapshot_id: uuid.UUID
) -> None:
    with pytest.raises(InvalidError) as invalid:
        ask(snapshot_id, curator, steps=0)
    assert invalid.value.fields[0].field == "parameters.steps"
    with transaction() as session, pytest.raises(ConflictError) as refused:
        snapshot = session.execute(
            text(
                "INSERT INTO snapshots (dataset_id, sequence, filters, release_key, created_by) "
                "SELECT dataset_id, 2, '{}', 'x', created_by FROM snapshots RETURNING id"
            )
        ).scalar_one()
        training_runs.request_run(session, Request(snapshot, "random-lite0", 1, None, {}), curator)
    assert refused.value.code == "not_frozen"
    with transaction() as session, pytest.raises(ConflictError) as foreign:
        training_runs.request_run(session, Request(snapshot_id, "another", 1, 1, {}), curator)
    assert foreign.value.code == "other_detector"
