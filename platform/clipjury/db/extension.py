"""Flask-SQLAlchemy's extension object: it owns the web process's engine, which `transaction.bind` names too."""

from flask_sqlalchemy import SQLAlchemy

from clipjury.db.models.base import Base

# The models keep their own declarative base: they serve jobs and commands without Flask.
db = SQLAlchemy(metadata=Base.metadata)
