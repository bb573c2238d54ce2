"""gunicorn's settings under the launcher: `gunicorn wsgi:app -c …/gunicorn_conf.py`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from clipjury.launch.parent_watch import watch_parent

bind = f"127.0.0.1:{os.environ.get('CLIPJURY_PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 16
timeout = 60
graceful_timeout = 8
keepalive = 15
control_socket_disable = True  # it would lie in the home folder, one for all installations
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat, off the disk


def post_fork(server: Any, worker: Any) -> None:
    """In each web process: end with gunicorn's own, even when that was killed."""
    watch_parent(server.pid)
