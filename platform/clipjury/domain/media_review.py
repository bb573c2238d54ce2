"""A published verdict in the words of schema.org's MediaReview, for crawlers and other fact-checkers.

It says what the verdict says and no more: an inconclusive clip emits nothing, and `OriginalMediaContent` is kept
for clips whose origin is trusted or decided, never for those where merely nothing was found.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from clipjury.domain.clip_states import Outcome

# The kinds of our ballots in the words of MediaManipulationRatingEnumeration.
_CATEGORY_OF_KIND: Final = {
    "splice": "EditedOrCroppedContent",
    "speed": "TransformedContent",
    "context": "DecontextualizedContent",
}
_DEFAULT_CATEGORY: Final = "TransformedContent"


@dataclass(frozen=True, slots=True)
class ReviewedClip:
    """What a review tells of a clip. Addresses are absolute."""

    url: str
    site_url: str
    sha256: str
    kind: Literal["video", "image"]
    duration_s: float | None
    outcome: Outcome
    kinds: Collection[str]
    sentence: str
    published_at: datetime
    is_simulated: bool


def media_review(clip: ReviewedClip) -> dict[str, Any] | None:
    """JSON-LD; None where there is nothing to assert: inconclusive clips, and those made for demonstration."""
    if clip.is_simulated or clip.outcome == "inconclusive":
        return None
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MediaReview",
        "@id": clip.url,
        "url": clip.url,
        "datePublished": clip.published_at.date().isoformat(),
        "author": {"@type": "Organization", "name": "ClipJury", "url": clip.site_url},
        "reviewBody": clip.sentence,
        "itemReviewed": {"@type": "MediaReviewItem", "mediaItemAppearance": [_appearance(clip)]},
    }
    categories = categories_of(clip.outcome, clip.kinds)
    if categories:
        review["mediaAuthenticityCategory"] = categories
    return review


def categories_of(outcome: Outcome, kinds: Collection[str]) -> list[str]:
    """schema.org's categories; none where nothing was found."""
    if outcome == "authentic":
        return ["OriginalMediaContent"]
    if outcome != "manipulated":
        return []
    return sorted({_CATEGORY_OF_KIND.get(kind, _DEFAULT_CATEGORY) for kind in kinds}) or [_DEFAULT_CATEGORY]


def _appearance(clip: ReviewedClip) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "@type": "VideoObject" if clip.kind == "video" else "ImageObject",
        "sha256": clip.sha256,
    }
    if clip.kind == "video" and clip.duration_s is not None:
        shown["duration"] = f"PT{clip.duration_s:.1f}S"
    return shown
