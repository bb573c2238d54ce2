"""Real files through the jobs: copies find each other before they open, and old clips are hashed afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bench.near_duplicates import read_pictures, write_copy
from dramatiq.broker import Broker
from tests.jobs.conftest import ReceiveFile, queued, read_all, read_clip

from clipjury.deps import Deps
from clipjury.jobs import hashing
from clipjury.jobs.hashing import hash_clip
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.rendering import make_preview
from clipjury.jobs.scoring import score_clip
from clipjury.jobs.sweeps import Resends, hash_uncompared
from clipjury_ml.media.errors import MediaError

FINGERPRINTS = "SELECT frames, failure_code, is_compared FROM clip_fingerprints ORDER BY created_at"


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory, good_video: Path) -> tuple[Path, Path]:
    """A clip, and the same one encoded again."""
    folder = tmp_path_factory.mktemp("copies")
    original = shutil.copy(good_video, folder / "original.mp4")
    copy = write_copy(folder / "copy.mp4", read_pictures(good_video), lambda each: each, 16)
    return Path(original), copy


def test_a_copy_is_linked_before_it_opens(
    deps: Deps, receive_file: ReceiveFile, videos: tuple[Path, Path]
) -> None:
    clips = [receive_file(path) for path in videos]
    for clip_id in clips:
        for job in (probe_clip, score_clip, make_preview):
            job(deps, str(clip_id))
        assert read_clip(clip_id).state == "open"
    assert [(frames > 0, code, done) for frames, code, done in read_all(FINGERPRINTS)] == [
        (True, None, True)
    ] * 2
    assert read_all("SELECT state, share_a, share_b FROM near_duplicates") == [("linked", 1.0, 1.0)]
    assert len({read_clip(clip_id).group_id for clip_id in clips}) == 1
    before = read_all("SELECT * FROM near_duplicates"), read_all("SELECT * FROM group_changes")
    for clip_id in clips:
        make_preview(deps, str(clip_id))
        hash_clip(deps, str(clip_id))
    assert (read_all("SELECT * FROM near_duplicates"), read_all("SELECT * FROM group_changes")) == before


def test_a_preview_that_cannot_be_hashed_holds_nothing_up(
    deps: Deps, receive_file: ReceiveFile, videos: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> object:
        raise MediaError("decode_failed", "no")

    monkeypatch.setattr(hashing.operations, "hashes", fail)
    clip_id = receive_file(videos[0])
    for job in (probe_clip, score_clip, make_preview):
        job(deps, str(clip_id))
    assert read_clip(clip_id).state == "open"
    assert read_all(FINGERPRINTS) == [(0, "decode_failed", True)]


def test_clips_from_before_there_were_hashes_are_swept_up(
    deps: Deps,
    broker: Broker,
    receive_file: ReceiveFile,
    videos: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("clipjury.jobs.rendering.hash_preview", lambda *_: None)
        clips = [receive_file(path) for path in videos]
        for clip_id in clips:
            for job in (probe_clip, score_clip, make_preview):
                job(deps, str(clip_id))
    assert read_all(FINGERPRINTS) == []
    resends = Resends()
    assert hash_uncompared(broker, resends) == 2
    assert hash_uncompared(broker, resends) == 0, "a queue that is merely long does not grow by its own sweep"
    sent = [arguments[0] for name, arguments in queued() if name == "hash_clip"]
    assert set(sent) == {str(clip_id) for clip_id in clips}
    for clip_id in clips:
        hash_clip(deps, str(clip_id))
    assert [done for _, _, done in read_all(FINGERPRINTS)] == [True, True]
    assert read_all("SELECT state FROM near_duplicates") == [("linked",)]
    assert hash_uncompared(broker, Resends()) == 0
