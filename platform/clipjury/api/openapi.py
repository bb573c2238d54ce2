"""The OpenAPI 3.1 document of the interface: served, and printed by `python -m clipjury.api.openapi`."""

import json
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app

from clipjury.api.access import access_of, public
from clipjury.api.answers import json_answer
from clipjury.api.contract import PREFIX, collector, produced_by
from clipjury.settings import Settings

blueprint = Blueprint("document", __name__)

_METHODS = ("get", "put", "post", "delete", "patch")


@blueprint.get("/openapi.json")
@public
def get_document() -> Response:
    """This interface as an OpenAPI 3.1 document."""
    return json_answer(build_document(current_app._get_current_object()))  # type: ignore[attr-defined]


@cache
def build_document(app: Flask) -> dict[str, Any]:
    """The document, the same to the byte in every process: what depends on a set's order is sorted."""
    with app.app_context():
        collected = json.loads(json.dumps(collector.spec))
    views = _views_by_place(app)
    for path, operations in collected["paths"].items():
        collected["paths"][path] = {
            method: _finish(operations[method], views[(path, method)])
            for method in _METHODS
            if method in operations
        }
    collected["paths"] = dict(sorted(collected["paths"].items()))
    schemas = collected["components"]["schemas"]
    collected["components"]["schemas"] = {name: _without_titles(schemas[name]) for name in sorted(schemas)}
    return dict(collected)


def _views_by_place(app: Flask) -> dict[tuple[str, str], Any]:
    views = {}
    for rule in app.url_map.iter_rules():
        path = collector.backend.parse_path(rule, None)[0] if rule.rule.startswith(PREFIX) else rule.rule
        for method in rule.methods or ():
            views[(path, method.lower())] = app.view_functions[rule.endpoint]
    return views


def _finish(operation: dict[str, Any], view: Any) -> dict[str, Any]:
    """Say who may call, which media types an answer has, and that every error is a problem."""
    access = access_of(view)
    if access is not None and access.is_public:
        operation["security"] = []
    elif access is not None:
        operation["x-roles"] = sorted(access.roles) or "any account"
    responses = operation["responses"]
    responses.pop("422", None)  # said by `default`, with every other error
    for media_type in produced_by(view):
        for status in ("200", "206"):
            if status in responses:
                content = responses[status].setdefault("content", {})
                content[media_type.partition(";")[0]] = {"schema": {"type": "string", "format": "binary"}}
    responses["default"] = {
        "description": "Refused, with a stable code and what to do.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    operation["responses"] = dict(sorted(responses.items()))
    operation["parameters"] = [_without_titles(parameter) for parameter in operation["parameters"]]
    return operation


def _without_titles(schema: Any) -> Any:
    """A schema without the titles that pydantic derives from the fields' names."""
    if isinstance(schema, list):
        return [_without_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_titles(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str))
    }


def main() -> None:
    """Print the document. No database is asked: the settings only have to be well-formed."""
    from clipjury.api.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_env(
            {
                "DATABASE_URL": "postgresql:///unused",
                "CLIPJURY_SECRET_KEY": "only for printing the document, unused",
                "CLIPJURY_STATE_DIR": str(Path(folder)),
            }
        )
        document = build_document(create_app(settings))
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
