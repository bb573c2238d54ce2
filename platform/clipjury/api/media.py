"""Sends a file of the store, or the part of it that a Range header asks for (RFC 9110, section 14)."""

from pathlib import Path

from flask import Response, request, send_file
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from clipjury.adapters.storage import Storage
from clipjury.api.headers import MEDIA_POLICY
from clipjury.db.queries.clips import RenditionRow


def send_rendition(storage: Storage, rendition: RenditionRow) -> Response:
    """The rendition's bytes. Never cached, and without ETag or date: those of a leased clip would tell two
    reviewers that they hold the same one, or when it was made."""
    answer = send_object(storage, rendition.storage_key, rendition.media_type)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    return answer


def send_object(storage: Storage, key: str, media_type: str, etag: str | None = None) -> Response:
    """An object of the store, or the range of it that was asked for."""
    path = storage.local_path(key)
    if path is not None:
        return send_path(path, media_type, etag)
    answer = _stream(storage, key, media_type, _asked_range(etag))
    answer.accept_ranges = "bytes"
    if etag is not None:
        answer.set_etag(etag)
    return answer


def send_path(path: Path, media_type: str, etag: str | None = None) -> Response:
    """A file, or the range of it that was asked for. It is open by the time this returns, and may be unlinked."""
    is_range = _asked_range(etag) is not None
    answer = send_file(path, mimetype=media_type, conditional=is_range, etag=etag or False)
    answer.headers.pop("Last-Modified", None)
    answer.accept_ranges = "bytes"
    return answer


def _asked_range(etag: str | None) -> Range | None:
    """The one range of bytes asked for; several, other units, or a range of another version (If-Range) are answered
    with the whole file."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if request.if_range.etag is not None and request.if_range.etag != etag:
        return None
    return asked


def _stream(storage: Storage, key: str, media_type: str, asked: Range | None) -> Response:
    """From a store that has no files on this machine: only the range asked for is fetched."""
    size = storage.size(key)
    if asked is None:
        answer = Response(storage.open_stream(key), mimetype=media_type)
        answer.content_length = size
        return answer
    part = asked.range_for_length(size)
    if part is None:
        raise RequestedRangeNotSatisfiable(size)
    start, stop = part
    chunks = storage.open_stream(key, start, stop - start)
    answer = Response(chunks, status=206, mimetype=media_type)
    answer.content_length = stop - start
    answer.content_range = asked.make_content_range(size)
    return answer
