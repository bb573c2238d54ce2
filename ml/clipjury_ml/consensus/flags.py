"""What is worth knowing about an annotator, in single words. An alert, never a penalty."""

from __future__ import annotations

import numpy as np

from clipjury_ml.consensus.consensus import Consensus
from clipjury_ml.consensus.passes import count_pass
from clipjury_ml.consensus.vote_model import pin_gold

FEW_VOTES = 5
ONE_ANSWER_VOTES = 10


def flag_annotators(result: Consensus) -> list[list[str]]:
    """few_votes, no_gold (where there is gold), below_chance (the whole interval), one_answer."""
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
    return [[name for name, has in marks.items() if has[w]] for w in range(n)]
