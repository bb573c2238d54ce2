"""See it or vote on it, over every combination of roles and states."""

from itertools import chain, combinations, product

import pytest

from clipjury.domain.clip_states import CLIP_STATES, ClipState
from clipjury.domain.exposure import SeeDecision, may_see_clip, may_see_consensus, may_see_public

ROLES = ("reviewer", "moderator", "curator", "admin")
ROLE_SETS = list(chain.from_iterable(combinations(ROLES, n) for n in range(len(ROLES) + 1)))
EVERY_CASE = list(product(ROLE_SETS, [True, False], [True, False], CLIP_STATES, [True, False]))


def staff(roles: tuple[str, ...]) -> bool:
    return bool(set(roles) - {"reviewer"})


@pytest.mark.parametrize("state", CLIP_STATES)
def test_the_consensus_is_answered_alike_for_every_role_set(state: ClipState) -> None:
    for roles, uploader, voted, clip_state, holds in EVERY_CASE:
        if clip_state != state:
            continue
        decision = may_see_consensus(roles, uploader, voted, state, holds)
        if holds:
            assert decision == SeeDecision("lease_open")
        elif staff(roles) or state == "retired":
            assert decision == SeeDecision("allow", writes_exposure=True)
        else:
            assert decision == SeeDecision("not_ready")


def test_nobody_sees_a_consensus_without_an_exposure_being_written() -> None:
    for case in EVERY_CASE:
        decision = may_see_consensus(*case)
        assert (decision.answer == "allow") is decision.writes_exposure


def test_nobody_who_holds_a_lease_sees_the_clip_behind_it() -> None:
    for roles, uploader, voted, state, _ in EVERY_CASE:
        assert may_see_consensus(roles, uploader, voted, state, True).answer == "lease_open"
        assert may_see_clip(roles, uploader, state, True).answer == "lease_open"


def test_having_voted_or_uploaded_opens_no_consensus_early() -> None:
    for roles, uploader, voted, state, holds in EVERY_CASE:
        assert may_see_consensus(roles, uploader, voted, state, holds) == may_see_consensus(
            roles, False, False, state, holds
        )


# roles, uploader, state -> answer, writes an exposure
CLIP_TABLE = [
    ((), False, "open", "not_found", False),
    ((), False, "retired", "allow", True),
    (("reviewer",), False, "open", "not_found", False),
    (("reviewer",), False, "closing", "not_found", False),
    (("reviewer",), False, "failed", "not_found", False),
    (("reviewer",), False, "retired", "allow", True),
    (("reviewer",), True, "open", "allow", False),
    (("reviewer",), True, "failed", "allow", False),
    (("reviewer",), True, "retired", "allow", True),
    (("moderator",), False, "open", "allow", True),
    (("curator",), False, "received", "allow", True),
    (("admin", "reviewer"), False, "closing", "allow", True),
    (("admin",), True, "open", "allow", False),
    (("admin",), True, "retired", "allow", True),
]


@pytest.mark.parametrize(("roles", "uploader", "state", "answer", "writes"), CLIP_TABLE)
def test_the_clip_is_shown_as_the_table_says(roles, uploader, state, answer, writes) -> None:  # type: ignore[no-untyped-def]
    assert may_see_clip(roles, uploader, state, False) == SeeDecision(answer, writes)


def test_whoever_could_still_be_assigned_a_clip_never_sees_it_without_an_exposure() -> None:
    for roles, uploader, _, state, holds in EVERY_CASE:
        decision = may_see_clip(roles, uploader, state, holds)
        if decision.answer == "allow" and not uploader:
            assert decision.writes_exposure


def test_public_pages_know_retired_clips_only() -> None:
    shown = [state for state in CLIP_STATES if may_see_public(state).answer == "allow"]
    assert shown == ["retired"]
    assert may_see_public("retired").writes_exposure
    assert may_see_public("open") == SeeDecision("not_found")
