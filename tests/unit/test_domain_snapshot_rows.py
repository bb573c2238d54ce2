"""The canonical form of a snapshot: one content, one hash, whatever file, release or hour it comes from."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipjury.domain.snapshot_cells import CellError, from_cells, to_cells
from clipjury.domain.snapshot_rows import (
    COLUMN_NAMES,
    FILE_COLUMNS,
    SHARES,
    ContentHash,
    choose_soft_label,
    choose_split,
    pseudonym,
    row_hash,
    to_hour,
)
from clipjury.jobs.snapshot_files import SnapshotWriter, read_rows
from clipjury.jobs.snapshot_parquet import read_parquet

text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
number = st.floats(0, 1e6) | st.floats(0, 1)
rate = st.floats(0, 1)
hour = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(to_hour)
whole = st.integers(0, 2**31 - 1)
maybe = st.none() | text


def vote(reviewer: Any) -> Any:
    return st.fixed_dictionaries(
        {
            "reviewer": reviewer,
            "label": st.sampled_from(("authentic", "manipulated", "unsure")),
            "confidence": st.none() | st.floats(0.5, 1),
            "lean": st.none() | st.sampled_from(("authentic", "manipulated")),
            "kinds": st.lists(text, max_size=2),
            "segments": st.lists(
                st.fixed_dictionaries(
                    {"start_frame": whole, "end_frame": whole, "start_s": st.none() | number, "end_s": number}
                ),
                max_size=2,
            ),
            "regions": st.lists(
                st.fixed_dictionaries({"frame": whole, **dict.fromkeys(("x", "y", "width", "height"), rate)}),
                max_size=1,
            ),
            "cues": st.lists(text, max_size=2),
            "rationale": st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
            "cast_at": hour,
            "is_simulated": st.booleans(),
        }
    )


_VALUES = {
    "text": maybe,
    "whole number": st.none() | whole,
    "number": st.none() | number,
    "true or false": st.booleans(),
    "time": hour,
}
reviewers = st.integers(0, 5)
rows_of_people = st.lists(
    st.fixed_dictionaries(
        {
            **{column.name: _VALUES[column.type] for column in FILE_COLUMNS if column.type in _VALUES},
            "clip_id": st.uuids().map(str),
            "votes": st.lists(vote(reviewers), max_size=3),
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row["clip_id"],
)


def release(rows: list[dict[str, Any]], key: bytes) -> list[dict[str, Any]]:
    """The rows under a release's pseudonyms, in their order, hashed."""
    named = []
    for row in sorted(rows, key=lambda row: row["clip_id"]):
        votes = [{**v, "reviewer": pseudonym(key, v["reviewer"])} for v in row["votes"]]
        bare = {**row, "votes": votes}
        named.append({**bare, "row_sha256": row_hash(bare)})
    return named


def content(rows: list[dict[str, Any]]) -> str:
    digest = ContentHash()
    for row in rows:
        digest.update(row)
    return digest.hexdigest()


