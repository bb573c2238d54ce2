"""Frames taken evenly out of a clip, as a detector wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from av.video.frame import VideoFrame

from clipjury_ml.media.decoding import OpenedVideo, Source, opened_file, opened_video
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.orientation import read_orientation
from clipjury_ml.media.results import MAX_SAMPLES, check_count
from clipjury_ml.media.results import SampledFrames as SampledFrames
from clipjury_ml.media.shaping import Shaper, displayed_size, fitted_size
from clipjury_ml.media.timeline import Timeline, number_frames, read_timeline

LONG_SIDE_PX = 1280


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame taken: its number, when it is shown, and its RGB bytes row by row; every one of a clip is as large."""

    number: int
    time_s: float
    width: int
    height: int
    rgb: bytes


def sample_frames(source: Source, count: int, limits: Limits = DEFAULT_LIMITS) -> SampledFrames:
    """Take `count` frames evenly over the clip (all of them when it has fewer; an image gives its one).

    The long side is at most 1280 px. Raises MediaError as `probe_file` does, ValueError unless
    1 <= count <= 128.
    """
    import numpy as np  # not at the top: the sandbox hands on bytes, and starts faster without

    samples = list(walk_samples(source, count, limits))
    pixels = np.frombuffer(bytearray().join(sample.rgb for sample in samples), np.uint8)
    return SampledFrames(
        pixels.reshape(len(samples), samples[0].height, samples[0].width, 3),
        tuple(sample.number for sample in samples),
        tuple(sample.time_s for sample in samples),
    )


def walk_samples(source: Source, count: int, limits: Limits = DEFAULT_LIMITS) -> Iterator[Sample]:
    """As `sample_frames`, one after another and at least one."""
    check_count(count, MAX_SAMPLES)
    with opened_file(source) as (_, container):
        kind = container.kind
    return _sample_image(source, limits) if kind == "image" else _sample_video(source, count, limits)


def spread_evenly(frames: int, count: int) -> list[int]:
    """`count` frame numbers (or all) in the middle of equal parts of a clip of `frames` frames, ascending."""
    count = min(count, frames)
    return [(2 * part + 1) * frames // (2 * count) for part in range(count)]


def pick_frames(
    source: Source, timeline: Timeline, wanted: Sequence[int], limits: Limits
) -> Iterator[tuple[OpenedVideo, int, VideoFrame]]:
    """Yield, for each of the ascending frame numbers `wanted`, that frame, or the next one that decodes.

    Where stamps are addressable the walk jumps from keyframe to keyframe and spares what it can; elsewhere, and
    where a jump lands too late or a wanted frame does not decode, it takes every frame from the beginning. The
    number yielded is the frame's own.
    """
    pending = list(wanted)
    if timeline.addressable:
        with opened_video(source, limits) as opened:
            yield from _pick_by_jumping(opened, timeline, pending)
    if pending:
        with opened_video(source, limits) as opened:
            yield from _pick_by_walking(opened, timeline, pending)


def _sample_image(source: Source, limits: Limits) -> Iterator[Sample]:
    from clipjury_ml.media.images import open_image  # not at the top: videos do without Pillow

    picture = open_image(source, limits).rgb
    picture.thumbnail(fitted_size(*picture.size, short_px=None, long_px=LONG_SIDE_PX))
    yield Sample(0, 0.0, *picture.size, picture.tobytes())


def _sample_video(source: Source, count: int, limits: Limits) -> Iterator[Sample]:
    timeline = read_timeline(source, limits)
    times_s = timeline.frame_index.times_s
    shaper: Shaper | None = None
    for opened, number, frame in pick_frames(source, timeline, spread_evenly(len(timeline), count), limits):
        shaper = shaper or shaper_for(opened, frame, long_px=LONG_SIDE_PX)
        yield Sample(number, times_s[number], shaper.width, shaper.height, shaper.shape_bytes(frame))
    if shaper is None:
        raise undecodable()


def shaper_for(
    opened: OpenedVideo,
    frame: VideoFrame,
    *,
    long_px: int,
    short_px: int | None = None,
    pixel_format: str = "rgb24",
) -> Shaper:
    """A Shaper that shows `frame` as a player does, fitted into the sides given; even sides unless RGB."""
    turn = read_orientation(frame)
    shown = displayed_size(frame.width, frame.height, opened.stream.sample_aspect_ratio, turn)
    size = fitted_size(*shown, short_px=short_px, long_px=long_px, even=pixel_format != "rgb24")
    return Shaper(*size, pixel_format, turn)


def _pick_by_jumping(
    opened: OpenedVideo, timeline: Timeline, pending: list[int]
) -> Iterator[tuple[OpenedVideo, int, VideoFrame]]:
    walk: Iterator[tuple[int, VideoFrame]] = iter(())
    position, wanted = -1, tuple(pending)
    while pending:
        keyframe = _keyframe_before(timeline, pending[0])
        if keyframe > position:
            opened.demuxed.seek(timeline.stored_pts[keyframe], stream=opened.stream)
            walk = number_frames(opened, timeline, wanted)
        for number, frame in walk:
            if number > pending[0]:
                return  # too far, and frames between may have been spared: the walk from the start takes over
            position = number
            if number == pending[0]:
                pending.pop(0)
                yield opened, number, frame
                break
        else:
            return


def _pick_by_walking(
    opened: OpenedVideo, timeline: Timeline, pending: list[int]
) -> Iterator[tuple[OpenedVideo, int, VideoFrame]]:
    last: tuple[int, VideoFrame] | None = None
    for number, frame in number_frames(opened, timeline):
        last = (number, frame)
        if pending and number >= pending[0]:
            pending.pop(0)
            yield opened, number, frame
        if not pending:
            return
    if last is not None:  # the clip's tail does not decode: its last picture stands for it, once
        pending.clear()
        yield opened, *last


def _keyframe_before(timeline: Timeline, number: int) -> int:
    return next((at for at in range(number, -1, -1) if timeline.keyframes[at]), 0)
