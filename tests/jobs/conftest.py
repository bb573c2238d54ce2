"""Fixtures of the job tests: clips that stand in the store, a broker on the test's database."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dramatiq.broker import Broker
from sqlalchemy import text
from tests.factories.detectors import write_detector
from tests.factories.rows import make_user
from tests.ml.good_files import BY_NAME, make_clip

from clipjury.adapters.storage import original_key
from clipjury.db.queries.clips import ClipRow, NewClip
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import detector_store
from clipjury.jobs.actors import declare
from clipjury.jobs.broker import close_broker, open_broker
from clipjury.services import clips
from clipjury_ml.media.containers import HEAD_BYTES, sniff

ReceiveFile = Callable[[Path], uuid.UUID]


@pytest.fixture
def broker(deps: Deps) -> Iterator[Broker]:
    """The embedded broker with all actors, without a worker."""
    opened = open_broker(deps.settings)
    declare(opened, deps)
    yield opened
    close_broker(opened)


@pytest.fixture(scope="session")
def random_detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a detector with random weights: what it answers is nothing, that it answers is everything."""
    return write_detector(tmp_path_factory.mktemp("detectors"))


@pytest.fixture(autouse=True)
def _with_random_detector(random_detector: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_store, "BUNDLED", random_detector)
    monkeypatch.setattr(detector_store, "ALSO_BUNDLED", ())
    detector_store.forget_loaded()


@pytest.fixture(scope="session")
def good_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real MP4 of 45 frames with sound."""
    return make_clip(BY_NAME["plain.mp4"], tmp_path_factory.mktemp("good"))


@pytest.fixture
def receive_file(deps: Deps) -> ReceiveFile:
    """Stores a file and receives its clip, as an upload does."""
    with transaction() as session:
        uploader_id = make_user(session)

    def receive(path: Path) -> uuid.UUID:
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        container = sniff(content[:HEAD_BYTES])
        deps.storage.put_file(original_key(sha256), path)
        new = NewClip(
            sha256=sha256,
            size_bytes=len(content),
            container=container.name if container else "mp4",
            original_name=path.name,
            uploader_id=uploader_id,
        )
        with transaction() as session:
            return clips.receive_clip(session, new)[0].id

    return receive


def read_clip(clip_id: uuid.UUID) -> ClipRow:
    """The clip as it stands."""
    with transaction() as session:
        return clips.get_clip(session, clip_id)


def read_all(statement: str, **parameters: object) -> list[tuple[object, ...]]:
    """Rows of a statement."""
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement), parameters)]


def queued() -> list[tuple[str, list[object]]]:
    """Actor and arguments of every message in the queue, in the order they were sent."""
    rows = read_all(
        "SELECT message ->> 'actor_name', message -> 'args' FROM dramatiq.queue ORDER BY position"
    )
    return [(str(name), list(arguments)) for name, arguments in rows]  # type: ignore[call-overload]
