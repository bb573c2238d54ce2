"""The front end's files, its page for every other address, and whether the process can work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.conftest import Database

from clipjury.api.app import create_app
from clipjury.db.extension import db
from clipjury.db.transaction import make_engine
from clipjury.settings import Settings


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A front end as its build leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>ClipJury</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "main-a1b2.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def client(database: Database, settings: Settings, dist: Path) -> Iterator[FlaskClient]:
    """A browser on an application with that front end."""
    app = create_app(replace(settings, frontend_dir=dist))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/review", "/clips/0b0e/consensus", "/apiary", "/c/1"])
def test_every_other_address_is_the_front_ends_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>ClipJury</title>")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_the_start_page_carries_words_and_goes_out_without_them_when_the_database_is_away(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "people and detectors" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"

    def away(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("the server is gone"))

    monkeypatch.setattr("clipjury.services.clip_views.get_public_stats", away)
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (200, "<title>ClipJury</title>")


def test_files_with_a_hash_in_their_name_are_kept_and_a_missing_one_is_no_page(client: FlaskClient) -> None:
    script = client.get("/assets/main-a1b2.js")
    assert script.mimetype == "text/javascript"
    assert "immutable" in script.headers["Cache-Control"]
    assert client.get("/favicon.svg").headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/main-gone.js").status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "//etc/passwd"]
)
def test_no_file_outside_the_folder_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "secret" not in answer.text
    assert "root:" not in answer.text


def test_a_page_takes_no_posts(client: FlaskClient) -> None:
    assert client.post("/review").status_code == 405


def test_without_a_built_front_end_a_page_says_how_to_build_it(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    app: Flask = create_app(replace(settings, frontend_dir=tmp_path / "not-built"))
    answer = app.test_client().get("/")
    assert answer.status_code == 503
    assert "./run up" in answer.text


def test_ready_means_that_the_database_is_at_this_codes_revision(
    client: FlaskClient, database: Database
) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json["status"] == "ready"
    owner = make_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    owner.dispose()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert "run the migrations" in answer.json["detail"]
