"""Jobs that somebody waits for: run once, reported on, ended in plain words, cancelled, tried again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.factories.rows import make_user
from tests.jobs.conftest import queued

from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError
from clipjury.jobs import actors, tracked
from clipjury.jobs.attempts import MOST_LOST_RUNS, Attempts
from clipjury.jobs.relay import relay_batch
from clipjury.jobs.sweeps import Resends, resend_jobs
from clipjury.jobs.tracked import Report, Work, run_tracked_job
from clipjury.services import jobs


@pytest.fixture
def ask(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask for a job that does what it is given."""
    monkeypatch.setattr(tracked, "REPORT_EVERY_S", 0.0)

    def make(work: Work) -> uuid.UUID:
        monkeypatch.setitem(tracked.WORK, "test", work)
        with transaction() as session:
            user = make_user(session, "curator")
            return jobs.request_job(
                session, "test", subject="test:1", arguments={"test_id": 1}, requested_by=user
            )

    return make


def read(job_id: uuid.UUID) -> JobRow:
    with transaction() as session:
        return jobs.get_job(session, job_id)


def test_a_job_reaches_its_actor_by_the_relay_and_ends_with_its_result(
    deps: Deps, ask: Any, broker: Any
) -> None:
    def work(_deps: Deps, job: JobRow, report: Report) -> dict[str, Any]:
        report(0.5, "half of it")
        seen.append(read(job.id))
        return {"clips": job.arguments["test_id"]}

    seen: list[JobRow] = []
    job_id = ask(work)
    relay_batch(broker)
    assert queued() == [("run_tracked_job", [str(job_id)])]
    run_tracked_job(deps, str(job_id))
    assert (seen[0].state, seen[0].progress, seen[0].message) == ("running", 0.5, "half of it")
    job = read(job_id)
    assert (job.state, job.progress, job.result, job.error) == ("done", 1.0, {"clips": 1}, None)
    assert job.finished_at is not None


def test_a_second_delivery_of_a_job_that_has_ended_does_nothing(deps: Deps, ask: Any) -> None:
    runs: list[int] = []
    job_id = ask(lambda _deps, job, _report: runs.append(job.attempts))
    for _ in range(2):
        run_tracked_job(deps, str(job_id))
    assert runs == [1]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConflictError("empty", "No clip fits the filters; widen them."), "No clip fits the filters; widen them."),
        (ZeroDivisionError("a bug of ours"), tracked.UNFORESEEN),
    ],
)  # fmt: skip
def test_a_failed_job_says_why_and_can_be_tried_again(
    deps: Deps, ask: Any, error: Exception, told: str
) -> None:
    def work(_deps: Deps, job: JobRow, _report: Report) -> None:
        if job.attempts == 1:
            raise error

    job_id = ask(work)
    run_tracked_job(deps, str(job_id))
    assert (read(job_id).state, read(job_id).error) == ("failed", told)
    with transaction() as session:
        jobs.retry_job(session, job_id, make_user(session, "admin"))
    assert (read(job_id).state, read(job_id).error, read(job_id).progress) == ("queued", None, 0.0)
    run_tracked_job(deps, str(job_id))
    assert read(job_id).state == "done"


def test_a_database_that_is_away_leaves_the_job_to_the_broker(deps: Deps, ask: Any) -> None:
    def work(_deps: Deps, _job: JobRow, _report: Report) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    job_id = ask(work)
    with pytest.raises(OperationalError):
        run_tracked_job(deps, str(job_id))
    assert read(job_id).state == "running"


def test_a_cancelled_job_stops_at_its_next_report_and_stays_cancelled(deps: Deps, ask: Any) -> None:
    def work(_deps: Deps, job: JobRow, report: Report) -> None:
        with transaction() as session:
            jobs.cancel_job(session, job.id, make_user(session, "admin"))
        report(0.9, "nearly there")
        raise AssertionError("it went on")

    job_id = ask(work)
    run_tracked_job(deps, str(job_id))
    job = read(job_id)
    assert (job.state, job.error, job.message) == ("cancelled", None, "")
    with transaction() as session, pytest.raises(ConflictError):
        jobs.cancel_job(session, job_id, make_user(session, "admin"))


def test_a_job_under_way_cannot_be_tried_again(ask: Any) -> None:
    job_id = ask(lambda *_: None)
    with transaction() as session, pytest.raises(ConflictError) as refused:
        jobs.retry_job(session, job_id, make_user(session, "admin"))
    assert refused.value.code == "job_not_ended"


def test_the_sweep_finds_a_job_whose_message_was_lost(ask: Any, broker: Any) -> None:
    job_id = ask(lambda *_: None)
    assert resend_jobs(broker, Resends(), older_s=60.0) == 0
    assert resend_jobs(broker, Resends(), older_s=0.0) == 1
    assert queued() == [("run_tracked_job", [str(job_id)])]


def test_a_job_that_kills_its_worker_again_and_again_fails_with_a_reason(
    deps: Deps, ask: Any, tmp_path: Any
) -> None:
    job_id = ask(lambda *_: None)
    folder = tmp_path / "attempts"
    attempts = Attempts(folder)
    (folder / f"run_tracked_job-{job_id}").write_text(str(MOST_LOST_RUNS))
    actors.run_job("run_tracked_job", actors.JOBS["run_tracked_job"], deps, attempts, (str(job_id),))
    assert (read(job_id).state, read(job_id).error) == ("failed", tracked.LOST)
