"""Frames taken evenly out of a clip, as a detector wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from clipjury_ml.media.decoding import OpenedVideo, Source, opened_file, opened_video
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.images import open_image
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.orientation import read_orientation
from clipjury_ml.media.results import MAX_SAMPLES, check_count
from clipjury_ml.media.results import SampledFrames as SampledFrames
from clipjury_ml.media.shaping import Shaper, displayed_size, fitted_size
from clipjury_ml.media.timeline import Timeline, number_frames, read_timeline

LONG_SIDE_PX = 1280


def sample_frames(source: Source, count: int, limits: Limits = DEFAULT_LIMITS) -> SampledFrames:
    """Take `count` frames evenly over the clip (all of them when it has fewer; an image gives its one).

    The long side is at most 1280 px. Raises MediaError as `probe_file` does, ValueError unless
    1 <= count <= 128.
    """
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

    Where stamps are addressable the walk jumps from keyframe to keyframe; elsewhere, and where a jump lands
    too late, it decodes from the beginning. The number yielded is the frame's own.
    """
    pending = list(wanted)
    if timeline.addressable:
        with opened_video(source, limits) as opened:
            yield from _pick_by_jumping(opened, timeline, pending)
    if pending:
        with opened_video(source, limits) as opened:
            yield from _pick_by_walking(opened, timeline, pending)


def _sample_image(source: Source, limits: Limits) -> SampledFrames:
    picture = open_image(source, limits).rgb
    picture.thumbnail(fitted_size(*picture.size, short_px=None, long_px=LONG_SIDE_PX))
    return SampledFrames(np.asarray(picture, np.uint8)[np.newaxis], (0,), (0.0,))


def _sample_video(source: Source, count: int, limits: Limits) -> SampledFrames:
    timeline = read_timeline(source, limits)
    wanted = spread_evenly(len(timeline), count)
    pictures: list[NDArray[np.uint8]] = []
    numbers: list[int] = []
    shaper: Shaper | None = None
    for opened, number, frame in pick_frames(source, timeline, wanted, limits):
        shaper = shaper or shaper_for(opened, frame, long_px=LONG_SIDE_PX)
        pictures.append(shaper.shape_rgb(frame))
        numbers.append(number)
    if not pictures:
        raise undecodable()
    times = timeline.frame_index.times_s
    return SampledFrames(np.stack(pictures), tuple(numbers), tuple(times[number] for number in numbers))


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
    position, landed = -1, True
    while pending:
        keyframe = _keyframe_before(timeline, pending[0])
        if keyframe > position:
            opened.demuxed.seek(timeline.stored_pts[keyframe], stream=opened.stream)
            walk, landed = number_frames(opened, timeline), False
        for number, frame in walk:
            if number > pending[0] and not landed:
                return  # the jump overshot: the walk from the start takes over
            landed, position = True, number
            if number >= pending[0]:
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
