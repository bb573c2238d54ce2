"""Logging in, staying in, getting out: and what stops others from doing it in somebody's place."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_user

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError, InvalidError, TooManyAttemptsError
from clipjury.services import accounts, sessions

EMAIL = "ada@example.org"
PASSWORD = "a quiet engine of brass"


@pytest.fixture
def ada(app: Flask) -> int:
    """An account that can log in."""
    with transaction() as session:
        return accounts.create_user(
            session,
            email=" Ada@Example.org ",
            display_name="Ada",
            roles=["admin", "reviewer"],
            password=PASSWORD,
        )


def log_in(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, **more: object):
    return visitor.post("/session", {"email": email, "password": password}, **more)


def test_logging_in_gives_the_user_a_csrf_token_and_a_cookie_out_of_reach_of_scripts(
    visitor: NewVisitor, ada: int
) -> None:
    nobody = visitor()
    answer = log_in(nobody, email="ADA@example.org")
    assert answer.status_code == 200
    assert answer.json["user"] == {
        "id": ada,
        "email": EMAIL,
        "display_name": "Ada",
        "roles": ["reviewer", "admin"],
        "is_simulated": False,
    }
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert nobody.get("/session").json == answer.json


def test_the_cookie_is_secure_where_the_installation_says_https(
    app: Flask, visitor: NewVisitor, ada: int
) -> None:
    app.config["SECURE_COOKIES"] = True
    assert "Secure" in log_in(visitor()).headers["Set-Cookie"]


def test_nobody_is_logged_in_without_a_session(visitor: NewVisitor) -> None:
    assert visitor().get("/session").json == {"user": None, "csrf_token": None}
    refused = visitor().get("/clips")
    assert (refused.status_code, refused.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_account_are_answered_alike(
    visitor: NewVisitor, ada: int, email: str
) -> None:
    answer = log_in(visitor(), email=email, password="wrong but long enough")
    assert (answer.status_code, answer.json["code"]) == (401, "bad_credentials")
    assert answer.json["detail"] == "E-mail or password is wrong."
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_password_and_an_unknown_account_take_the_same_time(ada: int) -> None:
    with transaction() as session:
        user = sessions.admit_attempt(session, EMAIL, "192.0.2.1")

    def median_ms(candidate: object) -> float:
        times = []
        for _ in range(9):
            start = time.perf_counter()
            assert not accounts.is_password(candidate, "wrong but long enough")
            times.append(1000 * (time.perf_counter() - start))
        return statistics.median(times)

    known, unknown = median_ms(user), median_ms(None)
    assert unknown == pytest.approx(known, rel=0.5)  # a skipped hash would be a thousand times faster


def test_an_account_without_a_password_or_switched_off_cannot_log_in(visitor: NewVisitor, ada: int) -> None:
    with transaction() as session:
        accounts.create_user(
            session,
            email="bot@example.org",
            display_name="Bot",
            roles=["reviewer"],
            password=None,
            is_simulated=True,
        )
        make_user(session, "admin")  # the last one could not be switched off
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": ada})
    assert log_in(visitor(), email="bot@example.org", password="").status_code == 401
    assert log_in(visitor()).status_code == 401


def test_switching_an_account_off_ends_its_sessions(visitor: NewVisitor) -> None:
    reviewer = visitor("reviewer")
    assert reviewer.get("/clips").status_code == 200
    with transaction() as session:
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": reviewer.user_id})
    assert reviewer.get("/clips").status_code == 401


def test_the_session_is_a_new_one_after_logging_in_and_the_old_one_is_void(
    visitor: NewVisitor, ada: int
) -> None:
    browser, thief = visitor(), visitor()
    log_in(browser)
    old = browser.client.get_cookie("clipjury_session").value
    log_in(browser)
    new = browser.client.get_cookie("clipjury_session").value
    assert old != new
    thief.client.set_cookie("clipjury_session", old)
    assert thief.get("/clips").status_code == 401
    assert browser.get("/clips").status_code == 200


def test_a_session_that_was_planted_in_the_browser_is_not_taken_over(visitor: NewVisitor, ada: int) -> None:
    browser = visitor()
    browser.client.set_cookie("clipjury_session", "planted-by-somebody-else")
    log_in(browser)
    assert browser.client.get_cookie("clipjury_session").value != "planted-by-somebody-else"


def test_only_the_hash_of_a_session_is_stored(visitor: NewVisitor, ada: int) -> None:
    browser = visitor()
    log_in(browser)
    token = browser.client.get_cookie("clipjury_session").value
    assert len(token) >= 43
    assert scalar("SELECT token_sha256 FROM browser_sessions") == accounts.token_hash(token)


def test_logging_out_ends_the_session_on_the_server(visitor: NewVisitor) -> None:
    reviewer = visitor("reviewer")
    answer = reviewer.delete("/session")
    assert answer.status_code == 204
    assert "clipjury_session=;" in answer.headers["Set-Cookie"]
    reviewer.client.set_cookie("clipjury_session", reviewer.token)
    assert reviewer.get("/clips").status_code == 401
    assert visitor().delete("/session").status_code == 204


@pytest.mark.parametrize(
    ("column", "hours"), [("last_seen_at", sessions.IDLE_H), ("created_at", sessions.ABSOLUTE_H)]
)
def test_a_session_ends_when_idle_and_after_its_longest_time(
    visitor: NewVisitor, column: str, hours: int
) -> None:
    reviewer = visitor("reviewer")
    move = text(f"UPDATE browser_sessions SET {column} = now() - make_interval(mins => :minutes)")  # noqa: S608
    with transaction() as session:
        session.execute(move, {"minutes": hours * 60 - 1})
    assert reviewer.get("/session").json["user"] is not None
    with transaction() as session:
        session.execute(move, {"minutes": hours * 60 + 1})
    assert reviewer.get("/clips").status_code == 401


def test_a_session_in_use_is_kept_alive(visitor: NewVisitor) -> None:
    reviewer = visitor("reviewer")
    with transaction() as session:
        session.execute(text("UPDATE browser_sessions SET last_seen_at = now() - interval '6 minutes'"))
    assert reviewer.get("/clips").status_code == 200
    assert scalar("SELECT last_seen_at > now() - interval '1 minute' FROM browser_sessions")


def test_the_eleventh_guess_at_an_account_waits_even_with_the_right_password(
    visitor: NewVisitor, ada: int
) -> None:
    for _ in range(sessions.FAILURES_PER_ACCOUNT):
        assert log_in(visitor(), password="wrong but long enough").status_code == 401
    refused = log_in(visitor())
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert 1 <= int(refused.headers["Retry-After"]) <= sessions.FAILURE_WINDOW_S
    assert log_in(visitor(), email="other@example.org").status_code == 401  # others are not held up
    with transaction() as session:
        session.execute(text("UPDATE login_attempts SET attempted_at = now() - interval '16 minutes'"))
    assert log_in(visitor()).status_code == 200
    assert scalar("SELECT count(*) FROM login_attempts WHERE email = :e", e=EMAIL) == 0


def test_guessing_at_many_accounts_from_one_address_is_limited_too(app: Flask) -> None:
    for number in range(sessions.FAILURES_PER_ADDRESS):
        with transaction() as session:
            sessions.admit_attempt(session, f"user{number}@example.org", "2001:db8::1")
    answers = {}
    for address in ("2001:db8::2", "2001:db8:1::1"):
        with app.test_client() as client:
            answers[address] = client.post(
                "/api/v1/session",
                json={"email": "x@example.org", "password": PASSWORD},
                environ_overrides={"REMOTE_ADDR": address},
            ).status_code
    assert answers == {"2001:db8::2": 429, "2001:db8:1::1": 401}  # one IPv6 network counts as one address


def test_guesses_sent_at_once_are_limited_like_guesses_sent_in_turn(app: Flask, ada: int) -> None:
    def admit(_number: int) -> bool:
        try:
            with transaction() as session:
                sessions.admit_attempt(session, EMAIL, "192.0.2.7")
        except TooManyAttemptsError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        admitted = list(pool.map(admit, range(40)))
    assert sum(admitted) == sessions.FAILURES_PER_ACCOUNT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "a\x00@example.org", "password": PASSWORD}, "email"),
        ({"email": "x" * 1001, "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": "x" * 1001}, "password"),
        ({"email": EMAIL}, "password"),
        ({"email": [EMAIL], "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": PASSWORD, "roles": ["admin"]}, "roles"),
    ],
)
def test_credentials_that_cannot_be_used_are_refused(
    visitor: NewVisitor, body: dict[str, object], field: str
) -> None:
    answer = visitor().post("/session", body)
    assert (answer.status_code, [fault["field"] for fault in answer.json["errors"]]) == (422, [field])


def test_an_attempt_is_counted_before_the_password_is_looked_at(
    visitor: NewVisitor, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_args: object) -> bool:
        raise SystemError("the process was killed here")

    monkeypatch.setattr(accounts, "is_password", break_off)
    assert log_in(visitor()).status_code == 500
    assert scalar("SELECT count(*) FROM login_attempts WHERE email = :e", e=EMAIL) == 1


def test_logging_in_and_out_and_failing_is_in_the_audit_log_without_what_was_typed(
    visitor: NewVisitor, ada: int
) -> None:
    log_in(visitor(), password="wrong but long enough")
    log_in(visitor(), email="typed.my.password@example.org")
    browser = visitor()
    csrf = log_in(browser).json["csrf_token"]
    browser.delete("/session", headers={"X-CSRF-Token": csrf})
    with transaction() as session:
        rows = session.execute(
            text("SELECT action, subject, detail::text FROM audit_events ORDER BY id")
        ).all()
    assert [(row.action, row.subject) for row in rows] == [
        ("user_created", f"user:{ada}"),
        ("login_failed", f"user:{ada}"),
        ("login_failed", "user:unknown"),
        ("logged_in", f"user:{ada}"),
        ("logged_out", f"user:{ada}"),
    ]
    assert not any("typed.my" in row.detail for row in rows)


# --- writes that another site sends ------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ünlike"])
def test_a_write_under_a_cookie_without_its_token_is_refused(visitor: NewVisitor, token: str | None) -> None:
    reviewer = visitor("reviewer")
    for method, path in (("POST", "/assignments"), ("DELETE", "/session"), ("POST", "/clips")):
        answer = reviewer.call(method, path, headers={"X-CSRF-Token": token})
        assert (answer.status_code, answer.json["code"]) == (403, "csrf_failed")
    assert reviewer.get("/session").json["user"] is not None


def test_the_token_of_another_session_does_not_do(visitor: NewVisitor) -> None:
    mine, other = visitor("reviewer"), visitor("reviewer")
    answer = mine.post("/assignments", headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": None, "Sec-Fetch-Site": "cross-site"},
        {"Origin": None, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_a_page_of_another_site_is_refused_even_with_the_token(
    visitor: NewVisitor, ada: int, headers: dict[str, str | None]
) -> None:
    reviewer = visitor("reviewer")
    for path, body in (("/assignments", None), ("/session", {"email": EMAIL, "password": PASSWORD})):
        answer = reviewer.post(path, body, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "csrf_failed")
    assert log_in(visitor(), headers=headers).status_code == 403


def test_a_script_without_origin_logs_in(visitor: NewVisitor, ada: int) -> None:
    assert log_in(visitor(), headers={"Origin": None}).status_code == 200


# --- scripts -----------------------------------------------------------------------------------------------


def test_a_bearer_token_works_without_cookie_and_csrf_token(app: Flask, ada: int) -> None:
    with transaction() as session:
        token = accounts.create_token(session, ada, "nightly upload", days=30)
    script = Visitor(app, bearer=token)
    assert token.startswith("cj_")
    assert script.get("/session").json["user"]["id"] == ada
    assert script.get("/session").json["csrf_token"] is None
    assert script.post("/assignments").status_code == 204
    assert scalar("SELECT token_sha256 FROM api_tokens") == accounts.token_hash(token)


@pytest.mark.parametrize("sent", ["Bearer cj_unknown", "Bearer ", "Basic YTpi", "cj_unknown"])
def test_a_token_that_does_not_hold_is_refused_even_beside_a_live_cookie(
    visitor: NewVisitor, sent: str
) -> None:
    reviewer = visitor("reviewer")
    answer = reviewer.get("/clips", headers={"Authorization": sent})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_on_its_day(app: Flask, ada: int) -> None:
    with transaction() as session:
        token = accounts.create_token(session, ada, "short", days=1)
        session.execute(
            text("UPDATE api_tokens SET expires_at = :at"), {"at": datetime.now(UTC) - timedelta(seconds=1)}
        )
    assert Visitor(app, bearer=token).get("/clips").status_code == 401


# --- accounts ----------------------------------------------------------------------------------------------


def test_an_account_that_breaks_rules_is_refused_field_by_field_and_not_made(app: Flask) -> None:
    with pytest.raises(InvalidError) as refused, transaction() as session:
        accounts.create_user(session, email="x", display_name="New", roles=["king"], password="short")
    assert [fault.field for fault in refused.value.fields] == ["email", "roles", "password"]
    assert scalar("SELECT count(*) FROM users") == 0


def test_an_e_mail_has_one_account(app: Flask, ada: int) -> None:
    with pytest.raises(ConflictError) as refused, transaction() as session:
        accounts.create_user(
            session, email="ADA@example.org", display_name="Other", roles=["reviewer"], password=PASSWORD
        )
    assert refused.value.code == "email_taken"


def test_a_new_password_replaces_the_old_one_and_ends_all_sessions(visitor: NewVisitor, ada: int) -> None:
    browser = visitor()
    log_in(browser)
    with transaction() as session:
        accounts.set_password(session, ada, "another engine, of steel")
    assert browser.get("/clips").status_code == 401
    assert log_in(visitor()).status_code == 401
    assert log_in(visitor(), password="another engine, of steel").status_code == 200


@pytest.mark.parametrize("days", [0, 91])
def test_a_token_works_for_a_day_to_ninety(app: Flask, ada: int, days: int) -> None:
    with pytest.raises(InvalidError, match="1 to 90"), transaction() as session:
        accounts.create_token(session, ada, "x", days=days)
