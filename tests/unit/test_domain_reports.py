"""What a report sets off: the rule's truth table, and where the history of a clip leaves it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.quarantine import ACTIONS, Step, stand
from clipjury.domain.reports import (
    ENOUGH_REPORTERS,
    REASONS,
    REPORTS_PER_ACCOUNT,
    REPORTS_PER_ADDRESS,
    decide_report,
    is_too_many,
)

NOBODY: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("reason", "reporters", "cleared", "desk", "quarantines"),
    [
        ("minor", 0, NOBODY, "safeguarding", True),
        ("minor", 9, NOBODY, "safeguarding", True),
        ("minor", 1, ("safeguarding",), "safeguarding", False),
        ("minor", 1, ("moderators",), "safeguarding", True),
        ("intimate", 1, NOBODY, "moderators", True),
        ("intimate", 1, ("moderators",), "moderators", False),
        ("intimate", 1, ("safeguarding",), "moderators", True),
        ("depicted_person", 1, NOBODY, "moderators", False),
        ("illegal", 2, NOBODY, "moderators", False),
        ("rights", ENOUGH_REPORTERS, NOBODY, "moderators", True),
        ("illegal", ENOUGH_REPORTERS + 4, NOBODY, "moderators", True),
        ("illegal", ENOUGH_REPORTERS, ("moderators",), "moderators", False),
        ("illegal", ENOUGH_REPORTERS, ("safeguarding",), "moderators", True),
    ],
)
def test_who_gets_a_report_and_whether_the_clip_goes_at_once(
    reason: str, reporters: int, cleared: tuple[str, ...], desk: str, quarantines: bool
) -> None:
    decision = decide_report(reason, reporters, cleared)  # type: ignore[arg-type]
    assert (decision.desk, decision.quarantines) == (desk, quarantines)


def test_only_reports_of_child_abuse_reach_the_safeguarding_desk() -> None:
    for reason, reporters in itertools.product(REASONS, range(5)):
        assert (decide_report(reason, reporters, ()).desk == "safeguarding") == (reason == "minor")


def test_how_many_reports_an_hour() -> None:
    assert not is_too_many(REPORTS_PER_ADDRESS - 1, is_signed_in=False)
    assert is_too_many(REPORTS_PER_ADDRESS, is_signed_in=False)
    assert not is_too_many(REPORTS_PER_ACCOUNT - 1, is_signed_in=True)
    assert is_too_many(REPORTS_PER_ACCOUNT, is_signed_in=True)


steps = st.lists(
    st.builds(Step, action=st.sampled_from(ACTIONS), desk=st.sampled_from(("moderators", "safeguarding")))
)


@given(steps)
def test_a_block_is_never_taken_back(history: list[Step]) -> None:
    standing = stand(history)
    if any(step.action == "blocked" for step in history):
        assert standing.is_blocked
        assert standing.is_safeguarded
    assert standing.is_quarantined == bool(standing.held_by)


@given(steps)
def test_one_desk_cannot_release_what_the_other_holds(history: list[Step]) -> None:
    before = stand(history)
    for desk, other in (("moderators", "safeguarding"), ("safeguarding", "moderators")):
        after = stand([*history, Step("released", desk)])  # type: ignore[arg-type]
        assert (other in after.held_by) == (other in before.held_by)
        assert desk not in after.held_by or before.is_blocked


@given(steps)
def test_release_puts_a_clip_back_where_it_was(history: list[Step]) -> None:
    before = stand(history)
    if not before.is_safeguarded:
        again = stand([*history, Step("quarantined", "safeguarding"), Step("released", "safeguarding")])
        assert again.held_by == before.held_by
