"""Who may have which roles, and who may work here at all: what an admin may change, and what nobody may."""

from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.errors import FieldError

Refusal = Literal["own_admin_role", "own_account", "last_admin"]

MIN_REASON_CHARACTERS: Final = 3
MAX_REASON_CHARACTERS: Final = 500

WORDS: Final[dict[Refusal, str]] = {
    "own_admin_role": "Nobody changes their own admin role; ask another admin to do it.",
    "own_account": "Nobody deactivates their own account; ask another admin to do it.",
    "last_admin": "This is the last active admin. Make somebody else an admin first.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account may do now."""

    roles: frozenset[str]
    is_active: bool

    @property
    def runs_the_house(self) -> bool:
        """Whether the account can log in as an admin."""
        return self.is_active and "admin" in self.roles


@dataclass(frozen=True, slots=True)
class Consequences:
    """What must end at once with the change."""

    ends_sessions: bool
    returns_leases: bool


def refuse_change(
    before: Standing, after: Standing, *, is_self: bool, other_active_admins: int
) -> Refusal | None:
    """Why this change may not be made; None where it may."""
    if is_self and ("admin" in before.roles) != ("admin" in after.roles):
        return "own_admin_role"
    if is_self and not after.is_active:
        return "own_account"
    if before.runs_the_house and not after.runs_the_house and other_active_admins == 0:
        return "last_admin"
    return None


def follow_change(before: Standing, after: Standing) -> Consequences:
    """Deactivation ends sessions and tokens; whoever may review no more holds no clip any longer."""
    reviewed = before.is_active and "reviewer" in before.roles
    reviews = after.is_active and "reviewer" in after.roles
    return Consequences(
        ends_sessions=before.is_active and not after.is_active, returns_leases=reviewed and not reviews
    )


def reason_faults(reason: str) -> list[FieldError]:
    """What is wrong with the reason that is recorded for a change."""
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        return [FieldError("reason", "Say why in a few words; it is kept with the change.")]
    if len(reason) > MAX_REASON_CHARACTERS:
        return [FieldError("reason", f"Keep the reason to {MAX_REASON_CHARACTERS} characters.")]
    return []
