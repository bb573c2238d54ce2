"""Content credentials are checked: intact, broken or unreadable is told apart, and nothing they name is fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.factories import content_credentials
from tests.factories.signed_files import created, opened_and_edited, sign

from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.protocol import Finding
from clipjury_ml.detection.registry import load
from clipjury_ml.media import operations, sandbox
from clipjury_ml.media.credentials import check_credentials
from clipjury_ml.media.errors import MediaError

READER = load("provenance")
SUFFIXES = ("mp4", "jpg", "png", "webp")


def _file(path: Path) -> Path:
    level = np.arange(96 * 64 * 3, dtype=np.uint32).reshape(64, 96, 3)
    if path.suffix != ".mp4":
        Image.fromarray((level % 251).astype(np.uint8)).save(path)
        return path
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for shift in range(10):
            picture = ((level + 3 * shift) % 251).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def _told(path: Path) -> dict[str, Finding]:
    row = detect_file(path, READER)
    assert (row.error, row.p_manipulated) == (None, None)
    return {finding.kind: finding for finding in row.findings}


def _flip(path: Path, at: int) -> Path:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_intact_credentials_say_by_whom_and_that_nobody_vouches_for_it(suffix: str, tmp_path: Path) -> None:
    told = _told(sign(_file(tmp_path / f"clip.{suffix}")))
    words = told["credentials_intact"].words
    assert "“Drawn Signer” of “Drawn Newsroom”" in words and "“Acme Studio 3”" in words
    assert "not vouched for" in words
    assert "generative model" in told["declared_synthetic"].words
    assert "created" in told["declared_actions"].words
    assert not {"credentials_broken", "credentials_unreadable", "c2pa_manifest"} & set(told)


def test_what_a_camera_took_is_no_generative_model(tmp_path: Path) -> None:
    told = _told(sign(_file(tmp_path / "shot.jpg"), [created("digitalCapture")]))
    assert "“digitalCapture”" in told["declared_source"].words and "declared_synthetic" not in told


@pytest.mark.parametrize(("suffix", "start"), [("mp4", b"mdat"), ("jpg", b"\xff\xda"), ("webp", b"VP8 ")])
def test_a_picture_changed_after_signing_breaks_them(suffix: str, start: bytes, tmp_path: Path) -> None:
    path = sign(_file(tmp_path / f"clip.{suffix}"))
    broken = _told(_flip(path, path.read_bytes().rfind(start) + 200))["credentials_broken"]
    assert "not the one that was signed" in broken.words and broken.strength == "strong"


def test_a_statement_changed_after_signing_breaks_them(tmp_path: Path) -> None:
    path = sign(_file(tmp_path / "clip.jpg"))
    told = _told(_flip(path, path.read_bytes().find(b"trainedAlgorithmicMedia")))
    assert "a statement in them was changed" in told["credentials_broken"].words
    assert "do not hold" in told["declared_actions"].words


def test_credentials_of_another_file_do_not_hold(tmp_path: Path) -> None:
    signed = sign(_file(tmp_path / "clip.png")).read_bytes()
    at = signed.find(b"caBX") - 4
    chunk = signed[at : at + 12 + int.from_bytes(signed[at : at + 4], "big")]
    Image.new("RGB", (96, 64), (9, 99, 30)).save(tmp_path / "other.png")
    other = (tmp_path / "other.png").read_bytes()
    (tmp_path / "other.png").write_bytes(other[:33] + chunk + other[33:])
    assert "credentials_broken" in _told(tmp_path / "other.png")


def test_a_file_made_from_another_names_it_and_says_whether_its_own_held(tmp_path: Path) -> None:
    first = sign(_file(tmp_path / "first.jpg"))
    second = sign(_file(tmp_path / "second.jpg"), opened_and_edited(), parent=first)
    told = _told(second)
    assert (
        "“first.jpg”" in told["declared_ingredient"].words
        and "were intact" in told["declared_ingredient"].words
    )
    assert "color adjustments with “Acme Grader”" in told["declared_actions"].words
    _flip(first, len(first.read_bytes()) - 40)
    third = sign(_file(tmp_path / "third.jpg"), opened_and_edited(), parent=first)
    assert "did not hold" in _told(third)["declared_ingredient"].words


def test_unsigned_credentials_are_unreadable_and_their_claims_unchecked(tmp_path: Path) -> None:
    told = _told(content_credentials.add_to_png(_file(tmp_path / "clip.png")))
    assert "Nothing that they say was checked" in told["credentials_unreadable"].words
    assert "not validated" in told["c2pa_manifest"].words and "credentials_intact" not in told


def test_a_checker_that_breaks_down_is_told_as_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise MediaError("decode_too_slow", "")

    monkeypatch.setattr(operations, "credentials", refuse)
    told = _told(sign(_file(tmp_path / "clip.jpg")))
    assert "decode_too_slow" in told["credentials_unreadable"].basis


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sign(_file(tmp_path_factory.mktemp("signed") / "clip.jpg"))


@given(
    damage=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), min_size=1, max_size=30),
    kept=st.floats(0.2, 1),
)
@settings(max_examples=150, deadline=None)
def test_damaged_credentials_are_never_intact_and_never_an_exception(
    damage: list[tuple[float, int]], kept: float, signed: Path
) -> None:
    whole = signed.read_bytes()
    start, end = 20, whole.find(b"\xff\xdb", 200)  # the manifest's segments stand before the tables
    content = bytearray(whole)
    for place, bits in damage:
        content[start + int(place * (end - start))] ^= bits
    path = signed.with_name("damaged.jpg")
    path.write_bytes(content[: max(64, int(kept * len(content)))])
    assert path.read_bytes() == whole or check_credentials(path).state != "intact"


def test_no_address_that_a_file_names_is_asked(tmp_path: Path) -> None:
    with _server() as (url, asked):
        path = sign(_file(tmp_path / "clip.jpg"), remote_url=url)
        assert url.encode() in path.read_bytes()
        assert check_credentials(path).state == "unreadable"  # here, where a network could be had
        _told(path)
    assert asked == []


def test_all_fences_stand_while_credentials_are_checked(tmp_path: Path) -> None:
    path = sign(_file(tmp_path / "clip.mp4"))
    reply = sandbox.run_operation("credentials", path, operations.CREDENTIALS_LIMITS)
    assert reply.isolation == operations.describe_isolation()
    assert reply.result["state"] == "intact"


def test_a_taken_over_checker_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sign(_file(tmp_path / "clip.jpg"))
    genuine = sandbox.run_operation("credentials", path, operations.CREDENTIALS_LIMITS)
    forged = {**genuine.result, "state": "trusted by all"}
    monkeypatch.setattr(sandbox, "run_operation", lambda *given, **named: type(genuine)(
        forged, {}, genuine.isolation, 0.0, 0
    ))  # fmt: skip
    with pytest.raises(MediaError):
        operations.credentials(path)


@contextmanager
def _server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/manifest.c2pa", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
