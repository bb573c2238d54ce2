"""Every route declares who may call it, and takes and answers what the document says."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from openapi_spec_validator import validate

from clipjury.api.access import access_of, public, requires
from clipjury.api.app import create_app
from clipjury.api.auth import install_auth
from clipjury.api.errors import install_error_map
from clipjury.api.openapi import build_document
from clipjury.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database that is not there: its routes are known without one."""
    from clipjury.db import transaction

    bound = transaction._engine
    yield create_app(
        Settings.from_env(
            {
                "DATABASE_URL": "postgresql:///unused",
                "CLIPJURY_SECRET_KEY": "only-for-tests-" + "x" * 32,
                "CLIPJURY_STATE_DIR": str(tmp_path_factory.mktemp("state")),
            }
        )
    )
    transaction._engine = bound


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    undeclared = [
        rule.rule for rule in app.url_map.iter_rules() if access_of(app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_a_route_that_declares_nothing_answers_nobody() -> None:
    app = Flask("undeclared")
    app.config.update(SECRET_KEY="x" * 32, SECURE_COOKIES=False)
    install_error_map(app)
    install_auth(app)
    app.add_url_rule("/open", view_func=public(lambda: "hello"), endpoint="open")
    app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    assert app.test_client().get("/open").text == "hello"
    forgotten = app.test_client().get("/forgotten")
    assert forgotten.status_code == 500
    assert "secret" not in forgotten.text


def test_a_role_that_does_not_exist_cannot_be_required() -> None:
    for roles in ((), ("king",), ("reviewer", "king")):
        with pytest.raises(ValueError, match="known role"):
            requires(*roles)


def test_every_route_under_the_prefix_is_in_the_document_but_the_document_itself(app: Flask) -> None:
    described = {
        (path, method) for path, operations in build_document(app)["paths"].items() for method in operations
    }
    routed = {
        (re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routed - described == {("/api/v1/openapi.json", "get")}
    assert described <= routed


def test_the_document_is_valid_openapi_31_with_plain_operation_ids(app: Flask) -> None:
    document = build_document(app)
    validate(document)
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in ids), ids
    assert all(operation["summary"].endswith((".", ")")) for operation in operations)
    assert all(
        "application/problem+json" in operation["responses"]["default"]["content"] for operation in operations
    )


def test_the_front_ends_copy_of_the_document_is_the_one_that_is_served(app: Flask) -> None:
    stored = json.loads((ROOT / "frontend" / "openapi.json").read_text())
    assert stored == build_document(app), "run: python -m clipjury.api.openapi > frontend/openapi.json"


def test_the_document_is_printed_alike_by_every_process() -> None:
    def printed(seed: str) -> str:
        command = [sys.executable, "-m", "clipjury.api.openapi"]
        return subprocess.run(
            command, cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout

    first = printed("1")
    assert first == printed("2") == (ROOT / "frontend" / "openapi.json").read_text()


def test_views_are_typed_so_that_their_bodies_are_parsed(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        if rule.endpoint == "static":
            continue
        signature = inspect.signature(view)
        assert signature.return_annotation is not inspect.Signature.empty, rule.endpoint
        assert set(signature.parameters) <= {"id", "name", "path", "json", "query"}, rule.endpoint


def test_no_two_schemas_share_a_name() -> None:
    """The document has one entry a name: the second would silently take the place of the first."""
    named: list[str] = []
    for path in (ROOT / "platform" / "clipjury" / "api" / "schemas").glob("*.py"):
        pairs = re.findall(r'^class (\w+)\(|TypeAliasType\(\s*"(\w+)"', path.read_text(), re.MULTILINE)
        named += [first or second for first, second in pairs]
    assert len(named) > 50
    assert sorted(name for name in named if named.count(name) > 1) == []
