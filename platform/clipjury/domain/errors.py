"""Errors of the domain. Each carries a stable code; api/errors.py alone turns codes into HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One field of the input and what is wrong with it, in plain words."""

    field: str
    message: str


class ClipJuryError(Exception):
    """A refusal that the caller can understand and act on."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        fields: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after_s = retry_after_s


class NotFoundError(ClipJuryError):
    """The thing named does not exist, or not for this caller."""

    def __init__(self, detail: str, code: str = "not_found") -> None:
        super().__init__(code, detail)


class ConflictError(ClipJuryError):
    """The thing is in a state in which this cannot be done."""


class InvalidError(ClipJuryError):
    """The input breaks a rule; `fields` says which."""

    def __init__(self, detail: str, fields: Sequence[FieldError] = (), code: str = "invalid_request") -> None:
        super().__init__(code, detail, fields=fields)


class ForbiddenError(ClipJuryError):
    """The caller is known and may not do this."""

    def __init__(self, detail: str, code: str = "forbidden") -> None:
        super().__init__(code, detail)


class TooManyAttemptsError(ClipJuryError):
    """Attempts are limited; `retry_after_s` says how long to wait."""

    def __init__(self, detail: str, retry_after_s: int) -> None:
        super().__init__("too_many_attempts", detail, retry_after_s=retry_after_s)
