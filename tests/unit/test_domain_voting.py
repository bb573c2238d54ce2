"""What makes a vote acceptable."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.voting import MAX_SEGMENTS, body_hash, decide_vote, validate_ballot

# lease_state, lease_expired, holder_matches, existing, clip_state, exposed -> action, code
TABLE: list[tuple[Any, ...]] = [
    ("live", False, True, None, "open", False, "accept", None),
    ("live", False, True, None, "closing", False, "accept", None),
    (None, False, True, None, "open", False, "refuse", "lease_not_found"),
    ("live", False, False, None, "open", False, "refuse", "lease_not_found"),
    ("voted", False, False, "same", "open", False, "refuse", "lease_not_found"),
    ("voted", False, True, "same", "open", False, "return_stored", None),
    ("voted", True, True, "same", "retired", True, "return_stored", None),
    ("voted", False, True, "other", "open", False, "refuse", "vote_sealed"),
    ("voted", True, True, "other", "retired", True, "refuse", "vote_sealed"),
    ("skipped", False, True, None, "open", False, "refuse", "lease_skipped"),
    ("skipped", True, True, None, "open", False, "refuse", "lease_skipped"),
    ("expired", True, True, None, "open", False, "refuse", "lease_expired"),
    ("live", True, True, None, "open", False, "refuse", "lease_expired"),
    ("live", False, True, None, "retired", False, "refuse", "lease_expired"),
    ("live", False, True, None, "failed", False, "refuse", "lease_expired"),
    ("live", False, True, None, "open", True, "refuse", "lease_expired"),
]


@pytest.mark.parametrize(("lease", "late", "mine", "existing", "clip", "exposed", "action", "code"), TABLE)
def test_a_vote_is_taken_as_the_table_says(lease, late, mine, existing, clip, exposed, action, code) -> None:  # type: ignore[no-untyped-def]
    decision = decide_vote(lease, late, mine, existing, "same", clip, exposed)
    assert (decision.action, decision.code) == (action, code)
    assert bool(decision.detail) is (action == "refuse")


def test_a_vote_is_accepted_in_no_other_situation_than_a_live_lease_of_ones_own_and_no_exposure() -> None:
    for lease, late, mine, existing, clip, exposed in product(
        [None, "live", "voted", "skipped", "expired"],
        [True, False],
        [True, False],
        [None, "same", "other"],
        ["received", "processing", "open", "closing", "retired", "failed"],
        [True, False],
    ):
        decision = decide_vote(lease, late, mine, existing, "same", clip, exposed)  # type: ignore[arg-type]
        wanted = (
            lease == "live"
            and not late
            and mine
            and existing is None
            and clip in ("open", "closing")
            and not exposed
        )
        assert (decision.action == "accept") is wanted
        if not mine or lease is None:
            assert decision.code == "lease_not_found"


GOOD: dict[str, Any] = {
    "label": "manipulated",
    "confidence": 0.8,
    "lean": None,
    "kinds": ["face_swap"],
    "segments": [{"start_frame": 0, "end_frame": 99}],
    "regions": [{"frame": 3, "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}],
    "cues": ["face_boundary"],
    "rationale": "The jaw line flickers.",
}


def wrong_fields(kind_of_clip: Any = "video", frames: int = 100, **changes: Any) -> list[str]:
    errors = validate_ballot(**{**GOOD, **changes}, frames=frames, kind_of_clip=kind_of_clip)
    assert all(error.message.endswith(".") for error in errors)
    return [error.field for error in errors]


def region(**changes: float) -> list[dict[str, float]]:
    return [{**GOOD["regions"][0], **changes}]


def segment(start: int, end: int) -> list[dict[str, int]]:
    return [{"start_frame": start, "end_frame": end}]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"confidence": 0.5},
        {"confidence": 1.0},
        {"label": "authentic", "kinds": []},
        {"label": "unsure", "confidence": None, "kinds": []},
        {"label": "unsure", "confidence": 0.6, "lean": "manipulated"},
        {"label": "unsure", "confidence": 0.6, "lean": "authentic", "kinds": []},
        {"segments": segment(99, 99)},
        {"regions": region(x=0, y=0, width=1, height=1)},
        {"regions": region(x=0.7, width=0.3)},
        {"rationale": "x" * 2000},
        {"kinds": [], "segments": [], "regions": [], "cues": [], "rationale": ""},
    ],
)
def test_a_good_ballot_has_no_errors(changes: dict[str, Any]) -> None:
    assert wrong_fields(**changes) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"label": "fake"}, ["label", "kinds"]),
        ({"confidence": None}, ["confidence"]),
        ({"confidence": 0.49}, ["confidence"]),
        ({"confidence": 1.01}, ["confidence"]),
        ({"confidence": float("nan")}, ["confidence"]),
        ({"lean": "authentic"}, ["lean"]),
        ({"label": "unsure", "kinds": [], "confidence": 0.7}, ["confidence"]),
        ({"label": "unsure", "kinds": [], "confidence": None, "lean": "maybe"}, ["lean"]),
        ({"label": "authentic"}, ["kinds"]),
        ({"label": "unsure", "confidence": None}, ["kinds"]),
        ({"label": "unsure", "confidence": 0.7, "lean": "authentic"}, ["kinds"]),
        ({"kinds": ["face_swap", "deepfake"]}, ["kinds[1]"]),
        ({"cues": ["eyes", "vibes"]}, ["cues[1]"]),
        ({"segments": segment(5, 4)}, ["segments[0]"]),
        ({"segments": segment(0, 100)}, ["segments[0]"]),
        ({"segments": segment(-1, 4)}, ["segments[0]"]),
        ({"segments": segment(0, 1) * (MAX_SEGMENTS + 1)}, ["segments"]),
        ({"regions": region(frame=100)}, ["regions[0]"]),
        ({"regions": region(frame=-1)}, ["regions[0]"]),
        ({"regions": region(x=-0.1)}, ["regions[0]"]),
        ({"regions": region(x=0.8, width=0.3)}, ["regions[0]"]),
        ({"regions": region(y=0.8, height=0.3)}, ["regions[0]"]),
        ({"regions": region(width=0)}, ["regions[0]"]),
        ({"regions": region(height=float("nan"))}, ["regions[0]"]),
        ({"rationale": "x" * 2001}, ["rationale"]),
    ],
)
def test_each_mistake_is_named_by_its_field(changes: dict[str, Any], fields: list[str]) -> None:
    assert wrong_fields(**changes) == fields


def test_an_image_has_frame_zero_alone() -> None:
    on_zero = {"segments": segment(0, 0), "regions": region(frame=0)}
    assert wrong_fields("image", **on_zero) == []
    assert wrong_fields("image", **{**on_zero, "segments": segment(0, 1)}) == ["segments[0]"]
    assert wrong_fields("image", **{**on_zero, "regions": region(frame=1)}) == ["regions[0]"]


# --- the hash of a body ------------------------------------------------------------------------------------


def test_the_same_meaning_has_one_hash() -> None:
    twin = {
        **GOOD,
        "confidence": 0.8,
        "kinds": ["face_swap", "face_swap"],
        "regions": region(x=0.10, frame=3),
    }
    assert body_hash(**GOOD) == body_hash(**twin)
    assert body_hash(**{**GOOD, "confidence": 1}) == body_hash(**{**GOOD, "confidence": 1.0})
    assert body_hash(**{**GOOD, "regions": region(x=-0.0)}) == body_hash(**{**GOOD, "regions": region(x=0)})


@given(
    st.permutations(["eyes", "audio", "context", "teeth_tongue"]), st.permutations([(0, 5), (3, 4), (3, 9)])
)
def test_the_order_inside_the_lists_does_not_matter(cues: list[str], ranges: list[tuple[int, int]]) -> None:
    ordered = {**GOOD, "cues": sorted(cues), "segments": [s for r in sorted(ranges) for s in segment(*r)]}
    shuffled = {**GOOD, "cues": cues, "segments": [s for r in ranges for s in segment(*r)]}
    assert body_hash(**ordered) == body_hash(**shuffled)


@pytest.mark.parametrize(
    "change",
    [
        {"label": "authentic"},
        {"confidence": 0.81},
        {"confidence": None},
        {"lean": "manipulated"},
        {"kinds": []},
        {"segments": segment(0, 98)},
        {"regions": region(x=0.11)},
        {"cues": ["eyes"]},
        {"rationale": "The jaw line flickers"},
    ],
)
def test_any_other_meaning_has_another_hash(change: dict[str, Any]) -> None:
    assert body_hash(**{**GOOD, **change}) != body_hash(**GOOD)


def test_a_number_that_is_not_finite_has_no_hash() -> None:
    with pytest.raises(ValueError, match="finite"):
        body_hash(**{**GOOD, "regions": region(x=float("inf"))})
    with pytest.raises(ValueError, match="JSON"):
        body_hash(**{**GOOD, "confidence": float("nan")})
