"""Both stores keep objects whole: a folder, and a bucket on a real S3 server."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from obstore import sign
from obstore.store import S3Store

from clipjury.adapters.storage import (
    CHUNK_BYTES,
    FolderStorage,
    Storage,
    StorageError,
    open_storage,
    original_key,
)

CONTENT = bytes(range(256)) * (CHUNK_BYTES // 128) + b"the end"


def free_port() -> int:
    """A port whose neighbour 10 000 above, which the server takes too, exists."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe, socket.socket() as neighbour:
            probe.bind(("127.0.0.1", port))
            neighbour.bind(("127.0.0.1", port + 10_000))
            return port


@pytest.fixture(scope="module")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A SeaweedFS server with one account; the environment that reaches it."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        pytest.skip("SeaweedFS is not installed (requirements-dev.txt has it)")
    folder = tmp_path_factory.mktemp("weed")
    account = {"accessKey": "tester", "secretKey": "tester-secret"}
    config = folder / "s3.json"
    config.write_text(
        json.dumps(
            {"identities": [{"name": "t", "credentials": [account], "actions": ["Admin", "Read", "Write"]}]}
        )
    )
    ports = [str(free_port()) for _ in range(4)]
    options = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}", "-s3", f"-s3.config={config}",
               f"-master.port={ports[0]}", f"-volume.port={ports[1]}", f"-filer.port={ports[2]}",
               f"-s3.port={ports[3]}", "-s3.port.iceberg=0", "-s3.port.lance=0",
               "-master.volumeSizeLimitMB=64", "-volume.max=4"]  # fmt: skip
    server = subprocess.Popen(
        [str(program), "server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield {
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": "tester-secret",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports[3]}",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        server.kill()  # nothing of it is kept; a clean stop takes it half a minute
        server.wait(timeout=30)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "objects")
    for name, value in request.getfixturevalue("s3_url").items():
        monkeypatch.setenv(name, value)
    make_bucket(request.getfixturevalue("s3_url"))
    return open_storage("s3://clips/prefix")


def make_bucket(environment: dict[str, str]) -> None:
    """Buckets are made by whoever runs the store; here by a signed PUT, tried until the server is up."""
    signer = S3Store("clips", region="us-east-1", endpoint=environment["AWS_ENDPOINT_URL"])
    until = time.monotonic() + 60
    while True:
        try:
            url = sign(signer, "PUT", "x", timedelta(minutes=1))
            urllib.request.urlopen(urllib.request.Request(url, method="PUT", data=b"x"), timeout=10).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.bin"
    path.write_bytes(CONTENT)
    return path


def test_an_object_comes_back_byte_for_byte(storage: Storage, original: Path, tmp_path: Path) -> None:
    key = original_key("ab" * 32)
    assert not storage.exists(key)
    storage.put_file(key, original)
    assert storage.exists(key)
    assert storage.size(key) == len(CONTENT)
    assert b"".join(storage.open_stream(key)) == CONTENT
    storage.download(key, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 1), (100, 50), (CHUNK_BYTES - 3, 10), (len(CONTENT) - 7, None), (5, CHUNK_BYTES * 2)],
)
def test_any_range_is_exact(storage: Storage, original: Path, start: int, length: int | None) -> None:
    storage.put_file("range", original)
    end = len(CONTENT) if length is None else start + length
    assert b"".join(storage.open_stream("range", start, length)) == CONTENT[start:end]


def test_an_object_that_is_not_there_is_said_to_be_missing(storage: Storage) -> None:
    with pytest.raises(StorageError):
        storage.size("nothing")
    with pytest.raises(StorageError):
        list(storage.open_stream("nothing"))
    storage.delete("nothing")


def test_deleting_removes_and_putting_replaces(storage: Storage, original: Path, tmp_path: Path) -> None:
    storage.put_file("k", original)
    other = tmp_path / "other"
    other.write_bytes(b"other")
    storage.put_file("k", other)
    assert b"".join(storage.open_stream("k")) == b"other"
    storage.delete("k")
    assert not storage.exists("k")


def test_a_key_cannot_leave_the_folder(tmp_path: Path, original: Path) -> None:
    storage = FolderStorage(tmp_path / "objects")
    for key in ("../outside", "/etc/passwd", "a/../../outside"):
        with pytest.raises(StorageError):
            storage.put_file(key, original)
    assert not (tmp_path / "outside").exists()


def test_a_put_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "objects")
    with pytest.raises(FileNotFoundError):
        storage.put_file("a/b", tmp_path / "not-there")
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="s3://"):
        open_storage("ftp://host/folder")
