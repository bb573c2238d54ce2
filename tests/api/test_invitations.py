"""One-time links: made by admins, used once, silent about everything else."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from werkzeug.test import TestResponse

from clipjury.db.transaction import transaction
from clipjury.domain.errors import NotFoundError
from clipjury.services import invitations
from clipjury.services.invitations import Acceptance
from clipjury.services.sessions import FAILURES_PER_ADDRESS

PASSWORD = "seven horses drink tea"


def invite(admin: Visitor, **body: Any) -> dict[str, Any]:
    answer = admin.post("/invitations", {"roles": ["reviewer"], **body})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def accept(who: Visitor, token: str, **body: Any) -> TestResponse:
    form = {"token": token, "email": "new@example.org", "display_name": "New", "password": PASSWORD, **body}
    return who.post("/invitations/accept", form)


def states(admin: Visitor) -> list[str]:
    return [invitation["state"] for invitation in admin.get("/invitations").json["items"]]


def test_the_invited_person_makes_an_account_and_is_signed_in(app: Flask, visitor: NewVisitor) -> None:
    admin, guest = visitor("admin"), visitor()
    made = invite(admin, email=" Mo@Example.org ", roles=["moderator", "reviewer"], days=3)
    assert made["path"] == f"/invite/{made['token']}"
    assert len(made["token"]) >= 43  # 256 bits in base64
    seen = guest.post("/invitations/look-up", {"token": made["token"]}).json
    assert (seen["purpose"], seen["email"], seen["roles"]) == (
        "account",
        "mo@example.org",
        ["reviewer", "moderator"],
    )
    joined = accept(guest, made["token"], email=None, display_name="Mo")
    assert joined.status_code == 200
    assert joined.json["user"]["roles"] == ["reviewer", "moderator"]
    assert guest.get("/session").json["user"]["email"] == "mo@example.org"
    listed = admin.get("/invitations").json["items"][0]
    assert (listed["state"], listed["used_by"]) == ("used", "Mo")
    assert "token" not in listed
    assert scalar("SELECT count(*) FROM invitations WHERE token_sha256 = :t", t=made["token"]) == 0
    assert scalar("SELECT count(*) FROM audit_events WHERE detail::text LIKE :t", t=f"%{made['token']}%") == 0


def test_without_an_e_mail_the_guest_gives_one(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    made = invite(admin)
    refused = accept(visitor(), made["token"], email=None)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "email")
    assert accept(visitor(), made["token"]).json["user"]["email"] == "new@example.org"


def test_a_refused_form_leaves_the_link_open(app: Flask, visitor: NewVisitor) -> None:
    admin, guest = visitor("admin"), visitor()
    token = invite(admin)["token"]
    assert accept(guest, token, password="short").status_code == 422
    assert accept(guest, token, display_name="").status_code == 422
    assert states(admin) == ["open"]
    assert accept(guest, token).status_code == 200
    assert states(admin) == ["used"]


def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(app: Flask, visitor: NewVisitor) -> None:
    admin, guest = visitor("admin"), visitor()
    used, revoked, late = (invite(admin) for _ in range(3))
    assert accept(guest, used["token"]).status_code == 200
    assert admin.delete(f"/invitations/{revoked['id']}").status_code == 204
    with transaction() as session:
        session.execute(text("UPDATE invitations SET expires_at = now() WHERE id = :id"), {"id": late["id"]})
    answers = {
        visitor().post("/invitations/look-up", {"token": token}).text
        for token in (used["token"], revoked["token"], late["token"], "never-made", "")
    }
    assert len(answers) == 1
    assert accept(visitor(), revoked["token"]).json["code"] == "invitation_invalid"
    assert sorted(states(admin)) == ["expired", "revoked", "used"]
    ended = admin.delete(f"/invitations/{used['id']}")
    assert (ended.status_code, ended.json["code"]) == (409, "invitation_ended")


def test_one_link_used_twenty_times_at_once_makes_one_account(app: Flask, visitor: NewVisitor) -> None:
    token = invite(visitor("admin"))["token"]
    before, together = scalar("SELECT count(*) FROM users"), threading.Barrier(20)

    def join(number: int) -> str:
        given = Acceptance(email=f"guest{number}@example.org", display_name="Guest", password=PASSWORD)
        together.wait()
        try:
            with transaction() as session:
                invitations.accept(session, token, given)
        except NotFoundError as error:
            return error.code
        return "joined"

    with ThreadPoolExecutor(20) as pool:
        done = Counter(pool.map(join, range(20)))
    assert done == {"joined": 1, "invitation_invalid": 19}
    assert scalar("SELECT count(*) FROM users") == before + 1


def test_guessing_is_limited_as_log_ins_are(app: Flask, visitor: NewVisitor) -> None:
    guest = visitor()
    codes = [
        guest.post("/invitations/look-up", {"token": f"guess-{number}"}).json["code"]
        for number in range(FAILURES_PER_ADDRESS + 1)
    ]
    assert codes == ["invitation_invalid"] * FAILURES_PER_ADDRESS + ["too_many_attempts"]


def test_bad_invitations_are_refused(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    for body in ({"roles": []}, {"days": 0}, {"days": 31}, {"email": "nobody"}, {"roles": ["king"]}):
        assert admin.post("/invitations", {"roles": ["reviewer"], **body}).status_code == 422, body
    taken = scalar("SELECT email FROM users LIMIT 1")
    answer = admin.post("/invitations", {"roles": ["reviewer"], "email": taken})
    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


def test_a_reset_link_sets_the_password_and_ends_every_session(app: Flask, visitor: NewVisitor) -> None:
    admin, owner = visitor("admin"), visitor("reviewer")
    first = admin.post(f"/users/{owner.user_id}/password-reset").json
    second = admin.post(f"/users/{owner.user_id}/password-reset").json
    assert second["purpose"] == "password_reset"
    assert accept(visitor(), first["token"]).status_code == 404  # a newer link makes the older one void
    fresh = visitor()
    assert accept(fresh, second["token"], email=None, display_name=None).json["user"]["id"] == owner.user_id
    assert owner.get("/clips").status_code == 401
    assert fresh.get("/clips").status_code == 200
    email = scalar("SELECT email FROM users WHERE id = :id", id=owner.user_id)
    assert visitor().post("/session", {"email": email, "password": PASSWORD}).status_code == 200


def test_a_reset_link_dies_with_the_account(app: Flask, visitor: NewVisitor) -> None:
    admin, owner = visitor("admin"), visitor("reviewer")
    made = admin.post(f"/users/{owner.user_id}/password-reset").json
    admin.call("PATCH", f"/users/{owner.user_id}", json={"is_active": False, "reason": "left us"})
    assert accept(visitor(), made["token"]).status_code == 404
    refused = admin.post(f"/users/{owner.user_id}/password-reset")
    assert (refused.status_code, refused.json["code"]) == (409, "account_inactive")


def test_the_list_goes_on_where_the_page_before_ended(app: Flask, visitor: NewVisitor) -> None:
    admin = visitor("admin")
    made = [invite(admin)["id"] for _ in range(3)]
    first = admin.get("/invitations?limit=2").json
    rest = admin.get(f"/invitations?limit=2&cursor={first['next_cursor']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]


def test_changing_ones_own_password_needs_the_old_one_and_ends_other_sessions(
    app: Flask, visitor: NewVisitor
) -> None:
    admin, guest = visitor("admin"), visitor()
    joined = accept(guest, invite(admin)["token"])
    guest.headers |= {"X-CSRF-Token": joined.json["csrf_token"], "Origin": "http://localhost"}
    elsewhere = visitor()
    assert elsewhere.post("/session", {"email": "new@example.org", "password": PASSWORD}).status_code == 200
    wrong = guest.post("/session/password", {"current_password": "no", "password": PASSWORD + " twice"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "current_password")
    weak = guest.post("/session/password", {"current_password": PASSWORD, "password": "short"})
    assert weak.status_code == 422
    done = guest.post("/session/password", {"current_password": PASSWORD, "password": PASSWORD + " twice"})
    assert done.status_code == 200
    assert elsewhere.get("/clips").status_code == 401
    assert guest.get("/clips").status_code == 200
