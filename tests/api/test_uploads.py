"""Bringing a clip in: the bytes arrive whole and once, or leave no trace."""

from __future__ import annotations

import errno
import hashlib
import io
import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from werkzeug.serving import make_server

from clipjury.adapters.storage import FolderStorage, Storage, StorageError
from clipjury.api import originals
from clipjury.api.app import create_app
from clipjury.api.composition import get_deps
from clipjury.api.uploads import purge_incoming
from clipjury.db.transaction import transaction
from clipjury.settings import Settings

PNG = b"\x89PNG\r\n\x1a\n" + b"not much of a picture" * 500
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A limit that tests can pass."""
    return replace(settings, upload_limit_bytes=1_000_000)


def send(who: Visitor, content: bytes, name: str = "clip.mp4", **fields: str) -> Any:
    body = {"file": (io.BytesIO(content), name), **fields}
    return who.call("POST", "/clips", data=body, content_type="multipart/form-data")


def files_in(app: Flask) -> list[str]:
    """Every file that uploads have left on disk."""
    with app.app_context():
        deps = get_deps()
    store = deps.storage
    assert isinstance(store, FolderStorage)
    return sorted(
        str(path.relative_to(folder))
        for folder in (deps.incoming_dir, store.root)
        for path in folder.rglob("*")
        if path.is_file()
    )


def nothing_is_left(app: Flask) -> bool:
    return (
        files_in(app) == []
        and scalar(
            "SELECT (SELECT count(*) FROM clips) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM exposures)"
        )
        == 0
    )


def test_an_upload_is_stored_byte_for_byte_under_its_hash_and_waits_to_be_probed(
    app: Flask, visitor: NewVisitor, storage: Storage
) -> None:
    uploader = visitor("reviewer")
    answer = send(uploader, MP4, name="holiday.mp4", source=" https://example.org/1 ", licence="CC BY 4.0")
    sha256 = hashlib.sha256(MP4).hexdigest()
    assert answer.status_code == 201
    clip = answer.json
    assert (clip["state"], clip["sha256"], clip["size_bytes"]) == ("received", sha256, len(MP4))
    assert (clip["original_name"], clip["source"], clip["licence"]) == (
        "holiday.mp4", "https://example.org/1", "CC BY 4.0",
    )  # fmt: skip
    assert clip["steps"] == {"probed": False, "preview": False, "thumbnails": False, "scored": False}
    assert (clip["is_mine"], clip["outcome"], clip["media_url"]) == (True, None, None)
    assert files_in(app) == [f"originals/{sha256[:2]}/{sha256}"]
    assert b"".join(storage.open_stream(f"originals/{sha256[:2]}/{sha256}")) == MP4
    assert scalar("SELECT container FROM clips") == "mp4"
    assert scalar("SELECT event FROM outbox") == "clip_received"
    assert scalar("SELECT reason FROM exposures WHERE user_id = :u", u=uploader.user_id) == "uploaded"


@pytest.mark.parametrize(
    "body", [random.Random(7).randbytes(900_000), b"\r\n" * 450_000, b"\r\n--" * 225_000]
)
def test_any_bytes_arrive_as_they_were_sent(visitor: NewVisitor, storage: Storage, body: bytes) -> None:
    content = PNG + body
    answer = send(visitor("reviewer"), content)
    assert answer.status_code == 201
    sha256 = hashlib.sha256(content).hexdigest()
    assert answer.json["sha256"] == sha256
    assert b"".join(storage.open_stream(f"originals/{sha256[:2]}/{sha256}")) == content


def test_the_name_says_nothing_about_the_format(visitor: NewVisitor) -> None:
    assert send(visitor("curator"), PNG, name="movie.mp4").status_code == 201
    assert scalar("SELECT container FROM clips") == "png"


def test_the_same_bytes_again_are_the_same_clip_and_tell_a_stranger_nothing_about_it(
    app: Flask, visitor: NewVisitor
) -> None:
    first, second = visitor("reviewer"), visitor("reviewer")
    made = send(first, PNG, name="mine.png", source="a friend").json
    with transaction() as session:
        session.execute(
            text(
                "UPDATE clips SET state = 'retired', outcome = 'manipulated', retired_at = now(), p_full = 0.987, "
                "p_people = 0.987, retirement_reason = 'evidence'"
            )
        )
    again, foreign = send(first, PNG), send(second, PNG, name="other.png")
    assert (again.status_code, again.json["id"], again.json["is_mine"]) == (200, made["id"], True)
    assert (foreign.status_code, foreign.json["id"], foreign.json["is_mine"]) == (200, made["id"], False)
    for answer in (again, foreign):
        assert (answer.json["outcome"], answer.json["retired_at"], answer.json["retirement_reason"]) == (
            None,
        ) * 3
    assert (foreign.json["original_name"], foreign.json["source"]) == (None, None)
    assert len(files_in(app)) == 1


def test_whoever_brings_a_clip_that_is_here_is_not_asked_to_judge_it(visitor: NewVisitor) -> None:
    second, stranger = visitor("reviewer"), visitor("reviewer")
    send(visitor("reviewer"), PNG)
    send(second, PNG)
    with transaction() as session:
        session.execute(
            text(
                "UPDATE clips SET state = 'open', kind = 'image', frames = 1, width_px = 1, height_px = 1, "
                "has_audio = false"
            )
        )
    assert second.post("/assignments").status_code == 204
    assert stranger.post("/assignments").status_code == 201


@pytest.mark.parametrize(
    ("content", "status", "code", "words"),
    [
        (b"", 422, "empty_file", "empty"),
        (b"hello, I am a text", 415, "unsupported_media", "text file"),
        (b"%PDF-1.7 ...", 415, "unsupported_media", "PDF"),
        (b"#EXTM3U\nhttp://127.0.0.1/secret", 415, "unsupported_media", "playlist"),
        (b"PK\x03\x04" + b"\x00" * 100_000, 415, "unsupported_media", "ZIP"),
        (b"\x00" * 10, 415, "unsupported_media", "MP4, MOV"),
        (MP4 + b"\x00" * 800_000, 413, "payload_too_large", "bytes"),
        (b"\x00" * 2_000_000, 413, "payload_too_large", "bytes"),
    ],
)
def test_a_file_that_cannot_be_judged_is_refused_in_words_and_leaves_nothing(
    app: Flask, visitor: NewVisitor, content: bytes, status: int, code: str, words: str
) -> None:
    answer = send(visitor("reviewer"), content)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert words in answer.json["detail"]
    assert nothing_is_left(app)


def test_a_form_that_is_not_as_it_should_be_is_refused_and_leaves_nothing(
    app: Flask, visitor: NewVisitor
) -> None:
    who = visitor("reviewer")

    def post(body: dict[str, object]) -> Any:
        return who.call("POST", "/clips", data=body, content_type="multipart/form-data")

    def file(name: str = "a.png") -> tuple[io.BytesIO, str]:
        return io.BytesIO(PNG), name

    for body, field in (
        ({"source": "no file"}, "file"),
        ({"file": "only text"}, "file"),
        ({"file": [file("a.png"), file("b.png")]}, "file"),
        ({"file": file(), "outcome": "authentic"}, "outcome"),
        ({"file": file(), "other": file()}, "other"),
        ({"file": file(), "source": "x" * 501}, "source"),
        ({"file": file(), "licence": "a\x00b"}, "licence"),
        ({"file": file(), "source": ["one", "two"]}, "source"),
    ):
        answer = post(body)
        assert (answer.status_code, [fault["field"] for fault in answer.json["errors"]]) == (422, [field]), (
            body
        )
        assert nothing_is_left(app), body
    many = post({"file": file(), **{f"x{n}": "1" for n in range(20)}})
    assert (many.status_code, many.json["code"]) == (413, "payload_too_large")
    for length, status in ((100_000, 422), (600_000, 413)):
        assert post({"file": file(), "source": "x" * length}).status_code == status
    as_json = who.post("/clips", {"url": "https://example.org/clip.mp4"})
    assert (as_json.status_code, as_json.json["code"]) == (415, "unsupported_media")
    assert nothing_is_left(app)


def test_a_form_that_breaks_off_is_refused_and_leaves_nothing(app: Flask, visitor: NewVisitor) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    for raw in (head + PNG, head + PNG + b"\r\n--b", b"", b"--b", b"no form at all", head):
        answer = visitor("reviewer").call(
            "POST", "/clips", data=raw, content_type="multipart/form-data; boundary=b"
        )
        assert answer.status_code in (400, 422), raw[-20:]
        assert answer.json["code"] in ("malformed_form", "invalid_request")
        assert nothing_is_left(app)
    without = visitor("reviewer").call("POST", "/clips", data=head, content_type="multipart/form-data")
    assert (without.status_code, without.json["code"]) == (400, "malformed_form")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("<img src=x onerror=alert(1)>.mp4", "<img src=x onerror=alert(1)>.mp4"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x1b[31mred.mp4", "a[31mred.mp4"),
        ("/", "unnamed"),
        ("ü" * 300 + ".mp4", "ü" * 196 + ".mp4"),
    ],
)
def test_a_files_name_is_text_to_show_and_never_a_path(visitor: NewVisitor, sent: str, shown: str) -> None:
    assert send(visitor("reviewer"), PNG, name=sent).json["original_name"] == shown


def test_an_upload_is_for_accounts_only_and_nothing_is_read_for_others(
    app: Flask, visitor: NewVisitor
) -> None:
    assert send(visitor(), PNG).status_code == 401
    assert send(visitor("reviewer"), PNG).status_code == 201
    assert len(files_in(app)) == 1


def test_a_row_that_cannot_be_written_takes_the_file_with_it(
    app: Flask, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the row was refused")

    monkeypatch.setattr(originals, "receive_clip", fail)
    assert send(visitor("reviewer"), PNG).status_code == 500
    assert nothing_is_left(app)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507, "storage_full"),
        (StorageError("the store does not answer"), 503, "unavailable"),
    ],
)
def test_a_store_that_breaks_off_leaves_no_row(
    app: Flask, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, code: str
) -> None:
    def fail(self: FolderStorage, key: str, path: Path) -> None:
        raise fault

    monkeypatch.setattr(FolderStorage, "put_file", fail)
    answer = send(visitor("reviewer"), PNG)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert nothing_is_left(app)


def test_one_who_fails_does_not_take_the_file_from_one_who_succeeds(
    app: Flask, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [visitor("reviewer") for _ in range(6)]
    doomed = {person.user_id for person in people[::2]}
    real = originals.receive_clip

    def fail_for_some(session: Any, new: Any, *more: Any) -> Any:
        if new.uploader_id in doomed:
            time.sleep(0.02)
            raise RuntimeError("the row was refused")
        return real(session, new, *more)

    monkeypatch.setattr(originals, "receive_clip", fail_for_some)
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda person: send(person, PNG).status_code, people))
    assert statuses[::2] == [500] * 3
    assert sorted(statuses[1::2]) == [200, 200, 201]
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert files_in(app) == [f"originals/{sha256[:2]}/{sha256}"]


def test_the_same_bytes_sent_at_once_make_one_clip(app: Flask, visitor: NewVisitor) -> None:
    people = [visitor("reviewer") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda person: send(person, MP4).status_code, people))
    assert statuses == [200] * 7 + [201]
    assert scalar("SELECT count(*) FROM clips") == 1
    assert len(files_in(app)) == 1


@pytest.fixture
def live_port(app: Flask) -> Iterator[int]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def request_head(who: Visitor, length: int) -> bytes:
    return (
        "POST /api/v1/clips HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
        f"Cookie: clipjury_session={who.token}\r\nX-CSRF-Token: {who.headers['X-CSRF-Token']}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(
    app: Flask, visitor: NewVisitor, live_port: int
) -> None:
    with socket.create_connection(("127.0.0.1", live_port)) as line:
        line.sendall(request_head(visitor("reviewer"), 500_000))
        line.sendall(
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG * 10
        )
    deadline = time.monotonic() + 10
    while not nothing_is_left(app) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert nothing_is_left(app)


def test_a_file_said_to_be_too_large_is_refused_before_it_is_sent(
    visitor: NewVisitor, live_port: int
) -> None:
    with socket.create_connection(("127.0.0.1", live_port), timeout=10) as line:
        line.sendall(request_head(visitor("reviewer"), 50_000_000))
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


def test_what_a_killed_process_left_is_cleared_at_the_next_start(settings: Settings, app: Flask) -> None:
    with app.app_context():
        folder = get_deps().incoming_dir
    left = folder / "upload-abandoned"
    left.write_bytes(b"half")
    purge_incoming(folder, time.time())
    assert left.exists()  # it may be another process's, still arriving
    purge_incoming(folder, time.time() + 25 * 3600)
    assert not left.exists()
    create_app(settings)
