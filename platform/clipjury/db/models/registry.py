"""Every table's metadata in one place, for migrations and for the test that holds the two equal."""

from sqlalchemy import MetaData

from clipjury.db.models import (
    clip,
    consensus,
    dataset,
    detector,
    dispute,
    event,
    job,
    near_duplicate,
    report,
    training,
    user,
    vote,
)
from clipjury.db.models.base import Base

MODEL_MODULES = (
    clip,
    consensus,
    dataset,
    detector,
    dispute,
    event,
    job,
    near_duplicate,
    report,
    training,
    user,
    vote,
)


def metadata() -> MetaData:
    """The metadata of all tables, their modules having been imported."""
    return Base.metadata
