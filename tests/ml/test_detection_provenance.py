"""What a file says of its own making is told as it stands: facts with their meaning, never a score."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from tests.factories import content_credentials as credentials
from tests.factories.detectors import draw_portrait

from clipjury.cli.detect import detect
from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.protocol import Detector, Finding, ReadsFiles
from clipjury_ml.detection.registry import load
from clipjury_ml.media.content_credentials import parse_manifest


@pytest.fixture(scope="module")
def reader() -> Detector:
    return load("provenance")


def _video(path: Path, tags: dict[str, str] | None = None, **options: str) -> Path:
    with av.open(path, "w", options=options) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream("libx264", rate=25, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(5):
            plane = np.full((48, 64, 3), 40 * level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(plane, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def _picture(path: Path, **options: object) -> Path:
    Image.fromarray(draw_portrait(64)).save(path, **options)
    return path


def _told(path: Path, reader: Detector) -> dict[str, list[Finding]]:
    row = detect_file(path, reader)
    assert (row.error, row.p_manipulated, row.in_domain) == (None, None, False)
    told: dict[str, list[Finding]] = {}
    for finding in row.findings:
        assert finding.strength == "fact"
        told.setdefault(finding.kind, []).append(finding)
    return told


def test_it_reads_whole_files(reader: Detector) -> None:
    assert isinstance(reader, ReadsFiles)


@pytest.mark.parametrize(
    ("suffix", "add"),
    [
        ("jpg", credentials.add_to_jpeg),
        ("png", credentials.add_to_png),
        ("webp", credentials.add_to_webp),
        ("mp4", credentials.add_to_mp4),
    ],
)
def test_content_credentials_are_found_in_every_format_and_called_not_validated(
    suffix: str, add: Callable[[Path], Path], tmp_path: Path, reader: Detector
) -> None:
    path = tmp_path / f"clip.{suffix}"
    plain = _video(path) if suffix == "mp4" else _picture(path)
    assert "c2pa_manifest" not in _told(plain, reader)
    told = _told(add(path), reader)
    assert "Acme Camera/1.0" in told["c2pa_manifest"][0].words
    assert "not validated" in told["c2pa_manifest"][0].words
    assert "trainedAlgorithmicMedia" in told["declared_synthetic"][0].words
    assert "created" in told["declared_actions"][0].words


def test_the_encoder_and_the_order_of_boxes_are_told(tmp_path: Path, reader: Detector) -> None:
    told = _told(_video(tmp_path / "plain.mp4"), reader)
    words = " ".join(finding.words for finding in told["encoder"])
    assert "x264" in words and "FFmpeg" in words
    assert "index_after_media" in told
    moved = _told(_video(tmp_path / "fast.mp4", movflags="faststart"), reader)
    assert "index_before_media" in moved and "index_after_media" not in moved


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"comment": "Made with CapCut"}, "editor"),
        ({"comment": "face swapped by FaceFusion 3.1"}, "face_tool"),
        ({"title": "a deepfake of the mayor"}, None),
        ({"comment": "jobs and aurora"}, None),
    ],
)
def test_programs_are_known_by_whole_words_in_tags_that_programs_write(
    tags: dict[str, str], kind: str | None, tmp_path: Path, reader: Detector
) -> None:
    told = _told(_video(tmp_path / "clip.mp4", tags), reader)
    assert {"editor", "face_tool", "generator", "screen_recorder"} & set(told) == ({kind} if kind else set())


def test_a_cameras_exif_is_told_and_its_position_is_not_repeated(tmp_path: Path, reader: Detector) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Acme", "Phone 3", "Adobe Photoshop 27.0"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:25 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0)})
    told = _told(_picture(tmp_path / "shot.jpg", exif=exif), reader)
    assert "Acme" in told["camera"][0].words
    assert "Photoshop" in told["editor"][0].words
    assert "2026:11:25" in told["taken_at"][0].words
    assert "48" not in " ".join(f.words for f in told["position"])


def test_a_generators_settings_in_a_png_are_told(tmp_path: Path, reader: Detector) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", "a portrait, Steps: 20, Sampler: Euler a")
    told = _told(_picture(tmp_path / "drawn.png", pnginfo=notes), reader)
    assert "model drew it" in told["generator"][0].words


def test_a_file_without_any_tag_is_told_nothing_about(tmp_path: Path, reader: Detector) -> None:
    assert _told(_picture(tmp_path / "bare.png"), reader) == {}


def test_findings_are_in_the_json_row(tmp_path: Path) -> None:
    path = _video(tmp_path / "clip.mp4")
    result = CliRunner().invoke(detect, [str(path), "--detector", "provenance", "--json"])
    row = json.loads(result.stdout)
    assert result.exit_code == 0 and row["p_manipulated"] is None
    assert {"kind", "words", "strength", "basis", "start_frame"} <= set(row["findings"][0])


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_around_a_claim_are_borne(before: bytes, after: bytes) -> None:
    parsed = parse_manifest(before + b"claim_generator" + after)
    assert all(len(name) <= 200 and name.isprintable() for name in parsed.generators)
