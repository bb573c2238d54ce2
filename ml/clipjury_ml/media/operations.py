"""What jobs and commands call: each operation runs in the sandbox and gives a typed result or a MediaError.

    found = operations.probe(path)
    preview = operations.preview(path, folder)
    strip = operations.thumbnails(preview.path, folder)   # the preview has the same frames and costs less

Every function reads one file, writes only into the folder given (which has to exist, and keeps nothing on
failure), and raises MediaError (`code`, `detail`) when the file cannot be judged, OSError when it cannot be
opened. The import is light: neither FFmpeg nor OpenCV nor torch is loaded in the caller's process.
"""

from __future__ import annotations

import contextlib
import functools
import math
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clipjury_ml.media import sandbox
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.isolation import Isolation
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import (
    MAX_CROP_PX,
    MAX_SAMPLES,
    MAX_THUMBNAILS,
    TRACK_SERIES,
    Action,
    Credentials,
    FaceTrack,
    FaceTracks,
    FrameHash,
    FrameIndex,
    Ingredient,
    Loudness,
    Manifest,
    Poster,
    Preview,
    Probe,
    ProbeResult,
    Provenance,
    SampledFrames,
    ThumbnailStrip,
    Traces,
    check_count,
)

DEFAULT_THUMBNAILS = 40
CREDENTIALS_LIMITS = replace(DEFAULT_LIMITS, cpu_s=60, wall_clock_s=120.0)
"""Hashing the largest file that is taken in needs a few seconds; a hostile manifest gets no more than this."""
_ROWS = ("times_s", "frames", "small", "packet_bytes", "picture_types")  # one a frame
_SERIES = (*_ROWS, "full", "noise", "noise_rows", "sound_s")


