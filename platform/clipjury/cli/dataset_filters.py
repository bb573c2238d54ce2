"""Filters as they are typed on a command line, or kept in a JSON file."""

import json
from pathlib import Path
from typing import Any

from clipjury.cli.main import Refusal
from clipjury.domain.datasets import FILTER_NAMES, LISTS, TIMES


def read_filters(given: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    """The file's filters, and over them those given one by one. Raises Refusal for what cannot be read."""
    filters = {} if file is None else _from_file(file)
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in FILTER_NAMES:
            raise Refusal(f"{text!r} is no filter. Write NAME=VALUE with one of: {', '.join(FILTER_NAMES)}.")
        filters[name] = _value(name, value)
    return filters


def _value(name: str, text: str) -> Any:
    if name in LISTS:
        return [part.strip() for part in text.split(",") if part.strip()]
    if name in TIMES:
        return text
    try:
        return json.loads(text)  # a number, true or false
    except ValueError as error:
        raise Refusal(f"{name} cannot be {text!r}; give a number, or true or false.") from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        filters = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(filters, dict):
        raise Refusal(f"{path} must hold one object with filters' names.")
    return filters
