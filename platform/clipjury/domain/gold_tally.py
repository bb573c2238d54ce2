"""What a fit of reliabilities rests on: every answer on gold, counted by reviewer and told apart by a digest."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """One vote, not `unsure`, on a clip of known truth. is_synthetic: the clip was drawn."""

    vote_id: int
    reviewer_id: int
    clip_id: uuid.UUID
    label: str
    truth: str
    is_synthetic: bool


@dataclass(slots=True)
class GoldTally:
    """One reviewer's answers on gold, by true label; how many of them on drawn clips."""

    n_manipulated: int = 0
    hits_manipulated: int = 0
    n_authentic: int = 0
    hits_authentic: int = 0
    n_synthetic: int = 0

    def count(self, answer: GoldAnswer) -> None:
        """Add one answer."""
        hit = answer.label == answer.truth
        if answer.truth == "manipulated":
            self.n_manipulated += 1
            self.hits_manipulated += hit
        else:
            self.n_authentic += 1
            self.hits_authentic += hit
        self.n_synthetic += answer.is_synthetic


def tally_answers(answers: Iterable[GoldAnswer]) -> tuple[dict[int, GoldTally], str]:
    """Tallies by reviewer, in the order of their ids, and the SHA-256 (hex) of the answers as they came.

    Memory grows with the reviewers, not with the answers. Answers must come in the order of their vote ids:
    another order is another digest. Raises ValueError where they do not.
    """
    digest = hashlib.sha256()
    tallies: dict[int, GoldTally] = {}
    before = 0
    for answer in answers:
        if answer.vote_id <= before:
            raise ValueError("gold answers must come in the order of their vote ids")
        before = answer.vote_id
        digest.update(
            f"{answer.vote_id} {answer.reviewer_id} {answer.clip_id} {answer.label} {answer.truth} "
            f"{int(answer.is_synthetic)}\n".encode()
        )
        tallies.setdefault(answer.reviewer_id, GoldTally()).count(answer)
    return dict(sorted(tallies.items())), digest.hexdigest()
