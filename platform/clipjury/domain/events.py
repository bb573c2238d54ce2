"""What happened, in the past tense. jobs/routing.py says what follows each event."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """A fact, written to the outbox in the commit that made it true."""

    name: ClassVar[str] = ""

    def payload(self) -> dict[str, Any]:
        """The event's fields as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class ClipReceived(Event):
    """The original's bytes are stored under their SHA-256."""

    name: ClassVar[str] = "clip_received"
    clip_id: str


@dataclass(frozen=True)
class ClipProbed(Event):
    """Dimensions, frames and frame times are known."""

    name: ClassVar[str] = "clip_probed"
    clip_id: str


@dataclass(frozen=True)
class ClipFailed(Event):
    """The file cannot be judged; the uploader is told why."""

    name: ClassVar[str] = "clip_failed"
    clip_id: str
    failure_code: str


@dataclass(frozen=True)
class PreviewMade(Event):
    """The reviewer's rendition and its thumbnails are stored."""

    name: ClassVar[str] = "preview_made"
    clip_id: str


@dataclass(frozen=True)
class ClipScored(Event):
    """A detector version answered, or abstained."""

    name: ClassVar[str] = "clip_scored"
    clip_id: str
    detector_version_id: int


@dataclass(frozen=True)
class ClipOpened(Event):
    """The clip is in the review queue."""

    name: ClassVar[str] = "clip_opened"
    clip_id: str


@dataclass(frozen=True)
class VoteCast(Event):
    """A reviewer's answer is sealed and the clip's posterior moved."""

    name: ClassVar[str] = "vote_cast"
    clip_id: str
    vote_id: int
    gold: bool


@dataclass(frozen=True)
class ClipRetired(Event):
    """The clip stopped collecting votes, with an outcome."""

    name: ClassVar[str] = "clip_retired"
    clip_id: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class DisputeOpened(Event):
    """A clip waits for moderators; voting on it goes on. Why is not told: it may be a detector's figure in words."""

    name: ClassVar[str] = "dispute_opened"
    dispute_id: str
    clip_id: str
    round: int


@dataclass(frozen=True)
class DisputeJoined(Event):
    """Another reason came up while a dispute of the clip was open."""

    name: ClassVar[str] = "dispute_joined"
    dispute_id: str
    clip_id: str


@dataclass(frozen=True)
class ProvisionalSealed(Event):
    """A moderator committed to a verdict before the scores were shown."""

    name: ClassVar[str] = "provisional_sealed"
    dispute_id: str
    clip_id: str
    is_blind: bool


@dataclass(frozen=True)
class DisputeDecided(Event):
    """A moderator's decision ended a dispute and stands above the verdict before it."""

    name: ClassVar[str] = "dispute_decided"
    dispute_id: str
    clip_id: str
    outcome: str
    is_blind: bool


@dataclass(frozen=True)
class VerdictAppealed(Event):
    """Somebody gave grounds against a published verdict."""

    name: ClassVar[str] = "verdict_appealed"
    appeal_id: str
    dispute_id: str
    clip_id: str


@dataclass(frozen=True)
class ReliabilitiesActivated(Event):
    """A new version of the reviewers' reliabilities is in force."""

    name: ClassVar[str] = "reliabilities_activated"
    version: int


@dataclass(frozen=True)
class PolicyChanged(Event):
    """A new version of the thresholds is in force."""

    name: ClassVar[str] = "policy_changed"
    version: int


@dataclass(frozen=True)
class RefitFrozen(Event):
    """The guard holds a new version of reliabilities back until an admin has looked at it."""

    name: ClassVar[str] = "refit_frozen"
    version: int
    reason: str


@dataclass(frozen=True)
class NearDuplicateDecided(Event):
    """Two clips that look alike were linked, confirmed or rejected."""

    name: ClassVar[str] = "near_duplicate_decided"
    near_duplicate_id: str
    state: str


@dataclass(frozen=True)
class ClipReported(Event):
    """Somebody asked for a clip to be looked at."""

    name: ClassVar[str] = "clip_reported"
    clip_id: str
    report_id: str
    desk: str


@dataclass(frozen=True)
class ClipQuarantined(Event):
    """A desk withholds the clip."""

    name: ClassVar[str] = "clip_quarantined"
    clip_id: str
    desk: str


@dataclass(frozen=True)
class ClipReleased(Event):
    """A desk has given up withholding the clip."""

    name: ClassVar[str] = "clip_released"
    clip_id: str
    desk: str


@dataclass(frozen=True)
class JobRequested(Event):
    """Somebody asked for background work and waits for it."""

    name: ClassVar[str] = "job_requested"
    job_id: str


EVENTS: tuple[type[Event], ...] = (
    ClipReceived,
    ClipProbed,
    ClipFailed,
    PreviewMade,
    ClipScored,
    ClipOpened,
    VoteCast,
    ClipRetired,
    DisputeOpened,
    DisputeJoined,
    ProvisionalSealed,
    DisputeDecided,
    VerdictAppealed,
    ReliabilitiesActivated,
    PolicyChanged,
    RefitFrozen,
    NearDuplicateDecided,
    ClipReported,
    ClipQuarantined,
    ClipReleased,
    JobRequested,
)
