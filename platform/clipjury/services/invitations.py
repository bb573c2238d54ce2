"""One-time links that make an account or set a password. No mail server is needed: whoever makes one hands it on."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import events
from clipjury.db.queries import invitations as queries
from clipjury.db.queries import users as user_queries
from clipjury.db.queries.invitations import InvitationRow, NewInvitation, RedeemedRow
from clipjury.db.queries.users import UserRow
from clipjury.domain import accounts as account_rules
from clipjury.domain import invitations as rules
from clipjury.domain.errors import ConflictError, FieldError, InvalidError, NotFoundError
from clipjury.services import accounts, sessions
from clipjury.services.accounts import token_hash


@dataclass(frozen=True)
class MadeInvitation:
    """An invitation and its token, which is told this once."""

    row: InvitationRow
    token: str


@dataclass(frozen=True)
class Acceptance:
    """What the invited person types; `email` only where the invitation names none."""

    email: str | None
    display_name: str | None
    password: str


def link_path(token: str) -> str:
    """The page that a token opens, below the installation's address."""
    return f"/invite/{token}"


def invite(
    session: Session, *, email: str | None, roles: Collection[str], days: int, actor_id: int | None
) -> MadeInvitation:
    """An invitation to make an account with these roles. Raises InvalidError, ConflictError (email_taken)."""
    email = account_rules.normalise_email(email) if email and email.strip() else None
    faults = rules.invitation_faults(email, roles, days)
    if faults:
        raise InvalidError("No invitation was made.", faults)
    if email is not None and user_queries.find_by_email(session, email) is not None:
        raise ConflictError("email_taken", f"There is an account for {email} already.")
    ordered = [role for role in account_rules.ROLES if role in roles]
    return _make(session, "account", email, ordered, None, days, actor_id)


def offer_password_reset(session: Session, user_id: int, actor_id: int | None) -> MadeInvitation:
    """A link by which the account's owner sets a new password; older ones are void. Raises NotFoundError,
    ConflictError (account_inactive)."""
    user = user_queries.find_user(session, user_id)
    if user is None:
        raise NotFoundError("There is no such account.")
    if not user.is_active:
        raise ConflictError("account_inactive", "This account is deactivated. Reactivate it first.")
    queries.revoke_resets_of(session, user_id)
    return _make(session, "password_reset", user.email, user.roles, user_id, rules.RESET_DAYS, actor_id)


def _make(
    session: Session,
    purpose: rules.Purpose,
    email: str | None,
    roles: list[str],
    user_id: int | None,
    days: int,
    actor_id: int | None,
) -> MadeInvitation:
    token = secrets.token_urlsafe(rules.TOKEN_BYTES)
    new = NewInvitation(token_hash(token), purpose, email, roles, user_id, actor_id, days)
    invitation_id = queries.insert_invitation(session, new)
    told = {"purpose": purpose, "roles": roles, "days": days, "user_id": user_id}
    _audit(session, "invitation_made", invitation_id, actor_id, **told)
    return MadeInvitation(_get(session, invitation_id), token)


def list_invitations(
    session: Session, *, before: tuple[datetime, uuid.UUID] | None, limit: int
) -> list[InvitationRow]:
    """Newest first, whatever became of them."""
    return queries.list_invitations(session, before=before, limit=limit)


def revoke(session: Session, invitation_id: uuid.UUID, actor_id: int) -> None:
    """Withdraw an open invitation. Raises NotFoundError, ConflictError (invitation_ended)."""
    _get(session, invitation_id)
    if not queries.revoke(session, invitation_id):
        raise ConflictError("invitation_ended", "This invitation was used or withdrawn before.")
    _audit(session, "invitation_revoked", invitation_id, actor_id)


def admit(session: Session, token: str, address: str) -> None:
    """Count one attempt at this link, as log-ins are counted; commit before it is looked at. Raises
    TooManyAttemptsError."""
    sessions.count_attempt(session, _ledger_key(token), address)


def look_up(session: Session, token: str) -> InvitationRow:
    """What the token opens. Raises NotFoundError (invitation_invalid), the same for whatever is wrong with it."""
    found = queries.find_open(session, token_hash(token))
    if found is None:
        raise NotFoundError(rules.INVALID, code="invitation_invalid")
    user_queries.clear_failures(session, _ledger_key(token))
    return found


def accept(session: Session, token: str, given: Acceptance) -> UserRow:
    """Use the link up: make the account, or set the password; whose it is. One caller succeeds, however many try.

    Raises NotFoundError (invitation_invalid), InvalidError (the link stays open), ConflictError (email_taken).
    """
    redeemed = queries.redeem(session, token_hash(token))
    if redeemed is None:
        raise NotFoundError(rules.INVALID, code="invitation_invalid")
    if redeemed.user_id is None:
        user_id = _make_account(session, redeemed, given)
    else:
        user_id = redeemed.user_id
        accounts.set_password(session, user_id, given.password)
    queries.set_used_by(session, redeemed.id, user_id)
    _audit(session, "invitation_used", redeemed.id, user_id, purpose=redeemed.purpose)
    user_queries.clear_failures(session, _ledger_key(token))
    user = user_queries.find_user(session, user_id)
    assert user is not None
    return user


def _make_account(session: Session, redeemed: RedeemedRow, given: Acceptance) -> int:
    email = redeemed.email or given.email
    if email is None:
        raise InvalidError("One thing is missing.", [FieldError("email", "Give your e-mail address.")])
    return accounts.create_user(
        session,
        email=email,
        display_name=given.display_name or "",
        roles=redeemed.roles,
        password=given.password,
    )


def _get(session: Session, invitation_id: uuid.UUID) -> InvitationRow:
    found = queries.find_invitation(session, invitation_id)
    if found is None:
        raise NotFoundError("There is no such invitation.")
    return found


def _ledger_key(token: str) -> str:
    """Under which name attempts at this link are counted; nothing of the token can be read from it."""
    return f"invitation:{token_hash(token)[:32]}"


def _audit(
    session: Session, action: str, invitation_id: uuid.UUID, actor_id: int | None, **detail: object
) -> None:
    events.record_audit(
        session, action, subject=f"invitation:{invitation_id}", actor_id=actor_id, detail=detail
    )
