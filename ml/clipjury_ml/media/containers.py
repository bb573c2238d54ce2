"""Which container a file is, by its first bytes.

Standard library only: the web process imports this to answer an upload before anything is decoded.
The demuxer named here is *forced* when the file is opened. FFmpeg left to guess would open a playlist
that carries the name of a video and read the files it points at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEAD_BYTES = 4096
"""How many first bytes of a file `sniff` wants to see; fewer are fine when the file is shorter."""

Kind = Literal["video", "image"]


@dataclass(frozen=True)
class Container:
    """A file format that can be judged. `demuxer` is FFmpeg's name for it, `extension` has no dot."""

    name: str
    kind: Kind
    demuxer: str
    extension: str
    media_type: str


MP4 = Container("mp4", "video", "mov", "mp4", "video/mp4")
MOV = Container("mov", "video", "mov", "mov", "video/quicktime")
MATROSKA = Container("matroska", "video", "matroska", "mkv", "video/x-matroska")
WEBM = Container("webm", "video", "matroska", "webm", "video/webm")
AVI = Container("avi", "video", "avi", "avi", "video/x-msvideo")
MPEG_TS = Container("mpegts", "video", "mpegts", "ts", "video/mp2t")
GIF = Container("gif", "video", "gif", "gif", "image/gif")
JPEG = Container("jpeg", "image", "jpeg_pipe", "jpg", "image/jpeg")
PNG = Container("png", "image", "png_pipe", "png", "image/png")
WEBP = Container("webp", "image", "webp_pipe", "webp", "image/webp")

CONTAINERS: tuple[Container, ...] = (MP4, MOV, MATROSKA, WEBM, AVI, MPEG_TS, GIF, JPEG, PNG, WEBP)
ACCEPTED_IN_WORDS = "MP4, MOV, MKV, WebM, AVI, MPEG-TS, GIF, JPEG, PNG or WebP"

# ISO base media files that hold no moving pictures FFmpeg's mov demuxer should be asked about.
_STILL_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P "}
# QuickTime files from before `ftyp` existed start with one of these boxes (QTFF, 2001).
_OLD_QUICKTIME_BOXES = {b"moov", b"mdat", b"wide", b"pnot"}
_TS_PACKET_BYTES = 188
_M2TS_PACKET_BYTES = 192


def sniff(head: bytes) -> Container | None:
    """Name the container whose magic bytes `head` (the first `HEAD_BYTES` of a file) begins with.

    None means that the file is not one we judge; `describe_unsupported` says in words what it looks like.
    """
    return _sniff_image(head) or _sniff_riff(head) or _sniff_video(head)


def find_container(name: str) -> Container | None:
    """The container called `name`, as stored beside a clip, or None."""
    return next((container for container in CONTAINERS if container.name == name), None)


def describe_unsupported(head: bytes) -> str:
    """Say in plain words what a file that `sniff` did not know looks like, and what to do about it."""
    return f"{_guess_in_words(head)} Upload the video or image itself, as {ACCEPTED_IN_WORDS}."


def _sniff_image(head: bytes) -> Container | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return GIF if head.startswith((b"GIF87a", b"GIF89a")) else None


def _sniff_riff(head: bytes) -> Container | None:
    if not head.startswith(b"RIFF"):
        return None
    return {b"AVI ": AVI, b"WEBP": WEBP}.get(head[8:12])


def _sniff_video(head: bytes) -> Container | None:
    if head[4:8] == b"ftyp":
        return _sniff_ftyp(head)
    if head[4:8] in _OLD_QUICKTIME_BOXES:
        return MOV
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _sniff_ebml(head)
    return MPEG_TS if _looks_like_mpeg_ts(head) else None


def _sniff_ftyp(head: bytes) -> Container | None:
    brand = head[8:12]
    if brand in _STILL_BRANDS or brand in _AUDIO_BRANDS:
        return None
    return MOV if brand == b"qt  " else MP4


def _sniff_ebml(head: bytes) -> Container | None:
    # The EBML DocType element (RFC 8794, 0x4282) stands within the first few dozen bytes.
    at = head.find(b"\x42\x82", 4, 128)
    doc_type = head[at + 3 : at + 11] if at > 0 else b""
    if doc_type.startswith(b"webm"):
        return WEBM
    return MATROSKA if doc_type.startswith(b"matroska") else None


def _looks_like_mpeg_ts(head: bytes) -> bool:
    # A lone 0x47 is the letter G: ask for the sync byte at the start of three packets (ISO/IEC 13818-1).
    for packet_bytes, first in ((_TS_PACKET_BYTES, 0), (_M2TS_PACKET_BYTES, 4)):
        sync = head[first : first + 3 * packet_bytes : packet_bytes]
        if sync == b"\x47\x47\x47":
            return True
    return False


def _guess_in_words(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        if head[8:12] in _AUDIO_BRANDS:
            return "This file holds sound only."
        return "This is a HEIC or AVIF picture, which is not supported: save it as JPEG or PNG first."
    if head.startswith(b"PK\x03\x04"):
        return "This is a ZIP archive (or an office document), whatever its name says."
    if head.startswith(b"%PDF"):
        return "This is a PDF document."
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"#EXTM3U", b"ffconcat", b"file ", b"<?xml", b"<MPD")):
        return "This is a playlist or a text file that points at other files, not a video."
    if head and all(byte in b"\t\r\n\x0b\x0c" or 32 <= byte < 127 for byte in head[:256]):
        return "This is a text file."
    return "This file is not a video or image format that is known here."
