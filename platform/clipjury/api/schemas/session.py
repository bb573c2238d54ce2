"""Logging in, and who is logged in."""

from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.words import Role
from clipjury.db.queries.users import UserRow


class Credentials(RequestModel):
    """What a person types to log in."""

    email: PlainText = Field(max_length=1000)
    password: str = Field(max_length=1000)


class PasswordChange(RequestModel):
    """One's own password, and what it shall be."""

    current_password: str = Field(max_length=1000)
    password: str = Field(max_length=1000)


class User(AnswerModel):
    """An account, as its owner sees it."""

    id: int
    email: str
    display_name: str
    roles: list[Role]
    is_simulated: bool


class SignedIn(AnswerModel):
    """The account, and the token that writes must carry in X-CSRF-Token."""

    user: User
    csrf_token: str


class Session(AnswerModel):
    """Who is logged in; both are null for nobody. A bearer token needs no CSRF token."""

    user: User | None
    csrf_token: str | None


def user_body(user: UserRow) -> dict[str, Any]:
    """`User` of an account."""
    return {
        "id": user.id,
        "email": user.email,
        "display_name": user.display_name,
        "roles": user.roles,
        "is_simulated": user.is_simulated,
    }
