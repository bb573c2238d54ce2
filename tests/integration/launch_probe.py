"""The launcher with a small process table: `launch_probe.py up|demo STATE_DIR PORT`.

Its "web" keeps rows in the database, its "worker" has a child that will not listen to SIGTERM.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from clipjury.launch.installation import Installation, ProcessTable
from clipjury.launch.main import launch
from clipjury.launch.processes import ChildSpec
from clipjury.launch.state_folder import LaunchError

_MIGRATE = """
import os, psycopg2
connection = psycopg2.connect(os.environ["CLIPJURY_OWNER_DATABASE_URL"])
connection.cursor().execute("CREATE TABLE IF NOT EXISTS kept (id serial PRIMARY KEY)")
connection.commit()
"""

_WEB = """
import http.server, os, psycopg2
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, statement):
        try:
            connection = psycopg2.connect(os.environ["DATABASE_URL"])
            cursor = connection.cursor()
            cursor.execute(statement)
            text = str(cursor.fetchone()[0])
            connection.commit()
            status = 200
        except psycopg2.Error as error:
            status, text = 503, str(error)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self):
        self.answer("SELECT count(*) FROM kept")
    def do_POST(self):
        self.answer("INSERT INTO kept DEFAULT VALUES RETURNING id")
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["CLIPJURY_PORT"])), Handler).serve_forever()
"""

_WORKER = """
import os, signal, time
from clipjury.launch.parent_watch import watch_parent
parent = os.getpid()
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watch_parent(parent)
while True:
    time.sleep(1)
"""

_CREATE_ADMIN = """
import os, pathlib, sys
place = pathlib.Path(os.environ["CLIPJURY_STATE_DIR"]) / "created"
with place.open("a") as file:
    file.write(f"{sys.argv[1:]} {sys.stdin.readline().strip()} {'CLIPJURY_ADMIN_PASSWORD' in os.environ}\\n")
"""


def build_small_table(installation: Installation) -> ProcessTable:
    """A table like the product's, of processes that need only psycopg2."""

    def python(name: str, code: str) -> ChildSpec:
        return dataclasses.replace(
            installation.command(name), command=(sys.executable, "-c", code), cwd=Path("/")
        )

    return ProcessTable(
        migrate=python("migrate", _MIGRATE),
        kept_up=(python("worker", _WORKER), python("web", _WEB)),
        fill_demo=python("demo", "print('log in as somebody')"),
        create_admin=python("users", _CREATE_ADMIN),
    )


if __name__ == "__main__":
    try:
        sys.exit(launch(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), build_small_table))
    except LaunchError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
