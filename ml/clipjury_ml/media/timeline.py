"""When each picture of a clip is shown: the table that frame numbers mean something by.

Frame i is the i-th picture *shown*, and its time counts from the moment a player calls zero. Times come from
presentation timestamps, never from a frame rate, so that variable frame rates and edit lists hold.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame

from clipjury_ml.media.decoding import OpenedVideo, Source, decode_frames, opened_video, packets
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.limits import Limits, check_duration, check_frame_count, check_frame_rate
from clipjury_ml.media.results import FrameIndex

# Where every packet is exactly one shown picture. Elsewhere (VP8's hidden frames, packed B-frames in AVI,
# fields in a transport stream) only decoding tells how many pictures there are.
_ONE_PICTURE_A_PACKET = {
    "mov": {"h264", "hevc", "vp9", "av1", "libdav1d", "mjpeg", "prores"},
    "matroska": {"h264", "hevc", "vp9", "av1", "libdav1d"},
}
_PROGRESSIVE = {0, 1}  # AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE


@dataclass(frozen=True)
class Timeline:
    """The frame index in exact ticks. `stored_pts[i]` is what the decoder stamps on frame i.

    `shown_ticks` counts from the player's zero in units of `time_base`. `addressable` says that stamps are
    distinct and trustworthy, so that a frame can be sought; otherwise frames are told apart by counting.
    """

    time_base: Fraction
    stored_pts: tuple[int, ...]
    shown_ticks: tuple[int, ...]
    keyframes: tuple[bool, ...]
    last_duration_ticks: int
    origin_s: Fraction
    addressable: bool
    cut_off: bool
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.shown_ticks)

    @property
    def duration_s(self) -> float:
        """From the player's zero to the end of the last frame."""
        return float((self.shown_ticks[-1] + self.last_duration_ticks) * self.time_base)

    @property
    def fps_mean(self) -> float:
        """Frames a second, from the first picture to the end of the last."""
        span = self.shown_ticks[-1] - self.shown_ticks[0] + self.last_duration_ticks
        return float(len(self) / (span * self.time_base))

    @property
    def frame_index(self) -> FrameIndex:
        """The same as seconds, rounded to the microsecond."""
        times = tuple(round(float(ticks * self.time_base), 6) for ticks in self.shown_ticks)
        return FrameIndex(times, self.keyframes)


@dataclass(frozen=True)
class _Stamp:
    pts: int | None
    duration: int
    keyframe: bool


def read_timeline(source: Source, limits: Limits) -> Timeline:
    """Build the timeline of a video from its packets, or by decoding it where packets do not tell.

    Raises MediaError, among them `too_many_frames` and `too_long`, as soon as a limit is passed.
    """
    with opened_video(source, limits) as opened:
        stamps = _stamps_of_packets(opened, limits) if _packets_tell(opened) else None
        if stamps is not None:
            return _build(opened, stamps, limits, addressable=True)
    with opened_video(source, limits) as opened:
        return _build(opened, _stamps_of_frames(opened, limits), limits, addressable=False)


class FrameNumbers:
    """Tells a decoded picture's frame number. Without addressable stamps it counts, so every picture must pass."""

    def __init__(self, timeline: Timeline) -> None:
        self._of_pts = {pts: number for number, pts in enumerate(timeline.stored_pts)}
        self._addressable = timeline.addressable
        self._frames = len(timeline)
        self._counted = 0

    def number(self, frame: VideoFrame) -> int | None:
        """The frame number, or None for a picture that is not part of what is shown."""
        if self._addressable:
            return None if frame.pts is None else self._of_pts.get(frame.pts)
        self._counted += 1
        return self._counted - 1 if self._counted <= self._frames else None


