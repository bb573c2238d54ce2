"""Accounts, for admins."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.invitation import NewInvitation, made_body
from clipjury.api.schemas.user import (
    UserChange,
    UserEntries,
    UserEntry,
    UsersQuery,
    entries_body,
    entry_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import invitations, users

blueprint = Blueprint("users", __name__)


@blueprint.get("/users")
@requires("admin")
@describes("users", {200: UserEntries})
def list_users(query: UsersQuery) -> Response:
    """Accounts, newest first."""
    with transaction() as session:
        page = users.list_users(session, query.filter(), before=query.cursor, limit=query.limit)
    return json_answer(entries_body(page, query.limit))


@blueprint.get("/users/<int:id>")
@requires("admin")
@describes("users", {200: UserEntry})
def get_user_entry(id: int) -> Response:
    """One account."""
    with transaction() as session:
        user = users.get_user(session, id)
    return json_answer(entry_body(user))


@blueprint.patch("/users/<int:id>")
@requires("admin")
@describes("users", {200: UserEntry})
def change_user(id: int, json: UserChange) -> Response:
    """Set roles, or deactivate and reactivate, with a reason. It holds from the account's next request on; whoever
    is deactivated loses sessions, tokens and leases at once. 409 own_admin_role, own_account, last_admin."""
    with transaction() as session:
        user = users.change_user(
            session,
            id,
            roles=None if json.roles is None else list(json.roles),
            is_active=json.is_active,
            reason=json.reason,
            actor_id=get_user().id,
        )
    return json_answer(entry_body(user))


@blueprint.post("/users/<int:id>/password-reset")
@requires("admin")
@describes("users", {201: NewInvitation})
def offer_password_reset(id: int) -> Response:
    """A one-time link by which the account's owner sets a new password; it is shown this once."""
    with transaction() as session:
        made = invitations.offer_password_reset(session, id, get_user().id)
    return json_answer(made_body(made), 201)
