"""The sweeps find what was forgotten, once and not again and again."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from dramatiq.broker import Broker
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user
from tests.jobs.conftest import ReceiveFile, queued, read_all, read_clip

from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import sweeps
from clipjury.jobs.consensus import recompute_outdated, refit_reliabilities, settle_closing
from clipjury.jobs.originals import purge_leftovers, scratch_dir
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.rendering import make_preview
from clipjury.jobs.scoring import score_clip
from clipjury.jobs.sweeps import (
    Resends,
    Sweep,
    Sweeper,
    expire_leases,
    plan_sweeps,
    purge_outbox,
    resend_stalled,
)
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote


def execute(statement: str, **parameters: object) -> None:
    with transaction() as session:
        session.execute(text(statement), parameters)


def lease(reviewer_id: int) -> uuid.UUID:
    with transaction() as session:
        leased = lease_next_clip(session, reviewer_id, start=0.5)
    assert leased is not None
    return leased[0].id


def vote(reviewer_id: int, label: str = "manipulated") -> None:
    assignment_id = lease(reviewer_id)
    with transaction() as session:
        cast_vote(session, assignment_id, reviewer_id, ballot(label))


def make_it_old(clip_id: uuid.UUID) -> None:
    execute("UPDATE clips SET state_changed_at = now() - interval '1 hour' WHERE id = :id", id=clip_id)


def test_a_clip_whose_message_was_lost_is_sent_again_step_by_step(
    broker: Broker, deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    assert resend_stalled(broker, Resends()) == 0, "it has only just come"
    make_it_old(clip_id)
    assert resend_stalled(broker, Resends()) == 1
    assert queued() == [("probe_clip", [str(clip_id)])]
    probe_clip(deps, str(clip_id))
    make_it_old(clip_id)
    resend_stalled(broker, Resends())
    assert queued()[1:] == [("make_preview", [str(clip_id)]), ("score_clip", [str(clip_id)])]
    execute("DELETE FROM dramatiq.queue")
    make_preview(deps, str(clip_id))
    resend_stalled(broker, Resends())
    assert queued() == [("score_clip", [str(clip_id)])]
    score_clip(deps, str(clip_id))
    assert read_clip(clip_id).state == "open"
    assert resend_stalled(broker, Resends()) == 0


def test_a_clip_that_has_everything_and_was_not_opened_is_opened(
    broker: Broker, deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    for job in (probe_clip, make_preview, score_clip):
        job(deps, str(clip_id))
    execute("UPDATE clips SET state = 'processing' WHERE id = :id", id=clip_id)
    make_it_old(clip_id)
    assert resend_stalled(broker, Resends()) == 1
    assert read_clip(clip_id).state == "open"
    assert queued() == []


def test_a_long_queue_does_not_grow_by_its_own_sweep(
    broker: Broker, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    make_it_old(clip_id)
    resends = Resends()
    assert [resend_stalled(broker, resends) for _ in range(5)] == [1, 0, 0, 0, 0]
    for _ in range(3):  # three workers, each with a memory of its own
        resend_stalled(broker, Resends())
    assert queued() == [("probe_clip", [str(clip_id)])]


def test_the_wait_between_resends_doubles_up_to_an_hour() -> None:
    resends, clip_id = Resends(first_s=100.0), uuid.uuid4()
    sent = [second for second in range(0, 20_000, 10) if resends.is_due(clip_id, float(second))]
    assert sent[:6] == [0, 100, 300, 700, 1500, 3100]
    assert sent[7] - sent[6] == 3600
    resends.keep(set())
    assert resends.is_due(clip_id, 20_000.0), "once it has moved it is forgotten"


def test_leases_that_ran_out_give_their_places_back(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        reviewer_id = make_user(session)
    lease(reviewer_id)
    assert expire_leases() == 0
    execute("UPDATE assignments SET expires_at = now() - interval '1 second'")
    assert read_clip(clip_id).live_leases == 1
    assert expire_leases() == 1
    assert read_clip(clip_id).live_leases == 0
    assert expire_leases() == 0


def test_a_closing_clip_whose_last_lease_ran_out_is_settled(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        people = [make_user(session) for _ in range(3)]
        for reviewer_id in people:
            anchor_reviewer(session, reviewer_id)
    lease(people[2])
    vote(people[0])
    vote(people[1])
    assert read_clip(clip_id).state == "closing"
    assert settle_closing() == 0, "somebody still holds it"
    execute("UPDATE assignments SET expires_at = now() - interval '1 second' WHERE state = 'leased'")
    expire_leases()
    assert settle_closing() == 1
    assert (read_clip(clip_id).state, read_clip(clip_id).outcome) == ("retired", "manipulated")
    assert settle_closing() == 0
    assert len(read_all("SELECT * FROM verdicts")) == 1


def test_gold_answers_bring_a_new_version_and_every_open_clip_follows_it(deps: Deps) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for number in range(8):
            label = "manipulated" if number % 2 else "authentic"
            make_open_clip(session, uploader, gold_label=label, cap=30, parallel_leases=30)
        plain = make_open_clip(session, uploader)
        people = [make_user(session) for _ in range(3)]
    for reviewer_id in people:
        for _ in range(9):
            vote(reviewer_id)
    before = read_clip(plain)
    refit_reliabilities(deps)
    refit_reliabilities(deps)
    assert read_all("SELECT count(*) FROM reliability_versions") == [(2,)], "twice run, once fitted"
    assert read_clip(plain).reliability_version == before.reliability_version
    assert recompute_outdated() == 9
    assert recompute_outdated() == 0
    assert read_clip(plain).reliability_version == 2
    causes = read_all("SELECT cause FROM posteriors WHERE clip_id = :id ORDER BY id", id=plain)
    assert [cause for (cause,) in causes] == ["vote", "vote", "vote", "version"]


def test_recomputing_stops_at_its_limit_and_goes_on_the_next_time(deps: Deps) -> None:
    with transaction() as session:
        uploader, reviewer_id = make_user(session), make_user(session)
        for _ in range(5):
            make_open_clip(session, uploader)
    for _ in range(5):
        vote(reviewer_id)
    execute("UPDATE clips SET reliability_version = 0")
    assert [recompute_outdated(2) for _ in range(4)] == [2, 2, 1, 0]


def test_sent_events_are_dropped_after_a_week_and_unsent_ones_never(database: Database) -> None:
    execute(
        """
