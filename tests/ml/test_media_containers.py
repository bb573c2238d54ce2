from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.ml import bad_files, good_files

from clipjury_ml.media.containers import CONTAINERS, HEAD_BYTES, describe_unsupported, find_container, sniff

EXPECTED = {
    "plain.mp4": "mp4",
    "turned_270.mov": "mov",
    "variable_rate.mkv": "matroska",
    "vp9.webm": "webm",
    "b_frames.avi": "avi",
    "far_from_zero.ts": "mpegts",
    "delays.gif": "gif",
}


@pytest.mark.parametrize(("name", "container"), EXPECTED.items())
def test_a_video_is_known_by_its_first_bytes_whatever_it_is_called(
    tmp_path: Path, name: str, container: str
) -> None:
    path = good_files.make_clip(good_files.BY_NAME[name], tmp_path).rename(tmp_path / "anything.txt")
    found = sniff(path.read_bytes()[:HEAD_BYTES])
    assert found is not None
    assert found.name == container


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.webp"])
def test_an_image_is_known_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    found = sniff(good_files.make_photo(tmp_path / name).read_bytes()[:HEAD_BYTES])
    assert found is not None
    assert (found.kind, found.extension) == ("image", name.split(".")[1])


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"", "known"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"#EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0\nfile a.mp4", "playlist"),
        (b"Hello, reviewer", "text"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "sound"),
        (b"RIFF\0\0\0\0WAVEfmt ", "known"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84dash", "known"),
        (b"G" + b"x" * 600, "text"),
        (b"\0" * 600, "known"),
    ],
)
def test_what_is_not_judged_is_refused_and_named_in_words(head: bytes, word: str) -> None:
    assert sniff(head) is None
    assert word in describe_unsupported(head)
    assert "MP4" in describe_unsupported(head)


def test_every_prefix_of_a_head_is_answered_without_an_error(tmp_path: Path) -> None:
    for name in EXPECTED:
        head = good_files.make_clip(good_files.BY_NAME[name], tmp_path).read_bytes()[:600]
        for length in range(0, len(head), 7):
            sniff(head[:length])


def test_a_container_is_found_again_by_its_name() -> None:
    assert [find_container(container.name) for container in CONTAINERS] == list(CONTAINERS)
    assert find_container("hls") is None


def test_the_web_process_can_sniff_without_loading_a_decoder() -> None:
    code = (
        "import sys; from clipjury_ml.media import containers; "
        "print(sorted({'av', 'cv2', 'numpy', 'torch', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_bad_file_that_is_no_media_file_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    refused = [bad for bad in bad_files.BAD_FILES if bad.code == "unsupported_format"]
    assert len(refused) >= 7
    for bad in refused:
        assert sniff(bad.make(tmp_path).read_bytes()[:HEAD_BYTES]) is None, bad.name
