"""A C2PA-like manifest by hand, in the place that each format keeps for one; unsigned, as anybody could write it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def manifest_bytes(generator: str = "Acme Camera/1.0") -> bytes:
    """JUMBF boxes in outline around the CBOR that matters."""
    claim = _text("claim_generator") + _text(generator) + _text("action") + _text("c2pa.created")
    claim += _text("digitalSourceType") + _text(SOURCE_TYPE)
    return _box(
        b"jumb", _box(b"jumd", b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03c2pa\x00") + claim
    )


def add_to_mp4(path: Path) -> Path:
    """Append a uuid box."""
    path.write_bytes(
        path.read_bytes() + _box(b"uuid", BOX + b"\x00" * 4 + b"manifest\x00" + manifest_bytes())
    )
    return path


def add_to_jpeg(path: Path) -> Path:
    """Insert an APP11 segment behind the start of the image."""
    content = path.read_bytes()
    segment = b"JP" + struct.pack(">HI", 1, 1) + manifest_bytes()
    path.write_bytes(content[:2] + b"\xff\xeb" + struct.pack(">H", len(segment) + 2) + segment + content[2:])
    return path


def add_to_png(path: Path) -> Path:
    """Insert a caBX chunk behind the header."""
    content, body = path.read_bytes(), manifest_bytes()
    chunk = struct.pack(">I", len(body)) + b"caBX" + body + struct.pack(">I", zlib.crc32(b"caBX" + body))
    path.write_bytes(content[:33] + chunk + content[33:])
    return path


def add_to_webp(path: Path) -> Path:
    """Append a C2PA chunk."""
    content, body = path.read_bytes(), manifest_bytes()
    body += b"\x00" * (len(body) % 2)
    grown = content + b"C2PA" + struct.pack("<I", len(body)) + body
    path.write_bytes(grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:])
    return path


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _text(text: str) -> bytes:
    raw = text.encode()
    return (bytes([0x60 | len(raw)]) if len(raw) < 24 else bytes([0x78, len(raw)])) + raw
