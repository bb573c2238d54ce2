"""The rendition that reviewers judge: small, upright, the same encoder for every clip, the same frames.

Frame i of a preview is frame i of the original and is shown at the same time, so that a marked range means
the same in both. A picture of the original that does not decode is stood in for by its predecessor.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clipjury_ml.media.audio import SoundWriter, decode_sound, hears_sound
from clipjury_ml.media.decoding import (
    OpenedVideo,
    Source,
    decode_packet,
    first_frame,
    opened_file,
    opened_video,
    packets,
)
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import Preview
from clipjury_ml.media.sampling import shaper_for
from clipjury_ml.media.shaping import Shaper, fitted_size
from clipjury_ml.media.timeline import FrameNumbers, Timeline, read_timeline

SHORT_SIDE_PX = 480
LONG_SIDE_PX = 1280
IMAGE_LONG_SIDE_PX = 1600
KEYFRAME_EVERY = 12
JPEG_QUALITY = 88
_MAX_TICKS_A_SECOND = 1_000_000
_NO_PICTURE_TYPE = 0
_BT709, _LIMITED_RANGE = 1, 1
_HDR_TRANSFERS = (16, 18)  # SMPTE ST 2084, ARIB STD-B67
_X264 = {
    "preset": "veryfast",
    "crf": "20",
    "profile": "high",
    "bf": "0",
    "sc_threshold": "0",
    "a53cc": "0",  # closed captions are the original's
    "threads": "1",  # the same bytes on every machine
    "flags": "+bitexact+cgop",
}


def make_preview(source: Source, out_dir: Path, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """Write `preview.mp4` (H.264, at most 480 px on the short side) or `preview.jpg` (long side 1600 px).

    Raises MediaError as `probe_file` does. Warnings: `truncated`, `frames_stood_in` (pictures that did not
    decode), `sound_unreadable`, and the timeline's.
    """
    with opened_file(source) as (_, container):
        kind = container.kind
    return (
        _image_preview(source, out_dir, limits)
        if kind == "image"
        else _video_preview(source, out_dir, limits)
    )


def _image_preview(source: Source, out_dir: Path, limits: Limits) -> Preview:
    from clipjury_ml.media.images import open_image  # not at the top: videos do without Pillow

    image = open_image(source, limits)
    picture, path = image.rgb, out_dir / "preview.jpg"
    picture.thumbnail(fitted_size(*picture.size, short_px=None, long_px=IMAGE_LONG_SIDE_PX))
    picture.save(path, "JPEG", quality=JPEG_QUALITY, subsampling=0, icc_profile=None)
    return Preview(path, "image", "image/jpeg", *picture.size, 1, (0.0,), None, False, image.warnings)


def _video_preview(source: Source, out_dir: Path, limits: Limits) -> Preview:
    timeline = read_timeline(source, limits)
    with_sound = hears_sound(source, limits)
    path = out_dir / "preview.mp4"
    with opened_video(source, limits) as opened:
        first = first_frame(opened)
        shaper = shaper_for(
            opened, first, long_px=LONG_SIDE_PX, short_px=SHORT_SIDE_PX, pixel_format="yuv420p"
        )
    with opened_video(source, limits) as opened, _new_mp4(path, timeline) as output:
        pictures = PictureWriter(output, timeline, shaper, first)
        sound = SoundWriter(output, timeline.origin_s, limits) if with_sound else None
        _transcode(opened, pictures, sound)
        lost_sound = opened.audio is not None and not with_sound
    warnings = [*(["truncated"] if opened.cut_off or timeline.cut_off else []), *timeline.warnings]
    warnings += ["frames_stood_in"] if pictures.stood_in else []
    warnings += ["sound_unreadable"] if lost_sound else []
    return _measured(path, pictures, timeline, with_sound, tuple(warnings), limits)


def _transcode(opened: OpenedVideo, pictures: PictureWriter, sound: SoundWriter | None) -> None:
    for packet in packets(opened, with_audio=sound is not None):
        _write_packet(opened, packet, pictures, sound)
    for frame in decode_packet(opened, None):
        pictures.write(frame)
    pictures.finish()
    if sound is not None:
        for heard in decode_sound(opened, None):
            sound.write(heard)
        sound.finish()


def _write_packet(
    opened: OpenedVideo, packet: Packet[Stream], pictures: PictureWriter, sound: SoundWriter | None
) -> None:
    if packet.stream_index == opened.stream.index:
        for frame in decode_packet(opened, packet):
            pictures.write(frame)
    elif sound is not None:
        for heard in decode_sound(opened, packet):
            sound.write(heard)


def _measured(
    path: Path,
    pictures: PictureWriter,
    timeline: Timeline,
    has_audio: bool,
    warnings: tuple[str, ...],
    limits: Limits,
) -> Preview:
    written = read_timeline(path, limits)
    times = written.frame_index.times_s
    if len(written) != len(timeline):
        raise RuntimeError(f"the preview has {len(written)} frames where the original has {len(timeline)}")
    width, height = pictures.stream.codec_context.width, pictures.stream.codec_context.height
    duration = round(written.duration_s, 6)
    return Preview(
        path, "video", "video/mp4", width, height, len(written), times, duration, has_audio, warnings
    )


def _new_mp4(path: Path, timeline: Timeline) -> OutputContainer:
    ticks_a_second = str(preview_time_base(timeline.time_base).denominator)
    options = {
        "movflags": "+faststart",
        "fflags": "+bitexact",  # no name of a program, no date
        "video_track_timescale": ticks_a_second,
        "movie_timescale": ticks_a_second,  # a late first picture is an edit counted in these
    }
    return av.open(str(path), "w", format="mp4", options=options)


def preview_time_base(time_base: Fraction) -> Fraction:
    """The original's ticks where MP4 can count in them, so that times are exact; else microseconds."""
    return Fraction(1, min(time_base.denominator, _MAX_TICKS_A_SECOND))


