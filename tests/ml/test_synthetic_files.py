"""The files: the same bytes every time, playable with picture and sound, and silent about their label."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.ml.drawn_recipes import ORIGINAL, manipulated

from clipjury_ml.media.probe import probe_file
from clipjury_ml.synthetic.__main__ import main
from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.edits.choice import edit_for
from clipjury_ml.synthetic.encoding import write_video
from clipjury_ml.synthetic.manifest import COLUMNS, LICENCE
from clipjury_ml.synthetic.recipes import ClipRecipe, Technique
from clipjury_ml.synthetic.rendering import RenderedClip, kept_frames, render

VARIANTS: list[Technique] = ["face_swap", "mouth_warp", "overlay_paste", "speed", "voice_replace"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drawn")


@pytest.fixture(scope="module")
def clips(folder: Path) -> dict[str, RenderedClip]:
    """The original and some of what can be done to it, drawn once."""
    recipes: dict[str, ClipRecipe] = {"original": ORIGINAL, **{name: manipulated(name) for name in VARIANTS}}
    return {name: render(recipe, folder / f"{name}.mp4") for name, recipe in recipes.items()}


@cache
def header(path: Path) -> tuple[object, ...]:
    """Everything a container says about itself and its streams, apart from its length."""
    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        context, voice = picture.codec_context, sound.codec_context
        return (
            container.format.name, container.duration, tuple(sorted(container.metadata.items())),
            tuple(sorted(picture.metadata.items())), tuple(sorted(sound.metadata.items())), picture.average_rate,
            picture.time_base, picture.frames, context.name, context.profile, context.pix_fmt, context.width,
            context.height, context.has_b_frames, bytes(context.extradata or b""), context.color_primaries,
            context.color_trc, context.colorspace, voice.name, voice.sample_rate, voice.layout.name,
        )  # fmt: skip


def test_the_same_recipe_gives_the_same_bytes(clips: dict[str, RenderedClip], folder: Path) -> None:
    again = render(manipulated("face_swap"), folder / "again.mp4")
    assert again.path.read_bytes() == clips["face_swap"].path.read_bytes()
    assert again.sha256 == hashlib.sha256(again.path.read_bytes()).hexdigest() == clips["face_swap"].sha256


def test_encoding_the_same_pictures_time_and_again_gives_the_same_bytes(folder: Path) -> None:
    edit = edit_for(ORIGINAL)
    pictures, sound = [edit.frame(index) for index in range(40)], edit.sound()
    made = set()
    for turn in range(8):  # macroblock-tree rate control gave a new file nearly every time
        write_video(pictures, [3600 * index for index in range(41)], sound, folder / f"turn-{turn}", 25)
        made.add((folder / f"turn-{turn}").read_bytes())
    assert len(made) == 1


def test_every_file_plays_with_all_its_pictures_and_its_sound(clips: dict[str, RenderedClip]) -> None:
    for clip in clips.values():
        with av.open(str(clip.path)) as container:
            pictures = list(container.decode(video=0))
        with av.open(str(clip.path)) as container:
            samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        assert [round(picture.time * 25) for picture in pictures] == list(range(40))
        assert (pictures[0].width, pictures[0].height) == (320, 180)
        assert len(samples) / 48_000 == pytest.approx(1.6, abs=0.05)
        assert 0.002 < float(np.sqrt(np.mean(samples**2))) < 0.4


def test_decoded_pictures_are_the_drawn_ones(clips: dict[str, RenderedClip]) -> None:
    drawn = edit_for(ORIGINAL).frame(20).astype(float)
    with av.open(str(clips["original"].path)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][20]
    assert 10 * np.log10(255**2 / np.mean((drawn - shown) ** 2)) > 30  # dB
    assert np.abs(drawn.mean(axis=(0, 1)) - shown.mean(axis=(0, 1))).max() < 2.5  # colours, too


def test_the_platforms_own_probe_accepts_them(clips: dict[str, RenderedClip]) -> None:
    probed = probe_file(clips["face_swap"].path)
    assert (probed.probe.width, probed.probe.height) == (320, 180)
    assert probed.probe.has_audio
    assert len(probed.frame_index.times_s) == 40
    assert probed.warnings == ()


def test_what_a_container_says_is_the_same_for_both_labels(clips: dict[str, RenderedClip]) -> None:
    assert len({header(clip.path) for clip in clips.values()}) == 1
    said = str(header(clips["original"].path)).lower()
    assert not [word for word in ("creation_time", "clipjury", "authentic", "manip", "title") if word in said]


def test_file_size_does_not_tell_an_original_from_what_was_made_of_it(clips: dict[str, RenderedClip]) -> None:
    original = clips["original"].path.stat().st_size
    ratios = [clips[name].path.stat().st_size / original for name in VARIANTS]
    assert all(0.7 < ratio < 1.3 for ratio in ratios), ratios


def test_the_truth_comes_with_the_file(clips: dict[str, RenderedClip]) -> None:
    assert (clips["original"].label, clips["original"].kinds, clips["original"].segments) == (
        "authentic",
        (),
        (),
    )
    swap = clips["face_swap"]
    assert (swap.label, swap.kinds, swap.group) == ("manipulated", ("face_swap",), clips["original"].group)
    assert [(segment.start_frame, segment.end_frame) for segment in swap.segments] == [(12, 27)]


def test_progress_counts_up_to_the_last_frame(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    render(replace(ORIGINAL, frames=6), folder / "short.mp4", lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(1, 7)]


def test_a_variable_rate_clip_keeps_the_times_of_the_frames_it_kept(folder: Path) -> None:
    recipe = replace(manipulated("overlay_paste"), variable_rate=True)
    kept = kept_frames(recipe)
    clip = render(recipe, folder / "variable.mp4")
    with av.open(str(clip.path)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([frame / 25 for frame in kept], abs=1e-4)
    assert len({round(float(step), 3) for step in np.diff(times)}) > 1
    (segment,) = clip.segments
    assert kept[segment.start_frame] >= 12 > kept[segment.start_frame - 1]
    assert kept[segment.end_frame] <= 27 < kept[segment.end_frame + 1]


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_still_is_one_picture_with_its_truth_on_frame_zero(kind: str, folder: Path) -> None:
    recipe = next(
        r for seed in range(20) for r in catalogue(seed, 8) if r.container == kind and r.manipulation
    )
    clip = render(replace(recipe, width=320, height=180), folder / f"still.{kind}")
    assert cv2.imread(str(clip.path)).shape == (180, 320, 3)
    assert [(segment.start_frame, segment.end_frame) for segment in clip.segments] == [(0, 0)]
    assert clip.frames == 1


def test_a_path_of_the_wrong_kind_is_refused_and_nothing_is_written(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"this recipe makes a \.mp4 file"):
        render(ORIGINAL, folder / "wrong" / "clip.jpg")
    assert not (folder / "wrong").exists()


def test_a_drawing_that_is_interrupted_leaves_nothing_behind(folder: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(replace(ORIGINAL, frames=6), folder / "stopped" / "clip.mp4", stop)
    assert list((folder / "stopped").iterdir()) == []


def test_the_command_writes_clips_and_a_manifest_that_agrees_with_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = [
        replace(recipe, width=320, height=180, frames=30) for recipe in (ORIGINAL, manipulated("voice_shift"))
    ]
    monkeypatch.setattr("clipjury_ml.synthetic.__main__.catalogue", lambda seed, count: small)
    assert main(["--out", str(folder / "made"), "--count", "2", "--seed", "9"]) == 0
    with (folder / "made" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["authentic", "manipulated"]
    for row in rows:
        assert tuple(row) == COLUMNS
        content = (folder / "made" / row["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert (row["licence"], row["kind"], row["group"]) == (LICENCE, "video", "g1")
    assert json.loads(rows[1]["segments"]) == [{"start_frame": 12, "end_frame": 27}]
    assert (rows[0]["segments"], rows[1]["kinds"]) == ("[]", "voice")


def test_the_command_refuses_a_count_of_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(folder / "none"), "--count", "0"]) == 2
    assert "--count must be at least 1" in capsys.readouterr().err
    assert not (folder / "none").exists()
