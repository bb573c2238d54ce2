"""What can be wrong with an uploaded file, as stable codes with a sentence for the uploader."""

from __future__ import annotations

from typing import Literal, get_args

MediaErrorCode = Literal[
    "empty_file",
    "unsupported_format",
    "truncated",
    "no_video_stream",
    "dimensions_too_large",
    "too_long",
    "too_many_frames",
    "too_many_streams",
    "codec_not_allowed",
    "decode_failed",
    "decode_timeout",
    "decode_out_of_memory",
]
MEDIA_ERROR_CODES: frozenset[str] = frozenset(get_args(MediaErrorCode))


class MediaError(Exception):
    """A file that cannot be judged. `code` is stable; `detail` says what is wrong and what to do."""

    def __init__(self, code: MediaErrorCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: MediaErrorCode = code
        self.detail = detail

    def __reduce__(self) -> tuple[type[MediaError], tuple[str, str]]:
        return (MediaError, (self.code, self.detail))


def parse_code(text: str) -> MediaErrorCode:
    """The code written as `text`; one we do not know reads as `decode_failed`."""
    return text if text in MEDIA_ERROR_CODES else "decode_failed"  # type: ignore[return-value]


def empty_file() -> MediaError:
    """The file has no bytes."""
    return MediaError("empty_file", "The file is empty (0 bytes). Check the original and upload it again.")


def truncated(what: str) -> MediaError:
    """The file ends too early for anything to be decoded; `what` says what is missing."""
    return MediaError(
        "truncated",
        f"The file is cut off: {what}. The upload or the recording stopped early; send the whole file.",
    )


def undecodable() -> MediaError:
    """The container reads, but not one picture comes out of it."""
    return MediaError(
        "decode_failed",
        "Not one picture of this file could be decoded. If it plays on your device, convert it to MP4 (H.264) "
        "and upload that.",
    )
