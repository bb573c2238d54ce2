"""Drift reports on a real database: streams that stay and streams that change, alerts, and what is left out."""

from __future__ import annotations

import tracemalloc
import uuid
from typing import Any

import pytest
from dramatiq.broker import Broker
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import make_open_clip, make_user
from tests.factories.streams import date_promotions_back, fill_stream
from tests.jobs.conftest import queued, read_all
from tests.jobs.test_promotion import incumbent as newcomer  # noqa: F401  # a fixture

from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.transaction import frozen_view, transaction
from clipjury.domain.errors import NotFoundError
from clipjury.jobs.drifting import report_drift, report_version
from clipjury.jobs.sweeps import look_for_drift
from clipjury.services import drift, operations


@pytest.fixture
def incumbent(database: Database, newcomer: VersionRow) -> VersionRow:  # noqa: F811
    """A detector's first version, in force since a year ago, before the first clip."""
    date_promotions_back(database.owner_url, 500)
    return newcomer


def stream(version: VersionRow, number: int, days_ago: int, **more: Any) -> None:
    with transaction() as session:
        fill_stream(session, version.id, number, days_ago, **more)


def came_into_force(version: VersionRow, days_ago: int) -> None:
    """Say so; promotions cannot be changed, so the first is older."""
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO promotions (detector, version_id, kind, reason, created_at) VALUES (:d, :v, 'override', "
                "'for a test', now() + interval '1 hour' - make_interval(days => :days))"
            ),
            {"d": version.detector, "v": version.id, "days": days_ago},
        )


def states(version: VersionRow) -> dict[str, str]:
    found = report_version(version.id)
    return {each["name"]: each["state"] for each in found.report["measures"]}


def concerns() -> list[str]:
    with transaction() as session:
        return [concern.code for concern in operations.get_administration(session).concerns]


def test_a_stream_that_stays_is_steady(incumbent: VersionRow) -> None:
    for days_ago in (40, 38, 36, 12, 10, 8):
        stream(incumbent, 150, days_ago)
    found = report_version(incumbent.id)
    assert found.state == "steady"
    assert {each["state"] for each in found.report["measures"]} == {"steady"}
    assert found.report["clips"]["basis"] == "first"
    assert found.report["clips"]["reference"]["count"] == 500
    assert found.report["clips"]["recent"]["count"] == 400
    assert "detector_drift" not in concerns()


@pytest.mark.parametrize(
    ("change", "measures"),
    [
        ({"lean": 0.25}, {"scores"}),
        ({"silent": 0.5}, {"abstention"}),
        ({"right": 0.35}, {"disagreement"}),
        ({"source": "elsewhere "}, {"new_sources"}),
        ({"size_bytes": 50_000}, {"new_conditions"}),
        ({"face_px": 90.0}, {"new_conditions"}),
    ],
)
def test_each_change_of_the_stream_alerts_and_says_what_it_is(
    incumbent: VersionRow,
    change: dict[str, Any],
    measures: set[str],
) -> None:
    for days_ago in (40, 38, 36, 34):
        stream(incumbent, 130, days_ago)
    for days_ago in (9, 8, 7):
        stream(incumbent, 130, days_ago, **change)
    found = states(incumbent)
    alerts = {name for name, state in found.items() if state == "alert"}
    assert measures <= alerts <= measures | {"scores", "disagreement"}, found
    assert "detector_drift" in concerns()


def test_scores_that_begin_to_hold_face_sizes_are_no_alarm(incumbent: VersionRow) -> None:
    for days_ago in (40, 38, 36, 34):
        stream(incumbent, 130, days_ago, face_px=None)
    for days_ago in (9, 8, 7):
        stream(incumbent, 130, days_ago)
    assert report_version(incumbent.id).state == "steady"


def test_too_few_clips_are_no_alarm(incumbent: VersionRow) -> None:
    assert set(states(incumbent).values()) == {"too_few"}
    stream(incumbent, 90, 5, lean=0.3)
    found = report_version(incumbent.id)
    assert found.state == "too_few"
    assert all("Too little data" in each["sentence"] for each in found.report["measures"])


def test_a_version_that_came_into_force_is_held_against_the_clips_before(
    incumbent: VersionRow,
) -> None:
    """The backlog's oldest clips look different; that is history and no drift of this version."""
    stream(incumbent, 500, 400, lean=-0.25)
    for days_ago in (40, 38, 36, 34):
        stream(incumbent, 130, days_ago)
    came_into_force(incumbent, 30)
    for days_ago in (9, 8):
        stream(incumbent, 130, days_ago)
    found = report_version(incumbent.id)
    assert (found.state, found.report["clips"]["basis"]) == ("steady", "in_force")
    assert found.report["clips"]["recent"]["count"] == 260


