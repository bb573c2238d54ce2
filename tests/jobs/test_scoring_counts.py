"""A score moves a posterior only where the detector's card says that it may be counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories.face_files import write_portrait, write_talking_head
from tests.jobs.conftest import ReceiveFile, read_all
from tests.ml.good_files import BY_NAME, make_clip

from clipjury.deps import Deps
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.scoring import NOT_COUNTED, score_clip


@pytest.mark.parametrize("kind", ["video", "image"])
def test_a_score_of_a_kind_the_detector_was_not_measured_on_is_shown_and_moves_nothing(
    kind: str, deps: Deps, receive_file: ReceiveFile, tmp_path: Path
) -> None:
    made = {
        "video": lambda: write_talking_head(tmp_path / "head.mp4"),
        "image": lambda: write_portrait(tmp_path / "head.png"),
    }
    clip_id = receive_file(made[kind]())
    for job in (probe_clip, score_clip):
        job(deps, str(clip_id))
    ((p, counted, abstention),) = read_all("SELECT p_manipulated, is_in_domain, abstention FROM scores")
    ((p_full, p_people),) = read_all("SELECT p_full, p_people FROM clips")
    assert p is not None
    if kind == "video":
        assert (counted, abstention) == (True, None)
        assert p_full != p_people == 0.5
    else:
        assert (counted, abstention) == (False, NOT_COUNTED)
        assert p_full == p_people == 0.5


def test_a_score_keeps_the_size_of_the_faces_in_the_frames_as_scored(
    deps: Deps, receive_file: ReceiveFile, tmp_path: Path
) -> None:
    """Also where the score does not count; a clip without a face has none."""
    with_face = receive_file(write_portrait(tmp_path / "head.png"))
    without = receive_file(make_clip(BY_NAME["plain.mp4"], tmp_path))
    for clip_id in (with_face, without):
        for job in (probe_clip, score_clip):
            job(deps, str(clip_id))
    rows = read_all(
        "SELECT s.clip_id, s.face_px, s.faces, c.height_px FROM scores s JOIN clips c ON c.id = s.clip_id"
    )
    found = {row[0]: row[1:] for row in rows}
    face_px, faces, height_px = found[with_face]
    assert isinstance(face_px, float) and isinstance(height_px, int)
    assert faces == 1 and 0.2 * height_px < face_px < height_px
    assert found[without][:2] == (None, 0)
