"""Still pictures of a clip: one poster, and a sheet of small ones for the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clipjury_ml.media.decoding import Source, opened_file
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.images import open_image
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import MAX_THUMBNAILS, Poster, ThumbnailStrip, check_count
from clipjury_ml.media.sampling import pick_frames, shaper_for, spread_evenly
from clipjury_ml.media.shaping import Shaper, fitted_size
from clipjury_ml.media.timeline import read_timeline

POSTER_SHORT_SIDE_PX = 480
POSTER_LONG_SIDE_PX = 1280
THUMBNAIL_LONG_SIDE_PX = 160
MAX_COLUMNS = 10
_JPEG_QUALITY = 85
_POSTER_CANDIDATES = 3


@dataclass(frozen=True, eq=False)
class _Still:
    picture: Image.Image
    frame: int
    time_s: float


def make_poster(source: Source, out_dir: Path, limits: Limits = DEFAULT_LIMITS) -> Poster:
    """Write `poster.jpg`: of three frames the one with the most contrast, so that it is rarely black.

    Raises MediaError as `probe_file` does. Given a preview, it costs a fraction of what the original does.
    """
    stills = _take_stills(source, _POSTER_CANDIDATES, POSTER_LONG_SIDE_PX, POSTER_SHORT_SIDE_PX, limits)
    best = max(stills, key=lambda still: float(np.asarray(still.picture.convert("L")).std()))
    path = out_dir / "poster.jpg"
    best.picture.save(path, "JPEG", quality=_JPEG_QUALITY, icc_profile=None)
    return Poster(path, *best.picture.size, best.frame)


def make_thumbnails(
    source: Source, out_dir: Path, count: int, limits: Limits = DEFAULT_LIMITS
) -> ThumbnailStrip:
    """Write `thumbnails.jpg`: up to `count` frames spread evenly, long side 160 px, ten in a row.

    Raises MediaError as `probe_file` does, ValueError unless 1 <= count <= 60. Given a preview, it costs a
    fraction of what the original does, and shows the same frames.
    """
    check_count(count, MAX_THUMBNAILS)
    stills = _take_stills(source, count, THUMBNAIL_LONG_SIDE_PX, None, limits)
    width, height = stills[0].picture.size
    columns = min(len(stills), MAX_COLUMNS)
    sheet = Image.new("RGB", (columns * width, -(-len(stills) // columns) * height))
    for place, still in enumerate(stills):
        sheet.paste(still.picture, (place % columns * width, place // columns * height))
    path = out_dir / "thumbnails.jpg"
    sheet.save(path, "JPEG", quality=_JPEG_QUALITY)
    return ThumbnailStrip(path, len(stills), columns, width, height, tuple(still.time_s for still in stills))


def _take_stills(
    source: Source, count: int, long_px: int, short_px: int | None, limits: Limits
) -> list[_Still]:
    with opened_file(source) as (_, container):
        kind = container.kind
    if kind == "image":
        picture = open_image(source, limits).rgb
        picture.thumbnail(fitted_size(*picture.size, short_px=short_px, long_px=long_px))
        return [_Still(picture, 0, 0.0)]
    timeline = read_timeline(source, limits)
    times = timeline.frame_index.times_s
    shaper: Shaper | None = None
    stills: list[_Still] = []
    for opened, number, frame in pick_frames(source, timeline, spread_evenly(len(timeline), count), limits):
        shaper = shaper or shaper_for(opened, frame, long_px=long_px, short_px=short_px)
        stills.append(_Still(_as_picture(shaper.shape_rgb(frame)), number, times[number]))
    if not stills:
        raise undecodable()
    return stills


def _as_picture(rgb: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(rgb, "RGB")