@given(rows_of_people, st.randoms())
def test_the_same_content_has_one_hash_in_whatever_order_or_release(
    rows: list[dict[str, Any]], random: Any
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    shuffled = [dict(random.sample(list(row.items()), len(row))) for row in shuffled]
    first, second = release(rows, b"one release"), release(shuffled, b"another")
    assert content(first) == content(second)
    names = [{v["reviewer"] for row in released for v in row["votes"]} for released in (first, second)]
    assert names[0].isdisjoint(names[1])


@settings(max_examples=40, deadline=None)
@given(rows_of_people)
def test_every_format_gives_the_rows_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("files")
    named = release(rows, b"key")
    with SnapshotWriter(folder) as writer:
        for row in named:
            writer.write(row)
    assert list(read_rows(writer.path("jsonl"))) == named
    assert list(read_parquet(writer.path("parquet"))) == named
    with writer.path("csv").open(newline="", encoding="utf-8") as source:
        names, *lines = csv.reader(source)
    assert [from_cells(names, cells) for cells in lines] == named


@given(rows_of_people, st.data())
def test_any_change_of_a_row_changes_its_hash_and_the_contents(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    named = release(rows, b"key")
    place = data.draw(st.integers(0, len(named) - 1))
    column = data.draw(st.sampled_from([name for name in COLUMN_NAMES if name not in ("clip_id", "votes")]))
    changed = {**named[place], column: "something else"}
    assert row_hash(changed) != changed["row_sha256"]
    assert content([*named[:place], changed, *named[place + 1 :]]) != content(named)


def test_who_voted_with_whom_is_part_of_the_content() -> None:
    def two(*names: str) -> str:
        rows = []
        for number, name in enumerate(names):
            row = dict.fromkeys(COLUMN_NAMES) | {
                "clip_id": str(uuid.UUID(int=number)),
                "votes": [{"reviewer": name}],
            }
            rows.append(row)
        return content(rows)

    assert two("r-a", "r-b", "r-a") == two("r-x", "r-y", "r-x")
    assert two("r-a", "r-b", "r-a") != two("r-a", "r-b", "r-b")


def test_a_row_out_of_order_or_twice_is_refused() -> None:
    row = dict.fromkeys(COLUMN_NAMES) | {"votes": []}
    for ids in ((2, 1), (1, 1)):
        with pytest.raises(ValueError, match="out of order"):
            content([{**row, "clip_id": str(uuid.UUID(int=n))} for n in ids])


def test_splits_follow_the_group_and_the_dataset_alone() -> None:
    dataset = uuid.uuid4()
    groups = [uuid.uuid4() for _ in range(20_000)]
    splits = [choose_split(dataset, group) for group in groups]
    assert splits == [choose_split(dataset, group) for group in groups]
    shares = {split: n / len(groups) for split, n in Counter(splits).items()}
    assert shares == {split: pytest.approx(share, abs=0.015) for split, share in SHARES}
    other = uuid.uuid4()
    assert splits != [choose_split(other, group) for group in groups]


@pytest.mark.parametrize(
    ("outcome", "adjudication", "soft"),
    [
        ("manipulated", None, 0.3),
        ("manipulated", "open", 0.3),
        ("manipulated", "blind", 1.0),
        ("authentic", "blind", 0.0),
        ("no_manipulation_found", "blind", 0.0),
        ("inconclusive", "blind", 0.3),
    ],
)
def test_the_soft_label_is_the_peoples_or_a_moderators_who_had_seen_no_figure(
    outcome: str, adjudication: str | None, soft: float
) -> None:
    assert choose_soft_label(0.3, outcome, adjudication) == soft


def test_times_lose_their_minutes_and_their_zone() -> None:
    assert to_hour(datetime.fromisoformat("2026-11-25T00:59:59.999+02:00")) == "2026-11-24T22:00:00Z"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "'="])
def test_no_cell_is_a_formula_and_every_text_comes_back(start: str) -> None:
    row: dict[str, Any] = dict.fromkeys((column.name for column in FILE_COLUMNS), None)
    row |= {"source": f"{start}1+1", "votes": [], "is_simulated": False}
    buffer = io.StringIO()
    csv.writer(buffer).writerow(to_cells(row))
    buffer.seek(0)
    (cells,) = csv.reader(buffer)
    assert not cells[[column.name for column in FILE_COLUMNS].index("source")].startswith(start[0] + "1")
    assert from_cells([column.name for column in FILE_COLUMNS], cells) == row


@pytest.mark.parametrize(
    ("name", "cell"), [("frames", "many"), ("soft_label", "high"), ("is_simulated", "1"), ("votes", "[")]
)
def test_a_cell_that_is_not_of_its_column_is_named(name: str, cell: str) -> None:
    with pytest.raises(CellError, match=name):
        from_cells([name], [cell])


def test_json_lines_begin_with_the_clip(tmp_path: Path) -> None:
    row = dict.fromkeys((column.name for column in FILE_COLUMNS), None) | {
        "clip_id": str(uuid.uuid4()),
        "votes": [],
        "is_simulated": True,
    }
    with SnapshotWriter(tmp_path) as writer:
        writer.write(row)
    line = writer.path("jsonl").read_text()
    assert line.startswith(f'{{"clip_id":"{row["clip_id"]}"')
    assert json.loads(line) == row
