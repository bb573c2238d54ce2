"""Invitations: made by admins, looked up and used by whoever has the link."""

import uuid

from flask import Blueprint, Response, request

from clipjury.api.access import public, requires
from clipjury.api.answers import empty_answer, json_answer
from clipjury.api.auth import get_user, sent_cookie
from clipjury.api.contract import describes
from clipjury.api.schemas.cursor import decode_place, encode_place
from clipjury.api.schemas.invitation import (
    InvitationAcceptance,
    InvitationIn,
    InvitationPage,
    InvitationsQuery,
    InvitationToken,
    NewInvitation,
    OpenInvitation,
    invitation_body,
    made_body,
    open_body,
)
from clipjury.api.schemas.session import SignedIn
from clipjury.api.session import signed_in_answer
from clipjury.db.transaction import transaction
from clipjury.services import invitations, sessions

blueprint = Blueprint("invitations", __name__)


@blueprint.post("/invitations")
@requires("admin")
@describes("invitations", {201: NewInvitation})
def create_invitation(json: InvitationIn) -> Response:
    """Invite somebody. The link's token is shown this once: hand it on, the server sends no mail."""
    with transaction() as session:
        made = invitations.invite(
            session, email=json.email, roles=json.roles, days=json.days, actor_id=get_user().id
        )
    return json_answer(made_body(made), 201)


@blueprint.get("/invitations")
@requires("admin")
@describes("invitations", {200: InvitationPage})
def list_invitations(query: InvitationsQuery) -> Response:
    """Invitations and links for new passwords, newest first, whatever became of them."""
    before = decode_place(query.cursor)
    with transaction() as session:
        rows = invitations.list_invitations(session, before=before, limit=query.limit)
    next_cursor = encode_place(rows[-1].created_at, rows[-1].id) if len(rows) == query.limit else None
    return json_answer({"items": [invitation_body(row) for row in rows], "next_cursor": next_cursor})


@blueprint.delete("/invitations/<uuid:id>")
@requires("admin")
@describes("invitations", {204: None})
def revoke_invitation(id: uuid.UUID) -> Response:
    """Withdraw an open invitation; 409 invitation_ended for any other."""
    with transaction() as session:
        invitations.revoke(session, id, get_user().id)
    return empty_answer()


@blueprint.post("/invitations/look-up")
@public
@describes("invitations", {200: OpenInvitation})
def look_up_invitation(json: InvitationToken) -> Response:
    """What a link opens. 404 invitation_invalid, whatever is wrong with it; attempts are limited as log-ins are."""
    _admit(json.token)
    with transaction() as session:
        found = invitations.look_up(session, json.token)
    return json_answer(open_body(found))


@blueprint.post("/invitations/accept")
@public
@describes("invitations", {200: SignedIn})
def accept_invitation(json: InvitationAcceptance) -> Response:
    """Make the account, or set the password, and log in. A link works once; a refused form leaves it open."""
    _admit(json.token)
    with transaction() as session:
        user = invitations.accept(session, json.token, json.acceptance())
        token = sessions.open_session(session, user, json.password, sent_cookie())
    return signed_in_answer(user, token)


def _admit(token: str) -> None:
    with transaction() as session:
        invitations.admit(session, token, request.remote_addr or "")
