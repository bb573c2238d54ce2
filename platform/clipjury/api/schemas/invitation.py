"""One-time links that make an account or set a password."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.api.schemas.words import Role
from clipjury.db.queries.invitations import InvitationRow
from clipjury.domain.invitations import state_of
from clipjury.services.invitations import Acceptance, MadeInvitation, link_path

InvitationPurpose = TypeAliasType("InvitationPurpose", Literal["account", "password_reset"])


class InvitationIn(RequestModel):
    """Whom to invite. Without an e-mail the account is whoever's has the link."""

    email: PlainText | None = Field(default=None, max_length=1000)
    roles: list[Role] = Field(max_length=10)
    days: int = 7


class InvitationsQuery(QueryModel):
    """`cursor` is the `next_cursor` of the page before."""

    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=100)


class Invitation(AnswerModel):
    """An invitation, or a link for a new password (then `user_name` says whose)."""

    id: uuid.UUID
    purpose: InvitationPurpose
    state: Literal["open", "used", "revoked", "expired"]
    email: str | None
    roles: list[Role]
    user_name: str | None
    created_at: datetime
    created_by: str | None
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None


class NewInvitation(Invitation):
    """The invitation with its token and the path of its page. Neither can be shown again."""

    token: str
    path: str


class InvitationPage(AnswerModel):
    """Newest first."""

    items: list[Invitation]
    next_cursor: str | None


class InvitationToken(RequestModel):
    """What stands behind /invite/ in the link."""

    token: str = Field(max_length=200)


class InvitationAcceptance(RequestModel):
    """The token, and what the invited person types."""

    token: str = Field(max_length=200)
    email: PlainText | None = Field(default=None, max_length=1000)
    display_name: PlainText | None = Field(default=None, max_length=1000)
    password: str = Field(max_length=1000)

    def acceptance(self) -> Acceptance:
        """The same in the service's words."""
        return Acceptance(email=self.email, display_name=self.display_name, password=self.password)


class OpenInvitation(AnswerModel):
    """What the holder of a link is told before using it."""

    purpose: InvitationPurpose
    email: str | None
    roles: list[Role]
    expires_at: datetime


def invitation_body(row: InvitationRow) -> dict[str, Any]:
    """`Invitation`."""
    return {
        "id": row.id,
        "purpose": row.purpose,
        "state": state_of(row.now, row.expires_at, row.used_at, row.revoked_at),
        "email": row.email,
        "roles": row.roles,
        "user_name": row.user_name,
        "created_at": row.created_at,
        "created_by": row.created_by_name,
        "expires_at": row.expires_at,
        "used_at": row.used_at,
        "used_by": row.used_by_name,
    }


def made_body(made: MadeInvitation) -> dict[str, Any]:
    """`NewInvitation`."""
    return {**invitation_body(made.row), "token": made.token, "path": link_path(made.token)}


def open_body(row: InvitationRow) -> dict[str, Any]:
    """`OpenInvitation`."""
    return {name: getattr(row, name) for name in OpenInvitation.model_fields}
