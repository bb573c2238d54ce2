"""The OpenAPI document's one collector, and the decorator by which a view says what it takes and answers."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, current_app
from pydantic import BaseModel
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin
from spectree.utils import cached_type_hints
from werkzeug.routing import Rule

from clipjury.api.bodies import read_json, read_query
from clipjury.api.schemas.problem import Problem

PREFIX = "/api/v1"
_PRODUCES = "clipjury_produces"

View = TypeVar("View", bound=Callable[..., Response])


class _ReadingPlugin(FlaskPlugin):
    """Reads bodies and queries by our own rules: spectree's take malformed JSON for an empty object, and read
    every answer into memory to validate it, streams and files included."""

    def find_routes(self) -> Iterator[Rule]:
        """The routes under the prefix, in an order that does not depend on the process."""
        rules = current_app.url_map.iter_rules()
        yield from sorted(
            (rule for rule in rules if rule.rule.startswith(PREFIX)), key=lambda rule: rule.rule
        )

    def get_func_operation_id(self, func: Callable[..., Any], path: str, method: str) -> str:
        """`cast_vote` as `castVote`; the default carries the path's braces."""
        first, *rest = func.__name__.split("_")
        return first + "".join(word.capitalize() for word in rest)

    def validate(self, func: Callable[..., Any], *described: Any, **path: Any) -> Any:
        """Hand the view its parsed `json` and `query`, where it takes them."""
        hints = cached_type_hints(func)
        if "json" in hints:
            path["json"] = read_json(hints["json"])
        if "query" in hints:
            path["query"] = read_query(hints["query"])
        return func(**path)


collector = SpecTree(
    backend=_ReadingPlugin,
    mode="strict",
    title="ClipJury",
    version="1",
    description="People and detectors decide together whether a video clip or an image has been manipulated.",
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    validation_error_model=Problem,
    security_schemes=[
        SecurityScheme(
            name="cookie",
            data=SecuritySchemeData(type=SecureType.API_KEY, name="clipjury_session", field_in=InType.COOKIE),
        ),
        SecurityScheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
    ],
    security=[{"cookie": []}, {"bearer": []}],
)


def describes(
    noun: str,
    answers: Mapping[int, type[BaseModel] | None],
    *,
    form: type[BaseModel] | None = None,
    produces: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """What a view answers, by status. It takes what it annotates as `json` and `query`, parsed; `form` describes a
    multipart body that the view reads itself, `produces` the media types of an answer that is no JSON."""
    codes = {f"HTTP_{HTTPStatus(status).value}": model for status, model in answers.items()}
    described: Callable[[View], View] = collector.validate(
        form=form,
        resp=Answers(**codes),
        tags=(noun,),
    )

    def decorate(view: View) -> View:
        described_view = described(view)
        setattr(described_view, _PRODUCES, produces)
        return described_view

    return decorate


def produced_by(view: Callable[..., Any]) -> tuple[str, ...]:
    """The media types of a view's answer, where it is no JSON."""
    found: tuple[str, ...] = getattr(view, _PRODUCES, ())
    return found
