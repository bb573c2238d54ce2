"""Accounts as an admin runs them: the list, roles, deactivation, and the admin who always remains."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError
from clipjury.services import accounts, users


def change(admin: Visitor, user_id: int | None, **body: Any) -> tuple[int, Any]:
    answer = admin.call("PATCH", f"/users/{user_id}", json={"reason": "for the test", **body})
    return answer.status_code, answer.json.get("code", answer.json)


def audit_of(user_id: int | None) -> list[tuple[str, dict[str, Any]]]:
    with transaction() as session:
        rows = session.execute(
            text("SELECT action, detail FROM audit_events WHERE subject = :s ORDER BY id"),
            {"s": f"user:{user_id}"},
        )
        return [(row.action, row.detail) for row in rows]


def test_the_list_finds_accounts_by_words_role_and_state_a_page_at_a_time(
    app: Flask, visitor: NewVisitor
) -> None:
    admin = visitor("admin")
    with transaction() as session:
        for number in range(5):
            make_user(session, "reviewer", email=f"r{number}@reviewers.example.org")
        odd = make_user(session, "curator", email="100%_sure@example.org", simulated=True)
    first = admin.get("/users?limit=4").json
    assert first["total"] == 7
    rest = admin.get(f"/users?limit=4&cursor={first['next_cursor']}").json
    ids = [user["id"] for user in first["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 7
    assert rest["next_cursor"] is None
    assert admin.get("/users?search=reviewers.example").json["total"] == 5
    found = admin.get("/users?search=0%25_S").json["items"]
    assert [user["id"] for user in found] == [odd]
    assert found[0]["is_simulated"]
    assert admin.get("/users?search=r_@reviewers").json["total"] == 0  # _ is a letter here
    assert admin.get("/users?role=curator").json["total"] == 1
    assert change(admin, odd, is_active=False)[0] == 200
    assert [user["id"] for user in admin.get("/users?state=inactive").json["items"]] == [odd]


def test_an_entry_tells_when_somebody_was_last_seen_and_what_they_hold(
    app: Flask, visitor: NewVisitor
) -> None:
    admin, reviewer = visitor("admin"), visitor("reviewer")
    with transaction() as session:
        make_open_clip(session, make_user(session))
        accounts.create_token(session, reviewer.user_id or 0, "script", 5)
    assert reviewer.post("/assignments").status_code == 201
    entry = admin.get(f"/users/{reviewer.user_id}").json
    assert (entry["sessions_count"], entry["tokens_count"], entry["leases_count"]) == (1, 1, 1)
    assert entry["last_seen_at"] is not None
    assert entry["votes_count"] == 0
    with transaction() as session:
        quiet = make_user(session)
    assert admin.get(f"/users/{quiet}").json["last_seen_at"] is None


def test_roles_take_effect_on_the_next_request_and_the_reason_is_kept(
    app: Flask, visitor: NewVisitor
) -> None:
    admin, other = visitor("admin"), visitor("reviewer")
    assert other.get("/labels/summary").status_code == 403
    status, entry = change(admin, other.user_id, roles=["curator", "reviewer"], reason="trained as a curator")
    assert (status, entry["roles"]) == (200, ["reviewer", "curator"])
    assert other.get("/labels/summary").status_code == 200
    assert change(admin, other.user_id, roles=["reviewer"])[0] == 200
    assert other.get("/labels/summary").status_code == 403
    assert audit_of(other.user_id)[0] == (
        "roles_changed",
        {"reason": "trained as a curator", "before": ["reviewer"], "after": ["reviewer", "curator"]},
    )


def test_a_change_that_changes_nothing_leaves_no_trace(app: Flask, visitor: NewVisitor) -> None:
    admin, other = visitor("admin"), visitor("reviewer")
    assert change(admin, other.user_id, roles=["reviewer"], is_active=True)[0] == 200
    assert audit_of(other.user_id) == []


def test_deactivation_ends_sessions_tokens_and_leases_at_once(app: Flask, visitor: NewVisitor) -> None:
    admin, reviewer = visitor("admin"), visitor("reviewer")
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        token = accounts.create_token(session, reviewer.user_id or 0, "script", 5)
    script = Visitor(app, bearer=token)
    lease = reviewer.post("/assignments").json
    assert script.get("/clips").status_code == 200
    status, entry = change(admin, reviewer.user_id, is_active=False)
    assert (status, entry["is_active"], entry["leases_count"]) == (200, False, 0)
    assert reviewer.get("/clips").status_code == 401
    assert script.get("/clips").status_code == 401
    assert scalar("SELECT live_leases FROM clips WHERE id = :id", id=clip_id) == 0
    assert scalar("SELECT state FROM assignments WHERE id = :id", id=lease["id"]) == "expired"
    assert change(admin, reviewer.user_id, is_active=True)[0] == 200
    assert reviewer.get("/clips").status_code == 401  # what ended stays ended
    assert script.get("/clips").status_code == 401
    assert [action for action, _ in audit_of(reviewer.user_id)][-2:] == [
        "user_deactivated",
        "user_reactivated",
    ]


def test_whoever_reviews_no_more_gives_back_what_they_hold(app: Flask, visitor: NewVisitor) -> None:
    admin, reviewer = visitor("admin"), visitor("reviewer", "curator")
    with transaction() as session:
        make_open_clip(session, make_user(session))
    assert reviewer.post("/assignments").status_code == 201
    assert change(admin, reviewer.user_id, roles=["curator"])[1]["leases_count"] == 0


def test_nobody_touches_their_own_admin_role_or_account(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin", "reviewer")
    visitor("admin")
    assert change(admin, admin.user_id, roles=["reviewer"]) == (409, "own_admin_role")
    assert change(admin, admin.user_id, is_active=False) == (409, "own_account")
    assert change(admin, admin.user_id, roles=["admin", "moderator"])[0] == 200


def test_bad_changes_are_refused_in_words(app: Flask, visitor: NewVisitor) -> None:
    admin, other = visitor("admin"), visitor("reviewer")
    for body in ({"roles": []}, {"roles": ["king"]}, {"reason": " "}, {"is_active": "no"}, {"id": 3}):
        status, code = change(admin, other.user_id, **body)
        assert (status, code) == (422, "invalid_request"), body
    assert change(admin, 10**9) == (404, "not_found")


@pytest.mark.parametrize(
    "how", [{"is_active": False, "roles": None}, {"is_active": None, "roles": ["curator"]}]
)
def test_two_admins_who_remove_each_other_at_once_leave_one(app: Flask, how: dict[str, Any]) -> None:
    with transaction() as session:
        first, second = make_user(session, "admin"), make_user(session, "admin")

    def remove(pair: tuple[int, int]) -> str:
        actor, victim = pair
        try:
            with transaction() as session:
                users.change_user(session, victim, reason="a coup", actor_id=actor, **how)
        except ConflictError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, [(first, second), (second, first)])) == ["done", "last_admin"]
    assert scalar("SELECT count(*) FROM users WHERE is_active AND 'admin' = ANY (roles)") == 1


def test_the_database_itself_keeps_an_admin_whoever_asks(app: Flask) -> None:
    with transaction() as session:
        only = make_user(session, "admin")
    for statement in (
        "UPDATE users SET is_active = false WHERE id = :id",
        "UPDATE users SET roles = '{reviewer}' WHERE id = :id",
        "DELETE FROM users WHERE id = :id",
    ):
        with pytest.raises(IntegrityError, match="last active admin"), transaction() as session:
            session.execute(text(statement), {"id": only})
    with transaction() as session:
        make_user(session, "admin")
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": only})