def test_a_calibration_begins_a_new_reference(incumbent: VersionRow) -> None:
    for days_ago in (40, 38, 36, 34):
        stream(incumbent, 130, days_ago)
    for days_ago in (20, 19, 18, 17):
        stream(incumbent, 130, days_ago, lean=0.25)
    assert report_drift() == 1
    assert "detector_drift" in concerns()
    with transaction() as session:
        job = session.execute(
            text(
                "INSERT INTO jobs (kind, subject, arguments) VALUES ('calibrate_detector', 'x', '{}') RETURNING id"
            )
        ).scalar_one()
        session.execute(
            text(
                "INSERT INTO detector_calibrations (detector_version_id, kinds, job_id, created_at) "
                "VALUES (:v, '{}', :j, now() - interval '10 days')"
            ),
            {"v": incumbent.id, "j": job},
        )
    for days_ago in (5, 4):
        stream(incumbent, 130, days_ago, lean=0.25)
    assert report_drift() == 1, "a calibration makes the report due at once"
    with transaction() as session:
        newest = drift.list_reports(session, incumbent.id)[0]
    assert (newest.state, newest.report["clips"]["basis"]) == ("steady", "calibration")
    assert "detector_drift" not in concerns()


def test_gold_copies_and_withheld_clips_do_not_count(incumbent: VersionRow) -> None:
    for days_ago in (40, 38, 36, 34):
        stream(incumbent, 130, days_ago)
    stream(incumbent, 130, 9)
    stream(incumbent, 400, 7, lean=0.3, group_id=uuid.uuid4())
    stream(incumbent, 120, 6, lean=0.3, seed=2, source="withheld ")
    stream(incumbent, 120, 5, lean=0.3, seed=3, source="gold ")
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO gold_labels (clip_id, label, role, source) SELECT id, 'authentic', 'calibrate', 't' "
                "FROM clips WHERE source LIKE 'gold %'"
            )
        )
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE source LIKE 'withheld %'"))
    found = report_version(incumbent.id)
    assert found.report["clips"]["recent"]["count"] == 130 + 1, "one of the copies, and no gold"
    assert found.state == "steady"


def test_what_people_said_counts_only_if_they_were_sure_or_decided_blind(
    incumbent: VersionRow,
) -> None:
    for days_ago in (40, 38, 9):
        stream(incumbent, 300, days_ago, silent=0.0)
    stream(incumbent, 300, 8, silent=0.0, source="unsure ")
    with transaction() as session:
        session.execute(text("UPDATE clips SET p_people = 0.6 WHERE source LIKE 'unsure %'"))
    found = report_version(incumbent.id)
    assert found.report["closed_clips"]["reference"]["count"] == 600
    assert found.report["closed_clips"]["recent"]["count"] == 300
    assert found.report["clips"]["recent"]["count"] == 600


def test_reports_are_made_once_a_day_by_the_sweep_and_cannot_be_changed(
    broker: Broker,
    incumbent: VersionRow,
) -> None:
    assert look_for_drift(broker) == 0, "it has met no clip yet"
    stream(incumbent, 3, 1)
    assert look_for_drift(broker) == 1
    assert ("report_drift", []) in queued()
    assert (report_drift(), report_drift(), look_for_drift(broker)) == (1, 0, 0)
    assert read_all("SELECT count(*) FROM detector_drift_reports") == [(1,)]
    for statement in (
        "UPDATE detector_drift_reports SET state = 'steady'",
        "DELETE FROM detector_drift_reports",
    ):
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction() as session:
            session.execute(text(statement))
    with pytest.raises(NotFoundError):
        report_version(10**6)


def test_a_frozen_view_is_not_cut_off_while_what_it_read_is_worked_on(incumbent: VersionRow) -> None:
    limit = text("SHOW idle_in_transaction_session_timeout")
    with transaction() as session:
        hurried = session.execute(limit).scalar_one()
    with frozen_view() as session:
        unhurried = session.execute(limit).scalar_one()
    assert (hurried, unhurried) == ("10s", "15min")


def test_memory_does_not_grow_with_the_stream(incumbent: VersionRow) -> None:
    def peak() -> int:
        with frozen_view() as session:
            tracemalloc.start()
            drift.make_report(session, incumbent.id)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    stream(incumbent, 1500, 40)
    stream(incumbent, 1500, 8)
    peak()
    few = peak()
    stream(incumbent, 6000, 6, seed=4)
    many = peak()
    with frozen_view() as session:
        recent = drift.make_report(session, incumbent.id).report["clips"]["recent"]
    assert recent["count"] > 6000
    assert many < 1.5 * few


def test_an_open_clip_counts_as_seen_and_is_no_disagreement(incumbent: VersionRow) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        session.execute(
            text(
                "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, frames_used, faces, "
                "seconds) VALUES (:c, :v, 0.9, true, 1, 1, 0.1)"
            ),
            {"c": clip_id, "v": incumbent.id},
        )
    found = report_version(incumbent.id)
    assert found.report["clips"]["reference"]["count"] == 1
    assert found.report["closed_clips"]["reference"]["count"] == 0
