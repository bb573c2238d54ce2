"""Read the manifest of an evaluation: `path,label` and, where known, `source`, `kind`, `group`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from clipjury_ml.evaluation.items import parse_label


class EvaluationManifestError(ValueError):
    """The manifest cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One file to judge. path is as written, file where it lies; without a group a file is its own group."""

    path: str
    file: Path
    label: int
    source: str
    kind: str
    group: str


def read_rows(manifest: Path) -> list[ManifestRow]:
    """All rows, paths relative to the manifest's folder.

    Raises EvaluationManifestError for a missing column, an unknown label, a file that is not there, a path
    listed twice, or no rows at all; OSError where the manifest cannot be read.
    """
    rows: list[ManifestRow] = []
    seen: set[str] = set()
    with manifest.open(newline="", encoding="utf-8-sig") as handle:
        reader = csv.DictReader(handle)
        missing = {"path", "label"} - set(reader.fieldnames or ())
        if missing:
            raise EvaluationManifestError(f"{manifest.name}: the column {sorted(missing)[0]} is missing")
        for raw in reader:
            where = f"{manifest.name}, line {reader.line_num}"
            row = _parse(raw, manifest.parent, where)
            if row.path in seen:
                raise EvaluationManifestError(f"{where}: {row.path} is listed twice")
            seen.add(row.path)
            rows.append(row)
    if not rows:
        raise EvaluationManifestError(f"{manifest.name} lists no file")
    return rows


def _parse(raw: dict[str, str | None], folder: Path, where: str) -> ManifestRow:
    path = (raw.get("path") or "").strip()
    if not path or not (folder / path).is_file():
        raise EvaluationManifestError(f"{where}: there is no file {path!r} beside the manifest")
    try:
        label = parse_label(raw.get("label") or "")
    except ValueError as error:
        raise EvaluationManifestError(f"{where}: {error}") from error
    source, kind, group = ((raw.get(name) or "").strip() for name in ("source", "kind", "group"))
    return ManifestRow(path, folder / path, label, source, kind, group or path)
