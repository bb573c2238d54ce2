"""Datasets and snapshots over HTTP: drafts with live counts, freezing, downloads that leave out what was withdrawn."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.snapshots import make_crowd, make_retired_clip

from clipjury.adapters.storage import Storage, original_key
from clipjury.db.transaction import transaction
from clipjury.deps import Deps, build_deps
from clipjury.domain.datasets import LONGEST_TEXT
from clipjury.domain.snapshot_rows import choose_split, row_hash
from clipjury.jobs.tracked import run_tracked_job
from clipjury.settings import Settings

NOBODYS = str(uuid.uuid4())
RATIONALE = "=1+1, the jaw\ngives it away"


@pytest.fixture
def worker(settings: Settings) -> Deps:
    """What the job runs on: the same database and the same store."""
    return build_deps(settings)


@pytest.fixture
def curator(visitor: NewVisitor) -> Visitor:
    return visitor("curator")


@pytest.fixture
def clips(curator: Visitor) -> list[uuid.UUID]:
    """Five manipulated clips, three authentic and one inconclusive, three votes each."""
    with transaction() as session:
        crowd = make_crowd(session)
        made = [
            make_retired_clip(
                session, int(curator.user_id or 0), crowd, label=label, outcome=outcome,
                reason="cap" if outcome else "evidence", rationale=RATIONALE,
                licence="CC-BY-4.0" if n % 2 else None, source="a news site",
            )
            for n, (label, outcome) in enumerate(
                [("manipulated", None)] * 5 + [("authentic", None)] * 3 + [("unsure", "inconclusive")]
            )
        ]  # fmt: skip
    return sorted(made)


def make(who: Visitor, name: str = "All", **filters: Any) -> dict[str, Any]:
    answer = who.post("/datasets", {"name": name, "description": "For a test.", "filters": filters})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def freeze(who: Visitor, worker: Deps, dataset_id: str) -> dict[str, Any]:
    answer = who.post(f"/datasets/{dataset_id}/freeze")
    assert answer.status_code == 202, answer.json
    assert answer.json["snapshot"]["state"] == "building"
    assert answer.json["snapshot"]["job_id"] == answer.json["job"]["id"]
    run_tracked_job(worker, answer.json["job"]["id"])
    assert who.get(f"/jobs/{answer.json['job']['id']}").json["state"] == "done"
    return dict(who.get(f"/snapshots/{answer.json['snapshot']['id']}").json)


@pytest.fixture
def snapshot(curator: Visitor, worker: Deps, clips: list[uuid.UUID]) -> dict[str, Any]:
    return freeze(curator, worker, make(curator)["id"])


def lines(who: Visitor, snapshot_id: str, query: str = "") -> list[dict[str, Any]]:
    answer = who.get(f"/snapshots/{snapshot_id}/export?format=jsonl{query}")
    assert answer.status_code == 200, answer.json
    return [json.loads(line) for line in answer.get_data().decode().splitlines()]


def test_a_draft_has_live_counts_by_label_split_group_and_licence(
    curator: Visitor, clips: list[uuid.UUID]
) -> None:
    made = make(curator, include_simulated=False)
    counts = made["counts"]
    assert (counts["clips"], counts["votes"], counts["groups"]) == (9, 27, 9)
    assert counts["by_label"] == {"manipulated": 5, "authentic": 3, "none": 1}
    assert counts["by_outcome"]["inconclusive"] == counts["by_basis"]["cap"] == 1
    assert counts["share_manipulated"] == 5 / 8
    assert counts["licences"] == [
        {"licence": None, "clips": 5, "is_open": False},
        {"licence": "CC-BY-4.0", "clips": 4, "is_open": True},
    ]
    expected = [choose_split(uuid.UUID(made["id"]), clip_id) for clip_id in clips]
    assert {part["split"]: part["clips"] for part in counts["by_split"]} == {
        split: expected.count(split) for split in ("train", "validation", "test")
    }
    listed = curator.get("/datasets").json["items"]
    assert [(row["name"], row["snapshots"]) for row in listed] == [("All", 0)]


FILTERS: dict[str, tuple[dict[str, Any], int]] = {
    "outcome": ({"outcomes": ["manipulated", "inconclusive"]}, 6),
    "basis": ({"bases": ["cap"]}, 1),
    "adjudicated": ({"bases": ["adjudication"]}, 0),
    "posterior from": ({"p_people_min": 0.5000001}, 5),
    "posterior to": ({"p_people_max": 0.4999999}, 3),
    "kind": ({"kinds": ["voice", "face_swap"]}, 5),
    "another kind": ({"kinds": ["voice"]}, 0),
    "votes": ({"min_votes": 4}, 0),
    "effective votes": ({"min_effective_votes": 0.5}, 8),
    "image": ({"media": ["image"]}, 0),
    "container": ({"containers": ["MOV"]}, 9),
    "codec": ({"codecs": ["h264"]}, 9),
    "another codec": ({"codecs": ["vp9"]}, 0),
    "licence there": ({"has_licence": True}, 4),
    "licence missing": ({"has_licence": False}, 5),
    "licence": ({"licences": ["CC-BY-4.0", "x"]}, 4),
    "source": ({"sources": ["a news site"]}, 9),
    "another source": ({"sources": ["elsewhere"]}, 0),
    "uploaded since": ({"uploaded_since": "2000-01-01T00:00:00Z"}, 9),
    "uploaded until": ({"uploaded_until": "2000-01-01T00:00:00+02:00"}, 0),
    "retired since": ({"retired_since": "2199-01-01T00:00:00Z"}, 0),
    "retired until": ({"retired_until": "2199-01-01T00:00:00Z"}, 9),
}


def test_each_filter_takes_what_it_says(curator: Visitor, clips: list[uuid.UUID]) -> None:
    found = {
        name: curator.post("/datasets/preview", {"filters": filters}).json["counts"]["clips"]
        for name, (filters, _) in FILTERS.items()
    }
    assert found == {name: expected for name, (_, expected) in FILTERS.items()}


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"outcomes": ["fake"]}, "filters.outcomes[0]"),
        ({"p_people_min": 1.5}, "filters.p_people_min"),
        ({"p_people_min": 0.6, "p_people_max": 0.4}, "filters.p_people_max"),
        ({"min_votes": -1}, "filters.min_votes"),
        ({"colour": "red"}, "filters.colour"),
        ({"retired_since": "2026-01-01T00:00:00"}, "filters.retired_since"),
        (
            {"uploaded_since": "2026-02-01T00:00:00Z", "uploaded_until": "2026-01-01T00:00:00Z"},
            "filters.uploaded_until",
        ),
        ({"licences": ["x"], "has_licence": False}, "filters.licences"),
        ({"sources": ["x" * (LONGEST_TEXT + 1)]}, "filters.sources"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named(curator: Visitor, filters: dict[str, Any], field: str) -> None:
    for path, body in (("/datasets", {"name": "x"}), ("/datasets/preview", {})):
        refused = curator.post(path, {**body, "filters": filters})
        assert refused.status_code == 422
        assert [fault["field"] for fault in refused.json["errors"]] == [field]


def test_names_are_unique_and_drafts_can_be_changed(curator: Visitor, clips: list[uuid.UUID]) -> None:
    made, other = make(curator, "  All\n clips "), make(curator, "Other")
    assert made["name"] == "All clips"
    assert curator.post("/datasets", {"name": "All clips"}).json["code"] == "name_taken"
    path = f"/datasets/{other['id']}"
    assert curator.call("PATCH", path, json={"name": "All clips"}).json["code"] == "name_taken"
    assert curator.call("PATCH", path, json={"name": "\t"}).json["code"] == "invalid_request"
    changed = curator.call("PATCH", path, json={"filters": {"outcomes": ["manipulated"]}})
    assert (changed.status_code, changed.json["name"], changed.json["counts"]["clips"]) == (200, "Other", 5)
    assert curator.call("PATCH", f"/datasets/{NOBODYS}", json={}).status_code == 404
    assert scalar("SELECT count(*) FROM audit_events WHERE action LIKE 'dataset_%'") == 3


def test_the_sample_shows_labels_and_votes_and_is_an_exposure(
    curator: Visitor, clips: list[uuid.UUID]
) -> None:
    sample = curator.post("/datasets/preview", {"filters": {"outcomes": ["manipulated"]}}).json["sample"]
    assert len(sample) == 5
    row = sample[0]
    assert (row["hard_label"], row["soft_label"], row["split"]) == ("manipulated", row["p_people"], None)
    assert row["votes"] == [{"label": "manipulated", "confidence": 1.0}] * 3
    exposed = scalar(
        "SELECT count(*) FROM exposures WHERE user_id = :u AND reason = 'read'", u=curator.user_id
    )
    assert exposed == 5


def test_what_belongs_to_a_clip_under_lease_is_shown_nowhere(
    visitor: NewVisitor, worker: Deps, snapshot: dict[str, Any], clips: list[uuid.UUID]
) -> None:
    both = visitor("reviewer", "curator")
    with transaction() as session:
        session.execute(
            text("INSERT INTO assignments (clip_id, reviewer_id, expires_at) VALUES (:c, :u, now() + interval '1 h')"),
            {"c": clips[0], "u": both.user_id},
        )  # fmt: skip
    sample = both.post("/datasets/preview", {"filters": {}}).json["sample"]
    assert str(clips[0]) not in {row["clip_id"] for row in sample}
    for path in ("/export", "/export?media=1", f"/diff?against={snapshot['id']}"):
        refused = both.get(f"/snapshots/{snapshot['id']}{path}")
        assert (refused.status_code, refused.json["code"]) == (409, "lease_open")
    exposed = scalar(
        "SELECT count(*) FROM exposures WHERE user_id = :u AND group_id = :g", u=both.user_id, g=clips[0]
    )
    assert exposed == 0


def test_a_snapshot_is_frozen_with_its_counts_files_and_hash(
    curator: Visitor, snapshot: dict[str, Any]
) -> None:
    assert (snapshot["state"], snapshot["sequence"]) == ("frozen", 1)
    assert (snapshot["clips_count"], snapshot["votes_count"], snapshot["rows_withheld"]) == (9, 27, 0)
    assert {file["format"] for file in snapshot["files"]} == {"csv", "jsonl", "parquet", "manifest", "card"}
    assert snapshot["counts"]["by_label"]["manipulated"] == 5
    dataset = curator.get(f"/datasets/{snapshot['dataset_id']}").json
    assert dataset["snapshots"] == [snapshot]
    manifest = curator.get(f"/snapshots/{snapshot['id']}/manifest").json
    assert manifest["content_sha256"] == snapshot["content_sha256"]
    assert manifest["withheld"]["rows"] == 0
    card = curator.get(f"/snapshots/{snapshot['id']}/card")
    assert snapshot["content_sha256"] in card.text
    assert card.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_download_is_the_stored_file_to_the_byte_and_goes_on_where_it_stopped(
    curator: Visitor, snapshot: dict[str, Any], form: str
) -> None:
    path = f"/snapshots/{snapshot['id']}/export?format={form}"
    whole = curator.get(path)
    stored = next(file for file in snapshot["files"] if file["format"] == form)
    assert hashlib.sha256(whole.data).hexdigest() == stored["sha256"] == whole.headers["X-File-SHA256"]
    assert whole.headers["X-Content-SHA256"] == snapshot["content_sha256"]
    assert whole.headers["X-Rows-Withheld"] == "0"
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = curator.get(path, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
    moved = curator.get(path, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (moved.status_code, moved.data) == (200, whole.data)
    beyond = curator.get(path, headers={"Range": f"bytes={len(whole.data)}-"})
    assert (beyond.status_code, beyond.json["code"]) == (416, "range_not_satisfiable")


def test_reading_rows_is_an_exposure_to_every_group(visitor: NewVisitor, snapshot: dict[str, Any]) -> None:
    for path in (f"/export?format={form}" for form in ("csv", "jsonl", "parquet")):
        reader = visitor("admin")
        assert reader.get(f"/snapshots/{snapshot['id']}{path}").status_code == 200
        assert scalar("SELECT count(*) FROM exposures WHERE user_id = :u", u=reader.user_id) == 9
    looker = visitor("admin")
    for path in ("", "/manifest", "/card"):
        looker.get(f"/snapshots/{snapshot['id']}{path}")
    assert scalar("SELECT count(*) FROM exposures WHERE user_id = :u", u=looker.user_id) == 0


def test_a_clip_quarantined_after_the_freeze_is_in_no_later_download(
    curator: Visitor, snapshot: dict[str, Any], clips: list[uuid.UUID]
) -> None:
    first = curator.get(f"/snapshots/{snapshot['id']}/export?format=jsonl")
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :c"), {"c": clips[3]})
    left = [str(clip_id) for clip_id in clips if clip_id != clips[3]]
    rows = lines(curator, snapshot["id"])
    assert [row["clip_id"] for row in rows] == left
    assert all(row["row_sha256"] == row_hash(row) for row in rows)
    answer = curator.get(f"/snapshots/{snapshot['id']}/export?format=csv")
    assert [row["clip_id"] for row in csv.DictReader(io.StringIO(answer.get_data().decode()))] == left
    assert str(clips[3]) not in answer.text
    answer = curator.get(f"/snapshots/{snapshot['id']}/export?format=parquet")
    assert pq.read_table(io.BytesIO(answer.data))["clip_id"].to_pylist() == left
    assert (answer.headers["X-Rows-Withheld"], answer.headers["X-Content-SHA256"]) == (
        "1",
        snapshot["content_sha256"],
    )
    resumed = curator.get(
        f"/snapshots/{snapshot['id']}/export?format=jsonl",
        headers={"Range": "bytes=10-", "If-Range": first.headers["ETag"]},
    )
    assert resumed.status_code == 200  # the file that was begun with is no longer given out
    manifest = curator.get(f"/snapshots/{snapshot['id']}/manifest").json
    assert manifest["withheld"]["rows"] == 1
    assert "quarantine" in manifest["withheld"]["note"]
    assert curator.get(f"/snapshots/{snapshot['id']}").json["rows_withheld"] == 1
    assert str(clips[3]) not in curator.get("/labels").text
    sample = curator.post("/datasets/preview", {"filters": {}}).json
    assert sample["counts"]["clips"] == 8
    assert str(clips[3]) not in {row["clip_id"] for row in sample["sample"]}


def test_a_diff_lists_what_was_added_removed_and_flipped(
    curator: Visitor, worker: Deps, clips: list[uuid.UUID], snapshot: dict[str, Any]
) -> None:
    flipped = _of_outcome("manipulated", clips)
    removed = next(clip_id for clip_id in clips if clip_id != flipped)
    with transaction() as session:
        added = make_retired_clip(session, int(curator.user_id or 0), make_crowd(session))
        session.execute(
            text(
                "INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id) "
                "SELECT clip_id, 2, 'inconclusive', 'cap', posterior_id FROM verdicts WHERE clip_id = :c"
            ),
            {"c": flipped},
        )
        session.execute(
            text("INSERT INTO gold_labels (clip_id, label, source) VALUES (:c, 'authentic', 't')"),
            {"c": removed},
        )
    later = freeze(curator, worker, snapshot["dataset_id"])
    found = curator.get(f"/snapshots/{later['id']}/diff?against={snapshot['id']}").json
    assert (found["added"], found["removed"], found["flipped"], found["is_complete"]) == (1, 1, 1, True)
    assert {change["change"]: change["clip_id"] for change in found["changes"]} == {
        "added": str(added),
        "removed": str(removed),
        "flipped": str(flipped),
    }
    change = next(change for change in found["changes"] if change["change"] == "flipped")
    assert (change["label_before"], change["label_after"]) == ("manipulated", None)
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :c"), {"c": added})
    again = curator.get(f"/snapshots/{later['id']}/diff?against={snapshot['id']}")
    assert again.json["added"] == 0
    assert str(added) not in again.text


def _of_outcome(outcome: str, clips: list[uuid.UUID]) -> uuid.UUID:
    found = scalar("SELECT id FROM clips WHERE outcome = :o ORDER BY id LIMIT 1", o=outcome)
    assert found in clips
    return uuid.UUID(str(found))


def test_what_is_not_frozen_cannot_be_read(curator: Visitor, clips: list[uuid.UUID]) -> None:
    dataset = make(curator)
    asked = curator.post(f"/datasets/{dataset['id']}/freeze").json["snapshot"]
    assert curator.post(f"/datasets/{dataset['id']}/freeze").json["code"] == "freeze_running"
    for path in ("/export", "/manifest", "/card", f"/diff?against={asked['id']}"):
        assert curator.get(f"/snapshots/{asked['id']}{path}").json["code"] == "not_frozen"
    empty = make(curator, "Nothing", outcomes=["authentic"])
    assert curator.post(f"/datasets/{empty['id']}/freeze").json["code"] == "dataset_empty"
    assert curator.post(f"/datasets/{NOBODYS}/freeze").status_code == 404


@pytest.fixture
def originals(storage: Storage, tmp_path: Path) -> Callable[[uuid.UUID, bytes], None]:
    """Puts an original of these bytes behind a clip."""

    def put(clip_id: uuid.UUID, content: bytes) -> None:
        path = tmp_path / "original"
        path.write_bytes(content)
        storage.put_file(original_key(hashlib.sha256(content).hexdigest()), path)
        with transaction() as session:
            session.execute(
                text("UPDATE clips SET sha256 = :s, size_bytes = :n WHERE id = :c"),
                {"s": hashlib.sha256(content).hexdigest(), "n": len(content), "c": clip_id},
            )

    return put


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            yield member.name.partition("/")[2], file.read()


def test_media_goes_along_only_where_licence_and_uploader_agree(
    curator: Visitor, worker: Deps, originals: Callable[[uuid.UUID, bytes], None]
) -> None:
    wanted = {
        "open and agreed": ("CC-BY-4.0", True, None),
        "not agreed": ("CC0-1.0", False, "no_consent"),
        "not open": ("CC-BY-NC-4.0", True, "licence_not_open"),
        "no licence": (None, True, "no_licence"),
        "quarantined": ("CC0-1.0", True, "quarantined"),
        "file gone": ("CC0-1.0", True, "file_missing"),
    }
    made: dict[str, uuid.UUID] = {}
    with transaction() as session:
        crowd = make_crowd(session)
        for name, (licence, consent, _) in wanted.items():
            made[name] = make_retired_clip(
                session, int(curator.user_id or 0), crowd, licence=licence, media_consent=consent
            )
    for name, clip_id in made.items():
        if name != "file gone":
            originals(clip_id, name.encode() * 1000)
    snapshot = freeze(curator, worker, make(curator)["id"])
    with transaction() as session:
        session.execute(
            text("UPDATE clips SET quarantined_at = now() WHERE id = :c"), {"c": made["quarantined"]}
        )
    answer = curator.get(f"/snapshots/{snapshot['id']}/export?format=csv&media=1")
    assert answer.mimetype == "application/x-tar"
    found = dict(members(answer.data))
    media = {name: content for name, content in found.items() if name.startswith("media/")}
    assert list(media.values()) == [b"open and agreed" * 1000]
    assert next(iter(media)) == f"media/{hashlib.sha256(b'open and agreed' * 1000).hexdigest()}.mov"
    manifest = json.loads(found["manifest.json"])
    left_out = {entry["clip_id"]: entry["reason"] for entry in manifest["media_in_this_file"]["left_out"]}
    assert left_out == {
        str(made[name]): reason
        for name, (_, _, reason) in wanted.items()
        if reason not in (None, "quarantined")
    }
    assert manifest["withheld"]["rows"] == 1
    assert str(made["quarantined"]) not in found["manifest.json"].decode() + found["labels.csv"].decode()
    plain = curator.get(f"/snapshots/{snapshot['id']}/export?format=csv")
    assert plain.mimetype == "text/csv"


def test_consent_is_given_at_upload_and_never_assumed(visitor: NewVisitor) -> None:
    who = visitor("reviewer")
    for number, (given, expected) in enumerate([("1", True), ("0", False), (None, False)]):
        form: dict[str, Any] = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes([number])), "a.png")}
        if given is not None:
            form["media_consent"] = given
        made = who.call("POST", "/clips", data=form, content_type="multipart/form-data")
        assert made.status_code == 201
        assert scalar("SELECT media_consent FROM clips WHERE id = :c", c=made.json["id"]) is expected
    form = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "a.png"), "media_consent": "maybe"}
    refused = who.call("POST", "/clips", data=form, content_type="multipart/form-data")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "media_consent")


def test_choices_are_what_retired_clips_hold(curator: Visitor, clips: list[uuid.UUID]) -> None:
    assert curator.get("/datasets/choices").json == {
        "containers": ["mov"],
        "codecs": ["h264"],
        "licences": ["CC-BY-4.0"],
        "sources": ["a news site"],
    }
