"""Manifests: path,label,source,kind,licence,sha256,group,gold_role: one file a row, paths relative to the manifest."""

import csv
from dataclasses import replace
from pathlib import Path

from clipjury.cli.additions import Request

COLUMNS = ("path", "label", "source", "kind", "licence", "sha256", "group", "gold_role")
_LONGEST_TEXT = 500


class ManifestError(ValueError):
    """The file as a whole is no manifest; the message says why."""


def read_manifest(path: Path) -> tuple[list[Request], list[str]]:
    """The rows as requests, and what is wrong with rows, each with file and line number.

    Only `path` is required; `kind` is measured and not read; columns of other names are left alone. Raises
    ManifestError when the file cannot be read or its header lacks `path`.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            return _read_rows(path, csv.DictReader(source, restkey="", strict=True))
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path} is not UTF-8 text") from error


def _read_rows(path: Path, rows: "csv.DictReader[str]") -> tuple[list[Request], list[str]]:
    names = [name.strip() for name in rows.fieldnames or ()]
    if "path" not in names:
        raise ManifestError(f"{path}:1: the header has no column `path`; the columns are {','.join(COLUMNS)}")
    if len(set(names)) < len(names):
        raise ManifestError(f"{path}:1: a column stands twice in the header")
    rows.fieldnames = names
    requests: list[Request] = []
    faults: list[str] = []
    try:
        for row in rows:
            place = f"{path}:{rows.line_num}"
            fault = _row_fault(row)
            if fault:
                faults.append(f"{place}: {fault}")
            else:
                requests.append(_to_request(path, place, row))
    except csv.Error as error:
        raise ManifestError(f"{path}:{rows.line_num}: {error}") from error
    return requests, faults


def _row_fault(row: dict[str, str]) -> str | None:
    if row.get(""):
        return "more fields than the header has columns"
    if any(value is None for value in row.values()):
        return "fewer fields than the header has columns"
    if not row["path"].strip():
        return "the path is missing"
    long = [name for name, value in row.items() if name and len(value) > _LONGEST_TEXT]
    if long:
        return f"{long[0]} is longer than {_LONGEST_TEXT} characters"
    if any("\0" in value for name, value in row.items() if name):
        return "a field holds a NUL character"
    return None


def _to_request(manifest: Path, place: str, row: dict[str, str]) -> Request:
    texts = {name: (row.get(name) or "").strip() or None for name in COLUMNS}
    return Request(
        place=place,
        path=manifest.parent / str(texts["path"]),
        label=texts["label"],
        source=texts["source"],
        licence=texts["licence"],
        sha256=texts["sha256"],
        group=texts["group"],
        gold_role=texts["gold_role"],
    )


def require_labels(requests: list[Request]) -> list[str]:
    """Faults of rows without a label, where every row needs one."""
    return [f"{request.place}: the label is missing" for request in requests if not request.label]


def without_groups(requests: list[Request]) -> list[Request]:
    """The same rows, each in a group of its own."""
    return [replace(request, group=None) for request in requests]
