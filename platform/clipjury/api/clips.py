"""Clips: uploading, listing, looking at one, and its consensus."""

import hmac
import uuid

from flask import Blueprint, Response, request

from clipjury.api.access import requires, signed_in
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.media import send_rendition
from clipjury.api.originals import keep_original
from clipjury.api.schemas.clip import (
    Clip,
    ClipPage,
    ClipsQuery,
    ClipUpload,
    ImportanceIn,
    clip_body,
    received_body,
)
from clipjury.api.schemas.consensus import Consensus, consensus_body
from clipjury.api.schemas.cursor import decode_place, encode_place
from clipjury.api.schemas.lease import FrameTimes
from clipjury.api.uploads import new_clip, received_upload
from clipjury.db.transaction import transaction
from clipjury.domain.exposure import is_staff
from clipjury.services import clip_views, importance

blueprint = Blueprint("clips", __name__)


@blueprint.post("/clips")
@signed_in
@describes("clips", {201: Clip, 200: Clip}, form=ClipUpload)
def upload_clip() -> Response:
    """Bring in a video or an image (201). The same bytes again give the clip that is here, without its outcome."""
    user, deps = get_user(), get_deps()
    with received_upload(request, deps.incoming_dir, deps.settings.upload_limit_bytes) as upload:
        clip, is_new = keep_original(deps.storage, upload.path, new_clip(upload, user))
    return json_answer(received_body(clip, is_mine=clip.uploader_id == user.id), 201 if is_new else 200)


@blueprint.get("/clips")
@signed_in
@describes("clips", {200: ClipPage})
def list_clips(query: ClipsQuery) -> Response:
    """Clips, newest first: one's own uploads and what has retired; moderators, curators and admins see all."""
    viewer, before = get_user().viewer, decode_place(query.cursor)
    if query.state == "closing" and not is_staff(viewer.roles):
        return json_answer({"items": [], "next_cursor": None})  # to them these clips read `open`
    with transaction() as session:
        page = clip_views.list_clips(
            session, viewer, state=query.state, mine=query.mine, limit=query.limit, before=before
        )
    next_cursor = (
        encode_place(page[-1].clip.created_at, page[-1].clip.id) if len(page) == query.limit else None
    )
    return json_answer({"items": [clip_body(view) for view in page], "next_cursor": next_cursor})


@blueprint.get("/clips/<uuid:id>")
@signed_in
@describes("clips", {200: Clip})
def get_clip(id: uuid.UUID) -> Response:
    """One clip. Whoever holds a live lease on it gets 409 lease_open: nobody sees it and votes on it too."""
    with transaction() as session:
        view = clip_views.see_clip(session, get_user().viewer, id)
    return json_answer(clip_body(view))


@blueprint.put("/clips/<uuid:id>/importance")
@requires("moderator", "curator", "admin")
@describes("clips", {200: Clip})
def set_importance(id: uuid.UUID, json: ImportanceIn) -> Response:
    """Say how much harm a wrong verdict would do, 1 to 5: it moves the clip's dispute up, or down."""
    user = get_user()
    with transaction() as session:
        clip_views.see_clip(session, user.viewer, id)  # refuses whoever may not
        importance.set_importance(session, id, json.importance, user.id)
        view = clip_views.see_clip(session, user.viewer, id)
    return json_answer(clip_body(view))


@blueprint.get("/clips/<uuid:id>/consensus")
@signed_in
@describes("clips", {200: Consensus})
def get_consensus(id: uuid.UUID) -> Response:
    """Posterior, history, scores and votes; before the clip retires for moderators, curators and admins only."""
    with transaction() as session:
        consensus = clip_views.see_consensus(session, get_user().viewer, id)
    # Pseudonyms hold within one clip: across clips they would add up to a person.
    alias_key = hmac.digest(get_deps().settings.secret_key.encode(), b"alias:" + id.bytes, "sha256")
    return json_answer(consensus_body(consensus, alias_key))


@blueprint.get("/clips/<uuid:id>/media/<any(preview,poster,thumbnails):name>")
@signed_in
@describes("clips", {200: None, 206: None}, produces=("video/mp4", "video/webm", "image/jpeg", "image/png"))
def get_clip_media(id: uuid.UUID, name: str) -> Response:
    """A rendition for whoever may see the clip; Range requests work."""
    return _send(id, name)


@blueprint.get("/clips/<uuid:id>/frames")
@signed_in
@describes("clips", {200: FrameTimes})
def get_clip_frames(id: uuid.UUID) -> Response:
    """When each frame of the preview is shown."""
    return _send(id, "frames")


def _send(clip_id: uuid.UUID, name: str) -> Response:
    with transaction() as session:
        rendition = clip_views.get_rendition_for(session, get_user().viewer, clip_id, name)
    return send_rendition(get_deps().storage, rendition)
