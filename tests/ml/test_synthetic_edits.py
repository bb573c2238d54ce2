"""Every manipulation changes what it says it changes, where it says so, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ml.drawn_recipes import ORIGINAL, manipulated

from clipjury_ml.synthetic.edits.choice import EDITS, edit_for
from clipjury_ml.synthetic.edits.edit import Edit
from clipjury_ml.synthetic.edits.timeline import Speed
from clipjury_ml.synthetic.recipes import Technique

TECHNIQUES: list[Technique] = list(EDITS)
LOCAL: list[Technique] = ["face_swap", "mouth_warp", "expression_warp", "overlay_paste", "overlay_paint_out"]
SOUND_ONLY: list[Technique] = ["voice_replace", "voice_shift"]
TIMELINE: list[Technique] = ["splice_cut", "frame_repeat", "speed"]
FRAMES = (0, 11, 12, 19, 20, 27, 28, 39)  # ends of the clip and both sides of the ends of the segments


@cache
def edit_of(technique: Technique | None) -> Edit:
    return edit_for(ORIGINAL if technique is None else manipulated(technique))


@cache
def original_frame(index: int) -> NDArray[np.uint8]:
    return edit_of(None).frame(index)


def test_the_original_is_the_same_whatever_will_be_done_to_it() -> None:
    for technique in ("face_swap", "splice_cut", "voice_shift"):
        assert np.array_equal(edit_of(technique).take.frame(19), original_frame(19))


def test_frames_can_be_asked_for_in_any_order() -> None:
    edit = edit_of(None)
    later, earlier = edit.frame(30).copy(), edit.frame(3).copy()
    assert np.array_equal(edit.frame(3), earlier)
    assert np.array_equal(edit.frame(30), later)
    assert not np.array_equal(earlier, later)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_outside_its_segments_a_clip_shows_its_source_frame_untouched(technique: Technique) -> None:
    edit = edit_of(technique)
    for index in FRAMES:
        if not edit.inside(index):
            assert np.array_equal(edit.frame(index), edit.take.frame(edit.source_frame(index)))
            assert edit.region(index) is None


@pytest.mark.parametrize("technique", LOCAL)
def test_inside_its_segments_a_local_edit_changes_its_region_and_nothing_else(technique: Technique) -> None:
    edit = edit_of(technique)
    for index in (14, 20, 25):
        box = edit.region(index)
        assert box is not None
        changed = np.any(edit.frame(index) != original_frame(index), axis=2)
        assert changed[box.window].mean() > 0.02
        changed[box.window] = False
        assert not changed.any()


def test_a_spliced_in_scene_is_another_picture_altogether() -> None:
    edit = edit_of("splice_insert")
    difference = np.abs(edit.frame(20).astype(int) - original_frame(20)).mean()
    assert difference > 20
    assert np.array_equal(edit.frame(28), original_frame(28))


@pytest.mark.parametrize("technique", SOUND_ONLY)
def test_a_change_of_voice_leaves_every_pixel_alone(technique: Technique) -> None:
    assert np.array_equal(edit_of(technique).frame(20), original_frame(20))


@pytest.mark.parametrize("technique", [*SOUND_ONLY, "mouth_warp", "splice_insert"])
def test_sound_changes_inside_the_segment_and_not_one_sample_outside(technique: Technique) -> None:
    edit, original = edit_of(technique), edit_of(None).sound()
    sound = edit.sound()
    start, end = edit.sample(12), edit.sample(28)
    assert len(sound) == len(original) == edit.length
    assert np.array_equal(sound[:start], original[:start])
    assert np.array_equal(sound[end:], original[end:])
    assert np.abs(sound[start:end] - original[start:end]).max() > 0.02


@pytest.mark.parametrize("technique", [name for name in [*LOCAL, "frame_repeat"] if name != "mouth_warp"])
def test_an_edit_of_the_picture_alone_leaves_the_sound_alone(technique: Technique) -> None:
    assert np.array_equal(edit_of(technique).sound(), edit_of(None).sound())


@pytest.mark.parametrize("technique", TIMELINE)
def test_edits_in_time_run_at_normal_speed_outside_their_segments(technique: Technique) -> None:
    edit = edit_of(technique)
    steps = [
        edit.source_frame(index + 1) - edit.source_frame(index)
        for index in range(ORIGINAL.frames - 1)
        if not edit.inside(index) and not edit.inside(index + 1)
    ]
    assert set(steps) == {1}
    assert edit.source_frame(ORIGINAL.frames - 1) < edit.take.frames
    assert len(edit.sound()) == edit.length


def test_a_cut_jumps_between_the_two_frames_of_its_segment() -> None:
    edit = edit_of("splice_cut")
    assert edit.source_frame(19) == 19
    assert edit.source_frame(20) > 20 + ORIGINAL.fps // 2


def test_held_frames_repeat_exactly() -> None:
    edit = edit_of("frame_repeat")
    assert {edit.source_frame(index) for index in range(8, 13)} == {8}
    assert edit.source_frame(13) == 13


@pytest.mark.parametrize("seed", [76, 77, 78, 79])
def test_a_stretch_at_another_speed_covers_its_rate_times_as_many_source_frames(seed: int) -> None:
    recipe = manipulated("speed")
    assert recipe.manipulation is not None
    edit = Speed(edit_of("speed").take, replace(recipe, manipulation=replace(recipe.manipulation, seed=seed)))
    covered = edit.source_frame(28) - edit.source_frame(12)
    assert edit.rate != 1
    assert abs(covered - 16 * edit.rate) <= 1


def test_a_swap_puts_on_somebody_else() -> None:
    edit = edit_of("face_swap")
    donor, target = edit.donor, edit.take.identity  # type: ignore[attr-defined]
    assert donor.seed != target.seed
    middle = edit.take.point(20, 0.0, 0.25)
    x, y = round(middle[0]), round(middle[1])
    patch = (slice(y - 12, y + 12), slice(x - 12, x + 12))
    assert np.abs(edit.frame(20)[patch].astype(int) - original_frame(20)[patch]).mean() > 3


def test_a_face_point_cannot_be_had_where_nobody_is() -> None:
    take = edit_for(replace(ORIGINAL, scene="empty_park")).take
    with pytest.raises(LookupError, match="nobody is in this scene"):
        take.point(0, 0.0, 0.0)
