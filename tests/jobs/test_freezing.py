"""Freezing: what is inside and what never is, the same content however often it is built, and nothing by halves."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
import time
import tracemalloc
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.rows import make_user
from tests.factories.snapshots import adjudicate, cast_vote, make_crowd, make_many_retired, make_retired_clip
from tests.jobs.conftest import read_all

from clipjury.db.queries import snapshots as queries
from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError
from clipjury.domain.snapshot_cells import from_cells
from clipjury.domain.snapshot_rows import FILE_COLUMNS, ContentHash, row_hash
from clipjury.jobs import freezing
from clipjury.jobs.snapshot_parquet import copy_without, read_parquet
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import datasets, jobs, snapshots
from clipjury_ml.consensus import online

CURATOR = "curator@example.org"
AWKWARD = '=HYPERLINK("x"), "quoted"\nzweite Zeile — ünï ☃'


@pytest.fixture
def curator(deps: Deps) -> int:
    with transaction() as session:
        return make_user(session, "curator", email=CURATOR)


@pytest.fixture
def crowd(curator: int) -> list[int]:
    with transaction() as session:
        return make_crowd(session)


RUN_JOB = """
import sys
from clipjury.cli.opening import open_deps
from clipjury.jobs.tracked import run_tracked_job
run_tracked_job(open_deps(), sys.argv[1])
"""


def ask(curator: int, filters: dict[str, Any] | None = None, name: str = "All") -> SnapshotRow:
    with transaction() as session:
        dataset_id = datasets.create_dataset(
            session, name=name, description="For a test.", filters=filters or {}, created_by=curator
        )
        return snapshots.request_freeze(session, dataset_id, curator)


def run(deps: Deps, asked: SnapshotRow) -> SnapshotRow:
    run_tracked_job(deps, str(asked.job_id))
    with transaction() as session:
        job = jobs.get_job(session, asked.job_id)  # type: ignore[arg-type]
        assert job.state == "done", job.error
        return snapshots.get_frozen(session, asked.id)


def file_of(deps: Deps, snapshot: SnapshotRow, form: str) -> Path:
    with transaction() as session:
        file = snapshots.get_file(session, snapshot.id, form)
    path = deps.storage.local_path(file.storage_key)
    assert path is not None
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    return path


def rows_of(deps: Deps, snapshot: SnapshotRow) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file_of(deps, snapshot, "jsonl").read_text().splitlines()]


def test_a_row_carries_labels_split_interval_and_every_vote(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        clip_id = make_retired_clip(
            session, curator, crowd, rationale=AWKWARD, source=AWKWARD, licence="CC0-1.0"
        )
    snapshot = run(deps, ask(curator))
    (row,) = rows_of(deps, snapshot)
    people = online.people_posterior(
        [online.Ballot(n, "manipulated", online.DEFAULT_RELIABILITY) for n in range(3)]
    )
    assert list(row) == [column.name for column in FILE_COLUMNS]
    assert (row["clip_id"], row["source"], row["codec"]) == (str(clip_id), AWKWARD, "h264")
    assert (row["outcome"], row["basis"], row["hard_label"]) == ("manipulated", "evidence", "manipulated")
    assert row["soft_label"] == row["p_people"] == pytest.approx(people.p_manipulated)
    assert (row["p_people_low"], row["p_people_high"]) == (people.low, people.high)
    assert (row["n_votes"], row["adjudication"], row["row_sha256"]) == (3, None, row_hash(row))
    assert row["retired_at"].endswith(":00:00Z")
    vote = row["votes"][0]
    assert vote["segments"] == [{"start_frame": 10, "end_frame": 20, "start_s": 0.4, "end_s": 0.8}]
    assert vote["regions"] == [{"frame": 10, "x": 0.0, "y": 0.25, "width": 1.0, "height": 0.5}]
    assert (vote["confidence"], vote["kinds"], vote["rationale"]) == (1.0, ["face_swap"], AWKWARD)
    assert vote["cast_at"].endswith(":00:00Z")
    assert len({vote["reviewer"] for vote in row["votes"]}) == 3
    # The detectors' figures stand in no file: not in a column, and not in a number.
    assert "0.123456789" not in file_of(deps, snapshot, "jsonl").read_text()


def test_the_three_files_hold_the_same_rows_and_the_hash_is_theirs(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        for label in ("manipulated", "authentic", "unsure"):
            make_retired_clip(session, curator, crowd, label=label, rationale=AWKWARD, source=AWKWARD)
        make_retired_clip(session, curator, crowd[:1], outcome="inconclusive", reason="cap")
    snapshot = run(deps, ask(curator))
    rows = rows_of(deps, snapshot)
    with file_of(deps, snapshot, "csv").open(newline="", encoding="utf-8") as source:
        names, *lines = csv.reader(source)
    assert [from_cells(names, cells) for cells in lines] == rows
    assert list(read_parquet(file_of(deps, snapshot, "parquet"))) == rows
    content = ContentHash()
    for row in rows:
        content.update(row)
    assert content.hexdigest() == snapshot.content_sha256
    manifest = json.loads(file_of(deps, snapshot, "manifest").read_text())
    assert manifest["content_sha256"] == snapshot.content_sha256
    assert manifest["files"]["csv"]["sha256"] == hashlib.sha256(
        file_of(deps, snapshot, "csv").read_bytes()
    ).hexdigest()  # fmt: skip
    assert manifest["counts"]["by_label"] == {"manipulated": 1, "authentic": 2, "none": 1}
    items = read_all("SELECT position, row FROM snapshot_items ORDER BY position")
    assert items == list(enumerate(rows))
    assert snapshot.content_sha256 in file_of(deps, snapshot, "card").read_text()


def test_what_must_never_be_inside_is_not(deps: Deps, curator: int, crowd: list[int]) -> None:
    group, now = uuid.uuid4(), "2026-01-01T00:00:00Z"
    with transaction() as session:
        plain = make_retired_clip(session, curator, crowd)
        make_retired_clip(session, curator, crowd, gold_label="manipulated")
        make_retired_clip(session, curator, crowd, group_id=group)
        for role in ("calibrate", "gate"):
            gold = make_retired_clip(session, curator, crowd, group_id=group if role == "gate" else None)
            session.execute(
                text("INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, 'authentic', :r, 't')"),
                {"c": gold, "r": role},
            )  # fmt: skip
        make_retired_clip(session, curator, crowd, quarantined_at=now)
        make_retired_clip(session, curator, crowd, is_simulated=True)
        make_retired_clip(session, curator, make_crowd(session, simulated=True))
    assert [row["clip_id"] for row in rows_of(deps, run(deps, ask(curator)))] == [str(plain)]


def test_two_freezes_of_the_same_clips_have_one_content_and_other_pseudonyms(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        clips = [make_retired_clip(session, curator, crowd) for _ in range(5)]
    first = run(deps, ask(curator))
    with transaction() as session:
        again = snapshots.request_freeze(session, first.dataset_id, curator)
    second = run(deps, again)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.content_sha256 == second.content_sha256
    names = [{vote["reviewer"] for row in rows_of(deps, s) for vote in row["votes"]} for s in (first, second)]
    assert len(names[0]) == len(names[1]) == 3
    assert names[0].isdisjoint(names[1])
    assert [row["clip_id"] for row in rows_of(deps, first)] == sorted(map(str, clips))


def test_a_build_that_was_killed_leaves_nothing_and_the_next_one_has_the_same_content(
    deps: Deps, curator: int, crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        for _ in range(3):
            make_retired_clip(session, curator, crowd)
    asked = ask(curator)

    class KilledError(BaseException):
        """As SIGKILL: nobody handles it."""

    def die(*_arguments: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "_freeze", die)
        with pytest.raises(KilledError):
            run_tracked_job(deps, str(asked.job_id))
    folder = deps.settings.state_dir / "worker" / "snapshots" / str(asked.id)
    folder.mkdir(parents=True)
    (folder / "labels.csv").write_text("half a fi")
    assert read_all("SELECT count(*) FROM snapshot_items") == [(0,)]
    with transaction() as session:  # a clip that retires meanwhile is not of this snapshot
        late = make_retired_clip(session, curator, crowd)
        assert snapshots.get_snapshot(session, asked.id).state == "building"
    snapshot = run(deps, asked)
    rows = rows_of(deps, snapshot)
    assert len(rows) == snapshot.clips_count == 3
    assert str(late) not in {row["clip_id"] for row in rows}
    assert not folder.exists()
    before = read_all("SELECT frozen_at, content_sha256 FROM snapshots")
    with transaction() as session:
        session.execute(text("UPDATE jobs SET state = 'queued', result = NULL"))
    run(deps, asked)  # delivered once more
    assert read_all("SELECT frozen_at, content_sha256 FROM snapshots") == before


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_one_ends_the_job(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        make_many_retired(session, curator, crowd, 1500)
    undisturbed = run(deps, ask(curator))
    with transaction() as session:
        asked = snapshots.request_freeze(session, undisturbed.dataset_id, curator)
    settings = deps.settings
    environment = {
        "DATABASE_URL": settings.database_url,
        "CLIPJURY_SECRET_KEY": settings.secret_key,
        "CLIPJURY_STATE_DIR": str(settings.state_dir),
    }
    command = [sys.executable, "-c", RUN_JOB, str(asked.job_id)]
    with subprocess.Popen(command, env=environment) as worker:
        half = settings.state_dir / "worker" / "snapshots" / str(asked.id) / "labels.jsonl"
        while not (half.exists() and half.stat().st_size > 100_000):
            assert worker.poll() is None
            time.sleep(0.01)
        worker.kill()
    assert read_all("SELECT count(*) FROM snapshot_items WHERE snapshot_id = :s", s=asked.id) == [(0,)]
    snapshot = run(deps, asked)
    assert snapshot.content_sha256 == undisturbed.content_sha256
    assert snapshot.clips_count == undisturbed.clips_count == 1500
    assert not half.parent.exists()


def test_what_is_frozen_refuses_change(deps: Deps, curator: int, crowd: list[int]) -> None:
    with transaction() as session:
        make_retired_clip(session, curator, crowd)
    run(deps, ask(curator))
    for statement in (
        "UPDATE snapshots SET clips_count = 7",
        "DELETE FROM snapshots",
        "TRUNCATE snapshots CASCADE",
        "UPDATE snapshot_items SET hard_label = 'authentic'",
        "DELETE FROM snapshot_items",
        "TRUNCATE snapshot_items",
        "INSERT INTO snapshot_items SELECT snapshot_id, 99, clip_id, group_id, split, hard_label, soft_label, row "
        "FROM snapshot_items",
        "UPDATE snapshot_files SET sha256 = 'x'",
        "DELETE FROM snapshot_files",
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_the_same_holds_for_the_owner_of_the_tables(
    deps: Deps, database: Any, curator: int, crowd: list[int]
) -> None:
    from sqlalchemy import create_engine

    with transaction() as session:
        make_retired_clip(session, curator, crowd)
    run(deps, ask(curator))
    engine = create_engine(database.owner_url)
    for statement in (
        "UPDATE snapshots SET clips_count = 7",
        "DELETE FROM snapshot_items",
        "UPDATE snapshot_files SET sha256 = 'x'",
    ):
        with pytest.raises(DBAPIError, match=r"frozen|append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_nothing_to_freeze_and_two_at_once_are_refused(deps: Deps, curator: int, crowd: list[int]) -> None:
    with pytest.raises(ConflictError) as refused:
        ask(curator)
    assert refused.value.code == "dataset_empty"
    with transaction() as session:
        make_retired_clip(session, curator, crowd)
    asked = ask(curator)
    with transaction() as session, pytest.raises(ConflictError) as refused:
        snapshots.request_freeze(session, asked.dataset_id, curator)
    assert refused.value.code == "freeze_running"
    with transaction() as session:
        jobs.cancel_job(session, asked.job_id, curator)  # type: ignore[arg-type]
        assert snapshots.get_snapshot(session, asked.id).state == "failed"
        assert snapshots.request_freeze(session, asked.dataset_id, curator).sequence == 2


def test_a_snapshot_whose_clips_are_gone_by_the_time_it_is_built_fails_in_plain_words(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        make_retired_clip(session, curator, crowd)
    asked = ask(curator)
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now()"))
    run_tracked_job(deps, str(asked.job_id))
    with transaction() as session:
        snapshot = snapshots.get_snapshot(session, asked.id)
    assert (snapshot.state, snapshot.error) == ("failed", snapshots.EMPTY)


def test_a_parquet_copy_leaves_out_the_clips_it_is_told_to(
    deps: Deps, curator: int, crowd: list[int], tmp_path: Path
) -> None:
    with transaction() as session:
        clips = sorted(str(make_retired_clip(session, curator, crowd)) for _ in range(4))
    source = file_of(deps, run(deps, ask(curator)), "parquet")
    copy_without(source, tmp_path / "copy.parquet", {clips[1], clips[3]})
    assert [row["clip_id"] for row in read_parquet(tmp_path / "copy.parquet")] == [clips[0], clips[2]]


def test_votes_after_a_posterior_of_another_engine_leave_the_interval_empty(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    with transaction() as session:
        clip_id = make_retired_clip(session, curator, crowd[:2])
        cast_vote(session, clip_id, crowd[2], "authentic")  # which the stored posterior does not rest on
    (row,) = rows_of(deps, run(deps, ask(curator)))
    assert (row["p_people_low"], row["p_people_high"]) == (None, None)
    assert row["n_votes"] == 2


def test_the_release_key_is_shown_to_nobody_but_the_build(deps: Deps, curator: int, crowd: list[int]) -> None:
    with transaction() as session:
        make_retired_clip(session, curator, crowd)
    snapshot = run(deps, ask(curator))
    with transaction() as session:
        key = queries.get_release_key(session, snapshot.id)
    assert len(key) == 32
    assert "release_key" not in SnapshotRow.__dataclass_fields__
    for form in ("csv", "jsonl", "parquet", "manifest", "card"):
        content = file_of(deps, snapshot, form).read_bytes()
        assert key not in content
        assert key.hex().encode() not in content


@pytest.mark.parametrize(("is_blind", "adjudication"), [(True, "blind"), (False, "open")])
def test_a_moderators_decision_is_the_soft_label_only_where_it_was_blind(
    deps: Deps, curator: int, crowd: list[int], is_blind: bool, adjudication: str
) -> None:
    with transaction() as session:
        clip_id = make_retired_clip(session, curator, crowd)
        adjudicate(session, clip_id, "authentic", is_blind=is_blind)
    (row,) = rows_of(deps, run(deps, ask(curator, {"bases": ["adjudication"]})))
    assert (row["outcome"], row["basis"], row["adjudication"]) == ("authentic", "adjudication", adjudication)
    assert row["hard_label"] == "authentic"
    assert row["soft_label"] == (0.0 if is_blind else row["p_people"])
    assert row["p_people"] > 0.5


def test_the_soft_label_follows_better_reliabilities_and_the_outcome_does_not(
    deps: Deps, curator: int, crowd: list[int]
) -> None:
    recompute = text(
        "INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash, "
        "reliability_version, policy_version, engine_version) "
        "SELECT clip_id, 'reliabilities', :p, 0.5, 0.1, 0.9, 3, 3, "
        "'x', 1, 1, 'later' FROM posteriors LIMIT 1"
    )
    with transaction() as session:
        make_retired_clip(session, curator, crowd)
        session.execute(recompute, {"p": 0.25})
    asked = ask(curator)
    with transaction() as session:
        session.execute(recompute, {"p": 0.75})  # after the request: not of this snapshot
    (row,) = rows_of(deps, run(deps, asked))
    assert (row["soft_label"], row["engine_version"]) == (0.25, "later")
    assert (row["outcome"], row["hard_label"]) == ("manipulated", "manipulated")


def peak_of_freezing(deps: Deps, asked: SnapshotRow) -> int:
    """Bytes of Python's at most, while the job ran."""
    tracemalloc.start()
    try:
        snapshot = run(deps, asked)
        assert snapshot.clips_count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_clips(deps: Deps, curator: int, crowd: list[int]) -> None:
    with transaction() as session:
        make_many_retired(session, curator, crowd, 6000)
        session.execute(
            text("UPDATE clips SET licence = 'few' WHERE id IN (SELECT id FROM clips LIMIT 1500)")
        )
    few = peak_of_freezing(deps, ask(curator, {"licences": ["few"]}, "Few"))
    many = peak_of_freezing(deps, ask(curator, {}, "Many"))
    assert many < 1.6 * few, (few, many)
