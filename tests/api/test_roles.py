"""Role × route: who is let in, counted over every route there is."""

from __future__ import annotations

import io
import re
import uuid

import pytest
from flask import Flask
from tests.api.conftest import NewVisitor, Visitor

from clipjury.api.access import access_of
from clipjury.api.contract import PREFIX
from clipjury.domain.accounts import ROLES

# What the interface promises, written out here once more: a route that changes its declaration fails this test.
PUBLIC = {
    "POST /session",
    "GET /session",
    "DELETE /session",
    "GET /vocabulary",
    "GET /public/stats",
    "GET /public/clips",
    "GET /public/clips/{id}",
    "GET /c/{id}",
    "POST /invitations/look-up",
    "POST /invitations/accept",
    "POST /clips/{id}/report",
    "GET /openapi.json",
    "GET /healthz",
    "GET /readyz",
    "GET /",
}
ANY_ACCOUNT = {
    "POST /clips",
    "GET /clips",
    "GET /clips/{id}",
    "GET /clips/{id}/consensus",
    "GET /clips/{id}/frames",
    "GET /clips/{id}/near-duplicates",
    "GET /clips/{id}/media/preview",
    "POST /session/password",
    "GET /clips/{id}/verdicts",
    "POST /verdicts/{id}/appeal",
}
BY_ROLE = {
    "GET /metrics": {"admin"},
    "POST /assignments": {"reviewer"},
    "GET /assignments/{id}": {"reviewer"},
    "POST /assignments/{id}/renew": {"reviewer"},
    "POST /assignments/{id}/vote": {"reviewer"},
    "POST /assignments/{id}/skip": {"reviewer"},
    "GET /leases/{id}/preview": {"reviewer"},
    "GET /leases/{id}/poster": {"reviewer"},
    "GET /leases/{id}/thumbnails": {"reviewer"},
    "GET /leases/{id}/frames": {"reviewer"},
    "POST /assignments/{id}/report": {"reviewer"},
    "GET /reviewers/me": {"reviewer"},
    "GET /disputes": {"moderator"},
    "GET /disputes/{id}": {"moderator"},
    "POST /disputes/{id}/provisional": {"moderator"},
    "POST /disputes/{id}/decision": {"moderator"},
    "PUT /clips/{id}/importance": {"moderator", "curator", "admin"},
    "POST /near-duplicates/{id}/confirm": {"moderator", "curator", "admin"},
    "POST /near-duplicates/{id}/reject": {"moderator", "curator", "admin"},
    "GET /reports": {"moderator", "admin"},
    "GET /reports/{id}": {"moderator", "admin"},
    "GET /reports/{id}/media/preview": {"moderator", "admin"},
    "POST /reports/{id}/quarantine": {"moderator", "admin"},
    "POST /reports/{id}/dismiss": {"moderator", "admin"},
    "GET /safeguarding": {"safeguarding"},
    "GET /safeguarding/{id}": {"safeguarding"},
    "GET /safeguarding/{id}/media/preview": {"safeguarding"},
    "POST /safeguarding/{id}/block": {"safeguarding"},
    "POST /safeguarding/{id}/release": {"safeguarding"},
    "POST /safeguarding/{id}/reveal": {"safeguarding"},
    "GET /labels": {"curator", "admin"},
    "GET /labels/summary": {"curator", "admin"},
    "GET /users": {"admin"},
    "GET /users/{id}": {"admin"},
    "PATCH /users/{id}": {"admin"},
    "POST /users/{id}/password-reset": {"admin"},
    "GET /invitations": {"admin"},
    "POST /invitations": {"admin"},
    "DELETE /invitations/{id}": {"admin"},
    "GET /policies": {"admin"},
    "POST /policies": {"admin"},
    "POST /policies/preview": {"admin"},
    "GET /administration": {"admin"},
    "GET /operations": {"admin"},
    "POST /operations/retry-clips": {"admin"},
    "GET /audit-events": {"admin"},
    "POST /clips/{id}/retry": {"curator", "admin"},
    "GET /jobs": {"curator", "admin"},
    "POST /datasets": {"curator", "admin"},
    "GET /datasets": {"curator", "admin"},
    "POST /datasets/preview": {"curator", "admin"},
    "GET /datasets/choices": {"curator", "admin"},
    "GET /datasets/{id}": {"curator", "admin"},
    "PATCH /datasets/{id}": {"curator", "admin"},
    "POST /datasets/{id}/freeze": {"curator", "admin"},
    "GET /snapshots/{id}": {"curator", "admin"},
    "GET /snapshots/{id}/manifest": {"curator", "admin"},
    "GET /snapshots/{id}/card": {"curator", "admin"},
    "GET /snapshots/{id}/diff": {"curator", "admin"},
    "GET /snapshots/{id}/export": {"curator", "admin"},
    "GET /gold": {"curator", "admin"},
    "POST /gold": {"curator", "admin"},
    "POST /gold/files": {"curator", "admin"},
    "POST /gold/adjudications": {"curator", "admin"},
    "POST /gold/generations": {"curator", "admin"},
    "GET /reliability-versions": {"moderator", "admin"},
    "POST /reliability-versions/{id}/activate": {"admin"},
    "POST /reliability-versions/{id}/discard": {"admin"},
    "GET /jobs/{id}": {"moderator", "curator", "admin"},
    "POST /jobs/{id}/retry": {"curator", "admin"},
    "POST /jobs/{id}/cancel": {"curator", "admin"},
    "POST /training-runs": {"curator", "admin"},
    "GET /training-runs": {"curator", "admin"},
    "GET /training-runs/{id}": {"curator", "admin"},
    "GET /detectors": {"curator", "admin"},
    "GET /detectors/{id}": {"curator", "admin"},
    "GET /lineage/reviewers/{id}": {"curator", "admin"},
    "GET /lineage/clips/{id}": {"curator", "admin"},
    "GET /detectors/{id}/drift": {"curator", "admin"},
    "POST /detectors/{id}/compare": {"curator", "admin"},
    "POST /detectors/{id}/calibrate": {"curator", "admin"},
    "POST /detectors/{id}/promote": {"curator", "admin"},
    "POST /detectors/{id}/rollback": {"curator", "admin"},
}
BODIES = {
    "POST /assignments/{id}/vote": {"label": "unsure"},
    "POST /assignments/{id}/skip": {"reason": "other"},
    "POST /disputes/{id}/provisional": {"verdict": "manipulated"},
    "POST /disputes/{id}/decision": {
        "verdict": "manipulated",
        "reason_codes": ["other"],
        "rationale": "Why.",
    },
    "POST /verdicts/{id}/appeal": {"grounds": "It overlooks the beard."},
    "PUT /clips/{id}/importance": {"importance": 3},
    "POST /gold": {"clip_id": str(uuid.uuid4()), "label": "authentic", "role": "gate", "source": "a test"},
    "POST /gold/adjudications": {"role": "calibrate"},
    "POST /gold/generations": {"count": 0, "role": "gate"},
    "POST /reliability-versions/{id}/activate": {"reason": "It was looked at."},
    "POST /reliability-versions/{id}/discard": {"reason": "It was looked at."},
    "POST /training-runs": {"snapshot_id": str(uuid.uuid4()), "detector": "none"},
    "POST /detectors/{id}/promote": {},
    "POST /detectors/{id}/rollback": {"reason": "no reason at all"},
    "POST /assignments/{id}/report": {"reason": "rights"},
    "POST /clips/{id}/report": {"reason": "rights"},
    "POST /near-duplicates/{id}/confirm": {},
    "POST /near-duplicates/{id}/reject": {},
    "POST /reports/{id}/quarantine": {"note": "why"},
    "POST /reports/{id}/dismiss": {"note": "why"},
    "POST /safeguarding/{id}/block": {"reference": "42/26"},
    "POST /safeguarding/{id}/release": {"note": "why"},
    "POST /session": {"email": "x@example.org", "password": "x" * 12},
    "POST /session/password": {"current_password": "x", "password": "y"},
    "POST /invitations": {"roles": ["reviewer"]},
    "POST /invitations/look-up": {"token": "unknown"},
    "POST /invitations/accept": {"token": "unknown", "password": "x" * 12},
    "PATCH /users/{id}": {"reason": "because"},
    "POST /policies": {"theta": 0.9, "based_on": 1, "reason": "because"},
    "POST /policies/preview": {"theta": 0.9},
    "POST /operations/retry-clips": {"failure_code": "broken"},
}


