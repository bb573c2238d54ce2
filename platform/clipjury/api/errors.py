"""The only map from errors to HTTP. Every error is application/problem+json (RFC 9457) with a stable code."""

import errno
import logging
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from clipjury.adapters.storage import StorageError
from clipjury.domain.errors import (
    ClipJuryError,
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)

log = logging.getLogger(__name__)

_RETRY_AFTER_S = 1

STATUS_OF_CODE = {
    "malformed_json": 400,
    "malformed_form": 400,
    "unauthenticated": 401,
    "bad_credentials": 401,
    "csrf_failed": 403,
    "not_ready": 403,
    "payload_too_large": 413,
    "unsupported_media": 415,
    "too_many_attempts": 429,
    "withheld": 451,
    "unavailable": 503,
}
_STATUS_OF_KIND = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (InvalidError, 422),
    (ForbiddenError, 403),
)
# Werkzeug's own refusals, in words that say what to do.
_WERKZEUG = {
    400: ("invalid_request", "The request cannot be read."),
    404: ("not_found", "There is nothing at this address."),
    405: (
        "method_not_allowed",
        "This address does not take that method; the Allow header lists those it takes.",
    ),
    413: ("payload_too_large", "The request is larger than this server accepts."),
    415: ("unsupported_media", "This address does not take that Content-Type."),
    416: ("range_not_satisfiable", "The file does not reach that far; leave out the Range header."),
}


@dataclass(frozen=True)
class Refusal:
    """What an error becomes."""

    status: int
    code: str
    detail: str
    fields: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def problem(refusal: Refusal) -> Response:
    """The answer for a refusal."""
    body: dict[str, object] = {
        "type": f"urn:clipjury:problem:{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "errors": [{"field": f.field, "message": f.message} for f in refusal.fields],
    }
    return Response(
        to_json(body), refusal.status, headers=refusal.headers, mimetype="application/problem+json"
    )


def install_error_map(app: Flask) -> None:
    """Answer every error of `app` by this map, those nobody foresaw too."""
    app.register_error_handler(ClipJuryError, _from_domain)
    app.register_error_handler(HTTPException, _from_werkzeug)
    app.register_error_handler(Exception, _from_surprise)


def _from_domain(error: ClipJuryError) -> Response:
    status = STATUS_OF_CODE.get(error.code) or next(
        (status for kind, status in _STATUS_OF_KIND if isinstance(error, kind)), 400
    )
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(Refusal(status, error.code, error.detail, error.fields, headers))


def _from_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect is an answer, not an error
    name = HTTPStatus(status).phrase.lower().replace(" ", "_") if status in set(HTTPStatus) else "refused"
    code, detail = _WERKZEUG.get(status, (name, error.description or "The request was refused."))
    headers = {
        key: text for key, text in error.get_headers() if key in ("Allow", "Retry-After", "Content-Range")
    }
    return problem(Refusal(status, code, detail, headers=headers))


def _from_surprise(error: Exception) -> Response:
    if _is_away(error):
        log.warning("unavailable: %s: %s", type(error).__name__, error)
        return unavailable()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("the disk is full: %s", error)
        return problem(
            Refusal(507, "storage_full", "The server's disk is full, so nothing was kept. Tell its admin.")
        )
    log.error("unforeseen error", exc_info=error)
    detail = "Something went wrong on the server; it has been logged. Nothing was changed."
    return problem(Refusal(500, "internal_error", detail))


def _is_away(error: Exception) -> bool:
    """Whether the database or the store is away, or two requests met in a way that a second try mends."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(
        error, OperationalError | InterfaceError | PoolTimeoutError | IntegrityError | StorageError
    )


def unavailable() -> Response:
    """503, with the advice to try again in a moment."""
    detail = "The server cannot do this at the moment. Nothing was changed; try again."
    return problem(Refusal(503, "unavailable", detail, headers={"Retry-After": str(_RETRY_AFTER_S)}))
