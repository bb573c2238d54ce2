"""What is checked of an exported network before any library interprets it: name, hash, and what the file can do.

A network comes from strangers. As of torch 2.13, `torch.export.load` reads pickles that an archive asks it to
read, resolves any name under `torch`, evaluates the archive's size expressions as Python (`sympy.sympify`) and
its guards with `exec`, and starts compiled code that lies in the archive; a TorchScript file can name files of
this machine. So the archive is opened as the zip file that it is, and refused where it holds or names any of that.
This narrows what a file can do; it does not make a stranger's file safe (ADR 0026).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from clipjury_ml.detection.described import read_named
from clipjury_ml.detection.manifest import EXPORTED_FILES, DetectorError, ModelManifest

LARGEST_BYTES = 1024 * 1024 * 1024
_OPERATORS = re.compile(r"torch\.ops\.aten\.[a-z][a-z0-9_]*\.(?!_)\w+|_operator\.[a-z]+|torch\.sym_[a-z]+")
_ON_FILES = re.compile(r"\b(from_file|save|load|open)\b")
_SCRIPT_CALLS = re.compile(r"\bops\.(?!aten\b|prim\b)(\w+)")
_SYMBOL = re.compile(r"Symbol\('[suz]\w*\d+'(, (positive|integer|nonnegative)=True)*\)")
_SIZE = re.compile(r"(?:[0-9+\-*/(), ]|FloorDiv|CeilDiv|Mod|Max|Min|Integer|Pow|Mul|Add)*")
_PT2_MEMBERS = re.compile(
    r"models/model\.json|data/(weights|constants)/(\w+|model_\w+_config\.json)|data/sample_inputs/model\.pt"
    r"|archive_format|archive_version|byteorder|\.data/\w+|version"
)


def read_exported(manifest: ModelManifest) -> bytes:
    """The network's file, checked. Raises DetectorError where it is missing, changed, or could run foreign code."""
    if manifest.weights not in EXPORTED_FILES:
        raise DetectorError(
            f"{manifest.weights} is not one of {', '.join(EXPORTED_FILES)}; any other file of weights may be a "
            "pickle, and loading a pickle runs whatever code is in it"
        )
    content = read_named(manifest, LARGEST_BYTES)
    if manifest.weights != "model.onnx":
        _check_archive(manifest.weights, content)
    return content


def _check_archive(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [item.filename for item in archive.infolist()]
            if len(set(members)) != len(members):
                raise DetectorError(f"{name} holds two files of one name: readers would disagree about it")
            (_check_pt2 if name.endswith(".pt2") else _check_torchscript)(name, archive, members)
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DetectorError(
            f"{name} is no archive that torch.export.save or torch.jit.save wrote; a pickle under another name "
            "is refused"
        ) from error


def _check_pt2(name: str, archive: zipfile.ZipFile, members: list[str]) -> None:
    inner = {member: str(PurePosixPath(*PurePosixPath(member).parts[1:])) for member in members}
    strange = [short for short in inner.values() if not _PT2_MEMBERS.fullmatch(short)]
    if strange:
        raise DetectorError(f"{name} holds {strange[0]!r}, which an exported network does not need")
    graphs = [member for member, short in inner.items() if short == "models/model.json"]
    if not graphs:
        raise DetectorError(f"{name} holds no network: write it with torch.export.save of torch 2.8 or later")
    for member in graphs:
        _check_graph(name, json.loads(archive.read(member)))
    for member, short in inner.items():
        if short.endswith("_config.json"):
            entries = json.loads(archive.read(member))["config"].values()
            if not all(_is_plain_tensor(entry) for entry in entries):
                raise DetectorError(f"{name} keeps tensors as pickles, which run whatever code is in them")


def _is_plain_tensor(entry: dict[str, Any]) -> bool:
    return entry.get("use_pickle") is False and str(entry["path_name"]).startswith(("weight_", "tensor_"))


def _check_graph(name: str, program: dict[str, Any]) -> None:
    """Refuse calls of anything but aten, and strings that the loader would evaluate."""
    for target in _values(program, "target", beside="inputs"):
        if not _OPERATORS.fullmatch(str(target)) or _ON_FILES.search(str(target)):
            raise DetectorError(f"{name} calls {str(target)[:80]!r}; only operators of aten are run")
    for expression in _values(program, "expr_str"):
        if not _SIZE.fullmatch(_SYMBOL.sub("", str(expression))):
            raise DetectorError(f"{name} computes a size as {str(expression)[:80]!r}; it is refused")
    if any(_values(program, "guards_code")):
        raise DetectorError(f"{name} carries guards, which are Python; export it without them")


def _check_torchscript(name: str, archive: zipfile.ZipFile, members: list[str]) -> None:
    code = [member for member in members if "/code/" in member and member.endswith(".py")]
    if not code:
        raise DetectorError(f"{name} is a pickle of weights, not a network that torch.jit.save wrote")
    for member in code:
        text = archive.read(member).decode()
        if _ON_FILES.search(text) or _SCRIPT_CALLS.search(text):
            raise DetectorError(f"{name} names files or foreign operators in {member}; it is refused")


def _values(node: Any, key: str, beside: str | None = None) -> Iterator[Any]:
    """Everything that stands under `key`, however deep; with `beside`, where that key stands in the same object."""
    if isinstance(node, dict):
        if key in node and (beside is None or beside in node):
            yield node[key]
        for child in node.values():
            yield from _values(child, key, beside)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child, key, beside)
