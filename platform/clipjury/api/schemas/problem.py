"""Errors, as application/problem+json (RFC 9457) with a stable code."""

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel


class FieldError(AnswerModel):
    """One field of the request and what is wrong with it."""

    field: str
    message: str


class Problem(AnswerModel):
    """Why a request was refused, and what to do. Programs read `code`, people read `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
