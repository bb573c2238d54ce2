"""Datasets: made, edited with live counts, frozen into snapshots."""

import uuid

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.dataset import (
    Dataset,
    DatasetChange,
    DatasetChoices,
    DatasetList,
    DatasetPreview,
    NewDataset,
    PreviewQuestion,
    dataset_body,
    listed_body,
)
from clipjury.api.schemas.job import job_body
from clipjury.api.schemas.snapshot import Freeze, snapshot_body
from clipjury.db.transaction import transaction
from clipjury.domain.datasets import parse_filters
from clipjury.services import datasets, jobs, snapshots

blueprint = Blueprint("datasets", __name__)


@blueprint.post("/datasets")
@requires("curator", "admin")
@describes("datasets", {201: Dataset})
def create_dataset(json: NewDataset) -> Response:
    """Make a draft: a name and filters. 409 name_taken; filters that cannot be used are named in `errors`."""
    with transaction() as session:
        dataset_id = datasets.create_dataset(
            session,
            name=json.name,
            description=json.description,
            filters=json.filters.given(),
            created_by=get_user().id,
        )
        return _answer(session, dataset_id, 201)


@blueprint.get("/datasets")
@requires("curator", "admin")
@describes("datasets", {200: DatasetList})
def list_datasets() -> Response:
    """All datasets, newest first, with their newest snapshot."""
    with transaction() as session:
        rows = datasets.list_datasets(session)
    return json_answer({"items": [listed_body(row) for row in rows]})


@blueprint.get("/datasets/<uuid:id>")
@requires("curator", "admin")
@describes("datasets", {200: Dataset})
def get_dataset(id: uuid.UUID) -> Response:
    """A dataset with what its filters take now, and its snapshots."""
    with transaction() as session:
        return _answer(session, id, 200)


@blueprint.patch("/datasets/<uuid:id>")
@requires("curator", "admin")
@describes("datasets", {200: Dataset})
def change_dataset(id: uuid.UUID, json: DatasetChange) -> Response:
    """Change name, description or filters. Snapshots that are frozen stay as they are."""
    with transaction() as session:
        datasets.change_dataset(
            session,
            id,
            get_user().id,
            name=json.name,
            description=json.description,
            filters=None if json.filters is None else json.filters.given(),
        )
        return _answer(session, id, 200)


def _answer(session: Session, dataset_id: uuid.UUID, status: int) -> Response:
    view = datasets.get_dataset(session, dataset_id)
    files = {row.id: snapshots.list_files(session, row.id) for row in view.snapshots}
    withheld = {row.id: len(snapshots.list_withheld(session, row.id)) for row in view.snapshots}
    return json_answer(dataset_body(view, files, withheld), status)


@blueprint.post("/datasets/preview")
@requires("curator", "admin")
@describes("datasets", {200: DatasetPreview})
def preview_dataset(json: PreviewQuestion) -> Response:
    """Live counts and sample rows of filters that are being edited. The sample is an exposure of its reader."""
    filters = parse_filters(json.filters.given())
    with transaction() as session:
        draft = datasets.draft(session, filters, json.dataset_id)
        sample = datasets.sample_rows(session, get_user().id, filters, draft.plan)
    return json_answer({"counts": draft.counts.to_json(), "sample": sample})


@blueprint.get("/datasets/choices")
@requires("curator", "admin")
@describes("datasets", {200: DatasetChoices})
def list_dataset_choices() -> Response:
    """Containers, codecs, and the commonest licences and sources that there are to filter by."""
    with transaction() as session:
        choices = datasets.get_choices(session)
    return json_answer(vars(choices))


@blueprint.post("/datasets/<uuid:id>/freeze")
@requires("curator", "admin")
@describes("datasets", {202: Freeze})
def freeze_dataset(id: uuid.UUID) -> Response:
    """Build the dataset's next snapshot in the background. 409 dataset_empty, freeze_running."""
    with transaction() as session:
        snapshot = snapshots.request_freeze(session, id, get_user().id)
        assert snapshot.job_id is not None
        job = jobs.get_job(session, snapshot.job_id)
    return json_answer({"job": job_body(job), "snapshot": snapshot_body(snapshot, [], 0)}, 202)
