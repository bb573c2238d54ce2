"""Who may call a route: declared on every view, checked before any of them runs. No declaration, no access."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from clipjury.domain.accounts import ROLES

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "clipjury_access"


@dataclass(frozen=True)
class Access:
    """`roles` empty: any account. Nobody needs to be logged in where `is_public`."""

    is_public: bool
    roles: frozenset[str] = frozenset()

    def admits(self, roles: frozenset[str]) -> bool:
        """Whether an account with these roles may call."""
        return self.is_public or not self.roles or not self.roles.isdisjoint(roles)


def public(view: View) -> View:
    """Anybody may call; the view may look who it is, and does not have to."""
    return _declare(view, Access(is_public=True))


def signed_in(view: View) -> View:
    """Every account may call."""
    return _declare(view, Access(is_public=False))


def requires(*roles: str) -> Callable[[View], View]:
    """Accounts with one of these roles may call."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"name at least one known role, not {sorted(unknown)}")
    return lambda view: _declare(view, Access(is_public=False, roles=frozenset(roles)))


def access_of(view: Callable[..., Any]) -> Access | None:
    """What the view declares; None for nothing."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, Access) else None


def _declare(view: View, access: Access) -> View:
    setattr(view, _ATTRIBUTE, access)
    return view