def probe(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> ProbeResult:
    """What the file is and when each of its frames is shown."""
    with _distrusted():
        result = sandbox.run_operation("probe", path, limits).result
        index = result["frame_index"]
        frame_index = FrameIndex(_floats(index["times_s"]), tuple(bool(key) for key in index["keyframes"]))
        return ProbeResult(Probe(**result["probe"]), frame_index, _texts(result["warnings"]))


def provenance(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Provenance:
    """What the file says of its own making; unvalidated."""
    with _distrusted():
        result = sandbox.run_operation("provenance", path, limits).result
        found, tags = result["manifest"], result["tags"]
        manifest = found and Manifest(
            int(found["bytes"]), *(_texts(found[name]) for name in ("generators", "source_types", "actions"))
        )
        return Provenance(
            str(result["container"]),
            _texts(result["boxes"]),
            _texts(result["brands"]),
            tuple((str(place), str(name), str(text)) for place, name, text in tags),
            bool(result["has_position"]),
            manifest,
        )


def credentials(path: Path, *, limits: Limits = CREDENTIALS_LIMITS) -> Credentials:
    """Whether the content credentials in the file hold. Ask only of a file whose `provenance` has a manifest."""
    with _distrusted():
        result = sandbox.run_operation("credentials", path, limits).result
        if result["state"] not in ("intact", "broken", "unreadable"):
            raise ValueError("an unknown state of credentials")
        said = {name: str(result[name]) for name in ("signer", "issuer", "signed_at")}
        return Credentials(
            state=result["state"],
            generators=_texts(result["generators"]),
            failures=_texts(result["failures"]),
            actions=tuple(
                Action(*(str(each[name]) for name in ("name", "source_type", "software")))
                for each in result["actions"]
            ),
            ingredients=tuple(
                Ingredient(
                    str(each["title"]),
                    str(each["relationship"]),
                    bool(each["has_credentials"]),
                    _texts(each["failures"]),
                )
                for each in result["ingredients"]
            ),
            **said,
        )


def preview(path: Path, out_dir: Path, *, limits: Limits = DEFAULT_LIMITS) -> Preview:
    """Write the rendition that reviewers see: `preview.mp4`, or `preview.jpg` for an image."""
    with _distrusted():
        result, written = _write("preview", path, out_dir, ("preview.mp4", "preview.jpg"), limits)
        found = dict(result) | {"path": written, "times_s": _floats(result["times_s"])}
        return Preview(**found | {"warnings": _texts(result["warnings"])})


def poster(path: Path, out_dir: Path, *, limits: Limits = DEFAULT_LIMITS) -> Poster:
    """Write `poster.jpg`, the picture shown before the clip plays. Hand it the preview."""
    with _distrusted():
        result, written = _write("poster", path, out_dir, ("poster.jpg",), limits)
        return Poster(**dict(result) | {"path": written})


def thumbnails(
    path: Path, out_dir: Path, count: int = DEFAULT_THUMBNAILS, *, limits: Limits = DEFAULT_LIMITS
) -> ThumbnailStrip:
    """Write `thumbnails.jpg`, up to `count` (1-60) small pictures in rows. Hand it the preview."""
    check_count(count, MAX_THUMBNAILS)
    with _distrusted():
        result, written = _write("thumbnails", path, out_dir, ("thumbnails.jpg",), limits, count=count)
        return ThumbnailStrip(**dict(result) | {"path": written, "times_s": _floats(result["times_s"])})


def traces(path: Path, out_dir: Path, *, limits: Limits = DEFAULT_LIMITS) -> Traces:
    """Measure what the tests for traces of editing look at; `traces.npz` holds it. Videos only."""
    import numpy as np

    with _distrusted():
        _, written = _write("traces", path, out_dir, ("traces.npz",), limits)
        with np.load(written, allow_pickle=False) as archive:
            found = Traces(
                **{name: archive[name] for name in _SERIES},
                duration_s=float(archive["duration_s"]),
                codec=str(archive["codec"]),
            )
        lengths = {len(getattr(found, name)) for name in _ROWS}
        if (
            len(lengths) != 1
            or found.small.ndim != 3
            or found.full.ndim != 3
            or (found.noise.ndim, *found.noise.shape[:2]) != (4, len(found.noise_rows), 4)
            or not ((found.noise_rows >= 0) & (found.noise_rows < len(found.small) - 1)).all()
            or found.sound_s.shape[1:] != (2,)
        ):
            raise ValueError("series of different lengths")
        if not all(np.isfinite(series).all() for series in (found.times_s, found.sound_s, found.noise)):
            raise ValueError("a time that is not a number")
        return found


def face_tracks(
    path: Path, out_dir: Path, crop_px: int = 0, *, limits: Limits = DEFAULT_LIMITS
) -> FaceTracks:
    """Follow the faces of a video; with crop_px (at most 128) a grey crop of each at each frame. `face_tracks.npz`."""
    import numpy as np

    if not 0 <= crop_px <= MAX_CROP_PX:
        raise ValueError(f"crop_px must be between 0 and {MAX_CROP_PX}, got {crop_px}")
    with _distrusted():
        result, written = _write("face_tracks", path, out_dir, ("face_tracks.npz",), limits, crop_px=crop_px)
        with np.load(written, allow_pickle=False) as archive:
            tracks = tuple(
                FaceTrack(**{name: archive[f"{name}_{at}"] for name in TRACK_SERIES}, end=str(end))
                for at, end in enumerate(result["ends"])
            )
        for track in tracks:
            _check_track(track, crop_px)
        size = int(result["width"]), int(result["height"])
        return FaceTracks(tracks, *size, int(result["frames"]), _texts(result["warnings"]))


def loudness(path: Path, out_dir: Path, *, limits: Limits = DEFAULT_LIMITS) -> Loudness:
    """Measure how loud a video's sound is over time; `loudness.npz` holds it. No rows without sound."""
    import numpy as np

    with _distrusted():
        result, written = _write("loudness", path, out_dir, ("loudness.npz",), limits)
        with np.load(written, allow_pickle=False) as archive:
            bands = archive["bands_db"]
        if bands.dtype != np.float32 or bands.shape[1:] != (4,) or not np.isfinite(bands).all():
            raise ValueError(f"levels of type {bands.dtype} and shape {bands.shape}")
        step_s = float(result["step_s"])
        if not 0 < step_s < 1:
            raise ValueError(f"a step of {step_s} s")
        return Loudness(bands, step_s, _texts(result["warnings"]))


def _check_track(track: FaceTrack, crop_px: int) -> None:
    import numpy as np

    count, cropped = len(track.frames), len(track.crops)
    shapes = {
        "frames": (count,), "times_s": (count,), "boxes_xywh_px": (count, 4), "scores": (count,),
        "measured": (count,), "squares_px": (cropped, 3),
    }  # fmt: skip
    if any(getattr(track, name).shape != shape for name, shape in shapes.items()):
        raise ValueError("series of different lengths")
    if count == 0 or cropped > count or track.crops.dtype != np.uint8:
        raise ValueError("a track out of form")
    if cropped and track.crops.shape != (cropped, crop_px, crop_px):
        raise ValueError("crops out of form")
    if not all(
        np.isfinite(getattr(track, name)).all() for name in ("times_s", "boxes_xywh_px", "squares_px")
    ):
        raise ValueError("a time or place that is not a number")


def frames(path: Path, out_dir: Path, count: int, *, limits: Limits = DEFAULT_LIMITS) -> SampledFrames:
    """Take `count` (1-128) frames evenly over the clip, long side at most 1280 px; `frames.rgb` holds their pixels."""
    import numpy as np

    check_count(count, MAX_SAMPLES)
    with _distrusted():
        result, written = _write("frames", path, out_dir, ("frames.rgb",), limits, count=count)
        numbers = tuple(int(number) for number in result["frame_indices"])
        times_s = _floats(result["times_s"])
        shape = len(numbers), int(result["height"]), int(result["width"]), 3
        if not 1 <= len(numbers) == len(times_s) <= count or min(shape) < 1:
            raise ValueError(f"{len(times_s)} times for frames of shape {shape}")
        if written.stat().st_size != math.prod(shape):
            raise ValueError(f"{written.stat().st_size} bytes for frames of shape {shape}")
        return SampledFrames(np.fromfile(written, np.uint8).reshape(shape), numbers, times_s)


def hashes(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> tuple[FrameHash, ...]:
    """Perceptual hashes of frames spread over the clip, at most 64. Hand it the preview."""
    with _distrusted():
        found = [FrameHash(**each) for each in sandbox.run_operation("hashes", path, limits).result["hashes"]]
        if len(found) > MAX_SAMPLES or any(not _is_hash(each) for each in found):
            raise ValueError("hashes out of form")
        return tuple(found)


def _is_hash(found: FrameHash) -> bool:
    return (
        all(re.fullmatch(r"[0-9a-f]{64}", bits) for bits in (found.bits, found.mirrored))
        and isinstance(found.frame, int)
        and found.frame >= 0
        and found.quality in range(101)
    )


@functools.cache
def describe_isolation() -> Isolation:
    """Which fences the sandbox gets on this machine; tried once in this process."""
    with tempfile.NamedTemporaryFile() as nothing:
        return sandbox.run_operation("isolation", Path(nothing.name), DEFAULT_LIMITS).isolation


@contextlib.contextmanager
def _distrusted() -> Iterator[None]:
    """A decoder that somebody has taken over answers what it likes; an answer out of form is a MediaError."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, zipfile.BadZipFile) as error:
        raise MediaError(
            "decode_failed", "The decoder's answer about this file made no sense. Convert it to MP4 (H.264)."
        ) from error


def _write(
    operation: str, path: Path, out_dir: Path, names: tuple[str, ...], limits: Limits, **arguments: int
) -> tuple[Mapping[str, Any], Path]:
    reply = sandbox.run_operation(
        operation, path, limits, out_dir=out_dir, outputs=names, arguments=arguments
    )
    written = reply.files.get(str(reply.result["path"]))
    if written is None:
        raise MediaError("decode_failed", "The decoder wrote nothing for this file. Upload it again.")
    return reply.result, written


def _floats(values: list[Any]) -> tuple[float, ...]:
    if not all(math.isfinite(value) for value in values):
        raise ValueError("a time that is not a number")
    return tuple(float(value) for value in values)


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