def places(app: Flask) -> set[str]:
    """Every method and address of the application."""
    found = set()
    for rule in app.url_map.iter_rules():
        if rule.rule == "/<path:path>":
            continue  # the page again
        path = re.sub(r"<(uuid|int):id>", "{id}", rule.rule.removeprefix("/api/v1"))
        path = path.replace("<any(preview,poster,thumbnails):name>", "preview")
        found |= {f"{method} {path}" for method in rule.methods - {"HEAD", "OPTIONS"}}
    return found


def test_the_table_names_every_route_there_is(app: Flask) -> None:
    assert places(app) == PUBLIC | ANY_ACCOUNT | set(BY_ROLE)


def ask(who: Visitor, place: str) -> tuple[int, str]:
    """Status and code of the answer; for things that do not exist, where the route takes an id."""
    method, path = place.split(" ")
    more: dict[str, object] = {}
    if place in ("POST /clips", "POST /gold/files"):
        more = {"data": {"file": (io.BytesIO(b""), "x.mp4")}, "content_type": "multipart/form-data"}
    elif place in BODIES:
        more = {"json": BODIES[place]}
    takes_number = f"{PREFIX}{path}".replace("{id}", "<int:id>") in {
        rule.rule for rule in who.app.url_map.iter_rules()
    }
    address = path.replace("{id}", str(2**31) if takes_number else str(uuid.uuid4()))
    is_page = path == "/" or path.startswith("/c/")
    answer = who.client.get(address) if is_page else who.call(method, address, **more)
    code = answer.json.get("code", "") if answer.is_json or "problem" in answer.mimetype else ""
    return answer.status_code, code


