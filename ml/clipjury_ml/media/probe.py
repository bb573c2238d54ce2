"""What a file is: kind, size, length, codecs, and when each of its frames is shown."""

from __future__ import annotations

import statistics
from itertools import pairwise

from av.video.frame import VideoFrame

from clipjury_ml.media.decoding import OpenedVideo, Source, first_frame, opened_file, opened_video
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits, check_dimensions
from clipjury_ml.media.orientation import read_orientation
from clipjury_ml.media.results import FrameIndex, Probe, ProbeResult
from clipjury_ml.media.shaping import displayed_size
from clipjury_ml.media.timeline import Timeline, read_timeline

_VARIABLE_GAP_SHARE = 0.25
"""A gap between frames this far from the usual one makes a clip's frame rate variable (rounding does not)."""


def probe_file(source: Source, limits: Limits = DEFAULT_LIMITS) -> ProbeResult:
    """Probe a video or an image. Headers are held against `limits` before anything is decoded.

    Raises MediaError with any of the codes in `errors`, OSError when the file cannot be opened.
    """
    with opened_file(source) as (_, container):
        kind = container.kind
    return _probe_image(source, limits) if kind == "image" else _probe_video(source, limits)


def _probe_image(source: Source, limits: Limits) -> ProbeResult:
    from clipjury_ml.media.images import open_image  # not at the top: videos do without Pillow

    image = open_image(source, limits)
    width, height = image.rgb.size
    name = image.container.name
    probe = Probe("image", name, None, width, height, image.rotation_deg, 1, None, False, name, None, False)
    return ProbeResult(probe, FrameIndex((0.0,), (True,)), image.warnings)


def _probe_video(source: Source, limits: Limits) -> ProbeResult:
    timeline = read_timeline(source, limits)
    with opened_video(source, limits) as opened:
        probe = _describe(opened, first_frame(opened), timeline, limits)
        cut_off = ("truncated",) if opened.cut_off or timeline.cut_off else ()
    return ProbeResult(probe, timeline.frame_index, cut_off + timeline.warnings)


def _describe(opened: OpenedVideo, frame: VideoFrame, timeline: Timeline, limits: Limits) -> Probe:
    turn = read_orientation(frame)
    width, height = displayed_size(frame.width, frame.height, opened.stream.sample_aspect_ratio, turn)
    check_dimensions(width, height, limits)
    audio = opened.audio.codec_context.name if opened.audio else None
    return Probe(
        "video",
        opened.container.name,
        round(timeline.duration_s, 6),
        width,
        height,
        turn.rotation_deg,
        len(timeline),
        round(timeline.fps_mean, 4),
        _is_variable(timeline),
        opened.stream.codec_context.codec.canonical_name,
        audio,
        audio is not None,
    )


def _is_variable(timeline: Timeline) -> bool:
    gaps = [after - before for before, after in pairwise(timeline.shown_ticks)]
    if not gaps:
        return False
    usual = statistics.median_low(gaps)
    # Timestamps in whole milliseconds make 29.97 fps alternate between 33 and 34: that is rounding.
    return any(abs(gap - usual) > max(1, usual * _VARIABLE_GAP_SHARE) for gap in gaps)
