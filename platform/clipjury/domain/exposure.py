"""See it or vote on it, never both.

Roles are of the person who asks; a caller who is logged out has none. Whoever holds a live lease of the clip
is told `lease_open` before anything else, moderators and admins too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.clip_states import ClipState, shows_outcome

Answer = Literal["allow", "lease_open", "not_ready", "not_found"]

STAFF_ROLES: Final = frozenset({"moderator", "curator", "admin"})


@dataclass(frozen=True, slots=True)
class SeeDecision:
    """The answer, and whether an exposure of the viewer must be written before it leaves.

    For a caller who is logged out there is nobody to write an exposure for.
    """

    answer: Answer
    writes_exposure: bool = False


def is_staff(roles: Collection[str]) -> bool:
    """Whether one of the roles sees clips that are still open."""
    return not STAFF_ROLES.isdisjoint(roles)


def may_see_consensus(
    viewer_roles: Collection[str],
    is_uploader: bool,
    voted: bool,
    clip_state: ClipState,
    holds_live_lease: bool,
) -> SeeDecision:
    """Who sees scores, votes and posteriors: staff always, everybody else once the clip is retired.

    Neither having uploaded the clip nor having voted on it opens it early: an uploader who watches the count
    could call friends, a voter could tell the next one.
    """
    if holds_live_lease:
        return SeeDecision("lease_open")
    if is_staff(viewer_roles) or shows_outcome(clip_state):
        return SeeDecision("allow", writes_exposure=True)
    return SeeDecision("not_ready")


def may_see_clip(
    viewer_roles: Collection[str], is_uploader: bool, clip_state: ClipState, holds_live_lease: bool
) -> SeeDecision:
    """Who sees the clip itself, with its source and, once retired, its outcome.

    Reviewers see their own uploads and what is retired; for anything else they are told `not_found`, so that
    clips cannot be looked up by id before voting. An uploader learns nothing from an own clip that is not
    retired (and is never assigned it), so that view writes no exposure.
    """
    if holds_live_lease:
        return SeeDecision("lease_open")
    if shows_outcome(clip_state) or is_staff(viewer_roles):
        return SeeDecision("allow", writes_exposure=shows_outcome(clip_state) or not is_uploader)
    if is_uploader:
        return SeeDecision("allow")
    return SeeDecision("not_found")


def may_see_public(clip_state: ClipState) -> SeeDecision:
    """What the public pages show, whoever asks: retired clips only; a logged-in reader is exposed by it."""
    if shows_outcome(clip_state):
        return SeeDecision("allow", writes_exposure=True)
    return SeeDecision("not_found")