@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_each_route_lets_in_whom_it_says_and_nobody_else(app: Flask, visitor: NewVisitor, role: str) -> None:
    for place in sorted(places(app) - {"DELETE /session"}):
        who = visitor() if role == "nobody" else visitor(role)
        status, code = ask(who, place)
        if (
            place in PUBLIC
            or role in BY_ROLE.get(place, set())
            or (place in ANY_ACCOUNT and role != "nobody")
        ):
            assert code not in ("unauthenticated", "forbidden", "csrf_failed"), (place, status, code)
            assert status < 500 or place == "GET /", (place, status, code)
        elif role == "nobody":
            assert (status, code) == (401, "unauthenticated"), place
        else:
            assert (status, code) == (403, "forbidden"), place


def test_every_write_under_a_cookie_needs_its_csrf_token(app: Flask, visitor: NewVisitor) -> None:
    writes = [place for place in places(app) if not place.startswith("GET ")]
    assert len(writes) >= 7
    for place in writes:
        who = visitor(*ROLES)
        del who.headers["X-CSRF-Token"]
        if place in PUBLIC:  # there is no session yet whose token it could carry: Origin guards it
            who.headers["Origin"] = "https://evil.example"
        assert ask(who, place) == (403, "csrf_failed"), place


def test_the_document_says_who_may_call(app: Flask, visitor: NewVisitor) -> None:
    paths = visitor().get("/openapi.json").json["paths"]
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        path = re.sub(r"<(uuid|int):id>", "{id}", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            operation = paths.get(path, {}).get(method.lower())
            if operation is None or access is None:
                continue
            assert (operation.get("security") == []) is access.is_public
            assert operation.get("x-roles") == (
                None if access.is_public else sorted(access.roles) or "any account"
            )
