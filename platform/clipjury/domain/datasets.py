"""Which clips a dataset takes: filters, checked once, kept as JSON.

Gold of any role, near-duplicates of gold and quarantined clips are left out whatever the filters say: a label
that measures detectors must never train one.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from clipjury.domain.clip_states import OUTCOMES
from clipjury.domain.errors import FieldError, InvalidError
from clipjury.domain.vocabulary import KINDS

BASES: Final = ("evidence", "cap", "adjudication")
MEDIA: Final = ("video", "image")
MANIPULATIONS: Final = tuple(entry.id for entry in KINDS)
MOST_ENTRIES: Final = 100
LONGEST_TEXT: Final = 500
MOST_VOTES: Final = 1000
NAME_LENGTH: Final = 120
DESCRIPTION_LENGTH: Final = 4000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a clip must be to be taken. An empty list, or None, asks nothing.

    `p_people_*` bound the people fit's P(manipulated), both ends included. `*_since` is included, `*_until` is
    not. `kinds`: at least one vote names one of them. Without `include_simulated`, clips drawn by the demo and
    clips with a simulated reviewer's vote are left out. `without_reviewers`: accounts whose votes are taken out, so
    that what is asked of votes, and the people fit, is asked of those that are left.
    """

    outcomes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    p_people_min: float | None = None
    p_people_max: float | None = None
    kinds: tuple[str, ...] = ()
    min_votes: int | None = None
    min_effective_votes: float | None = None
    media: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ()
    has_licence: bool | None = None
    licences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    uploaded_since: datetime | None = None
    uploaded_until: datetime | None = None
    retired_since: datetime | None = None
    retired_until: datetime | None = None
    include_simulated: bool = False
    without_reviewers: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The filters that ask something, as JSON values; `parse_filters` reads them back."""
        given: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if value is None or value == () or (value is False and name == "include_simulated"):
                continue
            if isinstance(value, datetime):
                given[name] = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
            else:
                given[name] = list(value) if isinstance(value, tuple) else value
        return given


class _Fault(ValueError):
    """One filter cannot be used; the message says what would do."""


def parse_filters(given: Mapping[str, Any]) -> Filters:
    """The filters of a JSON object. Raises InvalidError that names every filter that cannot be used."""
    faults = [
        FieldError(f"filters.{name[:60]}", f"There is no such filter; use one of: {', '.join(_READERS)}.")
        for name in given
        if name not in _READERS
    ]
    read: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _READERS or value is None:
            continue
        try:
            read[name] = _READERS[name](value)
        except _Fault as fault:
            faults.append(FieldError(f"filters.{name}", str(fault)))
    faults += _contradictions(read)
    if faults:
        count = "one filter" if len(faults) == 1 else f"{len(faults)} filters"
        raise InvalidError(f"The dataset has {count} that cannot be used.", faults)
    return Filters(**read)


def _contradictions(read: Mapping[str, Any]) -> list[FieldError]:
    faults = []
    if read.get("p_people_min", 0.0) > read.get("p_people_max", 1.0):
        faults.append(FieldError("filters.p_people_max", "This must not lie below p_people_min."))
    for event in ("uploaded", "retired"):
        since, until = read.get(f"{event}_since"), read.get(f"{event}_until")
        if since and until and since >= until:
            faults.append(
                FieldError(f"filters.{event}_until", f"This must lie after {event}_since, or nothing fits.")
            )
    if read.get("licences") and read.get("has_licence") is False:
        faults.append(
            FieldError("filters.licences", "Clips without a licence have none of these; drop one of the two.")
        )
    return faults


def _words_of(known: Sequence[str]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        words = _texts(value)
        unknown = [word for word in words if word not in known]
        if unknown:
            raise _Fault(f"{unknown[0][:60]!r} is none of {', '.join(known)}.")
        return words

    return read


def _texts(value: Any) -> tuple[str, ...]:
    """A list of distinct texts, in one order: the same filters give the same JSON."""
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise _Fault("This must be a list of texts.")
    if len(value) > MOST_ENTRIES:
        raise _Fault(f"At most {MOST_ENTRIES} entries.")
    entries = {entry.strip() for entry in value}
    if any(not entry or len(entry) > LONGEST_TEXT or "\x00" in entry for entry in entries):
        raise _Fault(f"Each entry needs 1 to {LONGEST_TEXT} characters of text.")
    return tuple(sorted(entries))


def _accounts(value: Any) -> tuple[int, ...]:
    """Numbers of accounts, as such or as digits, in one order."""
    if not isinstance(value, list | tuple) or len(value) > MOST_ENTRIES:
        raise _Fault(f"This must be a list of at most {MOST_ENTRIES} account numbers.")
    texts = {str(entry) for entry in value if not isinstance(entry, bool)}
    if len(texts) < len(set(map(str, value))) or not all(
        text.isascii() and text.isdigit() and len(text) < 19 for text in texts
    ):
        raise _Fault("This must be a list of account numbers.")
    return tuple(sorted(int(text) for text in texts))


def _lower_texts(value: Any) -> tuple[str, ...]:
    return tuple(sorted({entry.lower() for entry in _texts(value)}))


def _probability(value: Any) -> float:
    number = _number(value)
    if not 0.0 <= number <= 1.0:
        raise _Fault("This must be a probability from 0 to 1.")
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Fault("This must be a number.")
    return float(value)


def _effective_votes(value: Any) -> float:
    number = _number(value)
    if not 0.0 <= number <= MOST_VOTES:
        raise _Fault(f"This must be a number from 0 to {MOST_VOTES}.")
    return number


def _votes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_VOTES:
        raise _Fault(f"This must be a whole number from 0 to {MOST_VOTES}.")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Fault("This must be true or false.")
    return value


def _time(value: Any) -> datetime:
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _Fault("Write a time like 2026-01-31T12:00:00Z.") from error
    if time.tzinfo is None:
        raise _Fault("Add a time zone, as in 2026-01-31T12:00:00Z.")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise _Fault("This time is out of range.") from error


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "outcomes": _words_of(OUTCOMES),
    "bases": _words_of(BASES),
    "p_people_min": _probability,
    "p_people_max": _probability,
    "kinds": _words_of(MANIPULATIONS),
    "min_votes": _votes,
    "min_effective_votes": _effective_votes,
    "media": _words_of(MEDIA),
    "containers": _lower_texts,
    "codecs": _lower_texts,
    "has_licence": _flag,
    "licences": _texts,
    "sources": _texts,
    "uploaded_since": _time,
    "uploaded_until": _time,
    "retired_since": _time,
    "retired_until": _time,
    "include_simulated": _flag,
    "without_reviewers": _accounts,
}
FILTER_NAMES: Final = tuple(field.name for field in fields(Filters))
LISTS: Final = tuple(field.name for field in fields(Filters) if field.default == ())
TIMES: Final = tuple(name for name in FILTER_NAMES if name.endswith(("_since", "_until")))


def published(filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters as a release tells of them: how many accounts' votes were taken out, and not whose."""
    counted = (
        {"without_reviewers": len(filters["without_reviewers"])} if "without_reviewers" in filters else {}
    )
    return {**filters, **counted}


def check_name(name: str) -> str:
    """The name without spaces around it. Raises InvalidError for one that is empty, too long, or no plain text."""
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_LENGTH or not plain.isprintable():
        fault = FieldError("name", f"A name needs 1 to {NAME_LENGTH} printable characters.")
        raise InvalidError("The dataset cannot be called that.", [fault])
    return plain
