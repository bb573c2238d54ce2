"""A score moves a posterior only where the detector's card says that it may be counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories.face_files import write_portrait, write_talking_head
from tests.jobs.conftest import ReceiveFile, read_all

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
