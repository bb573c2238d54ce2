"""Whether a file carries a C2PA manifest, and what that manifest claims of itself. Nothing is validated.

Where a manifest stands follows the C2PA specification 2.1, section "Embedding manifests": a `uuid` box in ISO BMFF,
an APP11 segment in JPEG, a `caBX` chunk in PNG, a `C2PA` chunk in WebP. Its claims are CBOR (RFC 8949) in JUMBF.
Signatures are checked elsewhere (`credentials`): by what is told here alone, anybody could have written it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from clipjury_ml.media.containers import Container
from clipjury_ml.media.results import Manifest

C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
LARGEST_BYTES = 8 * 1024 * 1024
_MOST_BOXES = 10_000
_SOURCE_TYPE = re.compile(rb"digitalsourcetype/([A-Za-z]{3,60})")
_ACTION = re.compile(rb"c2pa\.(created|edited|opened|placed|converted|transcoded|published|dubbed)")


@dataclass(frozen=True)
class Box:
    """One top box: its four letters, where its content starts and how long that is, in bytes."""

    kind: str
    start: int
    size: int


def read_boxes(fd: int) -> list[Box]:
    """The top boxes of an ISO BMFF file (ISO/IEC 14496-12), up to the first that makes no sense."""
    end, at, boxes = os.fstat(fd).st_size, 0, list[Box]()
    while at + 8 <= end and len(boxes) < _MOST_BOXES:
        head = os.pread(fd, 16, at)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header or not head[4:8].strip().isascii():
            break
        boxes.append(Box(head[4:8].decode("latin-1"), at + header, size - header))
        at += size
    return boxes


def find_manifest(fd: int, container: Container, boxes: list[Box]) -> Manifest | None:
    """The file's manifest, or None where there is none at the place that its format keeps for it."""
    if container.demuxer == "mov":
        found = _in_boxes(fd, boxes)
    elif container.name in _SEGMENTS:
        content = os.pread(fd, min(os.fstat(fd).st_size, 4 * LARGEST_BYTES), 0)
        found = b"".join(_SEGMENTS[container.name](content))
    else:
        return None
    return parse_manifest(found) if b"c2pa" in found else None


def parse_manifest(content: bytes) -> Manifest:
    """What the manifest's CBOR says under the names that matter, each said once."""
    return Manifest(
        bytes=len(content),
        generators=_unique(_generators(content)),
        source_types=_unique(found.decode() for found in _SOURCE_TYPE.findall(content)),
        actions=_unique(found.decode() for found in _ACTION.findall(content)),
    )


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))[:8]


def _generators(content: bytes) -> Iterator[str]:
    """`claim_generator` is a text; `claim_generator_info` a map (or a list of one) that begins with `name`."""
    for match in re.finditer(rb"claim_generator(_info)?", content):
        window = content[match.end() : match.end() + 240]
        if match.group(1):
            named = window.find(b"\x64name")
            window = window[named + 5 :] if 0 <= named < 40 else b""
        yield _text_at(window)


def _text_at(content: bytes) -> str:
    """The CBOR text string that content begins with, printable characters only; empty where it is none."""
    if not content or content[0] >> 5 != 3:
        return ""
    length, start = content[0] & 31, 1
    if length == 24 and len(content) > 1:
        length, start = content[1], 2
    elif length > 24:
        return ""
    text = content[start : start + length].decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())[:200]


def _in_boxes(fd: int, boxes: list[Box]) -> bytes:
    for box in boxes:
        if box.kind == "uuid" and os.pread(fd, 16, box.start) == C2PA_BOX:
            return os.pread(fd, min(box.size - 16, LARGEST_BYTES), box.start + 16)
    return b""


def _in_jpeg(content: bytes) -> Iterator[bytes]:
    """Contents of APP11 segments (ISO/IEC 19566-5: CI, instance, sequence number, then the JUMBF box)."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] == 0xEB and content[at + 4 : at + 6] == b"JP":
            yield content[at + 12 : at + 2 + size]
        at += 2 + size


def _in_png(content: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"caBX":
            yield content[at + 8 : at + 8 + size]
        at += 12 + size


def _in_webp(content: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"C2PA":
            yield content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


_SEGMENTS = {"jpeg": _in_jpeg, "png": _in_png, "webp": _in_webp}
