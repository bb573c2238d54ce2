"""When a clip is disputed, what comes first, who may judge: truth tables and properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.adjudication import validate_decision, validate_grounds
from clipjury.domain.dispute import (
    BLIND_CHECK,
    NOT_DRAWN,
    REASONS,
    VEILED,
    DetectorAnswer,
    DisputePolicy,
    WeighedVote,
    choose_valuable,
    closeness,
    ended_day,
    expected_value,
    find_conflict,
    find_reasons,
    is_blind_decision,
    shown_reasons,
)

POLICY = DisputePolicy()
STRONG_M, STRONG_A = WeighedVote("manipulated", 5.0, True), WeighedVote("authentic", 5.0, True)
WEAK_M, WEAK_A = WeighedVote("manipulated", 1.5, True), WeighedVote("authentic", 1.5, True)
NEW_M, NEW_A = WeighedVote("manipulated", 9.0, False), WeighedVote("authentic", 9.0, False)
ALL_THREE = ["strong_clash", "detector_clash", "guard"]
UNSURE = WeighedVote("unsure", 1.0, True)


def says(p: float | None, *, in_domain: bool = True, calibrated: bool = True) -> DetectorAnswer:
    return DetectorAnswer(p, in_domain, calibrated)


# votes, p_people, detectors, gold, retires, lot, already -> reasons
TABLE = [
    ([], 0.5, [], False, False, 1.0, (), []),
    ([STRONG_M, STRONG_M], 0.9, [], False, False, 1.0, (), []),
    ([STRONG_M, STRONG_A], 0.5, [], False, False, 1.0, (), ["strong_clash"]),
    ([STRONG_M, STRONG_A], 0.5, [], False, False, 1.0, ("strong_clash",), []),  # asked once
    ([STRONG_M, STRONG_A], 0.5, [], True, False, 1.0, (), []),  # served gold would be known by it
    ([STRONG_M, WEAK_A, WEAK_A], 0.7, [], False, False, 1.0, (), []),
    ([STRONG_M, NEW_A, NEW_A], 0.7, [], False, False, 1.0, (), []),  # strong by luck is not anchored
    ([WeighedVote("manipulated", 3.5, True), STRONG_A], 0.5, [], False, False, 1.0, (), ["strong_clash"]),
    ([WeighedVote("manipulated", 3.49, True), STRONG_A], 0.5, [], False, False, 1.0, (), []),
    ([STRONG_M, UNSURE], 0.8, [], False, False, 1.0, (), []),
    ([WEAK_M, WEAK_M], 0.9, [says(0.1)], False, False, 1.0, (), ["detector_clash"]),
    ([WEAK_A, WEAK_A], 0.1, [says(0.9)], False, False, 1.0, (), ["detector_clash"]),
    ([WEAK_M, WEAK_M], 0.9, [says(0.15)], False, False, 1.0, (), ["detector_clash"]),  # .75 apart: clearly
    ([WEAK_M, WEAK_M], 0.9, [says(0.16)], False, False, 1.0, (), []),
    ([WEAK_M, WEAK_M], 0.99, [says(0.5)], False, False, 1.0, (), []),  # one half is no side
    ([WEAK_M, WEAK_M], 0.9, [says(0.1, calibrated=False)], False, False, 1.0, (), []),
    ([WEAK_M, WEAK_M], 0.9, [says(0.1, in_domain=False)], False, False, 1.0, (), []),
    ([WEAK_M, WEAK_M], 0.9, [says(None)], False, False, 1.0, (), []),
    ([WEAK_M], 0.9, [says(0.1)], False, False, 1.0, (), []),  # one vote is not yet people
    ([WEAK_M, WEAK_M], 0.9, [says(0.1, calibrated=False), says(0.12)], False, False, 1.0, (), ["detector_clash"]),
    ([WEAK_A, WEAK_A, STRONG_M], 0.9, [], False, False, 1.0, (), ["guard"]),
    ([WEAK_A, WEAK_A, STRONG_M, UNSURE], 0.83, [], False, False, 1.0, (), []),  # exactly at the gap or less
    ([WEAK_M, WEAK_M], 0.49, [], False, False, 1.0, (), ["guard"]),
    ([WEAK_M, UNSURE, UNSURE], 0.2, [], False, False, 1.0, (), []),  # a single answer
    ([STRONG_M, STRONG_A, WEAK_A], 0.9, [says(0.1)], False, False, 1.0, (), ALL_THREE),
    ([STRONG_M, STRONG_M], 0.96, [], False, True, 0.0199, (), ["audit"]),
    ([STRONG_M, STRONG_M], 0.96, [], False, True, 0.02, (), []),
    ([STRONG_M, STRONG_M], 0.96, [], False, False, 0.0, (), []),  # only what retires
    ([STRONG_M, STRONG_M], 0.96, [], True, True, 0.0, (), []),
    ([STRONG_M, STRONG_M], 0.96, [], False, True, 0.0, ("guard",), []),  # disputed before: not undisputed
    ([STRONG_M, STRONG_A], 0.5, [], False, True, 0.0, (), ["strong_clash"]),
    ([STRONG_M, STRONG_M], 0.96, [], False, True, NOT_DRAWN, (), []),
]  # fmt: skip


@pytest.mark.parametrize(("votes", "p", "answers", "gold", "retires", "lot", "already", "expected"), TABLE)
def test_reasons_follow_the_table(votes, p, answers, gold, retires, lot, already, expected) -> None:  # type: ignore[no-untyped-def]
    found = find_reasons(
        votes, p, answers, POLICY, is_served_gold=gold, retires=retires, lot=lot, already=already
    )
    assert [finding.reason for finding in found] == expected


votes_drawn = st.lists(
    st.builds(
        WeighedVote,
        st.sampled_from(["manipulated", "authentic", "unsure"]),
        st.floats(0.1, 20),
        st.booleans(),
    ),
    max_size=12,
)
answers_drawn = st.lists(
    st.builds(DetectorAnswer, st.none() | st.floats(0, 1), st.booleans(), st.booleans()), max_size=3
)
FLIPPED = {"manipulated": "authentic", "authentic": "manipulated", "unsure": "unsure"}


@given(votes_drawn, st.floats(0, 1), answers_drawn, st.booleans(), st.floats(0, 0.99))
def test_gold_that_is_served_is_never_disputed(votes, p, answers, retires, lot) -> None:  # type: ignore[no-untyped-def]
    assert find_reasons(votes, p, answers, POLICY, is_served_gold=True, retires=retires, lot=lot) == []


@given(votes_drawn, st.floats(0, 1), answers_drawn)
def test_uncalibrated_detectors_change_nothing(votes, p, answers) -> None:  # type: ignore[no-untyped-def]
    def reasons(heard: list[DetectorAnswer]) -> list[str]:
        found = find_reasons(votes, p, heard, POLICY, is_served_gold=False, retires=False, lot=1.0)
        return [finding.reason for finding in found]

    assert reasons(answers) == reasons([a for a in answers if a.is_calibrated])


@given(votes_drawn, st.sampled_from([k / 16 for k in range(17)]), st.booleans(), st.floats(0, 0.99))
def test_the_two_labels_are_treated_alike(votes, p, retires, lot) -> None:  # type: ignore[no-untyped-def]
    flipped = [WeighedVote(FLIPPED[v.label], v.odds, v.is_anchored) for v in votes]
    # A share such as 7/11 is not mirrored to the bit: at the very gap the two may differ.
    policy = DisputePolicy(guard_gap=0.5001)
    here = find_reasons(votes, p, [], policy, is_served_gold=False, retires=retires, lot=lot)
    there = find_reasons(flipped, 1.0 - p, [], policy, is_served_gold=False, retires=retires, lot=lot)
    assert [f.reason for f in here] == [f.reason for f in there]


@given(votes_drawn, st.floats(0, 1), answers_drawn, st.booleans(), st.floats(0, 0.99))
def test_a_reason_that_was_noted_is_never_found_again(votes, p, answers, retires, lot) -> None:  # type: ignore[no-untyped-def]
    first = find_reasons(votes, p, answers, POLICY, is_served_gold=False, retires=retires, lot=lot)
    noted = [finding.reason for finding in first]
    if noted:
        assert (
            find_reasons(
                votes, p, answers, POLICY, is_served_gold=False, retires=retires, lot=lot, already=noted
            )
            == []
        )


def test_an_audited_clip_stands_for_all_that_were_not_drawn() -> None:
    found = find_reasons([STRONG_M] * 2, 0.96, [], POLICY, is_served_gold=False, retires=True, lot=0.0)
    assert [f.sampling_weight for f in found] == [50.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"strong_odds": 1.0}, {"strong_odds": float("inf")}, {"detector_gap": 0.0}, {"guard_gap": 1.1},
        {"audit_share": -0.1}, {"audit_share": 1.1}, {"disputes_per_day": -1}, {"min_votes": 0},
    ],
)  # fmt: skip
def test_thresholds_that_mean_nothing_are_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="must"):
        DisputePolicy(**wrong)


def test_the_most_valuable_are_chosen_by_importance_times_closeness() -> None:
    waiting = [("a", 1, 0.5), ("b", 5, 0.9), ("c", 1, 0.94), ("d", 2, 0.3), ("e", 1, 0.5)]
    assert choose_valuable(waiting, 3) == ["d", "a", "e"]  # 1.2, 1, 1; b is worth 1.0 too, and comes after
    assert choose_valuable(waiting, 0) == choose_valuable(waiting, -3) == []
    assert len(choose_valuable(waiting, 99)) == 5


@given(
    st.lists(st.tuples(st.integers(), st.integers(1, 5), st.floats(0, 1)), unique_by=lambda c: c[0]),
    st.integers(0, 20),
)
def test_nothing_left_out_is_worth_more_than_what_is_chosen(waiting, limit) -> None:  # type: ignore[no-untyped-def]
    chosen = set(choose_valuable(waiting, limit))
    assert len(chosen) == min(limit, len(waiting))
    worth = {clip: importance * closeness(p) for clip, importance, p in waiting}
    inside = [worth[clip] for clip in chosen]
    outside = [value for clip, value in worth.items() if clip not in chosen]
    assert not inside or not outside or min(inside) >= max(outside)


@given(st.floats(0, 1), st.integers(1, 5), st.floats(0, 1e7))
def test_value_grows_with_doubt_importance_and_age(p, importance, age_s) -> None:  # type: ignore[no-untyped-def]
    value = expected_value(p, importance, age_s)
    assert value > 0.0
    assert expected_value(p, importance, age_s + 3600) > value
    assert expected_value(0.5, importance, age_s) >= value
    assert importance == 5 or expected_value(p, importance + 1, age_s) > value


@given(st.lists(st.sampled_from(REASONS), min_size=1, unique=True))
def test_before_sealing_no_reason_tells_of_a_detector(reasons) -> None:  # type: ignore[no-untyped-def]
    shown = shown_reasons(reasons, has_sealed=False)
    assert not VEILED & set(shown)
    assert shown
    assert shown_reasons(reasons, has_sealed=True) == reasons


def test_a_detectors_clash_and_an_audit_look_the_same_before_sealing() -> None:
    for reasons in (["audit"], ["detector_clash"], ["refit"]):
        assert shown_reasons(reasons, has_sealed=False) == [BLIND_CHECK]
    assert shown_reasons(["guard", "detector_clash"], has_sealed=False) == ["guard"]


NO_TIES = {
    "holds_live_lease": False, "is_uploader": False, "has_voted": False, "has_appealed": False,
    "has_seen_earlier_round": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("tie", "conflict"),
    [
        ({}, None),
        ({"is_uploader": True}, "own_upload"),
        ({"has_voted": True}, "voted_on_group"),
        ({"has_appealed": True}, "own_appeal"),
        ({"has_seen_earlier_round": True}, "case_seen"),
        ({"holds_live_lease": True}, "lease_open"),
        (dict.fromkeys(NO_TIES, True), "lease_open"),
    ],
)
def test_whoever_is_tied_to_a_case_may_not_judge_it(tie, conflict) -> None:  # type: ignore[no-untyped-def]
    assert find_conflict(**{**NO_TIES, **tie}) == conflict


@pytest.mark.parametrize(
    ("provisional", "blind", "verdict", "expected"),
    [
        ("manipulated", True, "manipulated", True),
        ("manipulated", False, "manipulated", False),
        ("inconclusive", True, "manipulated", False),  # the change came after the scores
        ("inconclusive", False, "manipulated", False),
    ],
)
def test_only_what_was_sealed_blind_and_kept_may_become_a_label(
    provisional, blind, verdict, expected
) -> None:  # type: ignore[no-untyped-def]
    assert is_blind_decision(provisional, blind, verdict) is expected


def test_a_day_ends_at_midnight_utc() -> None:
    now = datetime(2026, 11, 25, 0, 30, tzinfo=timezone(timedelta(hours=2)))  # still the 24th in UTC
    assert ended_day(now) == (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
    assert ended_day(now, 3)[0] == datetime(2026, 11, 21, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        ended_day(datetime(2026, 11, 25))


@pytest.mark.parametrize(
    ("codes", "rationale", "fields"),
    [
        (["traces_seen"], "The seam along the jaw.", []),
        ([], "Why.", ["reason_codes"]),
        (["traces_seen", "alien"], "Why.", ["reason_codes[1]"]),
        (["traces_seen"], "  \n", ["rationale"]),
        (["traces_seen"], "x" * 4001, ["rationale"]),
        (["other"] * 20, "Why.", []),
        (
            ["traces_seen", "traces_heard", "original_found", "provenance_checked", "innocent_cause",
             "context_wrong", "other"],
            "Why.", ["reason_codes"],
        ),
    ],
)  # fmt: skip
def test_a_decision_says_why_in_ids_and_in_words(codes, rationale, fields) -> None:  # type: ignore[no-untyped-def]
    assert [fault.field for fault in validate_decision(codes, rationale)] == fields


@pytest.mark.parametrize(
    ("grounds", "is_right"),
    [("", False), ("too short", False), ("  " + "x" * 9, False), ("x" * 10, True), ("x" * 2001, False)],
)
def test_an_appeal_gives_grounds(grounds, is_right) -> None:  # type: ignore[no-untyped-def]
    assert (validate_grounds(grounds) == []) is is_right
