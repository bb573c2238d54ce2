"""When a clip stops collecting votes: truth tables and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.clip_states import can_move
from clipjury.domain.retirement import (
    RetirementDecision,
    RetirementPolicy,
    decide_retirement,
    turns_verdict,
)

POLICY = RetirementPolicy()
KEEP = RetirementDecision("keep_open")
REOPEN = RetirementDecision("reopen")
CLOSE = RetirementDecision("close", "evidence")
CLOSE_AT_CAP = RetirementDecision("close", "cap")
AT_CAP = RetirementDecision("retire", "cap", "inconclusive")
MANIPULATED = RetirementDecision("retire", "evidence", "manipulated")
NOTHING_FOUND = RetirementDecision("retire", "evidence", "no_manipulation_found")

# state, p_full, p_people, n_votes, live_leases, anchored for manipulated, for authentic -> decision
TABLE = [
    ("open", 0.50, 0.50, 0, 0, 0, 0, KEEP),
    ("open", 0.9499, 0.90, 4, 0, 3, 0, KEEP),
    ("open", 0.95, 0.90, 4, 0, 3, 0, MANIPULATED),
    ("open", 0.05, 0.10, 4, 0, 0, 3, NOTHING_FOUND),
    ("open", 0.97, 0.90, 4, 1, 3, 0, CLOSE),
    ("open", 0.97, 0.90, 1, 0, 1, 0, KEEP),  # one vote is never enough
    ("open", 0.97, 0.90, 2, 0, 2, 0, MANIPULATED),
    ("open", 0.97, 0.49, 4, 0, 3, 0, KEEP),  # a detector overrules nobody
    ("open", 0.97, 0.50, 4, 0, 3, 0, KEEP),  # nor decides where people are silent
    ("open", 0.03, 0.51, 4, 0, 0, 3, KEEP),
    ("open", 0.99, 0.99, 11, 0, 1, 0, KEEP),  # accounts without gold, however many
    ("open", 0.99, 0.99, 11, 0, 1, 5, KEEP),  # anchors of the other side do not count
    ("open", 0.01, 0.01, 11, 0, 5, 1, KEEP),
    ("open", 0.99, 0.99, 12, 0, 1, 0, AT_CAP),
    ("open", 0.80, 0.80, 12, 0, 6, 2, AT_CAP),
    ("open", 0.80, 0.80, 11, 1, 6, 2, KEEP),
    ("open", 0.80, 0.80, 12, 1, 6, 2, CLOSE_AT_CAP),
    ("open", 0.96, 0.96, 12, 0, 6, 2, MANIPULATED),  # evidence goes before the cap
    ("closing", 0.97, 0.90, 4, 1, 3, 0, CLOSE),
    ("closing", 0.97, 0.90, 5, 0, 3, 0, MANIPULATED),
    ("closing", 0.93, 0.90, 5, 0, 3, 0, MANIPULATED),  # within the hysteresis
    ("closing", 0.93, 0.90, 5, 2, 3, 0, CLOSE),
    ("closing", 0.929, 0.90, 5, 1, 3, 0, REOPEN),
    ("closing", 0.929, 0.90, 5, 0, 3, 0, REOPEN),
    ("closing", 0.072, 0.10, 5, 0, 0, 3, REOPEN),
    ("closing", 0.07, 0.10, 5, 0, 0, 3, NOTHING_FOUND),
    ("closing", 0.50, 0.50, 12, 1, 3, 3, CLOSE_AT_CAP),
    ("closing", 0.50, 0.50, 12, 0, 3, 3, AT_CAP),
    ("closing", 0.97, 0.45, 5, 0, 3, 0, REOPEN),
    ("closing", 0.97, 0.90, 5, 0, 1, 0, REOPEN),  # a new version of reliabilities took an anchor away
]


@pytest.mark.parametrize(("state", "p_full", "p_people", "n", "live", "for_m", "for_a", "expected"), TABLE)
def test_the_decision_follows_the_table(state, p_full, p_people, n, live, for_m, for_a, expected) -> None:  # type: ignore[no-untyped-def]
    assert decide_retirement(state, p_full, p_people, n, live, for_m, for_a, POLICY) == expected


situations = st.tuples(
    st.sampled_from(["open", "closing"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 14),
    st.integers(0, 3),
    st.integers(0, 12),
    st.integers(0, 12),
)


@given(situations)
def test_no_count_of_votes_ever_gives_authentic(situation) -> None:  # type: ignore[no-untyped-def]
    assert decide_retirement(*situation, POLICY).outcome != "authentic"


@given(situations)
def test_every_decision_is_a_move_that_the_state_allows(situation) -> None:  # type: ignore[no-untyped-def]
    state, decision = situation[0], decide_retirement(*situation, POLICY)
    target = {"keep_open": "open", "close": "closing", "reopen": "open", "retire": "retired"}[decision.action]
    assert target == state or can_move(state, target)  # type: ignore[arg-type]


@given(situations)
def test_reason_and_outcome_come_with_the_actions_that_need_them(situation) -> None:  # type: ignore[no-untyped-def]
    decision = decide_retirement(*situation, POLICY)
    assert (decision.reason is not None) is (decision.action in ("close", "retire"))
    assert (decision.outcome is not None) is (decision.action == "retire")


@given(situations)
def test_nothing_retires_while_a_lease_is_live(situation) -> None:  # type: ignore[no-untyped-def]
    state, p_full, p_people, n, _, for_m, for_a = situation
    assert decide_retirement(state, p_full, p_people, n, 1, for_m, for_a, POLICY).action != "retire"


@given(situations)
def test_without_two_anchored_reviewers_only_the_cap_ends_a_clip(situation) -> None:  # type: ignore[no-untyped-def]
    state, p_full, p_people, n, live, _, _ = situation
    assert decide_retirement(state, p_full, p_people, n, live, 1, 1, POLICY).reason != "evidence"


@given(situations)
def test_the_labels_are_treated_alike(situation) -> None:  # type: ignore[no-untyped-def]
    state, p_full, p_people, n, live, for_m, for_a = situation
    here = decide_retirement(state, p_full, p_people, n, live, for_m, for_a, POLICY)
    there = decide_retirement(state, 1 - p_full, 1 - p_people, n, live, for_a, for_m, POLICY)
    if 1 - (1 - p_full) == p_full and 1 - (1 - p_people) == p_people:
        assert (here.action, here.reason) == (there.action, there.reason)


@pytest.mark.parametrize("state", ["received", "processing", "retired", "failed"])
def test_a_clip_that_collects_no_votes_is_not_decided_on(state) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=state):
        decide_retirement(state, 0.99, 0.99, 5, 0, 3, 0, POLICY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"theta": 0.5},
        {"theta": 1.0},
        {"hysteresis": 0.46},
        {"hysteresis": -0.01},
        {"min_votes": 0},
        {"min_votes": 13},
        {"parallel_leases": 0},
        {"min_anchored": -1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="must"):
        RetirementPolicy(**wrong)


# outcome, reason, p_full, p_people, anchored for manipulated, for authentic -> does the verdict turn?
TURNS = [
    ("manipulated", "evidence", 0.96, 0.95, 3, 0, False),
    ("manipulated", "evidence", 0.931, 0.93, 3, 0, False),  # within the hysteresis
    ("manipulated", "evidence", 0.92, 0.92, 3, 0, True),
    ("manipulated", "evidence", 0.04, 0.05, 0, 3, True),
    ("manipulated", "evidence", 0.96, 0.95, 1, 0, True),  # one of its two anchored reviewers is so no more
    ("no_manipulation_found", "evidence", 0.04, 0.05, 0, 3, False),
    ("inconclusive", "cap", 0.94, 0.94, 3, 0, False),
    ("inconclusive", "cap", 0.96, 0.95, 3, 0, True),
    (
        "authentic",
        "evidence",
        0.99,
        0.99,
        9,
        0,
        False,
    ),  # by provenance or adjudication: not for votes to turn
    ("manipulated", "adjudication", 0.01, 0.01, 0, 9, False),
]


@pytest.mark.parametrize("row", TURNS)
def test_a_verdict_is_turned_by_what_no_longer_bears_it_out(row: tuple[object, ...]) -> None:
    outcome, reason, full, people, for_manipulated, for_authentic, turns = row
    found = turns_verdict(outcome, reason, full, people, 6, for_manipulated, for_authentic, POLICY)  # type: ignore[arg-type]
    assert found is turns