def number_frames(
    opened: OpenedVideo, timeline: Timeline, only: Collection[int] | None = None
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode from where `opened` stands and yield each picture with its frame number.

    With `only`, the numbers of the pictures that are wanted, others may be left out. Without addressable stamps
    the walk has to start at the beginning of the file and take every picture.
    """
    numbers = FrameNumbers(timeline)
    stamps = {timeline.stored_pts[number] for number in only} if only and timeline.addressable else None
    for frame in decode_frames(opened, stamps):
        number = numbers.number(frame)
        if number is not None:
            yield number, frame


def _packets_tell(opened: OpenedVideo) -> bool:
    context = opened.stream.codec_context
    known = context.name in _ONE_PICTURE_A_PACKET.get(opened.container.demuxer, set())
    return known and int(context.field_order) in _PROGRESSIVE


def _stamps_of_packets(opened: OpenedVideo, limits: Limits) -> list[_Stamp] | None:
    """One stamp a shown packet, in order of presentation; None when the packets are not to be trusted."""
    stamps: list[_Stamp] = []
    packet: Packet[Stream] | None = None
    for place, packet in enumerate(packets(opened)):
        if place == 0 and not packet.is_keyframe:
            return None
        if packet.is_discard:  # before the start that an edit list sets: decoded, never shown
            continue
        if packet.pts is None:
            return None
        _check_running(packet, len(stamps) + 1, opened, limits)
        stamps.append(_Stamp(packet.pts, packet.duration or 0, packet.is_keyframe))
    if packet is not None and packet.is_corrupt and len(stamps) > 1 and packet.pts == stamps[-1].pts:
        stamps.pop()  # the file breaks off inside this picture
        opened.cut_off = True
    distinct = len({stamp.pts for stamp in stamps}) == len(stamps)
    return sorted(stamps, key=lambda stamp: stamp.pts or 0) if stamps and distinct else None


def _check_running(packet: Packet[Stream], frames: int, opened: OpenedVideo, limits: Limits) -> None:
    check_frame_count(frames, limits)
    start = opened.stream.start_time
    if packet.pts is not None and start is not None:
        check_duration(float((packet.pts - start) * opened.time_base), limits)


def _stamps_of_frames(opened: OpenedVideo, limits: Limits) -> list[_Stamp]:
    stamps: list[_Stamp] = []
    for frame in decode_frames(opened):
        check_frame_count(len(stamps) + 1, limits)
        stamps.append(_Stamp(frame.pts, frame.duration or 0, bool(frame.key_frame)))
    return stamps


def _build(opened: OpenedVideo, stamps: list[_Stamp], limits: Limits, *, addressable: bool) -> Timeline:
    if not stamps:
        raise undecodable()
    nominal = _nominal_ticks(opened, stamps)
    pts, repaired = _ascending([stamp.pts for stamp in stamps], nominal)
    origin_s = _origin_s(opened, pts[0])
    shown = tuple(tick - round(origin_s / opened.time_base) for tick in pts)
    last = max(1, stamps[-1].duration or nominal)
    check_duration(float((shown[-1] + last) * opened.time_base), limits)
    timeline = Timeline(
        opened.time_base,
        tuple(pts),
        shown,
        tuple(stamp.keyframe for stamp in stamps),
        last,
        origin_s,
        addressable,
        opened.cut_off,
        ("timestamps_repaired",) if repaired else (),
    )
    check_frame_rate(timeline.fps_mean, limits)
    return timeline


def _nominal_ticks(opened: OpenedVideo, stamps: list[_Stamp]) -> int:
    """The usual time between two frames, for a frame that does not say when it is shown or for how long."""
    known = [stamp.pts for stamp in stamps if stamp.pts is not None]
    gaps = [after - before for before, after in pairwise(known) if after > before]
    if gaps:
        return int(statistics.median_low(gaps))
    rate = opened.stream.average_rate or opened.stream.guessed_rate or Fraction(25)
    return max(1, round(1 / (rate * opened.time_base)))


def _ascending(pts: list[int | None], nominal: int) -> tuple[list[int], bool]:
    """The same stamps, strictly ascending: a missing or backward one is set `nominal` after its predecessor."""
    fixed: list[int] = []
    repaired = False
    for stamp in pts:
        if stamp is None or (fixed and stamp <= fixed[-1]):
            repaired = True
            stamp = fixed[-1] + nominal if fixed else 0
        fixed.append(stamp)
    return fixed, repaired


def _origin_s(opened: OpenedVideo, first_pts: int) -> Fraction:
    """The file's time that a player calls zero: where the earlier of picture and sound starts.

    Sound before zero under pictures from zero on is the encoder's priming, which players throw away.
    """
    video_s = first_pts * opened.time_base
    audio = opened.audio
    if audio is None or audio.start_time is None or audio.time_base is None:
        return video_s
    audio_s = audio.start_time * audio.time_base
    if video_s >= 0:
        audio_s = max(audio_s, Fraction(0))
    return min(video_s, audio_s)
