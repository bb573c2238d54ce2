"""Gold for curators: what there is, making a clip gold, bringing a file as gold, drawing some."""

import secrets
import uuid

from flask import Blueprint, Response, request

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.bodies import read_fields
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.originals import keep_original
from clipjury.api.schemas.cursor import decode_place
from clipjury.api.schemas.gold import (
    GenerationIn,
    GoldFields,
    GoldIn,
    GoldMade,
    GoldPage,
    GoldPromotion,
    GoldPromotionIn,
    GoldQuery,
    GoldUpload,
    gold_page,
)
from clipjury.api.schemas.job import Job, job_body
from clipjury.api.uploads import new_clip, received_upload
from clipjury.db.transaction import transaction
from clipjury.services import gold, jobs
from clipjury.services.gold import NewGold

blueprint = Blueprint("gold", __name__)


@blueprint.get("/gold")
@requires("curator", "admin")
@describes("gold", {200: GoldPage})
def list_gold(query: GoldQuery) -> Response:
    """Gold and how it was answered. Whoever reads it is never asked about those clips."""
    before = decode_place(query.cursor)
    with transaction() as session:
        counts = gold.count_gold(session)
        items = gold.list_gold(
            session, get_user().id, role=query.role, label=query.label, limit=query.limit, before=before
        )
    return json_answer(gold_page(counts, items, is_full=len(items) == query.limit))


@blueprint.post("/gold")
@requires("curator", "admin")
@describes("gold", {201: GoldMade})
def make_gold(json: GoldIn) -> Response:
    """Make a clip gold, for life; 409 for one that has votes, is gold, or whose group has another role."""
    clip_id = uuid.UUID(json.clip_id)
    with transaction() as session:
        gold.mark_gold(session, get_user().id, clip_id, NewGold(json.label, json.role, json.source))
    return json_answer({"clip_id": clip_id, "label": json.label, "role": json.role}, 201)


@blueprint.post("/gold/files")
@requires("curator", "admin")
@describes("gold", {201: GoldMade, 200: GoldMade}, form=GoldUpload)
def upload_gold() -> Response:
    """Bring a file that is gold from its first moment (201); bytes that are this gold already give it again (200)."""
    user, deps = get_user(), get_deps()
    limit = deps.settings.upload_limit_bytes
    with received_upload(request, deps.incoming_dir, limit, more_fields=("label", "role")) as upload:
        said = read_fields(GoldFields, {**upload.more, "source": upload.source})
        new = NewGold(said.label, said.role, said.source)
        clip, is_new = keep_original(deps.storage, upload.path, new_clip(upload, user), new)
    return json_answer({"clip_id": clip.id, "label": said.label, "role": said.role}, 201 if is_new else 200)


@blueprint.post("/gold/adjudications")
@requires("curator", "admin")
@describes("gold", {200: GoldPromotion})
def promote_adjudications(json: GoldPromotionIn) -> Response:
    """Turn moderators' blind decisions, sealed before any score was shown, into gold of one role."""
    with transaction() as session:
        done = gold.promote_blind_decisions(session, json.role, get_user().id)
    return json_answer({"promoted": len(done.promoted), "refused": done.refused})


@blueprint.post("/gold/generations")
@requires("curator", "admin")
@describes("gold", {202: Job})
def generate_gold(json: GenerationIn) -> Response:
    """Draw clips of known truth as gold, flagged as synthetic: a job, whose progress `GET /jobs/{id}` tells."""
    user_id = get_user().id
    # The seed is the job's, so that a second try draws the same clips and adds none twice.
    arguments = {
        "count": json.count,
        "role": json.role,
        "seed": 1 + secrets.randbelow(2**31 - 1),
        "uploader_id": user_id,
    }
    with transaction() as session:
        job_id = jobs.request_job(
            session, "generate_gold", subject=f"gold:{json.role}", arguments=arguments, requested_by=user_id
        )
        job = jobs.get_job(session, job_id)
    return json_answer(job_body(job), 202)
