"""Every bad file ends in a clear error, quickly, in little memory, and leaves nothing behind."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.ml import bad_files, good_files
from tests.ml.bad_files import BAD_FILES, ENDLESS_FILES, SECRET, BadFile

from clipjury_ml.media import operations
from clipjury_ml.media.containers import Container
from clipjury_ml.media.decoding import _demux_file
from clipjury_ml.media.errors import MEDIA_ERROR_CODES, MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS
from clipjury_ml.media.probe import probe_file

MAX_CPU_S = 2.0
MAX_RSS_KIB = 512 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad")


def refuse(work: Callable[[], object]) -> MediaError:
    """Run `work`, which has to be refused within the time and memory that one bad file may cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(MediaError) as refused:
        work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MAX_CPU_S
    # A child's highest memory begins at what this process has when it forks, so that much is not the file's.
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after.ru_maxrss <= max(before.ru_maxrss, inherited, MAX_RSS_KIB)
    return refused.value


def made(bad: BadFile, folder: Path) -> Path:
    """The bad file, written once for all tests of this module."""
    path = folder / bad.name
    return path if path.exists() else bad.make(folder)


@pytest.mark.parametrize("bad", [*BAD_FILES, *ENDLESS_FILES], ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_with_its_own_code_and_a_way_out_and_leaves_nothing(
    bad: BadFile, folder: Path, tmp_path: Path
) -> None:
    path = made(bad, folder)
    for work in (lambda: operations.probe(path), lambda: operations.preview(path, tmp_path)):
        error = refuse(work)
        assert error.code == bad.code
        assert error.detail.endswith(".")
        assert len(error.detail.split()) >= 10
        assert error.__cause__ is None, "the file was refused on purpose, not by breaking down"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["moov_missing.mp4", "bomb.png", "scrambled.mp4"])
def test_no_other_operation_accepts_what_the_probe_refuses(name: str, folder: Path, tmp_path: Path) -> None:
    bad = next(bad for bad in BAD_FILES if bad.name == name)
    path = made(bad, folder)
    assert refuse(lambda: operations.frames(path, tmp_path, 4)).code == bad.code
    assert refuse(lambda: operations.thumbnails(path, tmp_path)).code == bad.code
    assert refuse(lambda: operations.poster(path, tmp_path)).code == bad.code
    assert list(tmp_path.iterdir()) == []


def test_a_playlist_under_the_name_of_a_video_would_be_followed_without_the_fences(folder: Path) -> None:
    path = next(bad for bad in BAD_FILES if bad.name == "concat.mp4").make(folder)
    with av.open(str(path)) as followed:
        assert sum(1 for _ in followed.decode(video=0)) == 30
    assert SECRET in (folder / "sibling.mp4").read_bytes()


@pytest.mark.parametrize("demuxer", ["concat", "hls", "dash"])
@pytest.mark.parametrize("name", ["concat.mp4", "concat_absolute.mp4", "hls.mp4", "dash.mp4"])
def test_even_with_the_playlist_demuxer_no_sibling_can_be_opened(
    demuxer: str, name: str, folder: Path
) -> None:
    if demuxer not in av.formats_available:
        pytest.skip(f"this build of FFmpeg has no {demuxer} demuxer")
    path = made(next(bad for bad in BAD_FILES if bad.name == name), folder)
    wrong = Container("playlist", "video", demuxer, "mp4", "video/mp4")
    fd = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(MediaError):
            _demux_file(fd, wrong, False, DEFAULT_LIMITS)
    finally:
        os.close(fd)


def test_a_picture_under_the_name_of_a_video_is_judged_as_a_picture(tmp_path: Path) -> None:
    path = good_files.make_photo(tmp_path / "photo.png").rename(tmp_path / "clip.mp4")
    assert operations.probe(path).probe.kind == "image"


def test_a_folder_a_pipe_and_a_missing_file_are_told_apart_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path, tmp_path / "pipe.mp4"):
        assert refuse(lambda path=path: operations.probe(path)).code == "unsupported_format"
    with pytest.raises(FileNotFoundError):
        operations.probe(tmp_path / "nothing.mp4")


def test_every_code_that_the_makers_expect_exists() -> None:
    assert {bad.code for bad in BAD_FILES} <= MEDIA_ERROR_CODES


