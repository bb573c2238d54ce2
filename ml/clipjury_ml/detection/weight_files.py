"""The bytes of a weights file, checked before anything is interpreted: size, hash, and that it is no pickle."""

from __future__ import annotations

import struct
from pathlib import Path

from clipjury_ml.detection.described import read_named
from clipjury_ml.detection.manifest import PICKLE_SUFFIXES, DetectorError, ModelManifest

LARGEST_BYTES = 512 * 1024 * 1024
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"


def read_checked(manifest: ModelManifest) -> bytes:
    """The bytes of a manifest's safetensors file.

    Raises DetectorError where the file is missing, too large, a pickle, no safetensors, or not the file that
    the manifest's sha256 names.
    """
    path = manifest.weights_path
    refuse_pickle(path)
    content = read_named(manifest, LARGEST_BYTES)
    _check_header(path, content)
    return content


def refuse_pickle(path: Path) -> None:
    """Raise DetectorError for file types that run code when they are loaded."""
    if path.suffix.lower() in PICKLE_SUFFIXES:
        raise DetectorError(
            f"{path.name} is a pickle (or may hold one), and loading a pickle runs whatever code is in it. "
            "Weights are read from .safetensors only: convert the file on a machine you can spare."
        )


def _check_header(path: Path, content: bytes) -> None:
    """A pickle under another name is called what it is; a safetensors header is a length and a JSON object."""
    if content.startswith((_ZIP, _PICKLE)) and content[8:9] != b"{":
        raise DetectorError(
            f"{path.name} is a pickle under another name; weights are read from safetensors files only"
        )
    length = struct.unpack("<Q", content[:8])[0] if len(content) >= 8 else 0
    if not 2 <= length <= len(content) - 8 or content[8:9] != b"{":
        raise DetectorError(f"{path.name} is not a safetensors file: its header is missing")
