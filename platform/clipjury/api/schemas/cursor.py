"""Where the next page of a list begins, as text that means nothing to whoever carries it."""

import base64
import binascii
import uuid
from datetime import datetime

from clipjury.domain.errors import FieldError, InvalidError


def encode_place(at: datetime, row_id: uuid.UUID) -> str:
    """The place after the row with this time and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def decode_place(cursor: str | None) -> tuple[datetime, uuid.UUID] | None:
    """The place a cursor stands for. Raises InvalidError for one that no page has given out."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, row_id = text.partition("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("the time has no zone")
        return moment, uuid.UUID(row_id)
    except (ValueError, binascii.Error) as error:
        fault = FieldError("cursor", "Use the next_cursor of the page before, or leave it out.")
        raise InvalidError("The list cannot be continued from there.", [fault]) from error
