"""How large a clip may be, and how much of the machine one operation on it may take."""

from __future__ import annotations

from dataclasses import dataclass

from clipjury_ml.media.errors import MediaError

_MIB = 1024 * 1024
_FPS_TOLERANCE = 1.02  # times rounded to whole milliseconds make 120 fps read as up to 122


@dataclass(frozen=True)
class Limits:
    """Bounds on the clip (checked from headers before decoding, and again while decoding) and on the process.

    The process bounds become rlimits of the sandbox; `wall_clock_s` is when the parent kills it.
    """

    max_side_px: int = 8192
    max_pixels: int = 36_000_000
    max_duration_s: float = 15 * 60.0
    max_fps: float = 120.0
    max_frames: int = 30_000
    max_streams: int = 8
    cpu_s: int = 900
    wall_clock_s: float = 1800.0
    address_space_bytes: int = 3072 * _MIB
    file_size_bytes: int = 1024 * _MIB
    open_files: int = 64


DEFAULT_LIMITS = Limits()


def check_dimensions(width_px: int, height_px: int, limits: Limits) -> None:
    """Refuse a picture larger than `limits` allow. Raises MediaError `dimensions_too_large`."""
    too_wide = max(width_px, height_px) > limits.max_side_px
    if too_wide or width_px * height_px > limits.max_pixels:
        raise MediaError(
            "dimensions_too_large",
            f"The picture is {width_px} × {height_px} pixels; at most {limits.max_side_px} on a side and "
            f"{limits.max_pixels / 1e6:g} megapixels are accepted. Scale it down and upload it again.",
        )


def check_duration(duration_s: float, limits: Limits) -> None:
    """Refuse a clip longer than `limits` allow. Raises MediaError `too_long`."""
    if duration_s > limits.max_duration_s:
        raise MediaError(
            "too_long",
            f"The clip lasts {_in_words(duration_s)}; at most {_in_words(limits.max_duration_s)} are accepted. "
            "Cut out the part that is in question and upload that.",
        )


def check_frame_count(frames: int, limits: Limits) -> None:
    """Refuse a clip with more pictures than `limits` allow. Raises MediaError `too_many_frames`."""
    if frames > limits.max_frames:
        raise MediaError(
            "too_many_frames",
            f"The clip has more than {limits.max_frames} frames. Cut out the part that is in question "
            "and upload that.",
        )


def check_frame_rate(fps: float, limits: Limits) -> None:
    """Refuse a frame rate above `limits`. Raises MediaError `too_many_frames`."""
    if fps > limits.max_fps * _FPS_TOLERANCE:
        raise MediaError(
            "too_many_frames",
            f"The clip runs at {fps:.0f} frames a second; at most {limits.max_fps:g} are accepted. "
            "Export it at a lower frame rate and upload that.",
        )


def check_stream_count(streams: int, limits: Limits) -> None:
    """Refuse a file with more tracks than `limits` allow. Raises MediaError `too_many_streams`."""
    if streams > limits.max_streams:
        raise MediaError(
            "too_many_streams",
            f"The file holds {streams} tracks; at most {limits.max_streams} are accepted. "
            "Export it with one video and one sound track.",
        )


def _in_words(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
