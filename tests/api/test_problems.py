"""Whatever goes wrong, the answer is a problem with a stable code and words that say what to do."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.adapters.storage import StorageError
from clipjury.db import transaction as transactions
from clipjury.db.transaction import transaction
from clipjury.services import assignments, clip_views

GOOD = {"label": "manipulated", "confidence": 0.9, "kinds": ["face_swap"]}


@pytest.fixture
def leased(visitor: NewVisitor) -> tuple[Visitor, str]:
    """A reviewer and the address of the vote under their lease."""
    with transaction() as session:
        make_open_clip(session, make_user(session))
    reviewer = visitor("reviewer")
    return reviewer, f"/assignments/{reviewer.post('/assignments').json['id']}/vote"


def fields_of(answer: object) -> list[str]:
    return [fault["field"] for fault in answer.json["errors"]]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "label", "This field is required."),
        ([], "body", "This must be an object with named fields."),
        ({**GOOD, "label": "fake"}, "label", "Use one of: 'authentic', 'manipulated' or 'unsure'."),
        ({**GOOD, "label": 1}, "label", "Use one of: 'authentic', 'manipulated' or 'unsure'."),
        ({**GOOD, "confidence": "high"}, "confidence", "This must be a number."),
        ({**GOOD, "confidence": "0.9"}, "confidence", "This must be a number."),
        ({**GOOD, "confidence": True}, "confidence", "This must be a number."),
        ({**GOOD, "kinds": "face_swap"}, "kinds", "This must be a list."),
        ({**GOOD, "kinds": ["nose_swap"]}, "kinds[0]", None),
        ({**GOOD, "segments": [{"start_frame": 1}]}, "segments[0].end_frame", "This field is required."),
        ({**GOOD, "segments": [{"start_frame": 1.5, "end_frame": 2}]}, "segments[0].start_frame", None),
        (
            {**GOOD, "segments": [{"start_frame": -1, "end_frame": 2}]},
            "segments[0].start_frame",
            "This must be 0 or more.",
        ),
        ({**GOOD, "segments": [{"start_frame": 1, "end_frame": 10**30}]}, "segments[0].end_frame", None),
        (
            {**GOOD, "regions": [{"frame": 0, "x": "left", "y": 0, "width": 1, "height": 1}]},
            "regions[0].x",
            None,
        ),
        ({**GOOD, "rationale": None}, "rationale", "This must be text."),
        ({**GOOD, "rationale": "a\x00b"}, "rationale", "Must not contain the character U+0000."),
        ({**GOOD, "cues": ["a\x00b"]}, "cues[0]", "Must not contain the character U+0000."),
        ({**GOOD, "reviewer_id": 1}, "reviewer_id", "There is no such field."),
        # These pass the parser and break a rule of the ballot.
        ({**GOOD, "confidence": 0.4}, "confidence", None),
        ({**GOOD, "confidence": None}, "confidence", None),
        ({**GOOD, "lean": "authentic"}, "lean", None),
        ({**GOOD, "cues": ["no_such_cue"]}, "cues[0]", None),
        ({**GOOD, "segments": [{"start_frame": 9, "end_frame": 3}]}, "segments[0]", None),
        ({**GOOD, "segments": [{"start_frame": 0, "end_frame": 100}]}, "segments[0]", None),
        (
            {**GOOD, "regions": [{"frame": 0, "x": 0.9, "y": 0, "width": 0.2, "height": 1}]},
            "regions[0]",
            None,
        ),
        ({**GOOD, "rationale": "x" * 2001}, "rationale", None),
        ({"label": "authentic", "confidence": 0.9, "kinds": ["voice"]}, "kinds", None),
    ],
)
def test_a_ballot_that_cannot_be_used_names_the_field_and_seals_nothing(
    leased: tuple[Visitor, str], body: object, field: str, message: str | None
) -> None:
    reviewer, vote_path = leased
    answer = reviewer.post(vote_path, body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert fields_of(answer) == [field]
    if message is not None:
        assert answer.json["errors"][0]["message"] == message
    assert scalar("SELECT count(*) FROM votes") == 0
    assert reviewer.post(vote_path, GOOD).status_code == 201


def test_bodies_that_are_no_json_are_named_as_such(leased: tuple[Visitor, str]) -> None:
    reviewer, vote_path = leased
    for raw in (
        b"",
        b"{",
        b'{"label": }',
        b"\xff\xfe",
        b'{"label": "authentic", "rationale": "\\ud800"}',
        b"nonsense",
    ):
        answer = reviewer.post(vote_path, data=raw, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (400, "malformed_json"), raw
    for number in (b"NaN", b"Infinity", b"1e999"):
        raw = b'{"label": "manipulated", "confidence": ' + number + b"}"
        answer = reviewer.post(vote_path, data=raw, content_type="application/json")
        assert answer.status_code in (400, 422), raw
    deep = b"[" * 100_000
    assert reviewer.post(vote_path, data=deep, content_type="application/json").status_code == 400
    assert scalar("SELECT count(*) FROM votes") == 0


def test_json_must_be_said_to_be_json_and_be_of_a_bounded_size(leased: tuple[Visitor, str]) -> None:
    reviewer, vote_path = leased
    as_form = reviewer.post(vote_path, data={"label": "authentic"})
    as_text = reviewer.post(vote_path, data=b'{"label": "authentic"}', content_type="text/plain")
    for answer in (as_form, as_text):
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media")
    large = reviewer.post(vote_path, data=b" " * 300_000, content_type="application/json")
    assert (large.status_code, large.json["code"]) == (413, "payload_too_large")


def test_addresses_and_methods_that_are_not_there(visitor: NewVisitor) -> None:
    reviewer = visitor("reviewer")
    for path in (
        "/nothing",
        "/clips/not-a-uuid",
        "/clips/not-a-uuid/consensus",
        f"/clips/{uuid.uuid4()}/media/original",
    ):
        answer = reviewer.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found"), path
    for path in ("/api", "/api/", "/api/v2/clips"):
        assert (visitor().get(path).status_code, visitor().get(path).mimetype) == (
            404,
            "application/problem+json",
        )
    wrong = reviewer.call("PUT", "/clips")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert "POST" in wrong.headers["Allow"]
    assert reviewer.call("TRACE", "/clips").status_code == 405


def test_things_that_are_not_there_or_not_mine(visitor: NewVisitor, leased: tuple[Visitor, str]) -> None:
    _holder, vote_path = leased
    stranger = visitor("reviewer")
    foreign, unknown = vote_path.removesuffix("/vote"), f"/assignments/{uuid.uuid4()}"
    for at in (foreign, unknown):
        answers = [
            stranger.get(at),
            stranger.post(f"{at}/renew"),
            stranger.post(f"{at}/vote", GOOD),
            stranger.post(f"{at}/skip", {"reason": "other"}),
            *(
                stranger.get(f"{at.replace('assignments', 'leases')}/{name}")
                for name in ("preview", "frames")
            ),
        ]
        for answer in answers:
            assert (answer.status_code, answer.json["code"]) == (404, "lease_not_found")
    for path in ("", "/consensus", "/frames", "/media/preview"):
        assert stranger.get(f"/clips/{uuid.uuid4()}{path}").json["code"] == "not_found"
    assert visitor().get(f"/public/clips/{uuid.uuid4()}").json["code"] == "not_found"


def test_queries_that_cannot_be_used_are_refused(visitor: NewVisitor) -> None:
    reviewer, curator = visitor("reviewer"), visitor("curator")
    for path, field in (
        ("/clips?state=gone", "state"),
        ("/clips?limit=0", "limit"),
        ("/clips?limit=101", "limit"),
        ("/clips?limit=many", "limit"),
        ("/clips?mine=perhaps", "mine"),
        ("/clips?cursor=%FF", "cursor"),
        ("/clips?cursor=bm90IGEgY3Vyc29y", "cursor"),
        ("/clips?order=votes", "order"),
        ("/clips?limit=1&limit=2", "limit"),
        ("/reviewers/me?limit=-1", "limit"),
    ):
        answer = reviewer.get(path)
        assert (answer.status_code, fields_of(answer)) == (422, [field]), path
    for path, field in (
        ("/labels?format=xml", "format"),
        ("/labels?since=yesterday", "since"),
        ("/labels?since=2026-01-01T00:00:00", "since"),
    ):
        answer = curator.get(path)
        assert (answer.status_code, fields_of(answer)) == (422, [field]), path


def test_a_database_that_is_away_is_503_with_advice_to_try_again(app: Flask, visitor: NewVisitor) -> None:
    reviewer = visitor("reviewer")
    bound = transactions.bound_engine()
    transactions.bind(create_engine("postgresql+psycopg2:///gone?host=/tmp/no-such-folder"))
    try:
        answers = [
            reviewer.get("/clips"),
            reviewer.post("/assignments"),
            visitor().get("/public/stats"),
            reviewer.post("/session", {"email": "a@example.org", "password": "x" * 12}),
        ]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "unavailable")] * 4
        assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
        assert visitor().get("/healthz").status_code == 200
        assert visitor().get("/readyz").status_code == 503
    finally:
        transactions.bind(bound)
    assert reviewer.get("/clips").status_code == 200
    assert visitor().get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("surprise", "status", "code"),
    [
        (RuntimeError("secret internals at /srv/app.py"), 500, "internal_error"),
        (ValueError("A string literal cannot contain NUL"), 500, "internal_error"),
        (OperationalError("SELECT secret", {}, Exception("deadlock")), 503, "unavailable"),
        (IntegrityError("INSERT secret", {}, Exception("uq_secret")), 503, "unavailable"),
        (PoolTimeoutError("secret pool"), 503, "unavailable"),
        (StorageError("secret key"), 503, "unavailable"),
    ],
)
def test_what_nobody_foresaw_shows_no_internals(
    visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch, surprise: Exception, status: int, code: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise surprise

    monkeypatch.setattr(clip_views, "get_public_stats", fail)
    answer = visitor().get("/public/stats")
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert "secret" not in answer.text.lower()
    assert "literal" not in answer.text


def test_a_lost_race_for_a_lease_is_run_again_in_a_new_transaction(
    visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clipjury.domain.errors import ConflictError

    real: Callable[..., object] = assignments.lease_next_clip
    calls = []

    def lose_once(*args: object, **more: object) -> object:
        calls.append(args[0])
        if len(calls) == 1:
            raise ConflictError("lease_race", "twice at once")
        return real(*args, **more)

    monkeypatch.setattr(assignments, "lease_next_clip", lose_once)
    assert visitor("reviewer").post("/assignments").status_code == 204
    assert len(calls) == 2
    assert calls[0] is not calls[1]


def test_every_answer_carries_the_security_headers(visitor: NewVisitor) -> None:
    for answer in (
        visitor().get("/session"),
        visitor().get("/clips"),
        visitor().client.get("/"),
        visitor().get("/healthz"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy  # falls back to 'self': no inline script, no eval
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
    assert visitor().get("/session").headers["Cache-Control"] == "no-store"
