"""Where the next page of a list begins, as text that means nothing to whoever carries it."""

import base64
import binascii
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from clipjury.domain.errors import FieldError, InvalidError

Place = TypeVar("Place")


def encode_place(at: datetime, row_id: uuid.UUID) -> str:
    """The place after the row with this time and id."""
    return encode_parts(at.isoformat(), row_id)


def decode_place(cursor: str | None) -> tuple[datetime, uuid.UUID] | None:
    """The place a cursor stands for. Raises InvalidError for one that no page has given out."""
    return decode_parts(cursor, _read_place)


def _read_place(parts: list[str]) -> tuple[datetime, uuid.UUID]:
    at, row_id = parts
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return moment, uuid.UUID(row_id)


def encode_parts(*parts: object) -> str:
    """A place of any other kind, by the texts of its parts."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def decode_parts(cursor: str | None, read: Callable[[list[str]], Place]) -> Place | None:
    """What `read` makes of the parts (it raises ValueError for what it cannot use). Raises as `decode_place` does."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return read(text.split("|"))
    except (ValueError, binascii.Error) as error:
        fault = FieldError("cursor", "Use the next_cursor of the page before, or leave it out.")
        raise InvalidError("The list cannot be continued from there.", [fault]) from error
