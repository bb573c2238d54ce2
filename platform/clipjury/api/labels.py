"""Labels of retired clips, for curators to train and evaluate with."""

import secrets
from datetime import UTC, datetime

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.label_files import MEDIA_TYPES, send_and_close, write_labels
from clipjury.api.schemas.label import LabelsQuery, LabelsSummary, file_name
from clipjury.db.transaction import transaction
from clipjury.services import datasets

blueprint = Blueprint("labels", __name__)


@blueprint.get("/labels")
@requires("curator", "admin")
@describes("labels", {200: None}, produces=tuple(MEDIA_TYPES.values()))
def download_labels(query: LabelsQuery) -> Response:
    """Every retired clip with its hard label, its posteriors and its raw votes, as a CSV or JSON-lines file.

    Reviewers are named by pseudonyms that hold within this one download.
    """
    with transaction() as session:
        withheld = datasets.note_reader(session, get_user().viewer, query.since)
        rows = datasets.stream_labels(session, query.since, secrets.token_bytes(32), withheld)
        file = write_labels(rows, query.format, get_deps().incoming_dir)
    answer = send_and_close(file, MEDIA_TYPES[query.format])
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(query, datetime.now(UTC)))
    return answer


@blueprint.get("/labels/summary")
@requires("curator", "admin")
@describes("labels", {200: LabelsSummary})
def get_labels_summary() -> Response:
    """What a download holds now."""
    with transaction() as session:
        summary = datasets.get_labels_summary(session)
    return json_answer(summary)
