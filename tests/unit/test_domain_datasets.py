"""Filters: what goes in comes out, and what cannot be meant is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.clip_states import OUTCOMES
from clipjury.domain.datasets import (
    BASES,
    FILTER_NAMES,
    MANIPULATIONS,
    MEDIA,
    MOST_ENTRIES,
    Filters,
    check_name,
    parse_filters,
)
from clipjury.domain.errors import InvalidError
from clipjury.domain.licences import is_open_licence, why_withheld

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1).filter(
    str.strip
)
times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    datetime.isoformat
)


def some(values: Any) -> Any:
    return st.lists(values, max_size=5)


def lists_of(words: tuple[str, ...]) -> Any:
    return some(st.sampled_from(words))


plain = st.fixed_dictionaries(
    {},
    optional={
        "outcomes": lists_of(OUTCOMES),
        "bases": lists_of(BASES),
        "kinds": lists_of(MANIPULATIONS),
        "media": lists_of(MEDIA),
        "containers": some(texts),
        "codecs": some(texts),
        "licences": some(texts),
        "sources": some(texts),
        "p_people_min": st.floats(0, 0.5),
        "p_people_max": st.floats(0.5, 1),
        "min_votes": st.integers(0, 1000),
        "min_effective_votes": st.floats(0, 1000),
        "uploaded_since": times,
        "retired_until": times,
        "include_simulated": st.booleans(),
    },
)


@given(plain)
def test_filters_survive_being_stored(filters: dict[str, Any]) -> None:
    parsed = parse_filters(filters)
    assert parse_filters(parsed.to_json()) == parsed


@given(plain, st.randoms())
def test_the_order_in_which_things_are_named_is_no_matter(filters: dict[str, Any], random: Any) -> None:
    names = list(filters)
    random.shuffle(names)
    shuffled = {name: filters[name] for name in names}
    for value in shuffled.values():
        if isinstance(value, list):
            random.shuffle(value)
    assert list(parse_filters(shuffled).to_json().items()) == list(parse_filters(filters).to_json().items())


junk = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers() | st.text())
)


@given(st.dictionaries(st.sampled_from([*FILTER_NAMES, "colour"]), junk))
def test_anything_else_is_refused_in_words_or_taken_and_nothing_breaks(filters: dict[str, Any]) -> None:
    try:
        parsed = parse_filters(filters)
    except InvalidError as refused:
        assert refused.fields
        assert {fault.field.removeprefix("filters.") for fault in refused.fields} <= {*filters}
    else:
        assert parse_filters(parsed.to_json()) == parsed


def test_nothing_given_asks_nothing() -> None:
    assert parse_filters({}) == Filters()
    assert Filters().to_json() == {}
    assert parse_filters({"outcomes": None, "min_votes": None, "licences": []}) == Filters()


@pytest.mark.parametrize(
    "filters",
    [
        {"p_people_min": True}, {"p_people_max": float("nan")}, {"p_people_max": 1.0000001}, {"min_votes": 2.5},
        {"min_votes": True}, {"has_licence": "yes"}, {"include_simulated": 1}, {"media": "video"},
        {"sources": [" "]}, {"sources": ["a\x00"]}, {"sources": ["x"] * (MOST_ENTRIES + 1)},
        {"retired_since": "yesterday"}, {"retired_since": 5}, {"retired_since": "2026-01-01"},
        {"retired_since": "0001-01-01T00:00:00+14:00"},
    ],
)  # fmt: skip
def test_each_kind_of_nonsense_is_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_filters(filters)
    assert [fault.field for fault in refused.value.fields] == [f"filters.{next(iter(filters))}"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b", "bell\x07"])
def test_a_name_is_printable_text(name: str) -> None:
    with pytest.raises(InvalidError):
        check_name(name)


def test_spaces_in_a_name_are_folded() -> None:
    assert check_name("  Faces,\n 2026 ") == "Faces, 2026"


@pytest.mark.parametrize(
    ("licence", "is_open"),
    [
        ("CC0-1.0", True), ("cc by 4.0", True), ("CC-BY-SA-3.0", True), ("Public domain", True), ("MIT", True),
        ("CC-BY-4.0, Jane Doe", True), ("https://creativecommons.org/licenses/by/4.0/", True),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.de", True), ("Apache-2.0, drawn", True),
        ("CC-BY-NC-4.0", False), ("CC-BY-ND-4.0", False), ("https://creativecommons.org/licenses/by-nc/4.0/", False),
        ("https://evil.example/creativecommons.org/licenses/by/4.0/", False), ("all rights reserved", False),
        ("not CC0", False), ("CC0-ish", False), ("", False), (None, False), ("unknown, perhaps CC0", False),
    ],
)  # fmt: skip
def test_in_doubt_a_licence_is_not_open(licence: str | None, is_open: bool) -> None:
    assert is_open_licence(licence) is is_open


@pytest.mark.parametrize(
    ("licence", "consent", "reason"),
    [
        ("CC0-1.0", True, None),
        ("CC0-1.0", False, "no_consent"),
        ("CC-BY-NC-4.0", True, "licence_not_open"),
        (" ", True, "no_licence"),
        (None, False, "no_licence"),
    ],
)
def test_media_needs_both_the_licence_and_the_uploader(
    licence: str | None, consent: bool, reason: str | None
) -> None:
    assert why_withheld(licence, has_consent=consent) == reason
