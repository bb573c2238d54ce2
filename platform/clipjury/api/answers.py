"""JSON answers, written by pydantic's serialiser: times as ISO 8601, ids as text, in one pass of native code."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from pydantic_core import to_json


def json_answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """`body` as application/json."""
    return Response(to_json(body), status=status, mimetype="application/json")


def empty_answer() -> Response:
    """204: done, and nothing to say."""
    return Response(status=204)
