"""For whatever watches the process: is it alive, and can it work?"""

from functools import cache

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from clipjury.api.access import public
from clipjury.api.answers import json_answer
from clipjury.api.errors import Refusal, problem
from clipjury.db.transaction import autocommit

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def get_health() -> Response:
    """The process answers. Asks nothing of the database."""
    return json_answer({"status": "alive"})


@blueprint.get("/readyz")
@public
def get_readiness() -> Response:
    """The database answers and is at the revision that this code was written for; 503 otherwise."""
    # Alembic is loaded here, once: no other request of the web process needs it.
    from clipjury.db.migrate import current_revision

    try:
        with autocommit() as connection:
            found = current_revision(connection)
    except SQLAlchemyError:
        return _not_ready("The database cannot be reached.")
    if found != _head():
        return _not_ready(
            f"The database is at revision {found}, this code needs {_head()}: run the migrations."
        )
    return json_answer({"status": "ready", "revision": found})


@cache
def _head() -> str | None:
    from clipjury.db.migrate import head_revision

    return head_revision()


def _not_ready(detail: str) -> Response:
    return problem(Refusal(503, "unavailable", detail, headers={"Retry-After": "1"}))
