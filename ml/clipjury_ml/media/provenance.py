"""What a file says of its own making: boxes, tags, encoder marks, Exif, and a C2PA manifest's presence.

Read as it stands, never fetched and never believed: every one of these is as easily written as changed.
"""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass, field
from typing import Any

from clipjury_ml.media.containers import Container
from clipjury_ml.media.content_credentials import find_manifest, read_boxes
from clipjury_ml.media.decoding import Source, opened_file, opened_video, packets
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits, check_dimensions
from clipjury_ml.media.results import Provenance

LONGEST_TEXT = 300
_MOST_TAGS = 60
_PACKETS = 4
_ENCODER_MARKS = re.compile(
    rb"(x264 - core \d+[ -~]{0,240}|x265 \(build \d+\)[ -~]{0,240}|Lavc\d[\d.]*[ -~]{0,40})"
)
_EXIF_TAGS = ("Make", "Model", "Software", "DateTime", "HostComputer", "Artist", "ProcessingSoftware")
_EXIF_SUBTAGS = ("DateTimeOriginal", "LensModel", "ExposureTime", "ISOSpeedRatings", "UserComment")
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


@dataclass
class _Tags:
    found: list[tuple[str, str, str]] = field(default_factory=list)
    has_position: bool = False

    def add(self, place: str, name: object, text: object) -> None:
        """Keep a tag, but for coordinates; long ones are cut and unprintable characters left out."""
        key = _printable(str(name), 80)
        if re.search(r"location|gps|ISO6709|©?xyz$", key, re.IGNORECASE):
            self.has_position = True
        elif len(self.found) < _MOST_TAGS:
            self.found.append((place, key, _printable(_as_text(text), LONGEST_TEXT)))


def read_provenance(source: Source, limits: Limits = DEFAULT_LIMITS) -> Provenance:
    """Read a video's or an image's own account of itself. Raises MediaError as `probe_file` does."""
    with opened_file(source) as (fd, container):
        boxes = read_boxes(fd) if container.demuxer == "mov" else []
        manifest = find_manifest(fd, container, boxes)
        brands = _read_brands(fd, container)
        tags = _Tags()
        if container.kind == "image":
            _read_image(fd, container, tags, limits)
    if container.kind == "video":
        _read_video(source, tags, limits)
    order = tuple(box.kind for box in boxes)
    return Provenance(container.name, order, brands, tuple(tags.found), tags.has_position, manifest)


def _read_brands(fd: int, container: Container) -> tuple[str, ...]:
    head = os.pread(fd, 64, 0)
    if container.demuxer != "mov" or head[4:8] != b"ftyp":
        return ()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    names = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    return tuple(_printable(name.decode("latin-1"), 4) for name in names)


def _read_video(source: Source, tags: _Tags, limits: Limits) -> None:
    with opened_video(source, limits) as opened:
        for name, text in opened.demuxed.metadata.items():
            tags.add("container", name, text)
        for place, track in (("video", opened.stream), ("audio", opened.audio)):
            for name, text in (track.metadata if track is not None else {}).items():
                tags.add(place, name, text)
        seen: set[bytes] = set()
        for number, packet in enumerate(packets(opened)):
            seen.update(_ENCODER_MARKS.findall(bytes(packet)[: 1 << 16]))
            if number + 1 == _PACKETS:
                break
        for mark in sorted(seen):
            tags.add("stream", "encoder", mark)


def _read_image(fd: int, container: Container, tags: _Tags, limits: Limits) -> None:
    from PIL import ExifTags, Image, UnidentifiedImageError  # not at the top: videos do without Pillow

    content = os.pread(fd, os.fstat(fd).st_size, 0)
    try:
        picture = Image.open(io.BytesIO(content), formats=[_FORMATS[container.name]])
        check_dimensions(picture.width, picture.height, limits)
        exif = picture.getexif()
        sub = exif.get_ifd(ExifTags.IFD.Exif)
        tags.has_position = bool(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError) as error:
        raise MediaError("decode_failed", "The picture's header is damaged. Save it again as PNG.") from error
    for wanted, values in ((_EXIF_TAGS, exif), (_EXIF_SUBTAGS, sub)):
        for name in wanted:
            number = ExifTags.Base[name].value
            if number in values:
                tags.add("exif", name, values[number])
    for key, note in picture.info.items():
        if isinstance(note, (str, bytes)) and key not in ("exif", "icc_profile", "photoshop"):
            tags.add("text", key, note)


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _printable(text: str, longest: int) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")[:longest].strip()
