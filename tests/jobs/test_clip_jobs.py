"""Each actor on real files: what it leaves behind, and that a second run leaves the same."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.jobs.conftest import ReceiveFile, read_all, read_clip
from tests.ml.good_files import make_photo

from clipjury.adapters.storage import original_key
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import probing, rendering, scoring
from clipjury.jobs.originals import scratch_dir
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.rendering import make_preview
from clipjury.jobs.scoring import score_clip
from clipjury.services import clips
from clipjury_ml.media.errors import MediaError

RunJob = Callable[[Deps, str], None]

# Everything that a job may write, in an order that a second run must not change.
END_STATE = (
    "SELECT id, state, kind, frames, duration_s, failure_code, p_full FROM clips ORDER BY id",
    "SELECT clip_id, name, storage_key, sha256, size_bytes, CAST(facts AS text) FROM renditions ORDER BY name",
    "SELECT clip_id, detector_version_id, p_manipulated, is_in_domain, abstention, error FROM scores",
    "SELECT event, CAST(payload AS text) FROM outbox ORDER BY id",
    "SELECT action FROM audit_events ORDER BY id",
    "SELECT clip_id, cause, p_full FROM posteriors ORDER BY id",
)


def end_state() -> list[list[tuple[object, ...]]]:
    return [read_all(statement) for statement in END_STATE]


def run_twice(job: RunJob, deps: Deps, clip_id: uuid.UUID) -> None:
    job(deps, str(clip_id))
    once = end_state()
    job(deps, str(clip_id))
    assert end_state() == once


def stored_renditions(deps: Deps) -> list[str]:
    root = deps.settings.state_dir / "objects" / "renditions"
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def left_in_scratch(deps: Deps) -> list[Path]:
    root = scratch_dir(deps)
    return list(root.iterdir()) if root.exists() else []


def test_a_video_goes_from_received_to_open_and_every_job_may_run_twice(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    run_twice(probe_clip, deps, clip_id)
    probed = read_clip(clip_id)
    assert (probed.state, probed.kind, probed.frames, probed.has_audio) == ("processing", "video", 45, True)
    run_twice(make_preview, deps, clip_id)
    assert read_clip(clip_id).state == "processing", "the detector has not answered yet"
    run_twice(score_clip, deps, clip_id)
    opened = read_clip(clip_id)
    assert opened.state == "open"
    assert opened.rendition_names == ["frames", "poster", "preview", "thumbnails"]
    (score,) = read_all("SELECT p_manipulated, is_in_domain, abstention, error FROM scores")
    assert score == (None, False, "no_face", None), "a test picture has no face: no number, no error"
    for job in (probe_clip, make_preview, score_clip):  # late deliveries of all three
        before = end_state()
        job(deps, str(clip_id))
        assert end_state() == before
    assert left_in_scratch(deps) == []


def test_the_order_of_preview_and_score_does_not_matter(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    for job in (probe_clip, score_clip, make_preview):
        job(deps, str(clip_id))
    assert read_clip(clip_id).state == "open"


def test_renditions_are_stored_as_their_rows_say(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    probe_clip(deps, str(clip_id))
    make_preview(deps, str(clip_id))
    with transaction() as session:
        rows = {
            name: clips.queries.find_rendition(session, clip_id, name)
            for name in ("preview", "poster", "thumbnails", "frames")
        }
    contents = {}
    for name, row in rows.items():
        assert row is not None
        contents[name] = b"".join(deps.storage.open_stream(row.storage_key))
        assert len(contents[name]) == row.size_bytes
    preview, frames, strip = rows["preview"], rows["frames"], rows["thumbnails"]
    assert preview and frames and strip
    assert (preview.media_type, preview.facts["frames"]) == ("video/mp4", 45)
    assert contents["preview"][4:8] == b"ftyp"
    assert len(frames.facts["times_s"]) == 45
    assert json.loads(contents["frames"]) == frames.facts
    with Image.open(io.BytesIO(contents["thumbnails"])) as sheet:
        grid = strip.facts
        assert sheet.size[0] == min(grid["count"], grid["columns"]) * grid["width"]
        assert len(grid["times_s"]) == grid["count"]


def test_an_image_has_one_frame_and_no_thumbnails(
    deps: Deps, receive_file: ReceiveFile, tmp_path: Path
) -> None:
    clip_id = receive_file(make_photo(tmp_path / "photo.jpg"))
    for job in (probe_clip, make_preview, score_clip):
        job(deps, str(clip_id))
    clip = read_clip(clip_id)
    assert (clip.state, clip.kind, clip.frames, clip.duration_s) == ("open", "image", 1, None)
    assert clip.rendition_names == ["frames", "poster", "preview"]


def empty(path: Path, video: Path) -> Path:
    path.write_bytes(b"")
    return path


def text_in_disguise(path: Path, video: Path) -> Path:
    path.write_text("#EXTM3U\nfile:///etc/passwd\n")
    return path


def cut_off_before_its_index(path: Path, video: Path) -> Path:
    path.write_bytes(video.read_bytes()[:900])
    return path


def noise_with_a_header(path: Path, video: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    return path


def sound_alone(path: Path, video: Path) -> Path:
    import av

    with av.open(str(video)) as source, av.open(str(path), "w", format="mp4") as target:
        heard = source.streams.audio[0]
        written = target.add_stream_from_template(heard)
        for packet in source.demux(heard):
            if packet.dts is not None:
                packet.stream = written
                target.mux(packet)
    return path


def too_large_a_picture(path: Path, video: Path) -> Path:
    Image.new("L", (9000, 16)).save(path, "PNG")
    return path


BAD_FILES = [
    (empty, {"empty_file"}),
    (text_in_disguise, {"unsupported_format"}),
    (cut_off_before_its_index, {"truncated"}),
    (noise_with_a_header, {"decode_failed", "truncated"}),
    (sound_alone, {"no_video_stream"}),
    (too_large_a_picture, {"dimensions_too_large"}),
]


@pytest.mark.parametrize(("make", "codes"), BAD_FILES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_file_fails_with_its_code_and_leaves_nothing_half_written(
    make: Callable[[Path, Path], Path],
    codes: set[str],
    deps: Deps,
    receive_file: ReceiveFile,
    good_video: Path,
    tmp_path: Path,
) -> None:
    clip_id = receive_file(make(tmp_path / "upload.mp4", good_video))
    run_twice(probe_clip, deps, clip_id)
    clip = read_clip(clip_id)
    assert clip.state == "failed"
    assert clip.failure_code in codes
    assert clip.failure_detail and clip.failure_detail.endswith(".")
    for job in (make_preview, score_clip):  # sent before the clip failed
        job(deps, str(clip_id))
    assert read_clip(clip_id).rendition_names == []
    assert stored_renditions(deps) == []
    assert read_all("SELECT * FROM scores") == []
    assert left_in_scratch(deps) == []


def test_a_file_that_breaks_while_its_preview_is_made_fails_with_nothing_stored(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = receive_file(good_video)
    probe_clip(deps, str(clip_id))

    def refuse(*_: object, **__: object) -> None:
        raise MediaError("decode_failed", "Not one picture could be read.")

    monkeypatch.setattr(rendering.operations, "poster", refuse)
    make_preview(deps, str(clip_id))
    clip = read_clip(clip_id)
    assert (clip.state, clip.failure_code) == ("failed", "decode_failed")
    assert (clip.rendition_names, stored_renditions(deps), left_in_scratch(deps)) == ([], [], [])


def test_a_clip_that_failed_meanwhile_gets_no_renditions_and_no_score(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = receive_file(good_video)
    probe_clip(deps, str(clip_id))
    make_renditions, to_score = rendering.make_renditions, scoring.to_score

    def fail_first(function: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object, **options: object) -> object:
            with transaction() as session:
                clips.fail_clip(session, clip_id, "too_long", "It was too long after all.")
            return function(*arguments, **options)

        return run

    monkeypatch.setattr(rendering, "make_renditions", fail_first(make_renditions))
    monkeypatch.setattr(scoring, "to_score", fail_first(to_score))
    make_preview(deps, str(clip_id))
    score_clip(deps, str(clip_id))
    assert read_clip(clip_id).rendition_names == []
    assert read_all("SELECT * FROM scores") == []


def test_a_file_the_detector_cannot_read_keeps_its_place_with_an_error_in_the_score(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    probe_clip(deps, str(clip_id))
    make_preview(deps, str(clip_id))
    original = deps.storage.local_path(original_key(read_clip(clip_id).sha256))
    assert original is not None
    original.write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(100))  # the disk has rotted
    score_clip(deps, str(clip_id))
    ((p, in_domain, error),) = read_all("SELECT p_manipulated, is_in_domain, error FROM scores")
    assert (p, in_domain) == (None, False)
    assert str(error).split(":")[0] in {"truncated", "decode_failed", "no_video_stream"}
    assert read_clip(clip_id).state == "open", "people can watch the preview"


def test_a_clip_that_is_gone_or_never_was_is_no_error(deps: Deps) -> None:
    for job in (probe_clip, make_preview, score_clip):
        job(deps, str(uuid.uuid4()))


def test_no_transaction_is_open_while_a_file_is_worked_on(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = receive_file(good_video)
    open_ones: list[object] = []
    probe = probing.operations.probe

    def look(path: Path) -> object:
        open_ones.extend(
            read_all(
                "SELECT state FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )
        )
        return probe(path)

    monkeypatch.setattr(probing.operations, "probe", look)
    probe_clip(deps, str(clip_id))
    assert read_clip(clip_id).state == "processing"
    assert open_ones == []
