"""The files by which a training process and whoever started it speak. Standard library only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SPEC = "spec.json"  # what to train
PROGRESS = "progress.json"  # how far it is
ERROR = "error.json"  # why it could not go on
RESULT = "result.json"  # what was found
DETECTOR = "detector"  # the new detector's folder


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write by rename: whoever reads it never finds half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)
