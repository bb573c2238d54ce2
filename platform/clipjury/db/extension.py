"""Flask-SQLAlchemy's extension object; it serves the session loader and read-only pages only."""

from flask_sqlalchemy import SQLAlchemy

from clipjury.db.models.base import Base

db = SQLAlchemy(model_class=Base, disable_autonaming=True)
