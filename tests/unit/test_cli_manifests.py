"""Manifests: what is read, and what is refused with file and line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from clipjury.cli.additions import (
    BadAddition,
    Checked,
    Request,
    check_request,
    collect,
    group_id_of,
    parse_label,
)
from clipjury.cli.manifests import ManifestError, read_manifest, require_labels, without_groups

HEADER = "path,label,source,kind,licence,sha256,group"
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
LIMIT = 10_000


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def check(requests: list[Request]) -> Checked:
    checked = Checked()
    assert len(list(collect(checked, requests, LIMIT))) == len(requests)
    return checked


def test_rows_become_requests_with_paths_relative_to_the_manifest(tmp_path: Path) -> None:
    manifest = write(
        tmp_path / "m.csv",
        f'\ufeff{HEADER}\nsub/a.png,fake,"Agency, Ltd",image,CC0,{"a" * 64},g1\n/b.png,,,,,,\n',
    )
    requests, faults = read_manifest(manifest)
    assert faults == []
    assert requests == [
        Request(f"{manifest}:2", tmp_path / "sub/a.png", "fake", "Agency, Ltd", "CC0", "a" * 64, "g1"),
        Request(f"{manifest}:3", Path("/b.png")),
    ]
    assert [request.group for request in without_groups(requests)] == [None, None]
    assert require_labels(requests) == [f"{manifest}:3: the label is missing"]


def test_columns_may_stand_in_any_order_and_others_are_left_alone(tmp_path: Path) -> None:
    manifest = write(tmp_path / "m.csv", "kinds, group ,path\nface_swap,g,a.png\n")
    requests, _ = read_manifest(manifest)
    assert (requests[0].path, requests[0].group, requests[0].label) == (tmp_path / "a.png", "g", None)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",real,,,,,", "the path is missing"),
        ("a.png,real", "fewer fields"),
        ("a.png,real,,,,,,surplus", "more fields"),
        (f"a.png,real,{'s' * 501},,,,", "source is longer"),
        ("a.png,real,a\0b,,,,", "NUL"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    manifest = write(tmp_path / "m.csv", f"{HEADER}\nok.png,,,,,,\n{row}\n")
    requests, faults = read_manifest(manifest)
    assert len(requests) == 1
    assert len(faults) == 1
    assert faults[0].startswith(f"{manifest}:3: ")
    assert says in faults[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column `path`"),
        ("file,label\na,b\n", "no column `path`"),
        ("path,label,label\na,b,c\n", "stands twice"),
        (f'{HEADER}\n"never closed,real\n', "m.csv:"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused_whole(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ManifestError, match=r"m\.csv") as refusal:
        read_manifest(write(tmp_path / "m.csv", text))
    assert says in str(refusal.value)


def test_a_manifest_that_is_missing_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path / "none.csv")
    (tmp_path / "m.csv").write_bytes(b"path\n\xff\xfe\n")
    with pytest.raises(ManifestError, match="not UTF-8"):
        read_manifest(tmp_path / "m.csv")


def test_a_good_file_is_hashed_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(PNG)
    sha256 = hashlib.sha256(PNG).hexdigest()
    addition = check_request(
        Request("x", tmp_path / "a.mp4", "Fake", sha256=sha256.upper(), group="g"), LIMIT
    )
    assert (addition.sha256, addition.size_bytes, addition.container) == (sha256, len(PNG), "png")
    assert (addition.label, addition.group_id) == ("manipulated", group_id_of("g"))


@pytest.mark.parametrize(
    ("content", "request_parts", "says"),
    [
        (None, {}, "not there"),
        (b"", {}, "empty"),
        (b"just text", {}, "text file"),
        (PNG + bytes(LIMIT), {}, "at most 10,000"),
        (PNG, {"sha256": "b" * 64}, "the manifest says"),
        (PNG, {"sha256": "abc"}, "64 hexadecimal digits"),
        (PNG, {"label": "maybe"}, "the label 'maybe'"),
    ],
)
def test_a_bad_file_or_row_says_what_is_wrong(
    tmp_path: Path, content: bytes | None, request_parts: dict[str, str], says: str
) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadAddition) as fault:
        check_request(Request("x", path, **request_parts), LIMIT)
    assert says in str(fault.value)


def test_a_folder_is_no_clip(tmp_path: Path) -> None:
    with pytest.raises(BadAddition, match="a folder"):
        check_request(Request("x", tmp_path), LIMIT)


def test_everything_is_checked_before_anything_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "same.png").write_bytes(PNG)
    checked = check(
        [
            Request("m:2", tmp_path / "a.png"),
            Request("m:3", tmp_path / "none.png"),
            Request("m:4", tmp_path / "same.png"),
            Request("m:5", tmp_path / "same.png", label="real"),
            Request("m:6", tmp_path / "gone.png"),
        ]
    )
    assert [addition.request.place for addition in checked.additions] == ["m:2"]
    assert checked.repeated == 1
    assert [fault.split(": ")[0] for fault in checked.faults] == ["m:3", "m:5", "m:6"]
    assert "with another label or group" in checked.faults[1]


def test_labels_have_two_names_each_and_groups_one_id_everywhere() -> None:
    assert [parse_label(text) for text in ("real", "Authentic", " FAKE ", "manipulated")] == [
        "authentic",
        "authentic",
        "manipulated",
        "manipulated",
    ]
    assert str(group_id_of("a")) == str(group_id_of("a"))
    assert group_id_of("a") != group_id_of("A")
