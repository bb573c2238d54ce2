"""What all schemas share. Models parse requests and describe answers; answers are built as plain dicts, which
costs no second validation in production. The tests hold every answer to its schema instead."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class RequestModel(BaseModel):
    """JSON from outside: no unknown fields, no guessing at types, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class QueryModel(BaseModel):
    """Parameters of a query string, which are text until they are parsed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerModel(BaseModel):
    """The shape of an answer."""

    model_config = ConfigDict(frozen=True)


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character U+0000")
    return text


# PostgreSQL stores every character but U+0000.
PlainText = Annotated[str, AfterValidator(_without_nul)]
