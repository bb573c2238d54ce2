"""What a file says of its own making, put into words: facts with their meaning, never a score.

A tag is as easily written as changed, and platforms strip most of them, so neither presence nor absence says
whether a clip is authentic. What it may do is tell a reader where to ask next.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clipjury_ml.detection.credential_words import SYNTHETIC, describe
from clipjury_ml.detection.manifest import DetectorError, ModelManifest
from clipjury_ml.detection.parameters import FindingsOnly, abstain, read_parameters
from clipjury_ml.detection.protocol import Finding, Score
from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.results import Credentials, Manifest, Provenance

MOST_FINDINGS = 40
_C2PA = "C2PA 2.1 and IPTC's digital source types; presence only, nothing was validated"


@dataclass(frozen=True, slots=True)
class Mark:
    """A rule of the table: where a tag stands, patterns of its name and text, and what it means."""

    kind: str
    place: re.Pattern[str]
    name: re.Pattern[str]
    text: re.Pattern[str]
    words: str


def build(manifest: ModelManifest) -> ProvenanceReader:
    """Make the detector; raises DetectorError where its table is damaged."""
    try:
        marks = tuple(_parse(mark) for mark in read_parameters(manifest)["marks"])
    except (KeyError, TypeError, re.error) as error:
        raise DetectorError(f"{manifest.weights} of {manifest.id} is no table of marks: {error}") from error
    return ProvenanceReader(manifest, marks)


def _parse(mark: dict[str, str]) -> Mark:
    def pattern(part: str) -> re.Pattern[str]:
        return re.compile(mark.get(part, ""), re.IGNORECASE)

    return Mark(mark["kind"], pattern("place"), pattern("name"), pattern("text"), mark["words"])


class ProvenanceReader(FindingsOnly):
    """Implements `Detector` and `ReadsFiles`."""

    def __init__(self, manifest: ModelManifest, marks: tuple[Mark, ...]) -> None:
        super().__init__(manifest)
        self._marks = marks

    def examine(self, path: Path) -> Score:
        """Read the file's own account; raises MediaError."""
        started = time.perf_counter()
        found = operations.provenance(path)
        credentials = _check(path) if found.manifest is not None else None
        findings = tuple(interpret(found, self._marks, credentials))[:MOST_FINDINGS]
        return abstain(findings, 0, time.perf_counter() - started)


def _check(path: Path) -> Credentials:
    """The credentials checked; where the checker broke down or was stopped over them, that they are unreadable."""
    try:
        return operations.credentials(path)
    except MediaError as error:
        return Credentials("unreadable", "", "", "", (), (error.code,), (), ())


def interpret(
    found: Provenance, marks: tuple[Mark, ...], credentials: Credentials | None = None
) -> Iterator[Finding]:
    """Findings about one file, each said once; credentials are what became of checking its manifest."""
    if credentials is not None:
        yield from describe(credentials)
    if credentials is None or credentials.state == "unreadable":
        yield from _about_manifest(found.manifest)
    told = set[str]()
    for place, name, text in found.tags:
        for mark in marks:
            if mark.place.search(place) and mark.name.search(name) and mark.text.search(text):
                words = mark.words.replace("{text}", f"“{text}”").replace("{name}", name)
                if words not in told:
                    told.add(words)
                    yield Finding(mark.kind, words, "fact", f"the tag {name} ({place}); anyone can write it")
                break
    yield from _about_boxes(found)
    if found.has_position:
        yield Finding(
            "position", "The file carries coordinates of a place. They are not shown here.", "fact", "a tag"
        )


def _about_manifest(manifest: Manifest | None) -> Iterator[Finding]:
    if manifest is None:
        return
    by = f", made by {', '.join(f'“{name}”' for name in manifest.generators)}" if manifest.generators else ""
    yield Finding(
        "c2pa_manifest",
        f"Content credentials (C2PA) are attached{by}. They were not validated: anybody could have written them.",
        "fact",
        _C2PA,
    )
    for source in manifest.source_types:
        synthetic = source in SYNTHETIC
        yield Finding(
            "declared_synthetic" if synthetic else "declared_source",
            "The content credentials say that a generative model made this, or part of it"
            f" ({source}); not validated."
            if synthetic
            else f"The content credentials call the source “{source}”; not validated.",
            "fact",
            _C2PA,
        )
    if manifest.actions:
        told = ", ".join(manifest.actions)
        yield Finding("declared_actions", f"Actions in the content credentials: {told}.", "fact", _C2PA)


def _about_boxes(found: Provenance) -> Iterator[Finding]:
    order = [box for box in found.boxes if box in ("moov", "mdat", "moof")]
    if order[:1] == ["mdat"]:
        yield Finding(
            "index_after_media",
            "The index (moov) stands after the media (mdat), as cameras and plain exports write it.",
            "fact",
            "order of boxes, ISO/IEC 14496-12",
        )
    elif order[:1] == ["moov"] and "moof" not in order:
        yield Finding(
            "index_before_media",
            "The index (moov) stands before the media (mdat): the file was rewritten for streaming, as platforms "
            "and editors do.",
            "fact",
            "order of boxes, ISO/IEC 14496-12",
        )
    if "moof" in order:
        yield Finding(
            "fragmented", "The file is in fragments (moof), as streams are saved.", "fact", "ISO/IEC 14496-12"
        )
