"""Accounts as an admin runs them: looking them up, giving and taking roles, letting in and shutting out."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import events, locks
from clipjury.db.queries import user_directory as queries
from clipjury.db.queries import users as user_queries
from clipjury.db.queries.user_directory import DirectoryFilter, DirectoryRow
from clipjury.domain.accounts import ROLES, role_faults
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.domain.user_changes import WORDS, Standing, follow_change, reason_faults, refuse_change
from clipjury.services.assignments import return_leases

_ADMINS = "active-admins"  # the database's own guard takes the same lock


@dataclass(frozen=True)
class UserPage:
    """Accounts, newest first, and how many there are in all."""

    items: list[DirectoryRow]
    total: int


def list_users(session: Session, wanted: DirectoryFilter, *, before: int | None, limit: int) -> UserPage:
    """One page of the accounts that fit."""
    items = queries.list_users(session, wanted, before=before, limit=limit)
    return UserPage(items, queries.count_users(session, wanted))


def get_user(session: Session, user_id: int) -> DirectoryRow:
    """One account; raises NotFoundError."""
    user = queries.find_entry(session, user_id)
    if user is None:
        raise NotFoundError("There is no such account.")
    return user


def change_user(
    session: Session,
    user_id: int,
    *,
    roles: list[str] | None,
    is_active: bool | None,
    reason: str,
    actor_id: int,
) -> DirectoryRow:
    """Set roles, or let in or shut out, with a reason; None leaves a thing as it is.

    Raises NotFoundError, InvalidError, ConflictError (own_admin_role, own_account, last_admin).
    """
    faults = [*reason_faults(reason), *([] if roles is None else role_faults(roles))]
    if faults:
        raise InvalidError("The account stays as it was.", faults)
    locks.lock_names(session, [_ADMINS])  # two admins who remove each other at once are asked in turn
    row = queries.lock_standing(session, user_id)
    if row is None:
        raise NotFoundError("There is no such account.")
    before = Standing(frozenset(row.roles), row.is_active)
    after = Standing(
        before.roles if roles is None else frozenset(roles),
        before.is_active if is_active is None else is_active,
    )
    others = queries.count_other_active_admins(session, user_id)
    refusal = refuse_change(before, after, is_self=user_id == actor_id, other_active_admins=others)
    if refusal is not None:
        raise ConflictError(refusal, WORDS[refusal])
    if after != before:
        _apply(session, user_id, before, after, reason.strip(), actor_id)
    return get_user(session, user_id)


def _apply(
    session: Session, user_id: int, before: Standing, after: Standing, reason: str, actor_id: int
) -> None:
    queries.set_standing(session, user_id, _ordered(after.roles), after.is_active)
    ends = follow_change(before, after)
    if ends.ends_sessions:
        user_queries.delete_sessions_of(session, user_id)
        queries.delete_tokens_of(session, user_id)
    returned = return_leases(session, user_id) if ends.returns_leases else 0
    subject = f"user:{user_id}"
    if after.roles != before.roles:
        detail = {"reason": reason, "before": _ordered(before.roles), "after": _ordered(after.roles)}
        events.record_audit(session, "roles_changed", subject=subject, actor_id=actor_id, detail=detail)
    if after.is_active != before.is_active:
        action = "user_reactivated" if after.is_active else "user_deactivated"
        told = {"reason": reason, "leases_returned": returned}
        events.record_audit(session, action, subject=subject, actor_id=actor_id, detail=told)


def _ordered(roles: frozenset[str]) -> list[str]:
    return [role for role in ROLES if role in roles]
