"""What an invitation must be."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal

from clipjury.domain.accounts import email_faults, role_faults
from clipjury.domain.errors import FieldError

Purpose = Literal["account", "password_reset"]
InvitationState = Literal["open", "used", "revoked", "expired"]

MAX_DAYS: Final = 30
RESET_DAYS: Final = 2  # the person who asked is waiting for it
TOKEN_BYTES: Final = 32  # 256 bits: cannot be guessed, so it is stored under a plain SHA-256
INVALID = "This link does not work: it was used or withdrawn, it has run out, or a part of it is missing."


def invitation_faults(email: str | None, roles: Collection[str], days: int) -> list[FieldError]:
    """What is wrong with an invitation to be made; `email` is normalised, or None for whoever has the link."""
    faults = [] if email is None else email_faults(email)
    faults += role_faults(roles)
    if not 1 <= days <= MAX_DAYS:
        faults.append(FieldError("days", f"An invitation is open for 1 to {MAX_DAYS} days."))
    return faults


def state_of(
    now: datetime, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None
) -> InvitationState:
    """How an invitation stands; one that was used stays `used` after its time."""
    if used_at is not None:
        return "used"
    if revoked_at is not None:
        return "revoked"
    return "open" if now < expires_at else "expired"
