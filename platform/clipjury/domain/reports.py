"""What a report of a clip sets off: who gets to see it, and whether the clip is withheld at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, get_args

Reason = Literal["minor", "intimate", "depicted_person", "illegal", "rights"]
Desk = Literal["moderators", "safeguarding"]

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
ENOUGH_REPORTERS: Final = 3
MAX_NOTE_CHARACTERS: Final = 2000
MAX_CONTACT_CHARACTERS: Final = 254
WINDOW_S: Final = 3600
REPORTS_PER_ACCOUNT: Final = 30
REPORTS_PER_ADDRESS: Final = 10


@dataclass(frozen=True, slots=True)
class ReportDecision:
    """The desk that a report goes to, and whether the clip is withheld before anybody has looked."""

    desk: Desk
    quarantines: bool


def desk_of(reason: Reason) -> Desk:
    """Suspected abuse of a child reaches the safeguarding officer and nobody else."""
    return "safeguarding" if reason == "minor" else "moderators"


def decide_report(reason: Reason, independent_reporters: int, cleared: Collection[Desk]) -> ReportDecision:
    """What follows one more report.

    independent_reporters: who asked the moderators' desk for this clip's removal, this report counted; all who
    were logged out count as one. cleared: desks that looked at the clip before and released it. They look again,
    and until then it stays: otherwise anybody could take a clip away again and again.
    """
    desk = desk_of(reason)
    at_once = reason in ("minor", "intimate") or independent_reporters >= ENOUGH_REPORTERS
    return ReportDecision(desk, at_once and desk not in cleared)


def is_too_many(recent: int, *, is_signed_in: bool) -> bool:
    """Whether this account, or this address, has sent as many reports in the window as it may."""
    return recent >= (REPORTS_PER_ACCOUNT if is_signed_in else REPORTS_PER_ADDRESS)
