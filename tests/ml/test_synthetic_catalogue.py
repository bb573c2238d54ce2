"""What the catalogue promises: the same list for the same seed, fair halves, groups, and nothing that tells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipjury_ml.synthetic.__main__ import file_name
from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.recipes import KINDS, NEEDS_FACE, ClipRecipe
from clipjury_ml.synthetic.rendering import file_segments, kept_frames

CONTRACT_KINDS = {
    "face_swap", "face_reenactment", "lip_sync", "voice", "generated_scene", "splice", "speed", "overlay",
    "context", "other",
}  # fmt: skip
MANY = [recipe for seed in range(40) for recipe in catalogue(seed, 24)]


def auc(value: Callable[[ClipRecipe], float], recipes: list[ClipRecipe]) -> float:
    """Share of (manipulated, authentic) pairs that ``value`` puts in that order; ties count half."""
    fakes = np.array([value(r) for r in recipes if r.label == "manipulated"])
    reals = np.array([value(r) for r in recipes if r.label == "authentic"])
    order = np.sign(fakes[:, None] - reals[None, :])
    return float((order.mean() + 1) / 2)


def test_the_same_seed_gives_the_same_list_and_another_seed_another() -> None:
    assert catalogue(3, 24) == catalogue(3, 24)
    assert catalogue(3, 24) != catalogue(4, 24)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60))
def test_the_two_labels_are_halves_of_exactly_the_count_asked_for(seed: int, count: int) -> None:
    labels = Counter(recipe.label for recipe in catalogue(seed, count))
    assert labels.total() == count
    assert abs(labels["authentic"] - labels["manipulated"]) <= count % 2


def test_fewer_than_one_clip_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="count must be at least 1, not 0"):
        catalogue(1, 0)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(8, 40))
def test_from_eight_clips_on_every_special_clip_is_there(seed: int, count: int) -> None:
    recipes = catalogue(seed, count)
    images = [recipe for recipe in recipes if recipe.media == "image"]
    assert sorted(image.container for image in images) == ["jpg", "png"]
    assert {image.label for image in images} == {"authentic", "manipulated"}
    assert sum(not recipe.has_face for recipe in recipes) == 1
    assert sum(recipe.variable_rate for recipe in recipes) == 1


def test_members_of_a_group_share_their_footage_and_differ_in_what_was_done() -> None:
    groups: dict[str, list[ClipRecipe]] = defaultdict(list)
    for recipe in MANY:
        groups[recipe.group].append(recipe)
    shared = [members for members in groups.values() if len(members) > 1]
    assert shared
    for members in shared:
        footage = {replace(member, manipulation=None, title="") for member in members}
        assert len(footage) == 1
        assert sum(member.label == "authentic" for member in members) == 1
        assert len({member.manipulation for member in members}) == len(members)


def test_recipes_of_different_groups_are_different_footage() -> None:
    takes = {(recipe.group, recipe.take_seed) for recipe in MANY}
    assert len(takes) == len({take for _, take in takes})


def test_kinds_are_words_of_the_platform_and_authentic_clips_have_none() -> None:
    assert {kind for kinds in KINDS.values() for kind in kinds} <= CONTRACT_KINDS
    for recipe in MANY:
        assert bool(recipe.kinds) == bool(recipe.segments) == (recipe.label == "manipulated")


def test_segments_lie_inside_the_clip_and_are_ordered() -> None:
    for recipe in MANY:
        for segments, frames in (
            (recipe.segments, recipe.frames),
            (file_segments(recipe), len(kept_frames(recipe))),
        ):
            ends = [-1]
            for segment in segments:
                assert ends[-1] < segment.start_frame <= segment.end_frame < frames
                ends.append(segment.end_frame)
        assert bool(file_segments(recipe)) == (recipe.label == "manipulated")


def test_a_scene_without_a_face_gets_no_manipulation_of_a_face_or_voice() -> None:
    empty = [recipe.manipulation for recipe in MANY if not recipe.has_face and recipe.manipulation]
    assert empty
    assert not {manipulation.technique for manipulation in empty} & NEEDS_FACE


def test_clips_last_four_to_ten_seconds_at_common_rates_and_sizes() -> None:
    for recipe in MANY:
        assert recipe.fps in (24, 25, 30)
        assert 640 <= recipe.width <= 1280
        assert recipe.media == "image" or 3.9 <= recipe.seconds <= 10.1


@pytest.mark.parametrize("what", ["seconds", "fps", "width", "variable_rate", "has_face"])
def test_no_property_of_the_footage_tells_the_label(what: str) -> None:
    assert 0.45 < auc(lambda recipe: float(getattr(recipe, what)), MANY) < 0.55


def test_neither_title_nor_file_name_nor_place_in_a_group_tells_the_label() -> None:
    again = [recipe for recipe in MANY if "(upload" in recipe.title]
    pairs = [r for r in MANY if sum(other.group == r.group for other in MANY) == 2]
    assert again
    assert 0.4 < auc(lambda recipe: float("(upload" in recipe.title), pairs) < 0.6
    words = " ".join(file_name(1, recipe) for recipe in MANY)
    assert not [word for word in ("fake", "real", "manip", "authentic", "swap") if word in words]
    assert 0.45 < auc(lambda recipe: float(len(recipe.title)), MANY) < 0.56
