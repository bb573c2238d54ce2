"""The versioned words of ballots and decisions."""

from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.words import ResponseLabel
from clipjury.domain import vocabulary as words


class VocabularyItem(AnswerModel):
    """A word: its id for ever, its name on the screen, a line of help."""

    id: str
    name: str
    hint: str


class SkipReason(AnswerModel):
    """Why a clip may be given back."""

    id: str
    name: str


class Vocabulary(AnswerModel):
    """All of them; ids are never renamed, a new one raises the version."""

    version: int
    labels: list[ResponseLabel]
    kinds: list[VocabularyItem]
    cues: list[VocabularyItem]
    skip_reasons: list[SkipReason]
    decision_reasons: list[VocabularyItem]


def vocabulary_body() -> dict[str, Any]:
    """`Vocabulary` as it stands."""
    return {
        "version": words.VOCABULARY_VERSION,
        "labels": [entry.id for entry in words.RESPONSES],
        "kinds": [_item(entry) for entry in words.KINDS],
        "cues": [_item(entry) for entry in words.CUES],
        "skip_reasons": [{"id": entry.id, "name": entry.name} for entry in words.SKIP_REASONS],
        "decision_reasons": [_item(entry) for entry in words.DECISION_REASONS],
    }


def _item(entry: words.Entry) -> dict[str, str]:
    return {"id": entry.id, "name": entry.name, "hint": entry.hint}
