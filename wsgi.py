"""The web application for gunicorn: `gunicorn wsgi:app`."""

from clipjury.api.app import create_app
from clipjury.settings import Settings

app = create_app(Settings.from_env())
