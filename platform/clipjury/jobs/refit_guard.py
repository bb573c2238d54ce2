"""Compares two versions of reliabilities over all clips with votes, in constant memory."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from clipjury.db.queries import reliabilities as queries
from clipjury.db.queries.reliabilities import ReliabilityRow
from clipjury.domain.refit_guard import LABEL_MARGIN, RefitComparison
from clipjury_ml.consensus.batch import AUTHENTIC, MANIPULATED, UNSURE, Votes, people_posteriors
from clipjury_ml.consensus.online import DEFAULT_RELIABILITY

Ballot = tuple[uuid.UUID, int, str]  # clip, reviewer, label
_RESPONSES = {"authentic": AUTHENTIC, "manipulated": MANIPULATED, "unsure": UNSURE}
_DEFAULT = (DEFAULT_RELIABILITY.sensitivity, DEFAULT_RELIABILITY.specificity)


def compare_with_active(
    session: Session, active: int, new: Iterable[ReliabilityRow], watermark: int
) -> RefitComparison:
    """The active version's and the new fit's people posteriors of every clip that has votes up to the watermark.

    Votes come from a server-side cursor; in memory are both sets of reliabilities and the clips of one batch.
    """
    rates = [_rates(rows) for rows in (queries.list_reliabilities(session, active), new)]
    clips = flipped = 0
    furthest = shift = 0.0
    for batch in by_whole_clips(queries.stream_ballots(session, watermark)):
        before, after = (posteriors(batch, known) for known in rates)
        moved = np.abs(after - before)
        clips += moved.size
        flipped += int(np.sum(_labels(before) * _labels(after) < 0))
        furthest = max(furthest, float(moved.max()))
        shift += float(moved.sum())
    known = queries.find_version(session, active)
    return RefitComparison(
        clips, flipped, furthest, shift / clips if clips else 0.0, known.gold_answers if known else 0
    )


def _rates(rows: Iterable[ReliabilityRow]) -> dict[int, tuple[float, float]]:
    return {row.user_id: (row.sensitivity, row.specificity) for row in rows}


def by_whole_clips(batches: Iterable[Sequence[Ballot]]) -> Iterator[list[Ballot]]:
    """The same ballots, which come clip by clip, in batches that never part the votes of one clip."""
    held: list[Ballot] = []
    for batch in batches:
        held += batch
        last = held[-1][0]
        cut = next(place for place in range(len(held), -1, -1) if place == 0 or held[place - 1][0] != last)
        if cut:
            yield held[:cut]
        held = held[cut:]
    if held:
        yield held


def posteriors(ballots: Sequence[Ballot], known: dict[int, tuple[float, float]]) -> NDArray[np.float64]:
    """P(manipulated) by people of each clip in the batch, in the order in which the clips come."""
    codes: list[int] = []
    before, code = None, -1
    for clip_id, *_ in ballots:
        code += clip_id != before
        codes.append(code)
        before = clip_id
    votes = Votes.of(
        codes,
        [_RESPONSES[label] for _, _, label in ballots],
        [known.get(reviewer_id, _DEFAULT) for _, reviewer_id, _ in ballots],
        code + 1,
    )
    return people_posteriors(votes)


def _labels(p_manipulated: NDArray[np.float64]) -> NDArray[np.float64]:
    """-1, 0 or 1: authentic, none, manipulated, as `refit_guard.label_of` has it."""
    lean = p_manipulated - 0.5
    return np.where(np.abs(lean) < LABEL_MARGIN, 0.0, np.sign(lean))
