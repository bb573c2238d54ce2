"""Versions of reliabilities by the interface."""

from __future__ import annotations

from tests.api.conftest import NewVisitor, scalar

GUARD = '{"clips": 80, "flipped": 9, "flipped_share": 0.1125, "furthest": 0.6, "mean_shift": 0.1, "reason": "9 of 80."}'
REASON = {"reason": "The labels of the new gold were checked again."}


def frozen_version() -> int:
    return int(
        scalar(
            "INSERT INTO reliability_versions (engine_version, gold_answers, gold_watermark, parameters, guard_state, "
            "guard) VALUES ('online-1', 40, 0, '{}', 'frozen', CAST(:g AS jsonb)) RETURNING version",
            g=GUARD,
        )
    )


def test_a_moderator_sees_what_moved_and_an_admin_decides(visitor: NewVisitor) -> None:
    moderator, admin, version = visitor("moderator"), visitor("admin"), frozen_version()
    newest, first = moderator.get("/reliability-versions").json["items"]
    assert (newest["version"], newest["state"], newest["decision"]) == (version, "frozen", None)
    assert newest["guard"] == {
        "clips": 80, "flipped": 9, "flipped_share": 0.1125, "furthest": 0.6, "mean_shift": 0.1, "reason": "9 of 80.",
    }  # fmt: skip
    assert (first["state"], first["guard"]) == ("active", None)
    assert moderator.post(f"/reliability-versions/{version}/activate", REASON).status_code == 403
    done = admin.post(f"/reliability-versions/{version}/activate", REASON)
    assert (done.status_code, done.json["state"]) == (200, "active")
    assert done.json["decision"]["reason"] == REASON["reason"]
    states = [item["state"] for item in moderator.get("/reliability-versions").json["items"]]
    assert states == ["active", "superseded"]
    back = admin.post(f"/reliability-versions/{first['version']}/activate", REASON)
    assert back.json["state"] == "active", "an earlier version can be put in force again"
    assert scalar("SELECT count(*) FROM outbox WHERE event = 'reliabilities_activated'") == 2


def test_a_discarded_version_stays_discarded_and_a_reason_is_needed(visitor: NewVisitor) -> None:
    admin, version = visitor("admin"), frozen_version()
    assert admin.post(f"/reliability-versions/{version}/discard", {"reason": "no"}).status_code == 422
    done = admin.post(f"/reliability-versions/{version}/discard", REASON)
    assert (done.status_code, done.json["state"]) == (200, "discarded")
    refused = admin.post(f"/reliability-versions/{version}/activate", REASON)
    assert (refused.status_code, refused.json["code"]) == (409, "version_discarded")
    assert admin.post("/reliability-versions/999/activate", REASON).status_code == 404
    action = scalar("SELECT detail ->> 'reason' FROM audit_events WHERE action = 'reliabilities_discarded'")
    assert action == REASON["reason"]
