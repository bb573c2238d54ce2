"""Files on their way to becoming clips: checked first, all of them, with nothing written."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from clipjury.domain.gold import GOLD_ROLES, GoldRole
from clipjury_ml.media.containers import HEAD_BYTES, describe_unsupported, sniff

LABELS = {
    "real": "authentic",
    "authentic": "authentic",
    "fake": "manipulated",
    "manipulated": "manipulated",
}
_GROUPS = uuid.UUID("0e4a5b1c-53a7-4d0c-9e0b-0d6c1b7e3a52")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class BadAddition(ValueError):
    """This file or row cannot be added; the message says why."""


@dataclass(frozen=True)
class Request:
    """What somebody asks to be added, and `place`: where they said so, for messages (`FILE:LINE` or the path)."""

    place: str
    path: Path
    label: str | None = None
    source: str | None = None
    licence: str | None = None
    sha256: str | None = None
    group: str | None = None
    gold_role: str | None = None


@dataclass(frozen=True)
class Addition:
    """A file that can be added, as it was when it was checked."""

    request: Request
    sha256: str
    size_bytes: int
    container: str
    group_id: uuid.UUID | None
    label: str | None
    gold_role: GoldRole | None = None


@dataclass
class Checked:
    """The outcome of checking everything: what can be added, and what is wrong (nothing is added then)."""

    additions: list[Addition] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    repeated: int = 0


def parse_label(text: str) -> str:
    """authentic or manipulated (a manifest may say real or fake). Raises BadAddition."""
    label = LABELS.get(text.strip().lower())
    if label is None:
        raise BadAddition(f"the label {text[:40]!r} is none of {', '.join(LABELS)}")
    return label


def parse_gold_role(text: str) -> GoldRole:
    """serve, calibrate or gate. Raises BadAddition."""
    role = text.strip().lower()
    for known in GOLD_ROLES:
        if role == known:
            return known
    raise BadAddition(f"the gold role {text[:40]!r} is none of {', '.join(GOLD_ROLES)}")


def group_id_of(name: str) -> uuid.UUID:
    """The near-duplicate group of that name: the same in every manifest that uses the name."""
    return uuid.uuid5(_GROUPS, name)


def check_request(request: Request, limit_bytes: int) -> Addition:
    """Read the whole file once. Raises BadAddition with what is wrong with it or with its row."""
    path = request.path
    if not path.is_file():
        raise BadAddition(
            f"{path} is {'a folder' if path.is_dir() else 'not there'}; name a video or an image"
        )
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as source:
            head = source.read(HEAD_BYTES)
            source.seek(0)
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise BadAddition(f"{path} cannot be read: {error.strerror}") from error
    container = sniff(head)
    if size_bytes == 0:
        raise BadAddition(f"{path} is empty (0 bytes)")
    if size_bytes > limit_bytes:
        raise BadAddition(f"{path} has {size_bytes:,} bytes; at most {limit_bytes:,} are accepted")
    if container is None:
        raise BadAddition(f"{path}: {describe_unsupported(head)}")
    _check_sha256(request, sha256)
    return Addition(
        request=request,
        sha256=sha256,
        size_bytes=size_bytes,
        container=container.name,
        group_id=group_id_of(request.group) if request.group else None,
        label=parse_label(request.label) if request.label else None,
        gold_role=_gold_role_of(request),
    )


def _gold_role_of(request: Request) -> GoldRole | None:
    if not request.gold_role:
        return None
    if not request.label:
        raise BadAddition("a row with a gold_role needs its label")
    return parse_gold_role(request.gold_role)


def _check_sha256(request: Request, sha256: str) -> None:
    stated = request.sha256
    if not stated:
        return
    if not _SHA256.fullmatch(stated):
        raise BadAddition(f"the sha256 {stated[:80]!r} is not 64 hexadecimal digits")
    if stated.lower() != sha256:
        raise BadAddition(f"{request.path} has the sha256 {sha256}, the manifest says {stated.lower()}")


def collect(checked: Checked, requests: Iterable[Request], limit_bytes: int) -> Iterable[Request]:
    """Check the requests one by one into `checked`, yielding each once it has been looked at.

    The same bytes twice count once; twice with different labels or groups is a fault.
    """
    seen: dict[str, Addition] = {}
    for request in requests:
        try:
            addition = check_request(request, limit_bytes)
            earlier = seen.setdefault(addition.sha256, addition)
            if earlier is addition:
                checked.additions.append(addition)
            elif _said_of(earlier) != _said_of(addition):
                raise BadAddition(
                    f"{request.path} holds the same bytes as {earlier.request.path} with another label or group"
                )
            else:
                checked.repeated += 1
        except BadAddition as fault:
            checked.faults.append(f"{request.place}: {fault}")
        yield request


def _said_of(addition: Addition) -> tuple[object, ...]:
    return addition.label, addition.group_id, addition.gold_role
