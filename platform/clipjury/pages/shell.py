"""The single-page front end: its files, and its page for every other address."""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

View = Callable[[str], Response]

_HASHED_FILES = "assets/"  # Vite puts the hash of their contents into these names: they never change
_ONE_YEAR_S = 365 * 24 * 3600

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


def make_blueprint(frontend_dir: Path, declare_access: Callable[[View], View]) -> Blueprint:
    """Pages served from `frontend_dir`, the folder that the front end's build writes.

    `declare_access` marks the view with who may call it, in the application's way of doing so.
    """
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/", defaults={"path": ""})
    @blueprint.get("/<path:path>")
    @declare_access
    def get_page(path: str) -> Response:
        """A file of the front end, or its page: which screen an address means is the front end's to say."""
        if path == "api" or path.startswith("api/"):
            abort(404)
        if path and (frontend_dir / path).is_file():
            return _file(frontend_dir, path)
        if path.startswith(_HASHED_FILES):
            abort(404)  # a page in place of a script would be a riddle to whoever looks for the mistake
        if not (frontend_dir / "index.html").is_file():
            return Response(_NOT_BUILT, status=503, mimetype="text/html")
        return _file(frontend_dir, "index.html")

    return blueprint


def _file(folder: Path, path: str) -> Response:
    """The file, never one outside the folder. Names with a hash are kept by browsers, all else is asked for anew."""
    answer = send_from_directory(folder, path, conditional=True)
    if path.startswith(_HASHED_FILES):
        answer.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR_S}, immutable"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer
