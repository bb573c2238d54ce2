"""Logging in and out, and who is logged in."""

from flask import Blueprint, Response, current_app, request

from clipjury.api.access import public, signed_in
from clipjury.api.answers import empty_answer, json_answer
from clipjury.api.auth import (
    check_csrf,
    clear_session_cookie,
    find_user,
    get_user,
    sent_cookie,
    set_session_cookie,
)
from clipjury.api.contract import describes
from clipjury.api.schemas.session import Credentials, PasswordChange, Session, SignedIn, user_body
from clipjury.db.queries.users import UserRow
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ClipJuryError, FieldError, InvalidError
from clipjury.services import accounts, sessions

blueprint = Blueprint("session", __name__)


@blueprint.post("/session")
@public
@describes("session", {200: SignedIn})
def sign_in(json: Credentials) -> Response:
    """Log in with e-mail and password. The session cookie is new; the one sent along is void from now on."""
    with transaction() as session:
        user = sessions.admit_attempt(session, json.email, request.remote_addr or "")
    # No transaction is open while the password is hashed, and a failure is recorded in one of its own.
    if not accounts.is_password(user, json.password) or user is None:
        with transaction() as session:
            sessions.record_failure(session, user)
        raise ClipJuryError("bad_credentials", "E-mail or password is wrong.")
    with transaction() as session:
        token = sessions.open_session(session, user, json.password, sent_cookie())
    return signed_in_answer(user, token)


def signed_in_answer(user: UserRow, token: str) -> Response:
    """Who is logged in now, with the new session's cookie and the token that its writes must carry."""
    csrf_token = sessions.csrf_token_of(current_app.config["SECRET_KEY"], token)
    answer = json_answer({"user": user_body(user), "csrf_token": csrf_token})
    set_session_cookie(answer, token)
    return answer


@blueprint.post("/session/password")
@signed_in
@describes("session", {200: SignedIn})
def change_password(json: PasswordChange) -> Response:
    """Change one's own password. Every other session of the account ends; this browser gets a new one."""
    user = get_user().row
    with transaction() as session:
        sessions.admit_attempt(session, user.email, request.remote_addr or "")
    if not accounts.is_password(user, json.current_password):
        with transaction() as session:
            sessions.record_failure(session, user)
        raise InvalidError(
            "Your password stays as it was.", [FieldError("current_password", "This is not your password.")]
        )
    with transaction() as session:
        accounts.set_password(session, user.id, json.password)
        token = sessions.open_session(session, user, json.password, sent_cookie())
    return signed_in_answer(user, token)


@blueprint.get("/session")
@public
@describes("session", {200: Session})
def get_session() -> Response:
    """Who is logged in, and the token that writes under the cookie must carry in X-CSRF-Token."""
    user = find_user()
    if user is None:
        return json_answer({"user": None, "csrf_token": None})
    return json_answer({"user": user_body(user.row), "csrf_token": user.csrf_token})


@blueprint.delete("/session")
@public
@describes("session", {204: None})
def sign_out() -> Response:
    """Log out. Without a live session there is nothing to end, and that is no error."""
    user = find_user()
    if user is not None and user.cookie_token is not None:
        check_csrf(user)
        with transaction() as session:
            sessions.log_out(session, user.id, user.cookie_token)
    answer = empty_answer()
    clear_session_cookie(answer)
    answer.headers["Clear-Site-Data"] = '"storage"'  # a ballot begun is not left for the next person
    return answer
