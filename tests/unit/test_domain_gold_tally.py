"""Answers on gold, counted and told apart."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.gold_tally import GoldAnswer, GoldTally, tally_answers

LABELS = st.sampled_from(["authentic", "manipulated"])
ANSWERS = st.lists(
    st.builds(GoldAnswer, st.just(0), st.integers(1, 4), st.uuids(version=4), LABELS, LABELS, st.booleans()),
    max_size=20,
).map(lambda found: [replace(answer, vote_id=number + 1) for number, answer in enumerate(found)])


@given(ANSWERS)
def test_every_answer_is_counted_once_under_its_truth(answers: list[GoldAnswer]) -> None:
    tallies, _ = tally_answers(answers)
    assert list(tallies) == sorted({answer.reviewer_id for answer in answers})
    for reviewer_id, tally in tallies.items():
        own = [answer for answer in answers if answer.reviewer_id == reviewer_id]
        fakes = [answer for answer in own if answer.truth == "manipulated"]
        real = [answer for answer in own if answer.truth == "authentic"]
        assert tally == GoldTally(
            n_manipulated=len(fakes),
            hits_manipulated=sum(answer.label == "manipulated" for answer in fakes),
            n_authentic=len(real),
            hits_authentic=sum(answer.label == "authentic" for answer in real),
            n_synthetic=sum(answer.is_synthetic for answer in own),
        )


@given(ANSWERS.filter(bool), st.data())
def test_any_other_answer_is_another_digest(answers: list[GoldAnswer], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    answer = answers[place]
    other = data.draw(
        st.sampled_from(
            [
                replace(answer, reviewer_id=answer.reviewer_id + 1),
                replace(answer, clip_id=uuid.UUID(int=answer.clip_id.int ^ 1)),
                replace(answer, truth="authentic" if answer.truth == "manipulated" else "manipulated"),
                replace(answer, label="authentic" if answer.label == "manipulated" else "manipulated"),
                replace(answer, is_synthetic=not answer.is_synthetic),
            ]
        )
    )
    changed = [*answers[:place], other, *answers[place + 1 :]]
    assert tally_answers(changed)[1] != tally_answers(answers)[1]
    assert tally_answers(answers[:place])[1] != tally_answers(answers)[1]


def test_answers_out_of_order_are_refused() -> None:
    answer = GoldAnswer(1, 1, uuid.UUID(int=1), "authentic", "authentic", False)
    with pytest.raises(ValueError, match="order"):
        tally_answers([answer, answer])
