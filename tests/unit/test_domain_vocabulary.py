"""The words of a ballot are stable."""

import re
from itertools import chain

import pytest

from clipjury.domain.vocabulary import (
    CUES,
    DECISION_REASONS,
    KIND_IDS,
    KINDS,
    RESPONSES,
    SKIP_REASONS,
    VOCABULARY_VERSION,
    Entry,
)
from clipjury.domain.voting import LABELS


def test_the_kinds_are_those_of_the_interface() -> None:
    wanted = ["face_swap", "face_reenactment", "lip_sync", "voice", "generated_scene"]
    wanted += ["splice", "speed", "overlay", "context", "other"]
    assert [kind.id for kind in KINDS] == wanted
    assert set(wanted) == KIND_IDS


def test_the_skip_reasons_are_those_of_the_interface() -> None:
    assert [r.id for r in SKIP_REASONS] == ["distressing", "cannot_play", "know_this_clip", "other"]


def test_the_responses_are_those_a_ballot_takes() -> None:
    assert tuple(r.id for r in RESPONSES) == LABELS


@pytest.mark.parametrize("entries", [RESPONSES, KINDS, CUES, SKIP_REASONS])
def test_every_word_stands_once_with_a_name(entries: tuple[Entry, ...]) -> None:
    assert len({e.id for e in entries}) == len({e.name for e in entries}) == len(entries)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", e.id) and e.name for e in entries)


def test_every_kind_and_cue_has_one_line_of_help() -> None:
    for entry in chain(KINDS, CUES):
        assert entry.hint.endswith(".") and "\n" not in entry.hint and len(entry.hint) <= 160


def test_every_cue_warns_of_an_innocent_cause() -> None:
    assert all("Innocent:" in cue.hint for cue in CUES)


def test_the_lists_of_version_two_are_not_changed_without_a_new_version() -> None:
    ids = {
        "face_boundary", "flicker_on_turn", "skin_texture", "eyes", "blinking", "brows_glasses",
        "teeth_tongue", "lip_sound", "ears_hair", "light_shadow", "hands_geometry", "time_consistency",
        "audio", "compression_differs", "context", "cut_or_jump",
    }  # fmt: skip
    reasons = {
        "traces_seen", "traces_heard", "original_found", "provenance_checked", "innocent_cause", "context_wrong",
        "marks_do_not_hold", "evidence_divided", "quality_too_poor", "other",
    }  # fmt: skip
    assert VOCABULARY_VERSION == 2
    assert {cue.id for cue in CUES} == ids
    assert {reason.id for reason in DECISION_REASONS} == reasons
