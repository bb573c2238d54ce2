"""Opening an untrusted still picture, upright and in plain RGB.

Pillow reads the header first; dimensions are checked before a single pixel is decoded.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from clipjury_ml.media.containers import Container
from clipjury_ml.media.decoding import Source, opened_file
from clipjury_ml.media.errors import MediaError, truncated, undecodable
from clipjury_ml.media.limits import Limits, check_dimensions

Image.MAX_IMAGE_PIXELS = None  # `check_dimensions` is the limit, and gives the uploader a reason
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_ORIENTATION_TAG = 0x0112
_ROTATION_DEG = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}


@dataclass(frozen=True, eq=False)
class OpenedImage:
    """A decoded picture: `rgb` is upright and in sRGB, `rotation_deg` clockwise is what made it so."""

    rgb: Image.Image
    container: Container
    rotation_deg: int
    warnings: tuple[str, ...]


def open_image(source: Source, limits: Limits) -> OpenedImage:
    """Decode the first picture of a JPEG, PNG or WebP file.

    Raises MediaError: `dimensions_too_large` before decoding; `truncated` when the file ends before any
    pixel; `decode_failed`. A file cut off later gives what it has and the warning `truncated`.
    """
    with opened_file(source) as (fd, container), os.fdopen(os.dup(fd), "rb") as stream:
        content = stream.read(os.fstat(fd).st_size)
    lazy = _read_header(content, container, limits)
    warnings = ["animation_first_frame_only"] if getattr(lazy, "n_frames", 1) > 1 else []
    decoded, cut_off = _decode(lazy, content, container)
    if cut_off:
        warnings.append("truncated")
    orientation = int(decoded.getexif().get(_ORIENTATION_TAG, 1) or 1)
    upright = _to_rgb(ImageOps.exif_transpose(decoded))
    return OpenedImage(upright, container, _ROTATION_DEG.get(orientation, 0), tuple(warnings))


def _read_header(content: bytes, container: Container, limits: Limits) -> Image.Image:
    try:
        lazy = Image.open(io.BytesIO(content), formats=[_FORMATS[container.name]])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if len(content) < 1024:
            raise truncated("it ends before the first pixel") from error
        raise undecodable() from error
    check_dimensions(lazy.width, lazy.height, limits)
    return lazy


def _decode(lazy: Image.Image, content: bytes, container: Container) -> tuple[Image.Image, bool]:
    """The pixels, and whether the file was cut off before the last of them."""
    try:
        lazy.load()
        return lazy, False
    except (OSError, SyntaxError, ValueError, EOFError):
        with _half_pictures_allowed():
            return _decode_what_is_there(content, container), True


def _decode_what_is_there(content: bytes, container: Container) -> Image.Image:
    try:
        partial = Image.open(io.BytesIO(content), formats=[_FORMATS[container.name]])
        partial.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise truncated("not one line of the picture is complete") from error
    return partial


@contextlib.contextmanager
def _half_pictures_allowed() -> Iterator[None]:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _to_rgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith(("I", "F")):  # 16 bits of grey; a plain conversion would clip, not scale
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(white, layer)
    return _to_srgb(picture.convert("RGB"), profile if picture.mode != "CMYK" else None)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    # Renditions carry no profile, so a wide-gamut photograph has to be converted, not just relabelled.
    if not profile:
        return picture
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


__all__ = ["MediaError", "OpenedImage", "open_image"]
