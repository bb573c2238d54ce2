"""Accounts as an admin sees and changes them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.api.schemas.words import Role
from clipjury.db.queries.user_directory import DirectoryFilter, DirectoryRow
from clipjury.services.users import UserPage


class UsersQuery(QueryModel):
    """Which accounts; `search` looks into e-mail and name, `cursor` is the `next_cursor` of the page before."""

    search: PlainText | None = Field(default=None, max_length=100)
    role: Role | None = None
    state: Literal["active", "inactive"] | None = None
    cursor: int | None = Field(default=None, ge=0, le=2**62)
    limit: int = Field(default=50, ge=1, le=100)

    def filter(self) -> DirectoryFilter:
        """The same in the database's words."""
        is_active = None if self.state is None else self.state == "active"
        return DirectoryFilter(search=self.search, role=self.role, is_active=is_active)


class UserEntry(AnswerModel):
    """An account. `last_seen_at`: when it last used a browser session or voted; null for never."""

    id: int
    email: str
    display_name: str
    roles: list[Role]
    is_active: bool
    is_simulated: bool
    created_at: datetime
    last_seen_at: datetime | None
    votes_count: int
    has_password: bool
    sessions_count: int
    tokens_count: int
    leases_count: int


class UserEntries(AnswerModel):
    """Accounts, newest first; `total` counts all that fit."""

    items: list[UserEntry]
    total: int
    next_cursor: int | None


class UserChange(RequestModel):
    """What to change, and why; what is left out stays."""

    roles: list[Role] | None = Field(default=None, max_length=10)
    is_active: bool | None = None
    reason: PlainText = Field(max_length=1000)


def entry_body(user: DirectoryRow) -> dict[str, Any]:
    """`UserEntry`."""
    return vars(user)


def entries_body(page: UserPage, limit: int) -> dict[str, Any]:
    """`UserEntries`."""
    return {
        "items": [entry_body(user) for user in page.items],
        "total": page.total,
        "next_cursor": page.items[-1].id if len(page.items) == limit else None,
    }
