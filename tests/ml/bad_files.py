"""Makers of files that must be refused, or judged only in part. Used wherever an upload is tested.

for bad in BAD_FILES:
    path = bad.make(tmp_path)      # writes one file (and, for playlists, a sibling that must stay unread)
    ... expect bad.code
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame

SECRET = b"THE-SIBLING-MUST-NOT-BE-READ"


@dataclass(frozen=True)
class BadFile:
    """`make(folder)` writes the file called `name`; `code` is the MediaError that it must end in."""

    name: str
    code: str
    write: Callable[[Path], None]

    def make(self, folder: Path) -> Path:
        """Write the file into `folder` and return its path."""
        path = folder / self.name
        self.write(path)
        return path


def small_mp4(
    path: Path,
    frames: int = 30,
    *,
    faststart: bool = False,
    size: tuple[int, int] = (160, 120),
    seed: int = 7,
) -> None:
    """A sound little H.264 file of noise, `moov` first when `faststart`. Another seed makes another clip."""
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", format="mp4", options=options) as output:
        stream = output.add_stream("libx264", rate=30, options={"g": "10", "preset": "ultrafast"})
        stream.width, stream.height = size
        noise = np.random.default_rng(seed)
        for number in range(frames):
            picture = noise.integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
            frame = VideoFrame.from_ndarray(picture)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def truncated_tail(path: Path, keep: float = 0.6) -> None:
    """`moov` is there, the last pictures are not: gives what it has, with the warning `truncated`."""
    small_mp4(path, faststart=True)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])


def moov_missing(path: Path) -> None:
    """The recording stopped before its index was written."""
    small_mp4(path)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 4])


def playlist(text: str) -> Callable[[Path], None]:
    """A playlist that points at `sibling.mp4`, a playable file beside it that carries the secret."""

    def write(path: Path) -> None:
        sibling = path.parent / "sibling.mp4"
        small_mp4(sibling)
        with sibling.open("ab") as out:
            out.write(struct.pack(">I4s", 8 + len(SECRET), b"free") + SECRET)
        path.write_text(text.replace("FOLDER", str(path.parent)))

    return write


def disguised_playlist(path: Path) -> None:
    """The magic bytes of an MP4, and a concat playlist after them."""
    playlist("")(path)
    path.write_bytes(
        struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + b"\nffconcat version 1.0\nfile sibling.mp4\n"
    )


def png_bomb(path: Path, side: int = 12_000) -> None:
    """A picture of 144 megapixels in a file of less than half a megabyte."""
    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(1 + 3 * side)) for _ in range(side)) + row.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    )


def day_long(path: Path) -> None:
    """Two pictures, a day apart, in a few kB."""
    _write_pictures(path, [0, 24 * 3600 * 1000 - 40], Fraction(1, 1000))


def too_fast(path: Path) -> None:
    """1000 pictures a second for a fifth of a second."""
    _write_pictures(path, list(range(200)), Fraction(1, 1000))


def sound_only(path: Path) -> None:
    """A track of sound and nothing to see."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac" if path.suffix == ".mp4" else "libopus", rate=48_000)
        for start in range(0, 48_000, 960):
            silence = av.AudioFrame.from_ndarray(np.zeros((2, 960), np.float32), "fltp", "stereo")
            silence.sample_rate, silence.pts = 48_000, start
            output.mux(stream.encode(silence))
        output.mux(stream.encode(None))


def endless_frames(path: Path, frames: int = 600_000) -> None:
    """As many pictures as asked for, each a repetition of a few bytes, inside ten minutes."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream(
            "libx264", rate=1000, options={"bf": "0", "g": "1000000", "preset": "ultrafast"}
        )
        stream.width, stream.height = 32, 32
        encoded = [packet for number in range(2) for packet in stream.encode(_flat(number, 32, 32))]
        encoded += stream.encode(None)
        first, repeated = bytes(encoded[0]), bytes(encoded[1])
        for number in range(frames):
            packet = Packet(first if number == 0 else repeated)
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts = packet.dts = number
            packet.is_keyframe = number == 0
            output.mux(packet)


def many_tracks(path: Path, tracks: int = 9) -> None:
    """One more track than is accepted."""
    with av.open(str(path), "w") as output:
        streams = [output.add_stream("libx264", rate=25) for _ in range(tracks)]
        for stream in streams:
            stream.width, stream.height = 64, 64
        for stream in streams:
            output.mux(stream.encode(_flat(0, 64, 64)) + stream.encode(None))


def too_wide(path: Path) -> None:
    """H.264, 8256 pixels wide and 64 high: few pixels, one side too long."""
    _write_pictures(path, [0, 1], Fraction(1, 25), size=(8256, 64))


def odd_codec(path: Path) -> None:
    """A lossless archive codec that browsers and cameras do not use."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("ffv1", rate=25)
        stream.width, stream.height = 64, 64
        output.mux(stream.encode(_flat(0, 64, 64)) + stream.encode(None))