@pytest.mark.parametrize(
    "name", ["plain.mp4", "vp9.webm", "variable_rate.mkv", "b_frames.avi", "far_from_zero.ts", "delays.gif"]
)
def test_a_file_cut_anywhere_gives_what_it_has_or_says_that_it_is_cut(name: str, folder: Path) -> None:
    whole = (
        folder / name if (folder / name).exists() else good_files.make_clip(good_files.BY_NAME[name], folder)
    )
    frames = probe_file(whole).probe.frames
    cut = folder / f"cut-{name}"
    for keep in (0.02, 0.2, 0.5, 0.9, 0.999):
        cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * keep)])
        try:
            found = probe_file(cut)
        except MediaError as error:
            assert error.code in {"truncated", "decode_failed", "unsupported_format"}
            continue
        assert 1 <= found.probe.frames <= frames
        if name not in {"far_from_zero.ts", "delays.gif"}:  # their headers do not say how long they are
            assert "truncated" in found.warnings


def damaged(whole: bytes, seed: int) -> bytes:
    """`whole` with some bytes overwritten, some left out, or some repeated."""
    rng = np.random.default_rng(seed)
    content = bytearray(whole)
    for _ in range(int(rng.integers(1, 20))):
        at = int(rng.integers(0, len(content)))
        kind = rng.integers(0, 3)
        if kind == 0:
            content[at : at + 4] = rng.bytes(4)
        elif kind == 1:
            del content[at : at + int(rng.integers(1, 64))]
        else:
            content[at:at] = content[at : at + 64]
    return bytes(content)


FUZZED = ["plain.mp4", "vp9.webm", "b_frames.avi", "far_from_zero.ts", "delays.gif", "photo.jpg", "photo.png"]


@pytest.mark.parametrize("name", FUZZED)
@pytest.mark.parametrize(
    "seed", [0, 1, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20)]]
)
def test_a_damaged_file_gives_a_result_or_a_media_error_and_nothing_else(
    name: str, seed: int, folder: Path, tmp_path: Path
) -> None:
    whole = folder / name
    if not whole.exists():
        recipe = good_files.BY_NAME.get(name)
        good_files.make_clip(recipe, folder) if recipe else good_files.make_photo(whole)
    path = tmp_path / name
    path.write_bytes(damaged(whole.read_bytes(), seed))
    out = tmp_path / "out"
    out.mkdir()
    try:
        found, preview = operations.probe(path), operations.preview(path, out)
    except MediaError as error:
        assert "Traceback" not in repr(error.__cause__), error.__cause__
        assert list(out.iterdir()) == []
        return
    assert found.probe.frames == preview.frames
    assert np.allclose(found.frame_index.times_s, preview.times_s, atol=1e-5)


BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[3] / "shared" / "data" / "clips"
REAL_CLIPS = Path(os.environ.get("CLIPJURY_REAL_CLIPS", BESIDE_THE_REPOSITORY))


@pytest.mark.skipif(
    not REAL_CLIPS.is_dir(), reason="NO REAL CLIPS HERE: set CLIPJURY_REAL_CLIPS to a folder of them"
)
def test_real_clips_are_probed_and_previewed_frame_for_frame(tmp_path: Path) -> None:
    videos = sorted(REAL_CLIPS.rglob("*.mp4"))
    images = sorted([*REAL_CLIPS.rglob("*.jpg"), *REAL_CLIPS.rglob("*.png")])
    chosen = [*videos[:: max(1, len(videos) // 4)][:4], *images[:: max(1, len(images) // 3)][:3]]
    assert chosen
    for path in chosen:
        found, preview = operations.probe(path), operations.preview(path, tmp_path)
        assert np.allclose(found.frame_index.times_s, preview.times_s, atol=1e-6), path.name
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()


def test_the_makers_write_what_they_say(tmp_path: Path) -> None:
    bad_files.day_long(tmp_path / "day.mp4")
    assert (tmp_path / "day.mp4").stat().st_size < 10_000
    bad_files.png_bomb(tmp_path / "bomb.png", side=1200)
    with Image.open(tmp_path / "bomb.png") as bomb:
        assert np.asarray(bomb).shape == (1200, 1200, 3)
