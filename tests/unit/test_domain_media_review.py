"""A verdict in schema.org's words: what it says and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clipjury.domain.media_review import ReviewedClip, media_review

CLIP = ReviewedClip(
    url="https://jury.example/c/1", site_url="https://jury.example/", sha256="ab" * 32, kind="video", duration_s=4.04,
    outcome="manipulated", kinds=["lip_sync", "splice"], sentence="Manipulated: moderate evidence.",
    published_at=datetime(2026, 11, 25, 9, tzinfo=UTC), is_simulated=False,
)  # fmt: skip


def test_a_manipulated_clip_is_reviewed_with_what_was_judged() -> None:
    review = media_review(CLIP)
    assert review is not None
    assert json.loads(json.dumps(review)) == review
    assert review["mediaAuthenticityCategory"] == ["EditedOrCroppedContent", "TransformedContent"]
    assert review["itemReviewed"]["mediaItemAppearance"] == [
        {"@type": "VideoObject", "sha256": "ab" * 32, "duration": "PT4.0S"}
    ]
    assert review["datePublished"] == "2026-11-25"


@pytest.mark.parametrize(
    ("outcome", "kinds", "categories"),
    [
        ("manipulated", [], ["TransformedContent"]),
        ("manipulated", ["context"], ["DecontextualizedContent"]),
        ("authentic", ["splice"], ["OriginalMediaContent"]),
        ("no_manipulation_found", ["splice"], None),
    ],
)
def test_categories_say_no_more_than_the_verdict(
    outcome: str, kinds: list[str], categories: list[str] | None
) -> None:
    review = media_review(replace(CLIP, outcome=outcome, kinds=kinds))  # type: ignore[arg-type]
    assert review is not None
    assert review.get("mediaAuthenticityCategory") == categories


def test_nothing_is_asserted_of_the_inconclusive_and_the_made_up() -> None:
    assert media_review(replace(CLIP, outcome="inconclusive")) is None
    assert media_review(replace(CLIP, is_simulated=True)) is None
