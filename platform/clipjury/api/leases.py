"""What the holder of a live lease watches. The addresses are the lease's: they die with it."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.media import send_rendition
from clipjury.api.schemas.lease import FrameTimes
from clipjury.db.transaction import transaction
from clipjury.services import assignments

blueprint = Blueprint("leases", __name__)

VIDEO_OR_IMAGE = ("video/mp4", "video/webm", "image/jpeg", "image/png")


@blueprint.get("/leases/<uuid:id>/preview")
@requires("reviewer")
@describes("leases", {200: None, 206: None}, produces=VIDEO_OR_IMAGE)
def get_lease_preview(id: uuid.UUID) -> Response:
    """The clip as it is to be watched; Range requests work."""
    return _send(id, "preview")


@blueprint.get("/leases/<uuid:id>/poster")
@requires("reviewer")
@describes("leases", {200: None, 206: None}, produces=("image/jpeg",))
def get_lease_poster(id: uuid.UUID) -> Response:
    """A still to show before the clip plays."""
    return _send(id, "poster")


@blueprint.get("/leases/<uuid:id>/thumbnails")
@requires("reviewer")
@describes("leases", {200: None, 206: None}, produces=("image/jpeg",))
def get_lease_thumbnails(id: uuid.UUID) -> Response:
    """All thumbnails as one JPEG; the lease describes its grid."""
    return _send(id, "thumbnails")


@blueprint.get("/leases/<uuid:id>/frames")
@requires("reviewer")
@describes("leases", {200: FrameTimes})
def get_lease_frames(id: uuid.UUID) -> Response:
    """When each frame of the preview is shown."""
    return _send(id, "frames")


def _send(assignment_id: uuid.UUID, name: str) -> Response:
    with transaction() as session:
        rendition = assignments.get_leased_rendition(session, assignment_id, get_user().id, name)
    return send_rendition(get_deps().storage, rendition)
