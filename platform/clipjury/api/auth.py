"""Who asks: a browser by its session cookie, a script by its bearer token, through Flask-Login.

Looking it up costs one statement, and only where the view or its declaration asks.
"""

import hmac
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SessionInterface
from flask_login import LoginManager, UserMixin, current_user  # type: ignore[import-untyped]

from clipjury.api.access import access_of
from clipjury.db.queries.users import UserRow
from clipjury.db.transaction import autocommit, transaction
from clipjury.domain.errors import ClipJuryError, ForbiddenError
from clipjury.services import sessions
from clipjury.services.clip_views import Viewer

COOKIE = "clipjury_session"
_CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_TOKEN_CHARACTERS = 200


class SignedInUser(UserMixin):  # type: ignore[misc]  # flask_login is not typed
    """The account behind a request; `cookie_token` is None where a bearer token was sent."""

    def __init__(self, row: UserRow, cookie_token: str | None) -> None:
        self.row = row
        self.id = row.id
        self.roles = frozenset(row.roles)
        self.cookie_token = cookie_token

    @cached_property
    def csrf_token(self) -> str | None:
        """What writes must carry; None under a bearer token, which no other site can make a browser send."""
        if self.cookie_token is None:
            return None
        return sessions.csrf_token_of(current_app.config["SECRET_KEY"], self.cookie_token)

    @property
    def viewer(self) -> Viewer:
        """The account as the services know it."""
        return Viewer(id=self.row.id, roles=self.roles)


class _NoFlaskSession(SessionInterface):
    """Flask-Login asks Flask's session first; ours is a row in the database, so Flask's stays empty and unsent."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        return SecureCookieSession()

    def save_session(self, app: Flask, session: object, response: Response) -> None:
        return None


@dataclass(frozen=True)
class _Sent:
    """What the request brought to say who asks."""

    bearer: str | None
    cookie: str | None


def install_auth(app: Flask) -> None:
    """Wire Flask-Login to the session table, and check every route's declaration before its view runs."""
    app.session_interface = _NoFlaskSession()
    # A cookie of this name would make Flask-Login pass our loader over; nobody can have set an empty name.
    app.config["REMEMBER_COOKIE_NAME"] = ""
    login_manager = LoginManager()
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)
    login_manager.request_loader(_load_user)
    app.before_request(_authorise)


def find_user() -> SignedInUser | None:
    """Who asks; None for nobody."""
    user = current_user._get_current_object()
    return user if isinstance(user, SignedInUser) else None


def find_viewer() -> Viewer | None:
    """Who asks, as the services know them; None for nobody."""
    user = find_user()
    return None if user is None else user.viewer


def get_user() -> SignedInUser:
    """Who asks. Raises ClipJuryError (unauthenticated) for nobody."""
    user = find_user()
    if user is None:
        raise ClipJuryError("unauthenticated", "Log in first, or send a bearer token that has not expired.")
    return user


def check_csrf(user: SignedInUser) -> None:
    """Raise ForbiddenError (csrf_failed) unless the write carries its session's token. Constant in time."""
    expected = user.csrf_token
    given = request.headers.get(_CSRF_HEADER, "")
    if expected is not None and not hmac.compare_digest(given.encode(), expected.encode()):
        raise ForbiddenError(
            f"The header {_CSRF_HEADER} is missing or stale. GET /api/v1/session gives the token.",
            code="csrf_failed",
        )


def check_origin() -> None:
    """Raise ForbiddenError (csrf_failed) for a write that a page of another site sent.

    Browsers send Origin with every such request, and Sec-Fetch-Site besides; scripts send neither.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        parts = urlsplit(origin)
        schemes = {"https"} if current_app.config["SECURE_COOKIES"] else {"http", "https"}
        is_own = parts.scheme in schemes and parts.netloc == request.host
    else:
        is_own = site in (None, "same-origin", "none")
    if not is_own:
        raise ForbiddenError("This request comes from a page of another site.", code="csrf_failed")


def set_session_cookie(response: Response, token: str) -> None:
    """Hand the browser its session: out of reach of scripts, not sent along by other sites' forms."""
    is_https = current_app.config["SECURE_COOKIES"]
    max_age_s = sessions.ABSOLUTE_H * 3600
    response.set_cookie(COOKIE, token, max_age=max_age_s, httponly=True, samesite="Lax", secure=is_https)


def clear_session_cookie(response: Response) -> None:
    """Take the browser's session away."""
    is_https = current_app.config["SECURE_COOKIES"]
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=is_https)


def sent_cookie() -> str | None:
    """The session cookie that came with the request."""
    return _sent(request).cookie


def _sent(incoming: Request) -> _Sent:
    header = incoming.headers.get("Authorization")
    bearer = None
    if header is not None:
        scheme, _, token = header.partition(" ")
        bearer = token.strip()[:_MAX_TOKEN_CHARACTERS] if scheme.lower() == "bearer" else ""
    cookie = incoming.cookies.get(COOKIE)
    return _Sent(bearer=bearer, cookie=cookie[:_MAX_TOKEN_CHARACTERS] if cookie else None)


def _load_user(incoming: Request) -> SignedInUser | None:
    """A bearer token that is sent and unknown is refused; the cookie is not tried instead."""
    sent = _sent(incoming)
    if sent.bearer is None and sent.cookie is None:
        return None
    with autocommit() as connection:
        if sent.bearer is not None:
            row = sessions.find_by_bearer(connection, sent.bearer)
            return SignedInUser(row, cookie_token=None) if row else None
        row = sessions.find_by_cookie(connection, sent.cookie or "")
    return SignedInUser(row, cookie_token=sent.cookie) if row else None


def _authorise() -> None:
    view = current_app.view_functions.get(request.endpoint) if request.endpoint else None
    if view is None:
        return  # no such route, or not with this method: Flask says so next
    access = access_of(view)
    if access is None:
        raise RuntimeError(f"the route {request.endpoint} does not declare who may call it")
    is_write = request.method not in _SAFE_METHODS
    if is_write and "Authorization" not in request.headers:
        check_origin()
    if access.is_public:
        return
    user = get_user()
    if is_write:
        check_csrf(user)
    if not access.admits(user.roles):
        needed = " or ".join(sorted(access.roles))
        raise ForbiddenError(f"This needs the role {needed}; your account does not have it.")
    _keep_alive(user)


def _keep_alive(user: SignedInUser) -> None:
    if user.row.is_stale and user.cookie_token is not None:
        with transaction() as session:
            sessions.keep_alive(session, user.cookie_token)
