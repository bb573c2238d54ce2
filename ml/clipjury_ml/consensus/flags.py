"""What is worth knowing about an annotator, in single words. An alert, never a penalty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.consensus import Consensus
from clipjury_ml.consensus.passes import count_pass
from clipjury_ml.consensus.rings import Pair
from clipjury_ml.consensus.two_faced import TwoFaced
from clipjury_ml.consensus.vote_model import pin_gold

FEW_VOTES = 5
ONE_ANSWER_VOTES = 10


def flag_annotators(result: Consensus, pairs: Sequence[Pair]) -> list[list[str]]:
    """few_votes, no_gold (where there is gold), below_chance (the whole interval), one_answer, co_voting, co_timing.

    community: belongs to a group that answers some items in its own way (told where there is gold).
    """
    votes, skills = result.votes, result.skills
    n = len(votes.annotators)
    answers = np.zeros((n, votes.n_responses))
    np.add.at(answers, (votes.annotator, votes.response), 1)
    has_gold = np.ones(n, bool)
    if (result.fixed >= 0).any():
        counts = np.zeros((n * votes.n_responses, votes.n_classes))
        known = pin_gold(np.zeros((votes.n_items, votes.n_classes)), result.fixed)
        count_pass(votes.start, votes.cell, votes.weight, known, counts)
        has_gold = counts.reshape(n, -1).sum(axis=1) > 0
    one_answer = (answers.max(axis=1) == answers.sum(axis=1)) & (answers.sum(axis=1) >= ONE_ANSWER_VOTES)
    marks = {
        "few_votes": skills.n_votes < FEW_VOTES,
        "no_gold": ~has_gold,
        "below_chance": skills.high < 1.0 / votes.n_classes,
        "one_answer": one_answer,
    }
    for reason in ("co_voting", "co_timing"):
        marks[reason] = np.isin(
            np.arange(n), [w for p in pairs if p.reason == reason for w in (p.first, p.second)]
        )
    marks["community"] = find_members(result)
    return [[name for name, has in marks.items() if has[w]] for w in range(n)]


def find_members(result: Consensus) -> NDArray[np.bool_]:
    """The annotators that the fit took for one community with a face of its own."""
    models = getattr(result.model, "models_", {})
    model = models.get(TwoFaced.name, result.model)
    if isinstance(model, TwoFaced):
        return model.members_
    return np.zeros(len(result.votes.annotators), bool)
