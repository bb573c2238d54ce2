"""Takes an upload in: streamed to a file of its own while it is hashed, told by its first bytes, never decoded.

Whatever goes wrong, nothing is left behind: not in the incoming folder, not in the store, not in a table.
"""

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from flask import Request
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from clipjury.api.auth import SignedInUser
from clipjury.db.queries.clips import NewClip
from clipjury.domain.errors import ClipJuryError, FieldError, InvalidError
from clipjury_ml.media.containers import HEAD_BYTES, Container, describe_unsupported, sniff

FORM_OVERHEAD_BYTES = 256 * 1024  # boundaries and the other fields
_MAX_FIELD_BYTES = 512 * 1024  # the parser's own buffer of 64 KiB and what it carries over must fit, too
_MAX_PARTS = 10
_MAX_TEXT_CHARACTERS = 500
_MAX_NAME_CHARACTERS = 200
_LEFTOVER_AFTER_S = 24 * 3600  # longer than any upload takes
_FILE = "file"
_CONSENT = "media_consent"
_TEXT_FIELDS = ("source", "licence")


@dataclass(frozen=True)
class Upload:
    """A whole file in the incoming folder, with what was said about it."""

    path: Path
    sha256: str
    size_bytes: int
    container: Container
    original_name: str
    source: str | None
    licence: str | None
    media_consent: bool
    more: Mapping[str, str | None]


class _HashingSink:
    """What the form parser writes a file's bytes to. A file whose first bytes are of no known container is read
    to its end and thrown away, so that the browser gets to see the answer."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        handle, name = tempfile.mkstemp(dir=folder, prefix="upload-")
        self.path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._keeps = True
        self.head = b""
        self.size_bytes = 0

    def write(self, chunk: bytes) -> int:
        self.size_bytes += len(chunk)
        if self.size_bytes > self._limit_bytes:
            raise _too_large(self._limit_bytes)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            self._keeps = len(self.head) < HEAD_BYTES or sniff(self.head) is not None
        if self._keeps:
            self._hash.update(chunk)
            self._file.write(chunk)
        return len(chunk)

    def seek(self, *_place: int) -> int:
        """The parser rewinds a part that is complete; this one is not read from here."""
        return 0

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def received_upload(
    request: Request, folder: Path, limit_bytes: int, more_fields: tuple[str, ...] = ()
) -> Iterator[Upload]:
    """The uploaded file, gone from `folder` at the end whatever happens. `more_fields`: text fields it may carry.

    Raises ClipJuryError: payload_too_large before more than the limit is read, unsupported_media, empty_file,
    malformed_form; InvalidError for missing or repeated fields.
    """
    sinks: list[_HashingSink] = []

    def make_sink(*_about: Any, **_more: Any) -> IO[bytes]:
        sinks.append(_HashingSink(folder, limit_bytes))
        return cast("IO[bytes]", sinks[-1])

    try:
        form, files = _parse(request, make_sink, limit_bytes)
        name = _name_of_only_file(form, files, (*_TEXT_FIELDS, _CONSENT, *more_fields))
        texts = {field: _text_field(form, field) for field in _TEXT_FIELDS}
        more = {field: _text_field(form, field) for field in more_fields}
        sink = sinks[0]
        sink.close()
        container = _container_of(sink)
        yield Upload(
            sink.path,
            sink.sha256(),
            sink.size_bytes,
            container,
            name,
            **texts,
            media_consent=_flag_field(form, _CONSENT),
            more=more,
        )
    finally:
        for sink in sinks:
            with suppress(OSError):
                sink.discard()


def _parse(request: Request, make_sink: Any, limit_bytes: int) -> tuple[Any, Any]:
    if request.mimetype != "multipart/form-data":
        raise ClipJuryError("unsupported_media", "Send the file as multipart/form-data, in the field `file`.")
    if request.content_length is not None and request.content_length > limit_bytes + FORM_OVERHEAD_BYTES:
        raise _too_large(limit_bytes)
    parser = FormDataParser(
        stream_factory=make_sink,
        max_form_memory_size=_MAX_FIELD_BYTES,
        max_form_parts=_MAX_PARTS,
        silent=False,
    )
    stream = get_input_stream(request.environ, max_content_length=limit_bytes + FORM_OVERHEAD_BYTES)
    try:
        _, form, files = parser.parse(
            stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except ValueError as error:
        detail = "The upload broke off or is not a form that can be read. Send the file again."
        raise ClipJuryError("malformed_form", detail) from error
    return form, files


def _name_of_only_file(form: Any, files: Any, known: tuple[str, ...]) -> str:
    unknown = {*form} - {*known} | {*files} - {_FILE}
    if unknown:
        faults = [FieldError(name[:60], "There is no such field.") for name in sorted(unknown)]
        raise InvalidError("The form has fields that are not known.", faults)
    if len(files.getlist(_FILE)) != 1:
        fault = FieldError(_FILE, "Send one file, with its name, in this field.")
        raise InvalidError("One file is needed.", [fault])
    return _plain_name(files[_FILE].filename or "")


def _plain_name(sent: str) -> str:
    """A name to show: no folders, and nothing that a terminal or a page would act on."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ").strip()
    return shown[-_MAX_NAME_CHARACTERS:] or "unnamed"


def _text_field(form: Any, field: str) -> str | None:
    texts = form.getlist(field)
    text = texts[0].strip() if texts else ""
    if len(texts) > 1:
        raise InvalidError("The form is ambiguous.", [FieldError(field, "Give this field once.")])
    if len(text) > _MAX_TEXT_CHARACTERS or "\x00" in text:
        fault = FieldError(field, f"Keep it to {_MAX_TEXT_CHARACTERS} characters of text.")
        raise InvalidError("A field cannot be used.", [fault])
    return text or None


def _flag_field(form: Any, field: str) -> bool:
    given = form.getlist(field)
    if len(given) > 1 or (given and given[0] not in ("0", "1")):
        raise InvalidError("A field cannot be used.", [FieldError(field, "Give 1 or 0, once.")])
    return bool(given) and given[0] == "1"


def _container_of(sink: _HashingSink) -> Container:
    if sink.size_bytes == 0:
        fault = FieldError(_FILE, "The file is empty (0 bytes).")
        raise InvalidError(
            "The file is empty. Was it copied or downloaded in full?", [fault], code="empty_file"
        )
    container = sniff(sink.head)
    if container is None:
        raise ClipJuryError("unsupported_media", describe_unsupported(sink.head))
    return container


def _too_large(limit_bytes: int) -> ClipJuryError:
    limit_mb = limit_bytes // (1024 * 1024)
    said = f"{limit_mb} MB" if limit_mb else f"{limit_bytes} bytes"
    return ClipJuryError(
        "payload_too_large", f"The file is larger than {said}, the most this server accepts."
    )


def new_clip(upload: Upload, user: SignedInUser) -> NewClip:
    """The clip of an upload, on behalf of whoever sent it."""
    return NewClip(
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        container=upload.container.name,
        original_name=upload.original_name,
        uploader_id=user.id,
        source=upload.source,
        licence=upload.licence,
        media_consent=upload.media_consent,
        is_simulated=user.row.is_simulated,
    )


def purge_incoming(folder: Path, now_s: float) -> None:
    """Remove what processes that were killed in the middle of an upload left in `folder`."""
    for path in folder.glob("upload-*"):
        with suppress(OSError):
            if path.stat().st_mtime < now_s - _LEFTOVER_AFTER_S:
                path.unlink()
