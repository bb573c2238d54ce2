"""What a decision must say."""

from collections.abc import Sequence
from typing import Final

from clipjury.domain.errors import FieldError
from clipjury.domain.vocabulary import DECISION_REASON_IDS

MAX_REASON_CODES: Final = 6
MAX_RATIONALE_CHARACTERS: Final = 4000
MIN_GROUNDS_CHARACTERS: Final = 10
MAX_GROUNDS_CHARACTERS: Final = 2000


def validate_decision(reason_codes: Sequence[str], rationale: str) -> list[FieldError]:
    """What is wrong with a decision's reasons, by field; empty when nothing is."""
    faults = [
        FieldError(f"reason_codes[{place}]", f"Unknown reason {code[:60]!r}; GET /vocabulary lists them.")
        for place, code in enumerate(reason_codes)
        if code not in DECISION_REASON_IDS
    ]
    if not reason_codes:
        faults.append(FieldError("reason_codes", "Name at least one reason."))
    if len(set(reason_codes)) > MAX_REASON_CODES:
        faults.append(FieldError("reason_codes", f"Name at most {MAX_REASON_CODES} reasons."))
    if not rationale.strip():
        faults.append(FieldError("rationale", "Say in your own words why; whoever appeals will read it."))
    elif len(rationale) > MAX_RATIONALE_CHARACTERS:
        faults.append(FieldError("rationale", f"Keep it to {MAX_RATIONALE_CHARACTERS} characters."))
    return faults


def validate_grounds(grounds: str) -> list[FieldError]:
    """What is wrong with an appeal's grounds; empty when nothing is."""
    length = len(grounds.strip())
    if length < MIN_GROUNDS_CHARACTERS:
        return [FieldError("grounds", "Say what the verdict overlooks, so that a moderator can check it.")]
    if length > MAX_GROUNDS_CHARACTERS:
        return [FieldError("grounds", f"Keep it to {MAX_GROUNDS_CHARACTERS} characters.")]
    return []