INSERT INTO outbox (event, payload, created_at, sent_at)
SELECT 'clip_opened', '{}', now() - interval '8 days', sent_at
FROM unnest(ARRAY[now() - interval '8 days', now(), NULL]) AS sent_at"""
    )
    assert purge_outbox() == 1
    assert read_all("SELECT count(*), count(sent_at) FROM outbox") == [(2, 1)]


def test_folders_of_killed_workers_are_removed_and_those_in_use_are_not(deps: Deps) -> None:
    old, new = scratch_dir(deps) / "old", scratch_dir(deps) / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "original").write_bytes(b"x")
    os.utime(old, (0, 0))
    assert purge_leftovers(deps) == 1
    assert (old.exists(), new.exists()) == (False, True)


def test_one_failing_sweep_does_not_keep_the_others_from_running(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    def explode() -> None:
        raise ZeroDivisionError("a bug of ours")

    sweeper = Sweeper([Sweep("broken", 0.0, explode), Sweep("sound", 60.0, lambda: ran.append("sound"))])
    sweeper.sweep_due()
    sweeper.sweep_due()
    assert ran == ["sound"], "the second round comes before its time"
    assert "the sweep of broken failed" in caplog.text


def test_all_sweeps_run_on_an_empty_database(
    broker: Broker, deps: Deps, caplog: pytest.LogCaptureFixture
) -> None:
    sweeper = Sweeper(plan_sweeps(broker, deps), every_s=0.05)
    sweeper.start()
    sweeper.join(1.0)
    assert sweeper.is_alive()
    sweeper.stop()
    sweeper.join(5)
    assert not sweeper.is_alive()
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    assert sweeps.EVERY_S <= 10
