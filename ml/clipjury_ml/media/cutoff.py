"""Whether a file ends before its own headers say it should: a broken-off upload or recording.

Only sizes written in the outermost structure are compared with the size of the file; nothing is decoded.
"""

from __future__ import annotations

import os
import struct

from clipjury_ml.media.containers import Container

_MAX_BOXES = 10_000


def is_cut_off(fd: int, container: Container) -> bool:
    """True when the outermost box, chunk or segment of the file reaches past its end, or no `moov` is there.

    Containers whose headers give no size (MPEG-TS, GIF) always answer False.
    """
    size = os.fstat(fd).st_size
    if container.demuxer == "mov":
        return _boxes_reach_past(fd, size)
    if container.demuxer == "avi":
        (riff_bytes,) = struct.unpack("<I", os.pread(fd, 8, 0)[4:8].ljust(4, b"\0"))
        return bool(riff_bytes + 8 > size)
    return container.demuxer == "matroska" and _segment_reaches_past(fd, size)


def _boxes_reach_past(fd: int, size: int) -> bool:
    # ISO/IEC 14496-12, 4.2: 32-bit size, type; size 1 = a 64-bit size follows; size 0 = up to the end.
    at, seen = 0, set[bytes]()
    for _ in range(_MAX_BOXES):
        header = os.pread(fd, 16, at)
        if len(header) < 8:
            break
        box_bytes, kind = struct.unpack(">I4s", header[:8])
        seen.add(kind)
        if box_bytes == 1 and len(header) == 16:
            (box_bytes,) = struct.unpack(">Q", header[8:])
        if box_bytes == 0:
            at = size
        elif box_bytes < 8:
            return False  # not a box: the file is damaged, not short
        at += box_bytes
    return (b"mdat" in seen or b"ftyp" in seen) and (at > size or b"moov" not in seen)


def _segment_reaches_past(fd: int, size: int) -> bool:
    # RFC 8794: the EBML header, then one Segment; a size of all ones means "unknown" (live recordings).
    head = os.pread(fd, 64, 0)
    header_bytes, at = _read_vint(head, 4)
    at += header_bytes or 0
    segment = os.pread(fd, 16, at)
    if segment[:4] != b"\x18\x53\x80\x67":
        return False
    segment_bytes, used = _read_vint(segment, 4)
    return segment_bytes is not None and at + used + segment_bytes > size


def _read_vint(data: bytes, at: int) -> tuple[int | None, int]:
    """A variable-length size and the offset after it; None for "unknown" or when `data` ends before it."""
    if at >= len(data) or data[at] == 0:
        return None, at
    length = 9 - data[at].bit_length()
    field_bytes = data[at : at + length]
    value = int.from_bytes(field_bytes, "big") & ((1 << 7 * length) - 1)
    unknown = value == (1 << 7 * length) - 1 or len(field_bytes) < length
    return (None if unknown else value), at + length
