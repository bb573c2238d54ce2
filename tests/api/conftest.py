"""Fixtures of the API tests: the application on the test's database, and visitors who call it.

Every answer of every test is held to the OpenAPI document, errors too.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import make_user
from werkzeug.test import TestResponse

from clipjury.adapters.storage import Storage
from clipjury.api.app import create_app
from clipjury.api.composition import get_deps
from clipjury.api.contract import PREFIX, collector
from clipjury.api.openapi import build_document
from clipjury.db.extension import db
from clipjury.db.queries import users
from clipjury.db.transaction import transaction
from clipjury.services.accounts import token_hash
from clipjury.services.sessions import csrf_token_of
from clipjury.settings import Settings

OWN_ORIGIN = "http://localhost"


@pytest.fixture
def app(database: Database, settings: Settings) -> Iterator[Flask]:
    """The application; an answer that departs from its document fails the test."""
    application = create_app(replace(settings, frontend_dir=make_front_end(settings.state_dir / "dist")))
    application.testing = True
    document = build_document(application)
    validators: dict[str, OAS31Validator] = {}

    def hold_to_document(answer: Response) -> Response:
        check_answer(document, validators, answer)
        return answer

    application.after_request(hold_to_document)
    yield application
    with application.app_context():
        db.engine.dispose()


def make_front_end(folder: Path) -> Path:
    """The least of a built front end: the page that words are written into."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><title>ClipJury</title></head>'
        '<body><div id="root"></div></body></html>'
    )
    return folder


def check_answer(document: dict[str, Any], validators: dict[str, OAS31Validator], answer: Response) -> None:
    """Raise AssertionError unless the document foresees this status, media type and body."""
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json" or not request.path.startswith("/api"), (
            answer.data
        )
    rule = request.url_rule
    if rule is None or not rule.rule.startswith(PREFIX) or rule.rule.endswith("openapi.json"):
        return
    path = collector.backend.parse_path(rule, None)[0]
    operation = document["paths"][path][request.method.lower().replace("head", "get")]
    responses = operation["responses"]
    described = responses["default"] if answer.status_code >= 400 else responses.get(str(answer.status_code))
    assert described is not None, f"{path} does not describe status {answer.status_code}"
    content = described.get("content", {})
    if not content:
        assert answer.status_code == 204
        assert answer.calculate_content_length() in (0, None)
        return
    assert answer.mimetype in content, f"{path} does not describe {answer.mimetype}"
    if (
        answer.is_streamed
        or request.method == "HEAD"
        or "json" not in answer.mimetype.split("/")[1].split("+")
    ):
        return
    reference = content[answer.mimetype]["schema"]["$ref"]
    if reference not in validators:
        schema = {"$ref": reference, "components": document["components"]}
        validators[reference] = OAS31Validator(schema, format_checker=oas31_format_checker)
    validators[reference].validate(answer.get_json())


class Visitor:
    """Somebody with a browser (or a script with a token) who calls the API."""

    def __init__(self, app: Flask, user_id: int | None = None, *, bearer: str | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.user_id = user_id
        self.headers: dict[str, str] = {}
        if bearer is not None:
            self.headers["Authorization"] = f"Bearer {bearer}"
        elif user_id is not None:
            self.token = secrets.token_urlsafe(32)
            with transaction() as session:
                users.insert_session(session, token_hash(self.token), user_id)
            self.client.set_cookie("clipjury_session", self.token)
            self.headers["X-CSRF-Token"] = csrf_token_of(app.config["SECRET_KEY"], self.token)
            self.headers["Origin"] = OWN_ORIGIN

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """One request; `path` without the prefix is under /api/v1."""
        headers = {**self.headers, **more.pop("headers", {})}
        headers = {name: text for name, text in headers.items() if text is not None}
        address = path if path.startswith(("/api", "/healthz", "/readyz", "/metrics")) else PREFIX + path
        return self.client.open(address, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        if json is not None:
            more["json"] = json
        return self.call("POST", path, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **more)


NewVisitor = Callable[..., Visitor]


@pytest.fixture
def visitor(app: Flask) -> NewVisitor:
    """`visitor("reviewer")` is logged in with these roles; `visitor()` is logged out."""

    def make(*roles: str, simulated: bool = False) -> Visitor:
        if not roles:
            return Visitor(app)
        with transaction() as session:
            user_id = make_user(session, *roles, simulated=simulated)
        return Visitor(app, user_id)

    return make


@pytest.fixture
def storage(app: Flask) -> Storage:
    """The application's store."""
    with app.app_context():
        return get_deps().storage


PREVIEW_BYTES = bytes(range(256)) * 40


@pytest.fixture
def give_renditions(storage: Storage, tmp_path: Path) -> Callable[[uuid.UUID], None]:
    """Put files behind a clip's renditions; their contents are never decoded here."""

    def give(clip_id: uuid.UUID) -> None:
        frames = b'{"times_s":[0.0,0.04,0.08]}'
        strip = '{"count":2,"columns":2,"width":160,"height":90,"times_s":[0.0,2.0]}'
        preview = '{"width":640,"height":360,"frames":100,"duration_s":4.0,"has_audio":true}'
        made = {
            "preview": (PREVIEW_BYTES, "video/mp4", preview),
            "poster": (b"poster", "image/jpeg", '{"width":640,"height":360,"frame":0}'),
            "thumbnails": (b"thumbnails", "image/jpeg", strip),
            "frames": (frames, "application/json", None),
        }
        for name, (content, media_type, facts) in made.items():
            path = tmp_path / f"{clip_id}-{name}"
            path.write_bytes(content)
            storage.put_file(f"renditions/{clip_id}/{name}", path)
            with transaction() as session:
                session.execute(
                    text(
                        """
INSERT INTO renditions (clip_id, name, storage_key, media_type, size_bytes, sha256, facts)
VALUES (:id, :name, :key, :media_type, :size, :sha256, CAST(COALESCE(:facts, '{}') AS jsonb))
ON CONFLICT (clip_id, name) DO UPDATE SET storage_key = excluded.storage_key"""
                    ),
                    {
                        "id": clip_id,
                        "name": name,
                        "key": f"renditions/{clip_id}/{name}",
                        "media_type": media_type,
                        "size": len(content),
                        "sha256": hashlib.sha256(content).hexdigest(),
                        "facts": facts,
                    },
                )

    return give


def scalar(statement: str, **parameters: object) -> Any:
    """The one value that a statement gives, read past the API."""
    with transaction() as session:
        return session.execute(text(statement), parameters).scalar()