class PictureWriter:
    """Encodes decoded pictures at their places in the timeline, each place exactly once and in order."""

    def __init__(
        self, output: OutputContainer, timeline: Timeline, shaper: Shaper, first: VideoFrame
    ) -> None:
        self.stood_in = 0
        self._output = output
        self._shaper = shaper
        self._timeline = timeline
        self._numbers = FrameNumbers(timeline)
        self._time_base = preview_time_base(timeline.time_base)
        self.stream: VideoStream = output.add_stream(
            "libx264", rate=_whole_rate(timeline), options=dict(_X264)
        )
        self._next = 0
        self._previous: VideoFrame | None = None
        self._set_up_encoder(first)

    def write(self, frame: VideoFrame) -> None:
        """Encode one decoded picture, and stand-ins for the places before it that were never decoded."""
        number = self._numbers.number(frame)
        if number is None or number < self._next:
            return
        shaped = self._shaper.shape(frame)
        while self._next < number:
            self._encode(self._previous or shaped)
            self.stood_in += 1
        self._encode(shaped)
        self._previous = shaped

    def finish(self) -> None:
        """Fill the places after the last picture that decoded, and write what the encoder still holds."""
        if self._previous is None:
            raise undecodable()
        while self._next < len(self._timeline):
            self._encode(self._previous)
            self.stood_in += 1
        self._output.mux(self.stream.encode(None))

    def _set_up_encoder(self, first: VideoFrame) -> None:
        context = self.stream.codec_context
        context.width, context.height = self._shaper.width, self._shaper.height
        context.pix_fmt = self._shaper.pixel_format
        context.time_base = self._time_base
        context.gop_size, context.max_b_frames = KEYFRAME_EVERY, 0
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        if first.color_trc in _HDR_TRANSFERS:  # left out, a player would show the clip grey and flat
            context.color_primaries, context.color_trc = first.color_primaries, first.color_trc
        context.color_range = _LIMITED_RANGE

    def _encode(self, picture: VideoFrame) -> None:
        ticks, scale = self._timeline.shown_ticks, self._timeline.time_base / self._time_base
        here = ticks[self._next]
        after = (
            ticks[self._next + 1]
            if self._next + 1 < len(ticks)
            else here + self._timeline.last_duration_ticks
        )
        picture.pts = round(here * scale)
        picture.duration = max(1, round(after * scale) - round(here * scale))
        picture.time_base = self._time_base
        # The original's frame types would show where its encoder put keyframes.
        picture.pict_type = _NO_PICTURE_TYPE
        self._output.mux(self.stream.encode(picture))
        self._next += 1


def _whole_rate(timeline: Timeline) -> int:
    """A rate for the encoder's level; times themselves come from the timeline."""
    return min(120, max(1, round(timeline.fps_mean)))
