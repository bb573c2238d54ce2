"""Reads what a request brings, or says in plain words what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from clipjury.domain.errors import ClipJuryError, FieldError, InvalidError

MAX_JSON_BYTES = 256 * 1024  # the largest ballot has 200 regions and a reason of 2,000 characters: some 50 kB

Model = TypeVar("Model", bound=BaseModel)

_WORDS = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_type": "This must be text.",
    "string_too_long": "Keep it to {max_length} characters.",
    "string_too_short": "This needs {min_length} characters or more.",
    "string_unicode": "This text is not valid Unicode.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "finite_number": "This must be a finite number.",
    "bool_parsing": "Use 1 or 0.",
    "list_type": "This must be a list.",
    "too_long": "At most {max_length} entries.",
    "literal_error": "Use one of: {expected}.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "model_type": "This must be an object with named fields.",
    "model_attributes_type": "This must be an object with named fields.",
    "timezone_aware": "Add a time zone, as in 2026-01-31T12:00:00Z.",
    "datetime_from_date_parsing": "Write a time like 2026-01-31T12:00:00Z.",
    "datetime_parsing": "Write a time like 2026-01-31T12:00:00Z.",
}


def read_json(model: type[Model]) -> Model:
    """The request's JSON body. Raises ClipJuryError (unsupported_media, malformed_json) or InvalidError."""
    if request.mimetype != "application/json":
        raise ClipJuryError("unsupported_media", "Send JSON, with the header Content-Type: application/json.")
    request.max_content_length = MAX_JSON_BYTES
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise _refusal(error, "The request's body") from error


def read_query(model: type[Model]) -> Model:
    """The query string. Raises InvalidError, also for a parameter that is given twice."""
    twice = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if twice:
        faults = [FieldError(name[:60], "Give this parameter once.") for name in twice]
        raise InvalidError("The query is ambiguous.", faults)
    given = {name: text for name, text in request.args.items() if text != ""}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(error, "The query") from error


def read_fields(model: type[Model], given: Mapping[str, str | None]) -> Model:
    """A form's text fields, those left empty left out. Raises InvalidError."""
    try:
        return model.model_validate({name: text for name, text in given.items() if text})
    except ValidationError as error:
        raise _refusal(error, "The form") from error


def _refusal(error: ValidationError, what: str) -> ClipJuryError:
    faults = error.errors(include_url=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        reason = faults[0].get("ctx", {}).get("error", "it ends too early")
        return ClipJuryError("malformed_json", f"{what} is not JSON: {reason}.")
    fields = [FieldError(_path(fault["loc"]), _in_words(fault)) for fault in faults[:50]]
    return InvalidError(f"{what} has {_count(len(faults))} that cannot be used.", fields)


def _count(n: int) -> str:
    return "1 field" if n == 1 else f"{n} fields"


def _path(location: Sequence[int | str]) -> str:
    """`("segments", 0, "start_frame")` as `segments[0].start_frame`; the body itself is `body`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:60]}" if path else part[:60]
    return path or "body"


def _in_words(fault: Any) -> str:
    words = _WORDS.get(fault["type"])
    if words is not None:
        return words.format(**fault.get("ctx", {}))
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{message[:1].upper()}{message[1:]}."
