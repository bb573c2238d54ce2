"""What an admin sees of the installation: first page, work in hand, policies, audit log."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.outbox import OutboxListener
from clipjury.db.transaction import bound_engine, transaction
from clipjury.services import jobs, policies


def fail(clip_id: uuid.UUID, code: str) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE clips SET state = 'failed', failure_code = :code WHERE id = :id"),
            {"id": clip_id, "code": code},
        )


@pytest.fixture
def failed_clips(app: Flask) -> list[uuid.UUID]:
    with transaction() as session:
        uploader = make_user(session)
        made = [make_open_clip(session, uploader) for _ in range(3)]
    for clip_id, code in zip(made, ("processing_failed", "processing_failed", "truncated"), strict=True):
        fail(clip_id, code)
    return made


def test_a_new_installation_is_told_what_to_do_first(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    first = admin.get("/administration").json
    assert [concern["code"] for concern in first["attention"]] == ["worker_away", "one_admin"]
    assert not any(step["done"] for step in first["checklist"])
    visitor("reviewer", "moderator")
    visitor("reviewer", simulated=True)  # a program is nobody who could be counted on
    with transaction() as session:
        for label in ("manipulated", "authentic"):
            make_open_clip(session, admin.user_id or 0, gold_label=label)
    with OutboxListener(bound_engine()) as listener:
        assert listener.leads()
        now = admin.get("/administration").json
    assert now["people"] == {"admin": 1, "moderator": 1, "reviewer": 1}
    assert now["simulated_users"] == 1
    done = {step["code"] for step in now["checklist"] if step["done"]}
    assert done == {"worker", "clips", "gold", "reviewer", "moderator"}
    assert admin.get("/administration").json["attention"][0]["code"] == "worker_away"  # its lock went with it


def test_the_work_in_hand_is_counted(app: Flask, visitor: NewVisitor, failed_clips: list[uuid.UUID]) -> None:
    admin = visitor("admin")
    with transaction() as session:
        jobs.request_job(session, "test", subject="test:1", arguments={}, requested_by=admin.user_id)
    now = admin.get("/operations").json
    assert now["clips_failed"] == {"processing_failed": 2, "truncated": 1}
    assert now["jobs"] == {"queued": 1}
    assert now["outbox_waiting"] == 1
    assert (now["worker_alive"], now["worker_seen_at"], now["queue_waiting"]) == (False, None, 0)


def test_failed_clips_are_tried_again_one_by_one_or_by_their_code(
    app: Flask, visitor: NewVisitor, failed_clips: list[uuid.UUID]
) -> None:
    admin, curator = visitor("admin"), visitor("curator")
    assert curator.post(f"/clips/{failed_clips[2]}/retry").json == {"count": 1}
    again = curator.post(f"/clips/{failed_clips[2]}/retry")
    assert (again.status_code, again.json["code"]) == (409, "clip_not_failed")
    assert curator.post(f"/clips/{uuid.uuid4()}/retry").status_code == 404
    assert admin.post("/operations/retry-clips", {"failure_code": "processing_failed"}).json == {"count": 2}
    assert scalar("SELECT count(*) FROM clips WHERE state = 'received' AND failure_code IS NULL") == 3
    assert scalar("SELECT count(*) FROM outbox WHERE event = 'clip_received'") == 3
    actors = scalar("SELECT count(DISTINCT actor_id) FROM audit_events WHERE action = 'clip_received'")
    assert actors == 2


def test_jobs_are_listed_with_who_asked_a_page_at_a_time(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    with transaction() as session:
        made = [
            jobs.request_job(session, kind, subject="test:1", arguments={}, requested_by=who)
            for kind, who in (("freeze", admin.user_id), ("train", None), ("train", admin.user_id))
        ]
        session.execute(
            text("UPDATE jobs SET created_at = now() + make_interval(secs => 1) WHERE id = :id"),
            {"id": made[1]},
        )
        session.execute(
            text("UPDATE jobs SET created_at = now() + make_interval(secs => 2) WHERE id = :id"),
            {"id": made[2]},
        )
    first = admin.get("/jobs?limit=2").json
    rest = admin.get(f"/jobs?limit=2&cursor={first['next_cursor']}").json
    assert [job["id"] for job in first["items"] + rest["items"]] == [str(job) for job in made[::-1]]
    assert [job["requested_by"] is None for job in first["items"]] == [False, True]
    assert len(admin.get("/jobs?kind=train").json["items"]) == 2
    admin.post(f"/jobs/{made[0]}/cancel")
    assert [job["id"] for job in admin.get("/jobs?state=cancelled").json["items"]] == [str(made[0])]
    assert admin.get("/jobs?cursor=nonsense").status_code == 422


def theta(admin: Visitor, path: str, **body: Any) -> tuple[int, Any]:
    answer = admin.post(path, {"theta": 0.9, **body})
    return answer.status_code, answer.json


def test_a_policy_is_looked_at_previewed_and_saved(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    listed = admin.get("/policies").json
    assert {field["name"] for field in listed["fields"]} == set(listed["items"][0]["values"])
    based_on = listed["items"][0]["version"]
    status, told = theta(admin, "/policies/preview")
    assert (status, told["job_id"], told["preview"]["clips"]) == (200, None, 0)
    status, saved = theta(admin, "/policies", based_on=based_on, reason="fewer votes")
    assert (status, saved["version"], saved["values"]["theta"]) == (201, based_on + 1, 0.9)
    assert (saved["reason"], saved["values"]["cap"]) == ("fewer votes", listed["items"][0]["values"]["cap"])
    status, refused = theta(admin, "/policies", based_on=based_on, reason="again")
    assert (status, refused["code"]) == (409, "policy_changed")
    status, refused = theta(admin, "/policies", based_on=based_on + 1, reason="again")
    assert (status, refused["code"]) == (409, "policy_same")
    assert scalar("SELECT payload ->> 'version' FROM outbox WHERE event = 'policy_changed'") == str(
        based_on + 1
    )


def test_thresholds_that_cannot_be_used_are_named(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    for body, field in (
        ({"theta": 3}, "theta"),
        ({"magic": 1}, "magic"),
        ({"cap": 2, "min_votes": 3}, "min_votes"),
        ({"cap": "many"}, "cap"),
    ):
        answer = admin.post("/policies/preview", body)
        assert answer.status_code == 422
        assert field in {error["field"] for error in answer.json["errors"]}, answer.json


def test_a_preview_of_many_clips_is_a_job(
    app: Flask, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "AT_ONCE", -1)
    admin = visitor("admin")
    status, told = theta(admin, "/policies/preview")
    assert (status, told["preview"]) == (202, None)
    assert admin.get(f"/jobs/{told['job_id']}").json["kind"] == "preview_policy"


def test_the_audit_log_is_filtered_and_goes_on(app: Flask, visitor: NewVisitor) -> None:
    admin, other = visitor("admin"), visitor("reviewer")
    for roles in (["curator"], ["moderator"], ["reviewer"]):
        admin.call("PATCH", f"/users/{other.user_id}", json={"roles": roles, "reason": "to and fro"})
    with transaction() as session:
        session.execute(
            text("INSERT INTO audit_events (action, subject, detail) VALUES ('vote_cast', 'clip:x', '{}')")
        )
    first = admin.get("/audit-events?action=roles_changed&limit=2").json
    rest = admin.get(f"/audit-events?action=roles_changed&limit=2&cursor={first['next_cursor']}").json
    assert [event["detail"]["after"] for event in first["items"] + rest["items"]] == [
        ["reviewer"], ["moderator"], ["curator"],
    ]  # fmt: skip
    assert first["items"][0]["actor_id"] == admin.user_id
    assert len(admin.get(f"/audit-events?subject=user:{other.user_id}").json["items"]) == 3
    assert len(admin.get(f"/audit-events?actor={admin.user_id}").json["items"]) == 3
    assert "vote_cast" not in admin.get("/audit-events").text
    assert "vote_cast" in admin.get("/audit-events?votes=1").text
    assert "vote_cast" in admin.get("/audit-events?action=vote_cast").text


def test_reading_the_log_of_a_clip_costs_the_vote_and_a_held_clip_is_left_out(
    app: Flask, visitor: NewVisitor
) -> None:
    both = visitor("admin", "reviewer")
    with transaction() as session:
        uploader = make_user(session)
        held, other = make_open_clip(session, uploader), make_open_clip(session, uploader)
        for clip_id in (held, other):
            session.execute(
                text("INSERT INTO audit_events (action, subject, detail) VALUES ('clip_opened', :s, '{}')"),
                {"s": f"clip:{clip_id}"},
            )
        session.execute(text("UPDATE clips SET state = 'received' WHERE id = :id"), {"id": other})
    assert both.post("/assignments").status_code == 201
    told = both.get("/audit-events").text
    assert str(other) in told
    assert str(held) not in told
    assert scalar("SELECT group_id FROM exposures WHERE user_id = :u", u=both.user_id) == other


def test_what_reports_of_suspected_abuse_led_to_is_for_the_officer_alone(
    app: Flask, visitor: NewVisitor
) -> None:
    with transaction() as session:
        for action, detail in (
            ("clip_quarantined", '{"desk": "safeguarding"}'),
            ("clip_quarantined", '{"desk": "moderators"}'),
            ("media_revealed", "{}"),
        ):
            session.execute(
                text(
                    "INSERT INTO audit_events (action, subject, detail) VALUES (:a, 'clip:x', CAST(:d AS jsonb))"
                ),
                {"a": action, "d": detail},
            )
    told = visitor("admin").get("/audit-events?subject=clip:x").json["items"]
    assert [event["detail"] for event in told] == [{"desk": "moderators"}]
    assert len(visitor("admin", "safeguarding").get("/audit-events?subject=clip:x").json["items"]) == 3
