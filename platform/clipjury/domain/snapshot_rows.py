"""What a snapshot is made of: its rows, their one canonical form, the hash over them, splits and pseudonyms.

The content hash is SHA-256 over one canonical JSON line a row, in the order of clip ids. It depends on no file
format, and neither on the release nor on the time: pseudonyms, which change with every release, are hashed as
the number in which they first appear, so that who voted with whom is covered and the names are not.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

ColumnType = Literal["text", "whole number", "number", "true or false", "time", "list of votes"]
Split = Literal["train", "validation", "test"]

FORMAT: Final = "clipjury-snapshot/1"
HARD_LABELS: Final = {
    "manipulated": "manipulated",
    "no_manipulation_found": "authentic",
    "authentic": "authentic",
}
SHARES: Final[tuple[tuple[Split, float], ...]] = (("train", 0.8), ("validation", 0.1), ("test", 0.1))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of every file of a snapshot."""

    name: str
    type: ColumnType
    meaning: str


COLUMNS: Final = (
    Column("clip_id", "text", "The clip in this installation."),
    Column("sha256", "text", "SHA-256 of the original's bytes."),
    Column("group_id", "text", "Clips of one group are near-duplicates; a group stands in one split."),
    Column("split", "text", "train, validation or test; the manifest says by which rule."),
    Column("kind", "text", "video or image."),
    Column("duration_s", "number", "Length in seconds; empty for an image."),
    Column("frames", "whole number", "Frames of the original; 1 for an image."),
    Column("width_px", "whole number", "Width as shown, in pixels."),
    Column("height_px", "whole number", "Height as shown, in pixels."),
    Column("container", "text", "The file's container."),
    Column("codec", "text", "How the picture is coded."),
    Column("size_bytes", "whole number", "Bytes of the original."),
    Column("source", "text", "Where the uploader said it comes from; may be empty."),
    Column("licence", "text", "The licence as given at upload; may be empty."),
    Column("is_simulated", "true or false", "Drawn by the demo, no real clip."),
    Column("uploaded_at", "time", "When it was uploaded, rounded down to the hour (UTC)."),
    Column("retired_at", "time", "When it stopped collecting votes, rounded down to the hour (UTC)."),
    Column("outcome", "text", "manipulated, no_manipulation_found, inconclusive, or authentic."),
    Column("basis", "text", "What the outcome rests on: evidence, cap or adjudication."),
    Column("adjudication", "text", "blind or open where a moderator decided; empty where nobody did."),
    Column("hard_label", "text", "manipulated or authentic, from the outcome; empty where it is inconclusive."),
    Column(
        "soft_label",
        "number",
        "The one to train on: P(manipulated) by the people fit, which no detector touched, or 0 or 1 after a blind "
        "adjudication.",
    ),
    Column("p_people", "number", "P(manipulated) by the people fit."),
    Column("p_people_low", "number", "Lower end of its 95 % interval."),
    Column("p_people_high", "number", "Upper end of its 95 % interval."),
    Column("n_votes", "whole number", "Votes cast."),
    Column("n_effective", "number", "Votes after discounting for shared misses."),
    Column("reliability_version", "whole number", "The reviewers' reliabilities that p_people rests on."),
    Column("policy_version", "whole number", "The retirement rule in force."),
    Column("engine_version", "text", "The version of the consensus code."),
    Column("votes", "list of votes", "Every sealed vote, in the order they were cast."),
)  # fmt: skip
ROW_HASH: Final = Column("row_sha256", "text", "SHA-256 of the row's canonical JSON, itself left out.")
FILE_COLUMNS: Final = (*COLUMNS, ROW_HASH)
COLUMN_NAMES: Final = tuple(column.name for column in COLUMNS)


def choose_split(dataset_id: uuid.UUID, unit: uuid.UUID | str) -> Split:
    """Where a group, or another unit that stays whole, stands in a dataset: by hash, so that clips that join move
    nobody."""
    digest = hashlib.sha256(f"{dataset_id}:{unit}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    for split, share in SHARES[:-1]:
        if place < share:
            return split
        place -= share
    return SHARES[-1][0]


def pseudonym(key: bytes, user_id: int) -> str:
    """A reviewer's name within one release: HMAC-SHA-256 of the account under that release's own key."""
    return "r-" + hmac.new(key, str(user_id).encode(), hashlib.sha256).hexdigest()[:16]


def to_hour(time: datetime) -> str:
    """The time rounded down to the hour, in UTC: an exact one would tell who sat where when."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z")


def choose_soft_label(p_people: float, outcome: str, adjudication: str | None) -> float:
    """The label to train on: the people fit, or what a moderator decided before seeing any detector's figure."""
    if adjudication == "blind" and outcome in HARD_LABELS:
        return 1.0 if HARD_LABELS[outcome] == "manipulated" else 0.0
    return p_people


def adjudication_of(basis: str, is_blind: bool) -> str | None:
    """blind or open for an adjudicated outcome, None for any other."""
    if basis != "adjudication":
        return None
    return "blind" if is_blind else "open"


def canonical_json(value: Any) -> bytes:
    """One form for one value: sorted names, no spaces, UTF-8, floats as the shortest text that reads back."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def row_hash(row: Mapping[str, Any]) -> str:
    """What `row_sha256` must be: it tells which row was changed, where the content hash tells only that one was."""
    return hashlib.sha256(canonical_json({name: row[name] for name in COLUMN_NAMES})).hexdigest()


class ContentHash:
    """SHA-256 over the rows' canonical lines, fed row by row in the order of clip ids."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._numbers: dict[str, int] = {}
        self._last_clip_id = ""

    def update(self, row: Mapping[str, Any]) -> None:
        """Take in the next row. Raises ValueError for a row out of order, or one that stands twice."""
        if row["clip_id"] <= self._last_clip_id:
            raise ValueError(f"the clip {row['clip_id']} stands twice, or out of order")
        self._last_clip_id = row["clip_id"]
        bare = {name: row[name] for name in COLUMN_NAMES}
        bare["votes"] = [{**vote, "reviewer": self._number(vote["reviewer"])} for vote in row["votes"]]
        self._digest.update(canonical_json(bare) + b"\n")

    def _number(self, reviewer: str) -> int:
        return self._numbers.setdefault(reviewer, len(self._numbers))

    def hexdigest(self) -> str:
        """The hash over the rows so far."""
        return self._digest.hexdigest()
