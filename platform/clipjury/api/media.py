"""Sends a rendition, or the part of it that a Range header asks for (RFC 9110, section 14)."""

from flask import Response, request, send_file
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from clipjury.adapters.storage import Storage
from clipjury.api.headers import MEDIA_POLICY
from clipjury.db.queries.clips import RenditionRow


def send_rendition(storage: Storage, rendition: RenditionRow) -> Response:
    """The rendition's bytes. Never cached, and without ETag or date: those of a leased clip would tell two
    reviewers that they hold the same one, or when it was made."""
    asked = _asked_range()
    path = storage.local_path(rendition.storage_key)
    if path is None:
        answer = _stream(storage, rendition, asked)
    else:
        answer = send_file(path, mimetype=rendition.media_type, conditional=asked is not None, etag=False)
        answer.headers.pop("Last-Modified", None)
    answer.accept_ranges = "bytes"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    return answer


def _asked_range() -> Range | None:
    """The one range of bytes asked for; several, or other units, are answered with the whole file."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    return asked


def _stream(storage: Storage, rendition: RenditionRow, asked: Range | None) -> Response:
    """From a store that has no files on this machine: only the range asked for is fetched."""
    size = storage.size(rendition.storage_key)
    if asked is None:
        answer = Response(storage.open_stream(rendition.storage_key), mimetype=rendition.media_type)
        answer.content_length = size
        return answer
    part = asked.range_for_length(size)
    if part is None:
        raise RequestedRangeNotSatisfiable(size)
    start, stop = part
    chunks = storage.open_stream(rendition.storage_key, start, stop - start)
    answer = Response(chunks, status=206, mimetype=rendition.media_type)
    answer.content_length = stop - start
    answer.content_range = asked.make_content_range(size)
    return answer
