"""Who runs the installation."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_ACTIVE_ADMINS = text("SELECT id FROM users WHERE is_active AND 'admin' = ANY(roles) ORDER BY id")


def list_active_admins(session: Session) -> list[int]:
    """Ids of the admins who may log in."""
    return [int(user_id) for user_id in session.execute(_ACTIVE_ADMINS).scalars()]
