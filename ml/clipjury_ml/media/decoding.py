"""Opening an untrusted video and taking its pictures out, one by one.

FFmpeg is given no freedom: the demuxer is the one the magic bytes name, the only protocol is the open file
descriptor (so a playlist or a reference movie can reach no other file), the decoders are the ones of a list,
and every decoder runs on one thread.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from clipjury_ml.media import cutoff
from clipjury_ml.media.containers import HEAD_BYTES, Container, describe_unsupported, sniff
from clipjury_ml.media.errors import MediaError, empty_file, truncated, undecodable
from clipjury_ml.media.limits import (
    Limits,
    check_dimensions,
    check_duration,
    check_frame_count,
    check_stream_count,
)

Source = Path | int
"""A file to read: its path, or a descriptor open for reading (the sandbox knows no paths)."""

# fmt: off
VIDEO_DECODERS = frozenset((
    "h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "mpeg1video", "mpeg2video",
    "mpeg4", "msmpeg4v2", "msmpeg4", "h263", "mjpeg", "prores", "gif",
))
AUDIO_DECODERS = frozenset((
    "aac", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "ac3", "eac3", "opus", "libopus", "vorbis", "flac",
    "alac", "amrnb", "amrwb", "libopencore_amrnb", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be",
    "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_alaw", "pcm_mulaw",
))
# fmt: on
_DECODERS = ",".join(sorted(VIDEO_DECODERS | AUDIO_DECODERS))


@dataclass
class OpenedVideo:
    """An open video file. `failures` counts the packets that did not decode, `cut_off` a file that ends early."""

    demuxed: InputContainer
    stream: VideoStream
    audio: av.AudioStream | None
    container: Container
    cut_off: bool
    failures: int = field(default=0)

    @property
    def time_base(self) -> Fraction:
        """Seconds in one tick of the picture track."""
        return self.stream.time_base or Fraction(1, 90_000)


@contextlib.contextmanager
def opened_file(source: Source) -> Iterator[tuple[int, Container]]:
    """Yield a descriptor at offset 0 and the container its magic bytes name.

    Raises MediaError `empty_file` or `unsupported_format`, OSError when the file cannot be opened.
    """
    fd = os.dup(source) if isinstance(source, int) else os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        head = os.pread(fd, HEAD_BYTES, 0)
        if not head:
            raise empty_file()
        container = sniff(head)
        if container is None:
            raise MediaError("unsupported_format", describe_unsupported(head))
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd, container
    finally:
        os.close(fd)


@contextlib.contextmanager
def opened_video(source: Source, limits: Limits) -> Iterator[OpenedVideo]:
    """Open a video with its demuxer forced and check its tracks against `limits`, before anything is decoded.

    Raises MediaError for what `opened_file` does and for `truncated`, `no_video_stream`,
    `dimensions_too_large`, `too_long`, `too_many_frames`, `too_many_streams`, `codec_not_allowed`, `decode_failed`.
    """
    with opened_file(source) as (fd, container):
        cut_off = cutoff.is_cut_off(fd, container)
        demuxed = _demux_file(fd, container, cut_off, limits)
        try:
            yield _choose_tracks(demuxed, container, cut_off, limits)
        finally:
            demuxed.close()


def packets(opened: OpenedVideo, *, with_audio: bool = False) -> Iterator[Packet[Stream]]:
    """The packets of the picture track (and of the sound track), in file order, without the flushing ones.

    A file that breaks off ends the walk: what came before it stands.
    """
    tracks = [opened.stream, opened.audio] if with_audio and opened.audio else [opened.stream]
    walk = opened.demuxed.demux(tracks)
    while True:
        try:
            packet = next(walk)
        except (StopIteration, EOFError):
            return
        except MemoryError:
            raise
        except av.error.FFmpegError:
            opened.cut_off = True
            return
        if packet.size or packet.dts is not None:
            yield packet


def decode_packet(opened: OpenedVideo, packet: Packet[Stream] | None) -> list[VideoFrame]:
    """The pictures that `packet` completes (None flushes the decoder); a damaged packet gives none."""
    try:
        frames = opened.stream.decode(packet)
    except MemoryError:
        raise
    except EOFError:
        return []
    except av.error.FFmpegError:
        opened.failures += 1
        return []
    return frames


def decode_frames(opened: OpenedVideo, only: Collection[int] | None = None) -> Iterator[VideoFrame]:
    """Every picture of the clip in the order in which it is shown.

    With `only`, the stamps of the pictures that are wanted, others may be left out: those of which no other
    picture is made, so that the rest come out the same to the last bit.
    """
    context = opened.stream.codec_context
    # H.264 says so of each picture (nal_ref_idc 0). HEVC's mark holds among pictures of one temporal layer only.
    sparing = only is not None and context.name == "h264"
    for packet in packets(opened):
        if sparing and only is not None:
            context.skip_frame = "DEFAULT" if packet.pts in only else "NONREF"
        yield from decode_packet(opened, packet)
    yield from decode_packet(opened, None)


def first_frame(opened: OpenedVideo) -> VideoFrame:
    """The first picture that decodes: proof that there is one, and what knows how it is turned.

    Raises MediaError `truncated` or `decode_failed` when there is none.
    """
    for frame in decode_frames(opened):
        return frame
    raise truncated("not one picture is complete") if opened.cut_off else undecodable()


def _demux_file(fd: int, container: Container, cut_off: bool, limits: Limits) -> InputContainer:
    options = {
        "fd": str(fd),
        "protocol_whitelist": "fd",
        "codec_whitelist": _DECODERS,
        "max_pixels": str(limits.max_pixels),
    }
    try:
        return av.open("fd:", "r", format=container.demuxer, options=options)
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        if cut_off:
            raise truncated("the part that says where its pictures are is missing") from error
        raise MediaError(
            "decode_failed",
            f"The file starts like {container.name.upper()}, but what follows is damaged or is something else. "
            "Check that it plays on your device, then export it again as MP4 (H.264).",
        ) from error


def _choose_tracks(
    demuxed: InputContainer, container: Container, cut_off: bool, limits: Limits
) -> OpenedVideo:
    check_stream_count(len(demuxed.streams), limits)
    moving = [track for track in demuxed.streams.video if not _is_cover(track)]
    if not moving:
        raise MediaError(
            "no_video_stream",
            "The file holds no moving pictures (sound only?). Upload the video with its pictures.",
        )
    stream = next((track for track in moving if track.disposition & Disposition.default), moving[0])
    _check_decoder(stream)
    check_dimensions(stream.codec_context.width, stream.codec_context.height, limits)
    check_frame_count(stream.frames, limits)
    check_duration((demuxed.duration or 0) / av.time_base, limits)
    if stream.codec_context.width == 0 and cut_off:
        raise truncated("it ends before the first picture")
    if stream.codec_context.width == 0:
        raise undecodable()
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
    return OpenedVideo(demuxed, stream, _choose_audio(demuxed), container, cut_off)


def _is_cover(track: VideoStream) -> bool:
    return bool(track.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _check_decoder(stream: VideoStream) -> None:
    name = stream.codec_context.name if stream.codec_context else "unknown"
    if name not in VIDEO_DECODERS:
        raise MediaError(
            "codec_not_allowed",
            f"The pictures are encoded as “{name}”, which is not accepted. Export the clip as MP4 (H.264).",
        )


def _choose_audio(demuxed: InputContainer) -> av.AudioStream | None:
    usable = [track for track in demuxed.streams.audio if track.codec_context]
    return next((track for track in usable if track.codec_context.name in AUDIO_DECODERS), None)
