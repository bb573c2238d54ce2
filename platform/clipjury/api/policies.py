"""Policies, for admins."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.policy import (
    PoliciesQuery,
    Policy,
    PolicyChange,
    PolicyPage,
    PolicyPreviewAnswer,
    PolicySave,
    policies_body,
    policy_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import policies

blueprint = Blueprint("policies", __name__)


@blueprint.get("/policies")
@requires("admin")
@describes("policies", {200: PolicyPage})
def list_policies(query: PoliciesQuery) -> Response:
    """Every version of the thresholds, newest first, and what each field means."""
    with transaction() as session:
        found = policies.list_policies(session, before=query.cursor, limit=query.limit)
    return json_answer(policies_body(found, query.limit))


@blueprint.post("/policies/preview")
@requires("admin")
@describes("policies", {200: PolicyPreviewAnswer, 202: PolicyPreviewAnswer})
def preview_policy(json: PolicyChange) -> Response:
    """What these thresholds would change, judged by the rules that would; nothing is written. 202 with a job where
    there are many clips."""
    with transaction() as session:
        values = policies.complete(session, json.changes)
        job_id = policies.request_preview(session, values, get_user().id)
        preview = None if job_id else policies.preview_all(session, values).result()
    return json_answer({"job_id": job_id, "preview": preview}, 202 if job_id else 200)


@blueprint.post("/policies")
@requires("admin")
@describes("policies", {201: Policy})
def save_policy(json: PolicySave) -> Response:
    """Put a new version in force; open clips follow one by one, published verdicts never change. 409 policy_changed
    where another version came between, policy_same where nothing differs."""
    with transaction() as session:
        policy = policies.save_policy(
            session, json.changes, based_on=json.based_on, reason=json.reason, actor_id=get_user().id
        )
    return json_answer(policy_body(policy), 201)
