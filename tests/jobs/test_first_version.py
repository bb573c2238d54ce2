"""A detector that is installed where clips are already scores them; and taking one back asks for no scoring at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from tests.factories.command_line import run_cli
from tests.factories.detectors import write_detector
from tests.factories.face_swaps import Picture, store_clip
from tests.factories.rows import make_open_clip, make_user
from tests.jobs.conftest import read_all
from tests.jobs.test_promotion import (  # noqa: F401  # two are fixtures
    REASON,
    candidate,
    give_score,
    incumbent,
    pictures,
    promote,
    states,
)

from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import detector_store, rescoring
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import detectors, jobs
from clipjury.settings import Settings


def install_first(deps: Deps, folder: Path) -> VersionRow:
    home = folder / "newcomer"
    if not home.exists():
        write_detector(folder, "newcomer", version="1", counted_for=["video", "image"])
    with transaction() as session:
        return detectors.register_version(session, detector_store.keep_folder(deps, home))


def backlog_jobs(version: VersionRow) -> list[str]:
    rows = read_all(
        "SELECT id FROM jobs WHERE kind = 'rescore_clips' AND subject = :s ORDER BY created_at",
        s=f"detector_version:{version.id}",
    )
    return [str(job_id) for (job_id,) in rows]


def test_a_first_version_scores_what_is_there_in_the_order_of_the_queue(
    deps: Deps,
    pictures: list[Picture],  # noqa: F811
    tmp_path: Path,
) -> None:
    with transaction() as session:
        uploader = make_user(session)
        retired, later, never, soon = (
            store_clip(session, deps.storage, picture, uploader, state=state)
            for picture, state in zip(pictures, ("retired", "open", "open", "open"), strict=False)
        )
        for clip_id, priority, bucket in ((later, 1, 9), (soon, 0, 2), (never, 3, 1)):
            session.execute(
                text("UPDATE clips SET queue_priority = :p, queue_bucket = :b WHERE id = :id"),
                {"p": priority, "b": bucket, "id": clip_id},
            )
    version = install_first(deps, tmp_path)
    assert version.state == "active"
    (job_id,) = backlog_jobs(version)
    assert read_all("SELECT kind, job_id FROM promotions WHERE version_id = :v", v=version.id) == [
        ("first", uuid.UUID(job_id))
    ]
    for _ in range(2):
        run_tracked_job(deps, job_id)
    scored = read_all("SELECT clip_id FROM scores WHERE detector_version_id = :v ORDER BY id", v=version.id)
    assert scored == [(soon,), (later,), (never,), (retired,)]
    assert read_all("SELECT p_full IS NOT NULL FROM clips WHERE id = :id", id=soon) == [(True,)]


def test_nothing_is_queued_where_there_is_no_backlog_and_once_where_there_is(
    deps: Deps, tmp_path: Path
) -> None:
    first = install_first(deps, tmp_path / "empty")
    assert backlog_jobs(first) == []
    with transaction() as session:
        make_open_clip(session, make_user(session))
    again = install_first(deps, tmp_path / "empty")
    assert (again.id, backlog_jobs(first)) == (first.id, [])


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_rollback_is_one_command_whose_work_does_not_grow_with_the_clips_and_that_scores_nothing(
    settings: Settings,
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two minutes are kept by what is not done: no scoring, no clip touched before the version is in force again."""
    with transaction() as session:
        make_user(session, "admin", email="admin@example.org")
    command = (
        "detectors",
        "rollback",
        candidate.id,
        "--reason",
        "It alarms on old films.",
        "--as",
        "admin@example.org",
    )
    taken = []
    for number in (1, 60):
        with transaction() as session:
            clips = [make_open_clip(session, make_user(session)) for _ in range(number)]
        for clip_id in clips:
            give_score(clip_id, incumbent, 0.1)
            give_score(clip_id, candidate, 0.9)
        run_tracked_job(deps, promote(candidate, REASON, "admin"))
        with counted() as statements:
            assert run_cli(settings, *command).output == f"Version {incumbent.id} is in force again.\n"
        assert states() == {"0": "active", "1": "retired"}, "before any job has run"
        taken.append(len(statements))
    assert 0 < taken[0] == taken[1] < 40

    def refuse(*_: object) -> None:
        raise AssertionError("taking a version back must load no detector")

    monkeypatch.setattr(rescoring, "load_version", refuse)
    job_id = backlog_jobs(incumbent)[-1]
    run_tracked_job(deps, job_id)
    with transaction() as session:
        done = jobs.get_job(session, uuid.UUID(job_id))
    assert (done.state, done.result) == ("done", {"scored": 0, "recomputed": 61, "superseded": False})
    assert read_all("SELECT count(DISTINCT p_full) FROM clips WHERE p_full < 0.5") == [(1,)]
