"""The single-page front end: its files, its page for every other address, and the two pages that carry words for
whoever reads without JavaScript: the start page and a clip's public page."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, send_from_directory
from sqlalchemy.exc import SQLAlchemyError

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ClipJuryError
from clipjury.pages.document import Document, fill
from clipjury.pages.home import home
from clipjury.pages.verdict import not_published, published
from clipjury.services import clip_views, public_clips
from clipjury.services.clip_views import Viewer

View = Callable[..., Response]

_HASHED_FILES = "assets/"  # Vite puts the hash of their contents into these names: they never change
_ONE_YEAR_S = 365 * 24 * 3600
_LATEST_ON_HOME = 6
_STATUS_OF_CODE = {"lease_open": 409, "withheld": 451}

_NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>ClipJury</title></head>
<body>
<h1>ClipJury</h1>
<p>The server runs, but its pages have not been built. Start it with <code>./run up</code>, which builds them,
or build them with <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>.</p>
<p>The programming interface is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body>
</html>
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shell:
    """What the pages need of the application: its folder, how a view declares its access, and who asks."""

    folder: Path
    declare_access: Callable[[Any], Any]
    find_viewer: Callable[[], Viewer | None]


def make_blueprint(shell: Shell) -> Blueprint:
    """Pages served from the folder that the front end's build writes."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    @shell.declare_access
    def get_home() -> Response:
        """The start page, with what it is and what it has found of late in words."""
        return _page(shell.folder, lambda: (_home(shell.find_viewer()), 200))

    @blueprint.get("/c/<uuid:id>")
    @shell.declare_access
    def get_case_page(id: uuid.UUID) -> Response:
        """A clip's public page, with its verdict in words; a reader who is logged in is exposed by it."""
        return _page(shell.folder, lambda: _case(id, shell.find_viewer()))

    @blueprint.get("/<path:path>")
    @shell.declare_access
    def get_page(path: str) -> Response:
        """A file of the front end, or its page: which screen an address means is the front end's to say."""
        if path == "api" or path.startswith("api/"):
            abort(404)
        if path and (shell.folder / path).is_file():
            return _file(shell.folder, path)
        if path.startswith(_HASHED_FILES):
            abort(404)  # a page in place of a script would be a riddle to whoever looks for the mistake
        return _page(shell.folder, None)

    return blueprint


def _home(viewer: Viewer | None) -> Document:
    with transaction() as session:
        stats = clip_views.get_public_stats(session)
        latest = public_clips.list_latest(session, viewer, limit=_LATEST_ON_HOME)
    return home(stats, latest, request.base_url)


def _case(clip_id: uuid.UUID, viewer: Viewer | None) -> tuple[Document, int]:
    try:
        with transaction() as session:
            case = public_clips.see_case(session, clip_id, viewer)
    except ClipJuryError as error:
        return not_published(error, request.base_url), _STATUS_OF_CODE.get(error.code, 404)
    return published(case, request.base_url, request.url_root), 200


def _page(folder: Path, write: Callable[[], tuple[Document, int]] | None) -> Response:
    """The front end's page, with words in it where there are any. It must be there when the database is not: the
    front end then says what is wrong, and tries again."""
    if not (folder / "index.html").is_file():
        return Response(_NOT_BUILT, status=503, mimetype="text/html")
    if write is None:
        return _file(folder, "index.html")
    try:
        document, status = write()
    except SQLAlchemyError as error:
        log.warning("the page goes out without its words: %s", str(error).partition("\n")[0])
        return _file(folder, "index.html")
    answer = Response(fill((folder / "index.html").read_text(), document), status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Cookie"  # whoever holds the clip is told something else
    return answer


def _file(folder: Path, path: str) -> Response:
    """The file, never one outside the folder. Names with a hash are kept by browsers, all else is asked for anew."""
    answer = send_from_directory(folder, path, conditional=True)
    if path.startswith(_HASHED_FILES):
        answer.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR_S}, immutable"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer
