"""A lease as its holder sees it: nothing in it names the clip elsewhere, or tells gold from the rest."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.words import MediaKind, SkipReasonId
from clipjury.db.queries.assignments import LeasedClipRow


class ThumbnailStrip(AnswerModel):
    """The grid of one JPEG: `count` pictures of width × height px in `columns`, each at its time."""

    count: int
    columns: int
    width: int
    height: int
    times_s: list[float]


class LeaseClip(AnswerModel):
    """The clip under the lease's own id; sizes in px of the preview, as it is shown."""

    id: uuid.UUID
    kind: MediaKind
    duration_s: float | None
    width: int
    height: int
    frames: int
    media_url: str
    poster_url: str | None
    thumbnails_url: str | None
    thumbnails: ThumbnailStrip | None
    frame_index_url: str
    has_audio: bool


class Lease(AnswerModel):
    """A clip given to one reviewer until `expires_at`, by the server's clock."""

    id: uuid.UUID
    expires_at: datetime
    server_time: datetime
    clip: LeaseClip


class FrameTimes(AnswerModel):
    """Presentation time of each frame of the preview, in seconds; the index is the frame's number."""

    times_s: list[float]


class SkipIn(RequestModel):
    """Why the reviewer gives the clip back."""

    reason: SkipReasonId
    note: PlainText | None = Field(default=None, max_length=500)


def lease_body(lease: LeasedClipRow) -> dict[str, Any]:
    """`Lease`. Sizes and frames are the preview's: the reviewer marks frames of what is shown."""
    made = lease.renditions or {}
    preview = made.get("preview", {})
    at = f"/api/v1/leases/{lease.id}"
    return {
        "id": lease.id,
        "expires_at": lease.expires_at,
        "server_time": lease.server_time,
        "clip": {
            "id": lease.id,
            "kind": lease.kind,
            "duration_s": preview.get("duration_s", lease.duration_s),
            "width": preview.get("width", lease.width_px),
            "height": preview.get("height", lease.height_px),
            "frames": preview.get("frames", lease.frames),
            "media_url": f"{at}/preview",
            "poster_url": f"{at}/poster" if "poster" in made else None,
            "thumbnails_url": f"{at}/thumbnails" if "thumbnails" in made else None,
            "thumbnails": made.get("thumbnails"),
            "frame_index_url": f"{at}/frames",
            "has_audio": preview.get("has_audio", lease.has_audio),
        },
    }