def scrambled_pictures(path: Path) -> None:
    """A sound container around packets of noise."""
    small_mp4(path, faststart=True)
    content = bytearray(path.read_bytes())
    at = content.index(b"mdat") + 4
    content[at:] = np.random.default_rng(3).integers(0, 256, len(content) - at).astype(np.uint8).tobytes()
    path.write_bytes(content)


def zip_archive(path: Path) -> None:
    """An archive under the name of a video."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clip.txt", "not a clip")
    path.write_bytes(packed.getvalue())


def head_of_png(path: Path) -> None:
    """The first 40 bytes of a picture."""
    png_bomb(path, side=16)
    path.write_bytes(path.read_bytes()[:40])


BAD_FILES: tuple[BadFile, ...] = (
    BadFile("empty.mp4", "empty_file", lambda path: path.write_bytes(b"") and None),
    BadFile("text.mp4", "unsupported_format", lambda path: path.write_text("Dear reviewer,\n" * 50) and None),
    BadFile("archive.mp4", "unsupported_format", zip_archive),
    BadFile(
        "noise.mp4",
        "unsupported_format",
        lambda path: path.write_bytes(np.random.default_rng(1).bytes(5000)) and None,
    ),
    BadFile("concat.mp4", "unsupported_format", playlist("ffconcat version 1.0\nfile sibling.mp4\n")),
    BadFile(
        "concat_absolute.mp4",
        "unsupported_format",
        playlist("ffconcat version 1.0\nfile FOLDER/sibling.mp4\n"),
    ),
    BadFile(
        "hls.mp4",
        "unsupported_format",
        playlist("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsibling.mp4\n#EXT-X-ENDLIST\n"),
    ),
    BadFile(
        "dash.mp4",
        "unsupported_format",
        playlist('<?xml version="1.0"?><MPD><Period><BaseURL>sibling.mp4</BaseURL></Period></MPD>'),
    ),
    BadFile("disguised.mp4", "truncated", disguised_playlist),
    BadFile("moov_missing.mp4", "truncated", moov_missing),
    BadFile("head.png", "truncated", head_of_png),
    BadFile("bomb.png", "dimensions_too_large", png_bomb),
    BadFile("too_wide.mp4", "dimensions_too_large", too_wide),
    BadFile("day_long.mp4", "too_long", day_long),
    BadFile("day_long.mkv", "too_long", day_long),
    BadFile("too_fast.mp4", "too_many_frames", too_fast),
    BadFile("many_tracks.mp4", "too_many_streams", many_tracks),
    BadFile("sound_only.mp4", "no_video_stream", sound_only),
    BadFile("sound_only.webm", "no_video_stream", sound_only),
    BadFile("odd_codec.mkv", "codec_not_allowed", odd_codec),
    BadFile("scrambled.mp4", "decode_failed", scrambled_pictures),
)

ENDLESS_FILES: tuple[BadFile, ...] = (
    BadFile("endless.mp4", "too_many_frames", endless_frames),
    BadFile("endless.mkv", "too_many_frames", endless_frames),
)
"""Apart, because making them takes some seconds each."""


def _write_pictures(
    path: Path, pts: list[int], time_base: Fraction, size: tuple[int, int] = (32, 32)
) -> None:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25, options={"bf": "0"})
        stream.width, stream.height = size
        stream.codec_context.time_base = time_base
        for number, tick in enumerate(pts):
            frame = _flat(number, *size)
            frame.pts, frame.time_base = tick, time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def _flat(number: int, width: int, height: int) -> VideoFrame:
    frame = VideoFrame.from_ndarray(np.full((height, width, 3), 40 * number % 256, np.uint8)).reformat(
        format="yuv420p"
    )
    frame.pts = number
    return frame


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
